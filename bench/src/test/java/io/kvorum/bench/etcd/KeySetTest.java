package io.kvorum.bench.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class KeySetTest {
    @Test
    void aKeyIsThePrefixAndItsNumberInEightDigits() {
        KeySet keys = new KeySet("bench/", 1000, 16);
        assertThat(keys.key(0)).hasToString("bench/00000000");
        assertThat(keys.key(90_125)).hasToString("bench/00090125");
    }

    @Test
    void valuesHaveTheirSizeAndAreTheSameInEveryRun() {
        KeySet one = new KeySet("a/", 10, 300);
        KeySet other = new KeySet("b/", 10, 300);
        assertThat(one.value(new SplittableRandom(3)).size()).isEqualTo(300);
        assertThat(one.value(new SplittableRandom(3))).isEqualTo(other.value(new SplittableRandom(3)));
        assertThat(one.value(new SplittableRandom(3))).isNotEqualTo(one.value(new SplittableRandom(4)));
    }
}
