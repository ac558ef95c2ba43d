package io.kvorum.scheduler.framework;

/** Looks at a pod once, before its nodes are filtered. */
public interface PreFilterPlugin extends Plugin {
    /** {@link Status#SKIP}: the plugin's filter need not be asked; a rejection ends the cycle. */
    Status preFilter(CycleState state, PodInfo pod);
}
