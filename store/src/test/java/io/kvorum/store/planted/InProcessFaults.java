package io.kvorum.store.planted;

import io.kvorum.store.etcd.EtcdCluster;
import io.kvorum.torture.run.FaultInjector;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Cuts members of one process off, and crashes them. */
final class InProcessFaults implements FaultInjector, AutoCloseable {
    private final EtcdCluster cluster;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final List<Fault> inForce = new ArrayList<>();
    private @Nullable Throwable broken;

    /** What one member sends another. */
    private record Way(String from, String to) {}

    /** @param down members to start again at the end */
    private record Fault(Set<Way> cut, List<String> down) {}

    InProcessFaults(EtcdCluster cluster) {
        this.cluster = cluster;
    }

    @Override
    public synchronized void inject(String fault, Duration lasting) throws IOException {
        String[] words = fault.split(" ", -1);
        Fault set = switch (words[0]) {
            case "partition" -> cut(both(words[1], words[3].split(",", -1)));
            case "cut" -> cut(Set.of(new Way(words[1], words[2])));
            case "kill" -> crash(List.of(words[1]));
            case "restart" -> crash(words[1].equals("role:store") ? running() : List.of(words[1]));
            default -> throw new IllegalArgumentException("cannot be done in one process: " + fault);
        };
        inForce.add(set);
        if (lasting.isZero()) {
            end(set);
        } else {
            timer.schedule(() -> endLater(set), lasting.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private static Set<Way> both(String one, String[] others) {
        Set<Way> ways = new HashSet<>();
        for (String other : others) {
            ways.add(new Way(one, other));
            ways.add(new Way(other, one));
        }
        return ways;
    }

    private Fault cut(Set<Way> ways) {
        ways.forEach(way -> cluster.network.cut(way.from(), way.to()));
        return new Fault(ways, List.of());
    }

    private List<String> running() {
        return EtcdCluster.MEMBERS.stream().filter(cluster::isRunning).toList();
    }

    private Fault crash(List<String> members) throws IOException {
        for (String member : members) {
            if (!cluster.isRunning(member)) {
                throw new IOException(member + " is down already");
            }
        }
        try {
            cluster.crash(members);
        } catch (Exception e) {
            throw new IllegalStateException(members + " could not be crashed", e);
        }
        return new Fault(Set.of(), members);
    }

    private synchronized void endLater(Fault fault) {
        try {
            end(fault);
        } catch (RuntimeException e) {
            broken = e;
        }
    }

    /** Nothing, when it has ended before. */
    private void end(Fault fault) {
        if (!inForce.removeIf(other -> other == fault)) {
            return;
        }
        for (Way way : fault.cut()) {
            if (inForce.stream().noneMatch(other -> other.cut().contains(way))) {
                cluster.network.mend(way.from(), way.to());
            }
        }
        for (String member : fault.down()) {
            try {
                cluster.start(member);
            } catch (Exception e) {
                throw new IllegalStateException(member + " could not be started again", e);
            }
        }
    }

    @Override
    public synchronized void heal() {
        List.copyOf(inForce).forEach(this::end);
        if (broken != null) {
            throw new IllegalStateException("a fault could not be ended", broken);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
