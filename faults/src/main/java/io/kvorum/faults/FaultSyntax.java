package io.kvorum.faults;

import io.kvorum.faults.Fault.Disk.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The command-line form of faults: {@code partition A,B / C,D}, {@code cut A B}, {@code delay A B 50ms --jitter 10ms},
 * {@code loss 'A -> B' 10%}. Used by the command, by plans and by tests alike. Every failure is a {@link FaultException}.
 */
public final class FaultSyntax {
    private static final Pattern DURATION_PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|s|m|h)");
    private static final Pattern RATE = Pattern.compile("(\\d+(?:\\.\\d+)?)(bit|kbit|mbit|gbit|b/s|kb/s|mb/s)");
    private static final Pattern PERCENT = Pattern.compile("(\\d+(?:\\.\\d+)?)%?");
    private static final Pattern PROBABILITY = Pattern.compile("0?\\.\\d+|1\\.0+");
    private static final long SLOWEST_BYTES_PER_SECOND = 100;

    /** All kinds of faults, in the order in which the documentation has them. */
    public static final List<String> KINDS = List.of(
            "partition",
            "cut",
            "delay",
            "rate",
            "loss",
            "reset",
            "refuse",
            "half-open",
            "kill",
            "pause",
            "restart",
            "skew",
            "disk");

    private FaultSyntax() {}

    /** Splits a line at white space and reads it, see {@link #parse(List)}. */
    public static Fault parse(String line) {
        return parse(List.of(line.strip().split("\\s+")));
    }

    /** Reads a fault. Its names are not looked at yet: {@link Fault#resolve} does that. */
    public static Fault parse(List<String> words) {
        Arguments arguments = new Arguments(words);
        Fault fault = read(arguments);
        arguments.allUsed();
        return fault;
    }

    private static Fault read(Arguments arguments) {
        return switch (arguments.kind) {
            case "partition" -> new Fault.Partition(groups(arguments));
            case "cut" -> new Fault.Cut(arguments.link(true));
            case "delay" -> {
                Duration delay = duration(arguments.last("a delay such as 50ms"));
                Duration jitter = duration(arguments.option("--jitter", "0ms"));
                if (delay.isZero()) {
                    throw new FaultException("a delay of nothing changes nothing; write for example 50ms");
                }
                if (jitter.compareTo(delay) > 0) {
                    throw new FaultException("--jitter must not exceed the delay of " + text(delay));
                }
                yield new Fault.Delay(arguments.link(false), delay, jitter);
            }
            case "rate" -> {
                long rate = rate(arguments.last("a rate such as 1mbit"));
                yield new Fault.Rate(arguments.link(false), rate);
            }
            case "loss" -> {
                double percent = percent("loss", arguments.last("a share such as 10%"));
                yield new Fault.Loss(arguments.link(false), percent);
            }
            case "reset" -> new Fault.Reset(arguments.link(false));
            case "refuse" -> new Fault.Refuse(arguments.link(false));
            case "half-open" -> new Fault.HalfOpen(arguments.link(true));
            case "kill" -> new Fault.Kill(arguments.members());
            case "pause" -> new Fault.Pause(arguments.members());
            case "restart" -> new Fault.Restart(arguments.members());
            case "skew" -> {
                Duration offset = offset(arguments.last("an offset such as +30s or -2m"));
                yield new Fault.Skew(arguments.members(), offset);
            }
            case "disk" -> disk(arguments);
            default ->
                throw new FaultException(
                        "there is no fault \"" + arguments.kind + "\"; there are " + String.join(", ", KINDS));
        };
    }

    private static Fault disk(Arguments arguments) {
        Duration latency = duration(arguments.option("--latency", "0ms"));
        String fail = arguments.option("--fail", "none");
        String probability = arguments.option("--probability", "");
        Failure failure = switch (fail) {
            case "none" -> Failure.NONE;
            case "write" -> Failure.WRITE;
            case "fsync" -> Failure.FSYNC;
            case "full" -> Failure.FULL;
            case "unsynced" -> Failure.UNSYNCED;
            default ->
                throw new FaultException("--fail \"" + fail + "\" is not known; give write, fsync, full or unsynced");
        };
        if (failure == Failure.NONE && latency.isZero()) {
            throw new FaultException("disk needs --latency DURATION, --fail write|fsync|full|unsynced, or both");
        }
        if (failure == Failure.NONE && !probability.isEmpty()) {
            throw new FaultException("--probability says how often --fail strikes; give --fail too");
        }
        double percent = probability.isEmpty() ? 100 : percent("--probability", probability);
        return new Fault.Disk(arguments.members(), latency, failure, percent);
    }

    /** Groups are separated by {@code /}. */
    private static List<List<String>> groups(Arguments arguments) {
        List<List<String>> groups = new ArrayList<>();
        for (String part : String.join(" ", arguments.takeAll()).split("/", -1)) {
            List<String> group = expressions(part);
            if (group.isEmpty()) {
                throw new FaultException("partition needs names on both sides of '/': partition A,B / C,D");
            }
            groups.add(group);
        }
        return groups;
    }

    private static List<String> expressions(String text) {
        List<String> all = new ArrayList<>();
        for (String part : text.split("[,\\s]+")) {
            if (!part.isEmpty()) {
                all.add(part);
            }
        }
        return all;
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

    private static Duration offset(String text) {
        if (!text.startsWith("+") && !text.startsWith("-")) {
            throw new FaultException("\"" + text + "\" is not an offset; write for example +30s or -2m");
        }
        Duration amount = duration(text.substring(1));
        if (amount.isZero()) {
            throw new FaultException("an offset of nothing changes nothing; write for example +30s");
        }
        return text.startsWith("-") ? amount.negated() : amount;
    }

    /** Reads {@code 1mbit}, {@code 200kbit}, {@code 64kB/s}; in bytes a second. */
    static long rate(String text) {
        Matcher matcher = RATE.matcher(text.toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new FaultException("\"" + text + "\" is not a rate; write for example 1mbit, 200kbit or 64kB/s");
        }
        double bytes = Double.parseDouble(matcher.group(1))
                * switch (matcher.group(2)) {
                    case "bit" -> 0.125;
                    case "kbit" -> 125;
                    case "mbit" -> 125_000;
                    case "gbit" -> 125_000_000;
                    case "b/s" -> 1;
                    case "kb/s" -> 1_000;
                    default -> 1_000_000;
                };
        if (bytes < SLOWEST_BYTES_PER_SECOND) {
            throw new FaultException("a rate of " + text + " is too slow to be told from a cut; the least is 800bit");
        }
        return Math.round(bytes);
    }

    /** Reads {@code 10%}, {@code 10} or {@code 0.1} (a fraction with a leading zero or point); more than 0, at most 100. */
    static double percent(String what, String text) {
        Matcher matcher = PERCENT.matcher(text);
        double percent = -1;
        if (PROBABILITY.matcher(text).matches()) {
            percent = Double.parseDouble(text) * 100;
        } else if (matcher.matches()) {
            percent = Double.parseDouble(matcher.group(1));
        }
        if (!(percent > 0 && percent <= 100)) {
            throw new FaultException(
                    what + " \"" + text + "\" is not a share; write a percentage above 0% up to 100%, for example 10%");
        }
        return percent;
    }

    /** The shortest form that {@link #duration} reads. */
    public static String text(Duration duration) {
        long millis = duration.toMillis();
        if (millis % 60_000 == 0 && millis > 0) {
            return millis / 60_000 + "m";
        }
        return millis % 1_000 == 0 && millis > 0 ? millis / 1_000 + "s" : millis + "ms";
    }

    /** The shortest form in bits that {@link #rate} reads. */
    static String rateText(long bytesPerSecond) {
        long bits = bytesPerSecond * 8;
        return bits % 1_000_000 == 0
                ? bits / 1_000_000 + "mbit"
                : bits % 1_000 == 0 ? bits / 1_000 + "kbit" : bits + "bit";
    }

    static String percent(double percent) {
        return percent == Math.rint(percent) ? (long) percent + "%" : percent + "%";
    }

    /** The words after the kind: options with a value, and the others in their order. */
    private static final class Arguments {
        private static final Map<String, Set<String>> OPTIONS =
                Map.of("delay", Set.of("--jitter"), "disk", Set.of("--latency", "--fail", "--probability"));

        private final String kind;
        private final List<String> rest = new ArrayList<>();
        private final Map<String, String> options = new HashMap<>();

        Arguments(List<String> words) {
            if (words.isEmpty() || words.get(0).isEmpty()) {
                throw new FaultException("a fault is needed: one of " + String.join(", ", KINDS));
            }
            kind = words.get(0);
            for (int i = 1; i < words.size(); i++) {
                String word = words.get(i);
                if (!word.startsWith("--")) {
                    rest.add(word);
                    continue;
                }
                int equals = word.indexOf('=');
                String name = equals < 0 ? word : word.substring(0, equals);
                if (!OPTIONS.getOrDefault(kind, Set.of()).contains(name)) {
                    throw new FaultException(kind + " has no option " + name);
                }
                if (equals < 0 && i + 1 == words.size()) {
                    throw new FaultException(name + " needs a value");
                }
                options.put(name, equals < 0 ? words.get(++i) : word.substring(equals + 1));
            }
        }

        String option(String name, String otherwise) {
            return options.getOrDefault(name, otherwise);
        }

        String last(String what) {
            if (rest.isEmpty()) {
                throw new FaultException(kind + " needs " + what + " as its last word");
            }
            return rest.remove(rest.size() - 1);
        }

        List<String> takeAll() {
            List<String> all = List.copyOf(rest);
            rest.clear();
            return all;
        }

        List<String> members() {
            List<String> members = expressions(String.join(" ", takeAll()));
            if (members.isEmpty()) {
                throw new FaultException(kind + " needs a component, node or role:ROLE");
            }
            return members;
        }

        /** {@code A -> B}, {@code "A->B"} or {@code A B}; the last means both ways unless the kind has one way only. */
        Fault.Link link(boolean alwaysOneWay) {
            String text = String.join(" ", takeAll()).strip();
            boolean arrow = text.contains("->");
            String[] ends = text.split("\\s*->\\s*|(?<!,)\\s+(?!,)");
            if (ends.length != 2 || ends[0].isEmpty()) {
                throw new FaultException(kind + " needs two ends: kvorum fault " + kind + " A B"
                        + (alwaysOneWay ? "" : " (or 'A -> B' for one direction)"));
            }
            List<String> one = expressions(ends[0]);
            List<String> other = expressions(ends[1]);
            return new Fault.Link(one, other, arrow || alwaysOneWay);
        }

        void allUsed() {
            if (!rest.isEmpty()) {
                throw new FaultException(kind + ": \"" + String.join(" ", rest) + "\" was not expected");
            }
        }
    }
}
