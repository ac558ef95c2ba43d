package io.kvorum.scheduler.framework;

import java.util.Set;

/** A part of the scheduler's policy; what it takes part in, its interfaces say. */
public interface Plugin {
    /** Kubernetes' name of the plugin. */
    String name();

    /** The events that could make a pod schedulable which this plugin rejected. */
    Set<ClusterEvent> eventsToRegister();
}
