package io.kvorum.controllers.garbage;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.kvorum.api.ApiException;
import io.kvorum.api.ResourceInfo;
import io.kvorum.client.ApiClient;
import io.kvorum.client.Backoff;
import io.kvorum.client.ListOptions;
import io.kvorum.client.ResourceClient;
import io.kvorum.client.Timers;
import io.kvorum.client.Watch;
import io.kvorum.client.WatchHandler;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the graph up to date with all objects of one resource: lists, then watches, resumes where the watch broke, lists
 * again on 410 Expired. Holds no more of an object than its uid and resourceVersion. Belongs to one context.
 */
final class MetadataWatch {
    private static final Logger LOG = LoggerFactory.getLogger(MetadataWatch.class);

    private final ResourceInfo resource;
    private final ResourceClient<GenericKubernetesResource> client;
    private final OwnerGraph graph;
    private final Timers timers;
    private final Backoff backoff =
            new Backoff(Duration.ofMillis(200), 2, Duration.ofSeconds(10), new SplittableRandom());
    private final Promise<Void> synced = Promise.promise();
    private final Map<String, GraphNode.Meta> known = new HashMap<>();
    private @Nullable String resourceVersion;
    private @Nullable Watch watch;
    private Timers.@Nullable Timer retry;
    private boolean stopped;

    MetadataWatch(ApiClient api, ResourceInfo resource, OwnerGraph graph, Timers timers) {
        this.resource = resource;
        this.client = api.resources(resource);
        this.graph = graph;
        this.timers = timers;
    }

    /** Completes when the first list is in the graph. */
    Future<Void> start() {
        list();
        return synced.future();
    }

    boolean running() {
        return !stopped;
    }

    void stop() {
        stopped = true;
        synced.tryComplete();
        if (retry != null) {
            retry.cancel();
        }
        if (watch != null) {
            watch.close();
        }
    }

    private void list() {
        retry = null;
        if (stopped) {
            return;
        }
        if (resourceVersion != null) {
            watchOn();
            return;
        }
        Map<String, GraphNode.Meta> before = new HashMap<>(known);
        Set<String> seen = new HashSet<>();
        page(null, seen).onComplete(done -> {
            if (stopped) {
                return;
            }
            if (done.failed()) {
                again(done.cause());
                return;
            }
            before.keySet().stream().filter(uid -> !seen.contains(uid)).forEach(this::gone);
            resourceVersion = done.result();
            backoff.reset();
            synced.tryComplete();
            watchOn();
        });
    }

    /** @return the resourceVersion of the list */
    private Future<String> page(@Nullable String token, Set<String> seen) {
        return client.list(null, new ListOptions(null, null, null, 500, token)).compose(page -> {
            if (stopped) {
                return Future.failedFuture("stopped");
            }
            for (GenericKubernetesResource each : page.items()) {
                seen.add(each.getMetadata().getUid());
                observed(each);
            }
            @Nullable String next = page.continueToken();
            return next == null || next.isEmpty() ? Future.succeededFuture(page.resourceVersion()) : page(next, seen);
        });
    }

    private void watchOn() {
        client.watch(null, ListOptions.ALL.from(String.valueOf(resourceVersion)), new Handler())
                .onComplete(opened -> {
                    if (opened.failed()) {
                        ended(opened.cause());
                    } else if (stopped) {
                        opened.result().close();
                    } else {
                        watch = opened.result();
                    }
                });
    }

    private void ended(@Nullable Throwable cause) {
        watch = null;
        if (stopped) {
            return;
        }
        if (cause instanceof ApiException no && no.code() == 410) {
            resourceVersion = null;
        }
        again(cause);
    }

    private void again(@Nullable Throwable cause) {
        if (cause instanceof ApiException no && no.notFound()) {
            // The resource itself is gone, a custom one for example; discovery starts another watch if it returns.
            Set.copyOf(known.keySet()).forEach(this::gone);
            stop();
            return;
        }
        LOG.debug(
                "watch ended resource={} cause={}", resource.groupResource(), cause == null ? "" : cause.getMessage());
        retry = timers.after(backoff.next(), this::list);
    }

    private void observed(GenericKubernetesResource object) {
        GraphNode.Meta meta = GraphNode.Meta.of(object);
        // Most changes of objects, every heartbeat of a Lease for one, say nothing new about ownership.
        if (!meta.equals(known.put(object.getMetadata().getUid(), meta))) {
            graph.observed(GraphNode.Identity.of(resource.apiVersion(), resource.kind(), object), meta);
        }
    }

    private void gone(String uid) {
        known.remove(uid);
        graph.gone(uid);
    }

    private final class Handler implements WatchHandler<GenericKubernetesResource> {
        @Override
        public void added(GenericKubernetesResource object) {
            seen(object);
            observed(object);
        }

        @Override
        public void modified(GenericKubernetesResource object) {
            added(object);
        }

        @Override
        public void deleted(GenericKubernetesResource object) {
            seen(object);
            gone(object.getMetadata().getUid());
        }

        @Override
        public void bookmark(String version) {
            resourceVersion = version;
        }

        @Override
        public void closed(@Nullable Throwable cause) {
            ended(cause);
        }

        private void seen(GenericKubernetesResource object) {
            resourceVersion = object.getMetadata().getResourceVersion();
            backoff.reset();
        }
    }
}
