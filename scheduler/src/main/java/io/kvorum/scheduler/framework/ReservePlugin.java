package io.kvorum.scheduler.framework;

/** Sets something aside for a pod on its chosen node, before it is bound. */
public interface ReservePlugin extends Plugin {
    Status reserve(CycleState state, PodInfo pod, String node);

    /** Gives back what {@link #reserve} took, also when it took nothing. */
    void unreserve(CycleState state, PodInfo pod, String node);
}
