package io.kvorum.store.mvcc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against {@link TreeMap}; the seed in the test's name replays a failure. */
final class SortedTreeTest {
    private static final int KEYS = 3000;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void changesOfRangesKeepOrderAndBalance(long seed) {
        Random random = new Random(seed);
        SortedTree<Integer, Integer> tree = SortedTree.empty();
        TreeMap<Integer, Integer> model = new TreeMap<>();
        for (int round = 0; round < 60; round++) {
            for (int i = random.nextInt(300); i > 0; i--) {
                int key = random.nextInt(KEYS);
                tree = tree.with(key, round);
                model.put(key, round);
            }
            Integer from = random.nextInt(5) == 0 ? null : random.nextInt(KEYS);
            Integer to = random.nextInt(5) == 0 ? null : (from == null ? 0 : from) + random.nextInt(KEYS);
            int modulus = 2 + random.nextInt(5);
            int goes = random.nextInt(modulus);
            int added = random.nextInt(2);
            SortedTree<Integer, Integer> before = tree;
            Map<Integer, Integer> had = contentOf(before);
            tree = tree.changed(from, to, (key, value) -> key % modulus <= goes ? null : value + added);
            change(model, from, to, modulus, goes, added);
            assertThat(contentOf(tree)).isEqualTo(model);
            assertThat(tree.size()).isEqualTo(model.size());
            assertThat(contentOf(before)).isEqualTo(had);
            // The bound of height-balanced trees (Adelson-Velsky and Landis).
            assertThat(tree.height()).isLessThanOrEqualTo((int) (1.4405 * Math.log(tree.size() + 2) / Math.log(2)));
        }
    }

    private static void change(
            TreeMap<Integer, Integer> model,
            @Nullable Integer from,
            @Nullable Integer to,
            int modulus,
            int goes,
            int added) {
        for (Integer key : new TreeMap<>(model).keySet()) {
            if ((from == null || key >= from) && (to == null || key < to)) {
                if (key % modulus <= goes) {
                    model.remove(key);
                } else {
                    model.merge(key, added, Integer::sum);
                }
            }
        }
    }

    private static Map<Integer, Integer> contentOf(SortedTree<Integer, Integer> tree) {
        Map<Integer, Integer> content = new TreeMap<>();
        int[] last = {Integer.MIN_VALUE};
        tree.visitAll((key, value) -> {
            assertThat(key).isGreaterThan(last[0]);
            last[0] = key;
            content.put(key, value);
            return true;
        });
        return content;
    }

    @Test
    void whatDoesNotChangeIsShared() {
        SortedTree<Integer, Integer> tree = SortedTree.empty();
        for (int i = 0; i < 100; i++) {
            tree = tree.with(i, i);
        }
        assertThat(tree.changed(null, null, (key, value) -> value)).isSameAs(tree);
        assertThat(tree.changed(200, 300, (key, value) -> null)).isSameAs(tree);
        assertThat(tree.changed(null, null, (key, value) -> null).isEmpty()).isTrue();
    }
}
