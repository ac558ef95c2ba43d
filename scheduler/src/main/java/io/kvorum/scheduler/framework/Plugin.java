package io.kvorum.scheduler.framework;

import java.util.Set;

/** A part of the scheduler's policy; what it takes part in, its interfaces say. */
public interface Plugin {
    /** Kubernetes' name of the plugin. */
    String name();

    /** The kinds of events that could make a pod schedulable which this plugin rejected. */
    Set<ClusterEvent.Kind> eventsToRegister();

    /**
     * Whether {@code event}, of a registered kind, could help {@code waiting}: upstream's queueing hint. It must not
     * say no wrongly (the pod would wait for the five minutes' flush); a wrong yes costs a try in vain.
     */
    default boolean mayHelp(PodInfo waiting, ClusterEvent event) {
        return true;
    }
}
