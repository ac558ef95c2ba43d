package io.kvorum.cli.launcher;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.cli.cluster.Instance;
import io.kvorum.cli.cluster.Release;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One component under supervision. Owned by the supervisor's loop. */
final class ManagedProcess {
    private static final long FIRST_BACKOFF_MILLIS = 250;
    private static final long BACKOFF_CAP_MILLIS = 10_000;
    /** After running this long a crash is a first one again. */
    private static final long STABLE_MILLIS = 30_000;

    final Instance instance;
    /** Ids of the faults that keep it down. */
    final Set<String> heldDownBy = new LinkedHashSet<>();
    /** Ids of the faults that stop it. */
    final Set<String> pausedBy = new LinkedHashSet<>();

    /** What it was started from, the built-in one until it is started. */
    Release release = Release.BUILT_IN;

    @Nullable
    Process process;
    /** The last answer of its control socket, null until it has answered. */
    @Nullable
    ObjectNode status;

    int restarts;
    int crashesInRow;
    /** Counts starts, so that late events of an earlier process are told apart. */
    int generation;

    /** The start whose process is asked again and again until it is ready; 0 for none. */
    int polled;

    boolean everReady;
    /** Whether this start has been reported ready. */
    boolean toldReady;

    boolean stopping;
    int lastExitCode;
    long startedNanos;

    ManagedProcess(Instance instance) {
        this.instance = instance;
    }

    boolean running() {
        Process current = process;
        return current != null && current.isAlive();
    }

    boolean ready() {
        ObjectNode answer = status;
        return running()
                && pausedBy.isEmpty()
                && answer != null
                && answer.path("ready").asBoolean();
    }

    boolean leader() {
        ObjectNode answer = status;
        return running() && answer != null && answer.path("leader").asBoolean();
    }

    /** Notes a crash and says how long to wait before the next start. */
    long backoffMillis(long nowNanos) {
        if ((nowNanos - startedNanos) / 1_000_000 > STABLE_MILLIS) {
            crashesInRow = 0;
        }
        crashesInRow++;
        return Math.min(BACKOFF_CAP_MILLIS, FIRST_BACKOFF_MILLIS << Math.min(crashesInRow - 1, 10));
    }
}
