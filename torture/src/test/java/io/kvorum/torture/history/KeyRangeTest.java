package io.kvorum.torture.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class KeyRangeTest {
    private static final List<KeyRange> RANGES = List.of(
            KeyRange.key("a"),
            KeyRange.key("b/1"),
            KeyRange.prefix("b/"),
            KeyRange.prefix("b"),
            KeyRange.all(),
            new KeyRange("b", KeyRange.OPEN),
            new KeyRange("a", "b/1"),
            new KeyRange("c", "b"));
    private static final List<String> KEYS = List.of("A", "a", "a0", "b", "b/", "b/0", "b/1", "b/2", "b0", "c", "z");

    @Test
    void aPrefixHoldsWhatBeginsWithIt() {
        for (String key : KEYS) {
            assertThat(KeyRange.prefix("b/").contains(key)).isEqualTo(key.startsWith("b/"));
            assertThat(KeyRange.all().contains(key)).isTrue();
        }
    }

    @Test
    void aViewHoldsTheKeysOfTheRange() {
        TreeMap<String, Integer> map = new TreeMap<>();
        KEYS.forEach(key -> map.put(key, 1));
        for (KeyRange range : RANGES) {
            assertThat(range.of(map).keySet())
                    .as("%s", range)
                    .containsExactlyElementsOf(
                            KEYS.stream().filter(range::contains).sorted().toList());
        }
    }

    @Test
    void rangesWithACommonKeyOverlap() {
        for (KeyRange one : RANGES) {
            for (KeyRange other : RANGES) {
                boolean common = KEYS.stream().anyMatch(key -> one.contains(key) && other.contains(key));
                if (common) {
                    assertThat(one.overlaps(other)).as("%s and %s", one, other).isTrue();
                }
                assertThat(one.overlaps(other)).isEqualTo(other.overlaps(one));
            }
        }
        assertThat(KeyRange.key("a").overlaps(KeyRange.prefix("b"))).isFalse();
        assertThat(KeyRange.prefix("a").overlaps(KeyRange.prefix("b"))).isFalse();
    }
}
