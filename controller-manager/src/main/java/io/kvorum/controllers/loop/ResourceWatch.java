package io.kvorum.controllers.loop;

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
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of all objects of one resource, whatever it is: lists, then watches, resumes where the watch broke, lists again on 410
 * Expired. Holds no more of an object than its uid. Belongs to one context.
 */
public final class ResourceWatch {
    private static final Logger LOG = LoggerFactory.getLogger(ResourceWatch.class);

    private final ResourceInfo resource;
    private final ResourceClient<GenericKubernetesResource> client;
    private final Sink sink;
    private final Timers timers;
    private final Backoff backoff =
            new Backoff(Duration.ofMillis(200), 2, Duration.ofSeconds(10), new SplittableRandom());
    private final Promise<Void> synced = Promise.promise();
    private final Set<String> known = new HashSet<>();
    private @Nullable String resourceVersion;
    private @Nullable Watch watch;
    private Timers.@Nullable Timer retry;
    private boolean stopped;

    /** Who is told, on the context. */
    public interface Sink {
        /** An object is there or has changed; perhaps as it was told before. */
        void observed(GenericKubernetesResource object);

        /** An object is there no more. */
        void gone(String uid);
    }

    public ResourceWatch(ApiClient api, ResourceInfo resource, Sink sink, Timers timers) {
        this.resource = resource;
        this.client = api.resources(resource);
        this.sink = sink;
        this.timers = timers;
    }

    /** Completes when the first list was told, or it was stopped. */
    public Future<Void> start() {
        list();
        return synced.future();
    }

    /** Whether it goes on; it ends by itself when the resource is served no more. */
    public boolean running() {
        return !stopped;
    }

    public void stop() {
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
        Set<String> before = new HashSet<>(known);
        Set<String> seen = new HashSet<>();
        page(null, seen).onComplete(done -> {
            if (stopped) {
                return;
            }
            if (done.failed()) {
                again(done.cause());
                return;
            }
            before.stream().filter(uid -> !seen.contains(uid)).forEach(this::gone);
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
            Set.copyOf(known).forEach(this::gone);
            stop();
            return;
        }
        LOG.debug(
                "watch ended resource={} cause={}", resource.groupResource(), cause == null ? "" : cause.getMessage());
        retry = timers.after(backoff.next(), this::list);
    }

    private void observed(GenericKubernetesResource object) {
        known.add(object.getMetadata().getUid());
        sink.observed(object);
    }

    private void gone(String uid) {
        known.remove(uid);
        sink.gone(uid);
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
