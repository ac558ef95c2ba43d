package io.kvorum.scheduler.framework;

import io.vertx.core.Future;

/** Makes the decision known to the API. */
public interface BindPlugin extends Plugin {
    /** Fails with {@link io.kvorum.api.ApiException} when the API refuses or does not answer. */
    Future<Void> bind(CycleState state, PodInfo pod, String node);
}
