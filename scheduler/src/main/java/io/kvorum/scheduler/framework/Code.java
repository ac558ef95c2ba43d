package io.kvorum.scheduler.framework;

/** What a plugin's answer means. */
public enum Code {
    SUCCESS,
    /** The plugin itself failed; the pod is tried again with backoff. */
    ERROR,
    /** Not here and now; a cluster event may change that. */
    UNSCHEDULABLE,
    /** Not here, and removing other pods would not help. */
    UNSCHEDULABLE_AND_UNRESOLVABLE,
    /** The plugin has nothing to say about this pod; it is left out for the rest of the cycle. */
    SKIP
}
