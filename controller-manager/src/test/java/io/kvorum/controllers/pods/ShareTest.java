package io.kvorum.controllers.pods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.IntOrString;
import org.junit.jupiter.api.Test;

class ShareTest {
    @Test
    void aNumberStandsForItself() {
        assertThat(Share.of(new IntOrString(7), 3, true)).isEqualTo(7);
    }

    @Test
    void aPercentageIsOfTheTotal() {
        assertThat(Share.of(new IntOrString("50%"), 3, true)).isEqualTo(2);
        assertThat(Share.of(new IntOrString("50%"), 3, false)).isEqualTo(1);
        assertThat(Share.of(new IntOrString("0%"), 3, true)).isZero();
    }

    /** The API server accepts a surge of any percentage. */
    @Test
    void aPercentageMayHaveManyDigits() {
        assertThat(Share.of(new IntOrString("99999999999999999999%"), 3, true)).isPositive();
    }

    @Test
    void anotherTextIsRefused() {
        assertThatThrownBy(() -> Share.of(new IntOrString("lots"), 3, true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("string is not a percentage: lots");
    }
}
