package io.kvorum.api.validation;

import io.kvorum.api.GoText;
import java.util.ArrayList;
import java.util.List;

/**
 * Indexes of a Job's pods as its fields write them: {@code 0,3-5}, each below the number of completions, rising.
 *
 * @param intervals those before the first that is wrong
 * @param problem what is wrong with the text, in upstream's words; empty when nothing is
 */
record IndexIntervals(List<Interval> intervals, String problem) {
    IndexIntervals {
        intervals = List.copyOf(intervals);
    }

    static IndexIntervals parse(String text, long completions) {
        List<Interval> intervals = new ArrayList<>();
        if (text.isEmpty()) {
            return new IndexIntervals(intervals, "");
        }
        for (String part : text.split(",", -1)) {
            String[] ends = part.split("-", -1);
            if (ends.length > 2) {
                return new IndexIntervals(
                        intervals,
                        "the fragment " + GoText.quoted(part)
                                + " violates the requirement that an index interval can have at most two parts"
                                + " separated by '-'");
            }
            for (String end : ends) {
                String problem = wrong(end, completions);
                if (!problem.isEmpty()) {
                    return new IndexIntervals(intervals, problem);
                }
            }
            long first = Long.parseLong(ends[0]);
            long last = Long.parseLong(ends[ends.length - 1]);
            if (ends.length == 2 && first >= last) {
                return new IndexIntervals(intervals, falling(first, last));
            }
            if (!intervals.isEmpty() && intervals.get(intervals.size() - 1).last() >= first) {
                return new IndexIntervals(
                        intervals, falling(intervals.get(intervals.size() - 1).last(), first));
            }
            intervals.add(new Interval(first, last));
        }
        return new IndexIntervals(intervals, "");
    }

    private static String wrong(String end, long completions) {
        if (!end.matches("[+]?[0-9]{1,18}")) {
            return "cannot convert string to integer for index: " + GoText.quoted(end);
        }
        return Long.parseLong(end) >= completions ? "too large index: " + GoText.quoted(end) : "";
    }

    private static String falling(long previous, long current) {
        return "non-increasing order, previous: " + previous + ", current: " + current;
    }

    /** How many indexes there are; none when the text is wrong. */
    long total() {
        return problem.isEmpty()
                ? intervals.stream()
                        .mapToLong(each -> each.last() - each.first() + 1)
                        .sum()
                : 0;
    }

    /** The first index that is in both; -1 when none is. */
    long overlap(IndexIntervals other) {
        for (Interval mine : intervals) {
            for (Interval theirs : other.intervals) {
                if (mine.first() <= theirs.last() && theirs.first() <= mine.last()) {
                    return Math.max(mine.first(), theirs.first());
                }
            }
        }
        return -1;
    }

    /** Both ends belong to it. */
    record Interval(long first, long last) {}
}
