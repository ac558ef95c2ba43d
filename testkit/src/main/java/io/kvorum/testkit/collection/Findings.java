package io.kvorum.testkit.collection;

import io.kvorum.testkit.collection.Finding.Sort;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What was found so far; of each sort the first few are kept whole, the others counted. */
final class Findings {
    private static final int MOST_OF_A_SORT = 10;

    private final List<Finding> kept = new ArrayList<>();
    private final Map<Sort, Integer> counts = new EnumMap<>(Sort.class);

    void add(Sort sort, String what, List<String> evidence) {
        if (counts.merge(sort, 1, Integer::sum) <= MOST_OF_A_SORT) {
            kept.add(new Finding(sort, what, evidence));
        }
    }

    CollectionCheck.Report report() {
        return new CollectionCheck.Report(List.copyOf(kept), Map.copyOf(counts));
    }
}
