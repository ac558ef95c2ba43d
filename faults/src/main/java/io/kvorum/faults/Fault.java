package io.kvorum.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Something that is broken on purpose. As it is read, its lists hold expressions ({@code leader:store}); {@link #resolve}
 * gives the same fault with the names of members in their place.
 */
public sealed interface Fault {
    /** The word of the command line: {@code partition}, {@code half-open}. */
    String kind();

    /**
     * The same with every expression replaced by names.
     *
     * @throws FaultException if something is not there, or the fault would concern nobody
     */
    Fault resolve(Topology topology);

    /** The words of the command line that mean this fault. */
    List<String> words();

    /** Whether it happens once instead of lasting. */
    default boolean momentary() {
        return false;
    }

    default String describe() {
        return String.join(" ", words());
    }

    /** A fault of processes. */
    sealed interface OfProcesses extends Fault {
        List<String> members();
    }

    /**
     * The ends of a link.
     *
     * @param oneWay only what {@code one} sends to {@code other} is meant
     */
    record Link(List<String> one, List<String> other, boolean oneWay) {
        Link resolve(Topology topology) {
            Link link = new Link(topology.resolve(one), topology.resolve(other), oneWay);
            link.check(topology);
            return link;
        }

        private void check(Topology topology) {
            boolean processes = false;
            boolean pair = false;
            for (String a : one) {
                for (String b : other) {
                    pair |= !a.equals(b);
                    processes |= !a.equals(b)
                            && (topology.member(a).process()
                                    || topology.member(b).process());
                }
            }
            if (!pair) {
                throw new FaultException(one.get(0) + " has no link to itself; name two different ends");
            }
            if (!processes) {
                throw new FaultException("neither " + join(one) + " nor " + join(other)
                        + " is a process of the cluster, so nothing can be put between them");
            }
        }

        List<String> words() {
            return oneWay ? List.of(join(one), "->", join(other)) : List.of(join(one), join(other));
        }
    }

    private static String join(List<String> names) {
        return String.join(",", names);
    }

    private static List<String> words(String kind, Link link, String... more) {
        List<String> words = new ArrayList<>(List.of(kind));
        words.addAll(link.words());
        words.addAll(List.of(more));
        return List.copyOf(words);
    }

    /** Members in different groups cannot reach each other, either way; members in no group reach everybody. */
    record Partition(List<List<String>> groups) implements Fault {
        @Override
        public String kind() {
            return "partition";
        }

        /** A single group is parted from all the rest. */
        @Override
        public Fault resolve(Topology topology) {
            List<List<String>> all = groups.stream().map(topology::resolve).collect(Collectors.toList());
            if (all.size() == 1) {
                List<String> rest = topology.rest(all.get(0));
                if (rest.isEmpty()) {
                    throw new FaultException("nothing is left to part " + join(all.get(0)) + " from");
                }
                all.add(rest);
            }
            for (int i = 0; i < all.size(); i++) {
                for (int j = i + 1; j < all.size(); j++) {
                    for (String name : all.get(i)) {
                        if (all.get(j).contains(name)) {
                            throw new FaultException(name + " is in two groups of the partition; name it once");
                        }
                    }
                }
            }
            return new Partition(List.copyOf(all));
        }

        @Override
        public List<String> words() {
            return List.of("partition", groups.stream().map(Fault::join).collect(Collectors.joining(" / ")));
        }
    }

    /** Nothing passes from the one to the other; the other direction is left alone. */
    record Cut(Link link) implements Fault {
        @Override
        public String kind() {
            return "cut";
        }

        @Override
        public Fault resolve(Topology topology) {
            return new Cut(link.resolve(topology));
        }

        @Override
        public List<String> words() {
            return Fault.words("cut", link);
        }
    }

    /** Everything that passes takes {@code delay} longer, give or take {@code jitter}. */
    record Delay(Link link, Duration delay, Duration jitter) implements Fault {
        @Override
        public String kind() {
            return "delay";
        }

        @Override
        public Fault resolve(Topology topology) {
            return new Delay(link.resolve(topology), delay, jitter);
        }

        @Override
        public List<String> words() {
            return jitter.isZero()
                    ? Fault.words("delay", link, FaultSyntax.text(delay))
                    : Fault.words("delay", link, FaultSyntax.text(delay), "--jitter", FaultSyntax.text(jitter));
        }
    }

    /** Each connection carries no more than this, each way. */
    record Rate(Link link, long bytesPerSecond) implements Fault {
        @Override
        public String kind() {
            return "rate";
        }

        @Override
        public Fault resolve(Topology topology) {
            return new Rate(link.resolve(topology), bytesPerSecond);
        }

        @Override
        public List<String> words() {
            return Fault.words("rate", link, FaultSyntax.rateText(bytesPerSecond));
        }
    }

    /** This share of what is sent meets a loss, which TCP turns into a stall of one retransmission time-out or more. */
    record Loss(Link link, double percent) implements Fault {
        @Override
        public String kind() {
            return "loss";
        }

        @Override
        public Fault resolve(Topology topology) {
            return new Loss(link.resolve(topology), percent);
        }

        @Override
        public List<String> words() {
            return Fault.words("loss", link, FaultSyntax.percent(percent));
        }
    }

    /** Connections end with a TCP reset; those that exist and, while the fault lasts, new ones. */
    record Reset(Link link) implements Fault {
        @Override
        public String kind() {
            return "reset";
        }

        @Override
        public Fault resolve(Topology topology) {
            return new Reset(link.resolve(topology));
        }

        @Override
        public List<String> words() {
            return Fault.words("reset", link);
        }

        @Override
        public boolean momentary() {
            return true;
        }
    }

    /** New connections are refused; those that exist are left alone. */
    record Refuse(Link link) implements Fault {
        @Override
        public String kind() {
            return "refuse";
        }

        @Override
        public Fault resolve(Topology topology) {
            return new Refuse(link.resolve(topology));
        }

        @Override
        public List<String> words() {
            return Fault.words("refuse", link);
        }
    }

    /** The other end forgets the connections that exist, and the one end is not told; new ones work. */
    record HalfOpen(Link link) implements Fault {
        @Override
        public String kind() {
            return "half-open";
        }

        @Override
        public Fault resolve(Topology topology) {
            Link resolved = link.resolve(topology);
            for (String believer : resolved.one()) {
                if (!topology.member(believer).process()) {
                    throw new FaultException(believer + " is not a process of the cluster: only a component can be"
                            + " made to believe in dead connections; name it first");
                }
            }
            return new HalfOpen(resolved);
        }

        @Override
        public List<String> words() {
            return Fault.words("half-open", link);
        }
    }

    /** The processes are killed (SIGKILL) and kept down until the fault is healed. */
    record Kill(List<String> members) implements OfProcesses {
        @Override
        public String kind() {
            return "kill";
        }

        @Override
        public Fault resolve(Topology topology) {
            return new Kill(topology.resolveProcesses(members));
        }

        @Override
        public List<String> words() {
            return List.of("kill", join(members));
        }
    }

    /** The processes are stopped (SIGSTOP) until the fault is healed (SIGCONT). */
    record Pause(List<String> members) implements OfProcesses {
        @Override
        public String kind() {
            return "pause";
        }

        @Override
        public Fault resolve(Topology topology) {
            return new Pause(topology.resolveProcesses(members));
        }

        @Override
        public List<String> words() {
            return List.of("pause", join(members));
        }
    }

    /** The processes are killed (SIGKILL) and started again at once. */
    record Restart(List<String> members) implements OfProcesses {
        @Override
        public String kind() {
            return "restart";
        }

        @Override
        public Fault resolve(Topology topology) {
            return new Restart(topology.resolveProcesses(members));
        }

        @Override
        public List<String> words() {
            return List.of("restart", join(members));
        }

        @Override
        public boolean momentary() {
            return true;
        }
    }

    /** The clocks of the processes are off. */
    record Skew(List<String> members, Duration offset) implements OfProcesses {
        @Override
        public String kind() {
            return "skew";
        }

        @Override
        public Fault resolve(Topology topology) {
            return new Skew(topology.resolveProcesses(members), offset);
        }

        @Override
        public List<String> words() {
            String sign = offset.isNegative() ? "-" : "+";
            return List.of("skew", join(members), sign + FaultSyntax.text(offset.abs()));
        }
    }

    /**
     * The disks of store members are slow, or fail.
     *
     * @param latency added to every write and every fsync
     * @param percent of the operations concerned that fail
     */
    record Disk(List<String> members, Duration latency, Failure failure, double percent) implements OfProcesses {
        /** What fails. */
        public enum Failure {
            NONE,
            WRITE,
            FSYNC,
            /** Writes fail because no space is left. */
            FULL,
            /** What was not fsynced is lost by a kill. */
            UNSYNCED;

            String word() {
                return name().toLowerCase(Locale.ROOT);
            }
        }

        @Override
        public String kind() {
            return "disk";
        }

        @Override
        public Fault resolve(Topology topology) {
            List<String> names = topology.resolveProcesses(members);
            for (String name : names) {
                if (!topology.member(name).role().equals("store")) {
                    throw new FaultException(name + " keeps nothing on disk that a fault could reach; name store"
                            + " members, for example role:store");
                }
            }
            return new Disk(names, latency, failure, percent);
        }

        @Override
        public List<String> words() {
            List<String> words = new ArrayList<>(List.of("disk", join(members)));
            if (!latency.isZero()) {
                words.addAll(List.of("--latency", FaultSyntax.text(latency)));
            }
            if (failure != Failure.NONE) {
                words.addAll(List.of("--fail", failure.word()));
                if (percent < 100) {
                    words.addAll(List.of("--probability", FaultSyntax.percent(percent)));
                }
            }
            return List.copyOf(words);
        }
    }
}
