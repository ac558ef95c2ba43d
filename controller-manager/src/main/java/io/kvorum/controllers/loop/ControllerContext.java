package io.kvorum.controllers.loop;

import io.fabric8.kubernetes.api.model.Pod;
import io.kvorum.client.ApiClient;
import io.kvorum.client.Controller;
import io.kvorum.client.EventRecorder;
import io.kvorum.client.Informer;
import io.kvorum.client.Informers;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.Reconciler;
import io.kvorum.client.Timers;
import io.kvorum.controllers.pods.PodIndexes;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * What the controllers of one term of leadership share. Everything in it belongs to one Vert.x context.
 *
 * @param host named in events as the source
 */
public record ControllerContext(
        Vertx vertx, ApiClient client, Informers informers, Clock clock, String host, MeterRegistry metrics) {
    public static ControllerContext create(
            Vertx vertx, ApiClient client, Informers informers, Clock clock, String host, MeterRegistry metrics) {
        PodIndexes.addTo(informers.of(Pod.class));
        return new ControllerContext(vertx, client, informers, clock, host, metrics);
    }

    /** The same with another client: what is written is written by another account. */
    public ControllerContext as(ApiClient account) {
        return new ControllerContext(vertx, account, informers, clock, host, metrics);
    }

    /** @param component the controller's name in its events, for example {@code replicaset-controller} */
    public EventRecorder events(String component) {
        return EventRecorder.create(client, component, host, clock, Timers.on(vertx));
    }

    public Informer<Pod> pods() {
        return informers.of(Pod.class);
    }

    public <K> Controller<K> controller(String name, int concurrency, Reconciler<K> reconciler) {
        return Controller.<K>builder(name, vertx, reconciler)
                .concurrency(concurrency)
                .clock(clock)
                .metrics(new WorkQueueMeters(metrics, name))
                .build();
    }

    /** Key of an object that may live in no namespace. */
    public static ObjectKey key(@Nullable String namespace, String name) {
        return new ObjectKey(namespace == null ? "" : namespace, name);
    }
}
