package io.kvorum.torture.check;

import io.kvorum.torture.history.Frame;
import io.kvorum.torture.history.Operation;
import io.kvorum.torture.history.WatchStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The violations found so far. One broken promise often shows many times: the first of a kind are kept, all are counted. */
final class Findings {
    static final int PER_KIND = 20;
    private static final Comparator<Violation> BY_TIME =
            Comparator.comparingLong(violation -> violation.culprit().at());

    private final Map<Kind, List<Violation>> kept = new EnumMap<>(Kind.class);
    private final Map<Kind, Integer> counts = new EnumMap<>(Kind.class);

    void add(Kind kind, Operation culprit, String sentence, Operation... involved) {
        add(kind, new Culprit.Answer(culprit), sentence, involved);
    }

    void add(Kind kind, WatchStream stream, Frame frame, String sentence, Operation... involved) {
        add(kind, new Culprit.Watched(stream, frame), sentence, involved);
    }

    void add(Kind kind, Culprit culprit, String sentence, Operation... involved) {
        counts.merge(kind, 1, Integer::sum);
        List<Violation> same = kept.computeIfAbsent(kind, key -> new ArrayList<>());
        Violation found = new Violation(
                kind, sentence, culprit, Arrays.stream(involved).distinct().toList(), List.of());
        if (same.size() < PER_KIND) {
            same.add(found);
            return;
        }
        // The checks do not go by time: keep the earliest.
        int latest = same.indexOf(same.stream().max(BY_TIME).orElseThrow());
        if (found.culprit().at() < same.get(latest).culprit().at()) {
            same.set(latest, found);
        }
    }

    Map<Kind, Integer> counts() {
        return counts;
    }

    List<Violation> byTime() {
        return kept.values().stream().flatMap(List::stream).sorted(BY_TIME).toList();
    }
}
