package io.kvorum.controllers.loop;

import io.kvorum.client.Controller;
import io.kvorum.client.Reconciler;
import io.vertx.core.Future;

/** A control loop that is one queue of keys, as most are: it works while the queue does. */
public abstract class ReconcileLoop<K> implements ControlLoop, Reconciler<K> {
    private final String name;

    /** Where the handlers of the informers put keys. */
    protected final Controller<K> controller;

    /** @param concurrency how many keys are worked on at a time */
    protected ReconcileLoop(ControllerContext context, String name, int concurrency) {
        this.name = name;
        controller = context.controller(name, concurrency, this);
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final void start() {
        controller.start();
    }

    @Override
    public final Future<Void> stop() {
        stopped();
        return controller.stop();
    }

    /** What ends with the loop besides the queue. */
    protected void stopped() {}
}
