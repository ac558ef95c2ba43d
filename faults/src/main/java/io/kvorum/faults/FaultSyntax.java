package io.kvorum.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The command-line form of faults: {@code partition A,B / C,D}, {@code cut A -> B}, {@code delay A B 50ms}. */
public final class FaultSyntax {
    private static final Pattern DURATION_PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|s|m|h)");

    private FaultSyntax() {}

    /** Groups are separated by {@code /}; a single group is parted from all the rest. */
    public static Fault.Partition partition(List<String> words, Topology topology) {
        String[] parts = String.join(" ", words).split("/");
        List<List<String>> groups = new ArrayList<>();
        for (String part : parts) {
            groups.add(topology.resolve(part.strip().replaceAll("\\s+", ",")));
        }
        if (groups.size() == 1) {
            groups.add(topology.rest(groups.get(0)));
        }
        for (int i = 0; i < groups.size(); i++) {
            for (int j = i + 1; j < groups.size(); j++) {
                for (String name : groups.get(i)) {
                    if (groups.get(j).contains(name)) {
                        throw new FaultException(name + " is in two groups of the partition; name it once");
                    }
                }
            }
        }
        return new Fault.Partition(groups);
    }

    /** {@code A -> B}, {@code "A->B"} or {@code A B}. */
    public static Fault.Cut cut(List<String> words, Topology topology) {
        String[] ends = String.join(" ", words).strip().split("\\s*->\\s*|\\s+");
        if (ends.length != 2) {
            throw new FaultException("cut needs two ends: kvorum fault cut A B (what A sends does not reach B)");
        }
        return new Fault.Cut(topology.resolve(ends[0]), topology.resolve(ends[1]));
    }

    public static Fault.Delay delay(String one, String other, Duration delay, Duration jitter, Topology topology) {
        if (jitter.compareTo(delay) > 0) {
            throw new FaultException("--jitter must not exceed the delay of " + delay.toMillis() + "ms");
        }
        return new Fault.Delay(topology.resolve(one), topology.resolve(other), delay.toMillis(), jitter.toMillis());
    }

    /** Reads {@code 50ms}, {@code 1.5s}, {@code 2m}, {@code 1m30s}. */
    public static Duration duration(String text) {
        Matcher matcher = DURATION_PART.matcher(text);
        double millis = 0;
        int end = 0;
        while (matcher.find() && matcher.start() == end) {
            double amount = Double.parseDouble(matcher.group(1));
            millis += amount
                    * switch (matcher.group(2)) {
                        case "ms" -> 1;
                        case "s" -> 1_000;
                        case "m" -> 60_000;
                        default -> 3_600_000;
                    };
            end = matcher.end();
        }
        if (end == 0 || end != text.length()) {
            throw new FaultException("\"" + text + "\" is not a duration; write for example 50ms, 30s or 1m30s");
        }
        return Duration.ofMillis(Math.round(millis));
    }
}
