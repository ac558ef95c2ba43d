package io.kvorum.scheduler.framework;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks at a pod once, before its nodes are filtered, and computes what the filter of every node needs. */
public interface PreFilterPlugin extends Plugin {
    /**
     * The outcome.
     *
     * @param status {@link Status#SKIP}: the plugin's filter need not be asked; a rejection ends the cycle
     * @param only the names of the nodes worth a look; null for all
     */
    record Result(Status status, @Nullable Set<String> only) {
        public static final Result SUCCESS = new Result(Status.SUCCESS, null);
        public static final Result SKIP = new Result(Status.SKIP, null);
    }

    Result preFilter(CycleState state, PodInfo pod, ClusterView view);

    /** {@code other} is taken to be on {@code node}, which has it already: what was computed follows. */
    default void podAdded(CycleState state, PodInfo pod, PodInfo other, NodeInfo node) {}

    /** The opposite of {@link #podAdded}. */
    default void podRemoved(CycleState state, PodInfo pod, PodInfo other, NodeInfo node) {}
}
