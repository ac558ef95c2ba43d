package io.kvorum.controllers.loop;

import io.vertx.core.Future;

/**
 * One controller, from the moment this process leads until it no longer does. Built once per term of leadership: its
 * constructor asks for informers and adds handlers, {@link #start} begins the work when the caches are filled.
 */
public interface ControlLoop {
    /** As in {@code --controllers} and in logs and metrics, for example {@code replicaset-controller}. */
    String name();

    /** Begins to work; called once, on the context the loop was built on, when every informer is synced. */
    void start();

    /** Ends the work; completes when nothing of it is under way any more. */
    Future<Void> stop();
}
