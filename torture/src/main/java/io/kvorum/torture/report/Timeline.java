package io.kvorum.torture.report;

import io.kvorum.torture.check.Culprit;
import io.kvorum.torture.check.Violation;
import io.kvorum.torture.history.Call;
import io.kvorum.torture.history.Election;
import io.kvorum.torture.history.Fate;
import io.kvorum.torture.history.FaultMark;
import io.kvorum.torture.history.Frame;
import io.kvorum.torture.history.History;
import io.kvorum.torture.history.Operation;
import io.kvorum.torture.history.WatchStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What happened around a violation, in lanes. Places on it are in the order of time but not to scale: every moment at
 * which something began or ended is as far from the next as any other, since what matters is what came before what, and
 * what is involved may lie minutes apart.
 *
 * @param moments the times at the places 0, 1, ...
 */
record Timeline(List<Lane> lanes, List<Long> moments) {
    private static final int FRAMES_BEFORE = 4;
    private static final int FRAMES_AFTER = 3;

    enum Style {
        OK,
        FAILED,
        UNKNOWN,
        INVOLVED,
        CULPRIT,
        FRAME,
        FAULT,
        ELECTION
    }

    /** Bars that do not overlap. */
    record Lane(String name, List<Bar> bars) {}

    /**
     * @param from a place
     * @param to a place, not before {@code from}
     * @param open whether it goes on to the end: a call of unknown fate
     * @param name short
     * @param text the whole of it
     */
    record Bar(int from, int to, boolean open, Style style, String name, String text) {}

    /** A bar and whose it is. */
    record Entry(String lane, Bar bar) {}

    /** A bar with its times. */
    private record Span(long from, long to, boolean open, Style style, String name, String text) {}

    static Timeline of(Violation violation, History history) {
        Map<String, List<Span>> lanes = new LinkedHashMap<>();
        Map<Integer, List<Span>> clients = new TreeMap<>();
        for (Operation operation : violation.around()) {
            clients.computeIfAbsent(operation.client(), client -> new ArrayList<>())
                    .add(span(violation, operation));
        }
        List<Span> frames = frames(violation);
        long start = Long.MAX_VALUE;
        long end = Long.MIN_VALUE;
        for (List<Span> spans : clients.values()) {
            for (Span span : spans) {
                start = Math.min(start, span.from);
                end = Math.max(end, span.to);
            }
        }
        for (Span frame : frames) {
            start = Math.min(start, frame.from);
            end = Math.max(end, frame.to);
        }
        lanes.put("faults", faults(history, start, end));
        lanes.put("elections", elections(history, start, end));
        clients.forEach((client, spans) -> lanes.put("client " + client, spans));
        if (violation.culprit() instanceof Culprit.Watched watched) {
            lanes.put("watcher " + watched.stream().watcher(), frames);
        }
        return placed(lanes);
    }

    /** All bars by the time they begin. */
    List<Entry> byTime() {
        List<Entry> entries = new ArrayList<>();
        for (Lane lane : lanes) {
            lane.bars.forEach(bar -> entries.add(new Entry(lane.name, bar)));
        }
        entries.sort(Comparator.comparingInt(entry -> entry.bar.from));
        return entries;
    }

    /** Milliseconds from the first moment to that at {@code place}. */
    double millis(int place) {
        return (moments.get(place) - moments.get(0)) / 1e6;
    }

    private static Span span(Violation violation, Operation operation) {
        boolean unknown = operation.fate() instanceof Fate.Unknown;
        Style style = unknown ? Style.UNKNOWN : operation.ok() ? Style.OK : Style.FAILED;
        if (violation.involved().contains(operation)) {
            style = Style.INVOLVED;
        }
        if (violation.culprit() instanceof Culprit.Answer answer
                && answer.operation().id() == operation.id()) {
            style = Style.CULPRIT;
        }
        return new Span(
                operation.invoked(),
                operation.completed(),
                unknown && !(operation.call() instanceof Call.Range),
                style,
                "#" + operation.id(),
                operation.call() + " -> " + operation.fate());
    }

    private static List<Span> frames(Violation violation) {
        List<Span> spans = new ArrayList<>();
        if (violation.culprit() instanceof Culprit.Watched watched) {
            WatchStream stream = watched.stream();
            int at = 0;
            while (stream.frames().get(at) != watched.frame()) {
                at++;
            }
            int to = Math.min(stream.frames().size(), at + FRAMES_AFTER + 1);
            for (int i = Math.max(0, at - FRAMES_BEFORE); i < to; i++) {
                Frame frame = stream.frames().get(i);
                spans.add(new Span(
                        frame.at(),
                        frame.at(),
                        false,
                        i == at ? Style.CULPRIT : Style.FRAME,
                        "f" + i,
                        frame.toString()));
            }
        }
        return spans;
    }

    private static List<Span> faults(History history, long start, long end) {
        List<Span> spans = new ArrayList<>();
        for (FaultMark mark : history.faults()) {
            if (mark.from() <= end && mark.to() >= start) {
                spans.add(new Span(
                        Math.max(start, mark.from()),
                        Math.min(end, mark.to()),
                        false,
                        Style.FAULT,
                        mark.name(),
                        (mark.name() + " " + mark.detail()).strip()));
            }
        }
        return spans;
    }

    private static List<Span> elections(History history, long start, long end) {
        List<Span> spans = new ArrayList<>();
        for (Election election : history.elections()) {
            if (election.at() >= start && election.at() <= end) {
                spans.add(new Span(
                        election.at(),
                        election.at(),
                        false,
                        Style.ELECTION,
                        election.leader(),
                        election.leader() + " leads, term " + election.term()));
            }
        }
        return spans;
    }

    private static Timeline placed(Map<String, List<Span>> lanes) {
        TreeSet<Long> moments = new TreeSet<>();
        lanes.values()
                .forEach(spans -> spans.forEach(span -> {
                    moments.add(span.from);
                    moments.add(span.to);
                }));
        Map<Long, Integer> places = new TreeMap<>();
        moments.forEach(moment -> places.put(moment, places.size()));
        List<Lane> placed = new ArrayList<>();
        lanes.forEach((name, spans) -> {
            for (List<Span> row : rows(spans)) {
                placed.add(new Lane(
                        name, row.stream().map(span -> bar(span, places)).toList()));
            }
        });
        return new Timeline(placed, List.copyOf(moments));
    }

    private static Bar bar(Span span, Map<Long, Integer> places) {
        int from = places.getOrDefault(span.from, 0);
        int to = places.getOrDefault(span.to, from);
        return new Bar(from, to, span.open, span.style, span.name, span.text);
    }

    /** As few rows as will do for what overlaps. */
    private static List<List<Span>> rows(List<Span> spans) {
        List<List<Span>> rows = new ArrayList<>();
        List<Span> sorted =
                spans.stream().sorted(Comparator.comparingLong(Span::from)).toList();
        for (Span span : sorted) {
            List<Span> free = null;
            for (List<Span> row : rows) {
                if (row.get(row.size() - 1).to < span.from) {
                    free = row;
                    break;
                }
            }
            if (free == null) {
                free = new ArrayList<>();
                rows.add(free);
            }
            free.add(span);
        }
        return rows;
    }
}
