package io.kvorum.traffic;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a load met, computed from its samples. Requests are put into seconds by the moment they were meant to be sent.
 *
 * @param outcomes how many requests ended in which way; all ways are there
 * @param versions by name; answers that named none are not in it
 * @param latency of the answered requests
 * @param outage the longest time without an answer; null when nothing was lost
 * @param mixedSeconds seconds in which more than one version answered
 * @param reconnects kept connections that the server had closed while they were idle
 */
public record TrafficReport(
        String target,
        double rate,
        long requests,
        long lost,
        Map<Outcome, Long> outcomes,
        Map<String, VersionSeen> versions,
        Latency latency,
        @Nullable Outage outage,
        int mixedSeconds,
        long reconnects,
        List<Second> seconds,
        List<Step> steps) {
    private static final long SECOND = 1_000_000_000L;

    /** Percentiles in nanoseconds; 0 when nothing was answered. */
    public record Latency(long p50, long p90, long p99, long max) {
        static Latency of(List<Sample> samples) {
            long[] sorted = samples.stream()
                    .filter(sample -> !sample.outcome().lost())
                    .mapToLong(Sample::latencyNanos)
                    .sorted()
                    .toArray();
            return new Latency(at(sorted, 0.50), at(sorted, 0.90), at(sorted, 0.99), at(sorted, 1));
        }

        /** The nearest rank. */
        private static long at(long[] sorted, double quantile) {
            return sorted.length == 0 ? 0 : sorted[Math.max(0, (int) Math.ceil(quantile * sorted.length) - 1)];
        }
    }

    /** How many answers a version gave, and when the first and the last request it answered were sent. */
    public record VersionSeen(long answers, long firstNanos, long lastNanos) {}

    /** From when the first lost request of a row was to be sent until when the next answered one was; in nanoseconds. */
    public record Outage(long fromNanos, long lengthNanos, long lost) {}

    /** One second of the load. */
    public record Second(
            int number,
            long requests,
            long lost,
            Map<Outcome, Long> outcomes,
            Map<String, Long> versions,
            Latency latency) {}

    /**
     * A mark and what came of it, until the next one.
     *
     * @param before versions that answered in the second before
     * @param after versions that answered in the last second before the next mark
     * @param firstNewNanos after the mark, the first request that a version which is in {@code after} but not in {@code
     *     before} answered; null when there is none
     * @param lastOldNanos after the mark, the last request that a version which is in {@code before} but not in {@code
     *     after} answered; null when there is none: either nothing went away, or it went before the mark took effect
     */
    public record Step(
            Mark mark,
            Set<String> before,
            Set<String> after,
            @Nullable Long firstNewNanos,
            @Nullable Long lastOldNanos,
            long lost) {
        /** How long the switch took: until nobody got an old version any more and the new ones answered; null when nothing changed. */
        public @Nullable Long switchNanos() {
            if (firstNewNanos == null) {
                return lastOldNanos;
            }
            return lastOldNanos == null ? firstNewNanos : Math.max(firstNewNanos, lastOldNanos);
        }

        /** The part of it after the command had ended; null when nothing changed, 0 when all was over by then. */
        public @Nullable Long afterwardsNanos() {
            @Nullable Long took = switchNanos();
            return took == null ? null : (Long) Math.max(0, took - mark.tookNanos());
        }
    }

    /** @param unordered in any order */
    public static TrafficReport of(
            String target, double rate, List<Sample> unordered, List<Mark> marks, long reconnects) {
        List<Sample> samples = unordered.stream()
                .sorted(Comparator.comparingLong(Sample::dueNanos))
                .toList();
        List<Second> seconds = seconds(samples);
        return new TrafficReport(
                target,
                rate,
                samples.size(),
                samples.stream().filter(sample -> sample.outcome().lost()).count(),
                outcomes(samples),
                versions(samples),
                Latency.of(samples),
                outage(samples),
                (int) seconds.stream()
                        .filter(second -> second.versions().size() > 1)
                        .count(),
                reconnects,
                seconds,
                steps(samples, marks));
    }

    public long answered() {
        return requests - lost;
    }

    /** The part of all versioned answers that {@code version} gave, 0 to 1. */
    public double share(String version) {
        long all = versions.values().stream().mapToLong(VersionSeen::answers).sum();
        VersionSeen seen = versions.get(version);
        return all == 0 || seen == null ? 0 : (double) seen.answers() / all;
    }

    private static Map<Outcome, Long> outcomes(List<Sample> samples) {
        Map<Outcome, Long> counts = new EnumMap<>(Outcome.class);
        Arrays.stream(Outcome.values()).forEach(outcome -> counts.put(outcome, 0L));
        samples.forEach(sample -> counts.merge(sample.outcome(), 1L, Long::sum));
        return counts;
    }

    private static Map<String, VersionSeen> versions(List<Sample> samples) {
        Map<String, VersionSeen> seen = new TreeMap<>();
        for (Sample sample : samples) {
            if (!sample.outcome().lost() && !sample.version().isEmpty()) {
                seen.merge(
                        sample.version(),
                        new VersionSeen(1, sample.dueNanos(), sample.dueNanos()),
                        (a, b) -> new VersionSeen(a.answers() + 1, a.firstNanos(), b.lastNanos()));
            }
        }
        return seen;
    }

    private static @Nullable Outage outage(List<Sample> samples) {
        @Nullable Outage longest = null;
        long from = -1;
        long lost = 0;
        for (int i = 0; i <= samples.size(); i++) {
            boolean isLost = i < samples.size() && samples.get(i).outcome().lost();
            if (isLost) {
                from = lost == 0 ? samples.get(i).dueNanos() : from;
                lost++;
            } else if (lost > 0) {
                long to = i < samples.size()
                        ? samples.get(i).dueNanos()
                        : samples.get(i - 1).endNanos();
                if (longest == null || to - from > longest.lengthNanos()) {
                    longest = new Outage(from, to - from, lost);
                }
                lost = 0;
            }
        }
        return longest;
    }

    private static List<Second> seconds(List<Sample> samples) {
        Map<Long, List<Sample>> bySecond = samples.stream()
                .collect(
                        Collectors.groupingBy(sample -> sample.dueNanos() / SECOND, TreeMap::new, Collectors.toList()));
        List<Second> seconds = new ArrayList<>();
        bySecond.forEach((number, some) -> seconds.add(second(number.intValue(), some)));
        return seconds;
    }

    /** The row of one second; {@code samples} are those that were due in it. */
    static Second second(int number, List<Sample> samples) {
        Map<String, Long> versions = new TreeMap<>();
        for (Sample sample : samples) {
            if (!sample.outcome().lost() && !sample.version().isEmpty()) {
                versions.merge(sample.version(), 1L, Long::sum);
            }
        }
        return new Second(
                number,
                samples.size(),
                samples.stream().filter(sample -> sample.outcome().lost()).count(),
                outcomes(samples),
                versions,
                Latency.of(samples));
    }

    private static List<Step> steps(List<Sample> samples, List<Mark> unordered) {
        List<Mark> marks = unordered.stream()
                .sorted(Comparator.comparingLong(Mark::atNanos))
                .toList();
        long end = samples.isEmpty() ? 0 : samples.get(samples.size() - 1).dueNanos() + 1;
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < marks.size(); i++) {
            long from = marks.get(i).atNanos();
            long to = i + 1 < marks.size() ? marks.get(i + 1).atNanos() : Math.max(end, from);
            steps.add(step(samples, marks.get(i), to));
        }
        return steps;
    }

    private static Step step(List<Sample> samples, Mark mark, long to) {
        long from = mark.atNanos();
        Set<String> before = names(samples, from - SECOND, from);
        Set<String> after = names(samples, Math.max(from, to - SECOND), to);
        @Nullable Long firstNew = null;
        @Nullable Long lastOld = null;
        long lost = 0;
        for (Sample sample : samples) {
            if (sample.dueNanos() < from || sample.dueNanos() >= to) {
                continue;
            }
            if (sample.outcome().lost()) {
                lost++;
            } else if (after.contains(sample.version()) && !before.contains(sample.version())) {
                firstNew = firstNew == null ? (Long) (sample.dueNanos() - from) : firstNew;
            } else if (before.contains(sample.version()) && !after.contains(sample.version())) {
                lastOld = sample.dueNanos() - from;
            }
        }
        return new Step(mark, before, after, firstNew, lastOld, lost);
    }

    private static Set<String> names(List<Sample> samples, long from, long to) {
        Predicate<Sample> wanted = sample -> sample.dueNanos() >= from
                && sample.dueNanos() < to
                && !sample.outcome().lost()
                && !sample.version().isEmpty();
        return samples.stream()
                .filter(wanted)
                .map(Sample::version)
                .sorted()
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }
}
