package io.kvorum.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantityTest {
    @ParameterizedTest
    @CsvSource({
        "0,0", "1,1", "1000m,1", "1500m,1500m", "0.5,500m", "0.5Gi,512Mi", "1024Mi,1Gi", "1Ki,1Ki", "1023Ki,1023Ki",
        "0.1Ki,102400m", "512,512", "2000,2k", "1000000,1M", "1e3,1e3", "1E3,1e3", "100e1,1e3", "1.5e3,1500", "1n,1n",
        "0.0000000001,1n", "1.1n,2n", "-1500m,-1500m", "+5,5", "5.,5", ".5,500m", "1Ei,1Ei", "12E,12E", "0Gi,0",
        "1000Gi,1000Gi", "100M,100M", "1.25Gi,1280Mi"
    })
    void formIsCanonical(String text, String canonical) {
        assertThat(Quantity.parse(text)).hasToString(canonical);
        assertThat(Quantity.parse(canonical)).hasToString(canonical).isEqualTo(Quantity.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "abc", "1 Gi", "1gi", "--1", "1e", "1KiB", ".", "1,5", "+", "1e99999"})
    void malformedIsRefusedWithUpstreamsText(String text) {
        assertThat(Quantity.isValid(text)).isFalse();
        assertThatThrownBy(() -> Quantity.parse(text)).hasMessage(Quantity.MALFORMED);
    }

    @Test
    void arithmeticIsExact() {
        Quantity tenth = Quantity.parse("0.1");
        Quantity sum = Quantity.ZERO;
        for (int i = 0; i < 10; i++) {
            sum = sum.add(tenth);
        }
        assertThat(sum).isEqualTo(Quantity.of(1)).hasToString("1");
        assertThat(sum.subtract(tenth)).hasToString("900m");
        assertThat(Quantity.parse("1Gi").subtract(Quantity.parse("512Mi"))).hasToString("512Mi");
        assertThat(Quantity.ZERO.add(Quantity.parse("1Gi"))).hasToString("1Gi");
    }

    @Test
    void countsRoundUp() {
        assertThat(Quantity.parse("1500m").value()).isEqualTo(2);
        assertThat(Quantity.parse("1.0001").milliValue()).isEqualTo(1001);
        assertThat(Quantity.parse("100Ei").value()).isEqualTo(Long.MAX_VALUE);
        assertThat(Quantity.parse("100u").roundUpToMilli()).hasToString("1m");
    }

    @Test
    void equalAmountsAreEqualWhateverTheirForm() {
        assertThat(Quantity.parse("1024Ki"))
                .isEqualTo(Quantity.parse("1048576"))
                .hasSameHashCodeAs(Quantity.parse("1Mi"));
        assertThat(Quantity.parse("2")).isGreaterThan(Quantity.parse("1999m"));
    }

    @Test
    void canonicalFormReadsBackForManyAmounts() {
        Random random = new Random(7);
        String[] suffixes = {"", "m", "u", "n", "k", "M", "G", "Ki", "Mi", "Gi", "e3", "e-3"};
        for (int i = 0; i < 2000; i++) {
            String text =
                    random.nextInt(100000) + "." + random.nextInt(1000) + suffixes[random.nextInt(suffixes.length)];
            Quantity quantity = Quantity.parse(text);
            assertThat(Quantity.parse(quantity.toString())).as(text).isEqualTo(quantity);
            assertThat(Quantity.parse(quantity.toString()).toString()).as(text).isEqualTo(quantity.toString());
        }
    }
}
