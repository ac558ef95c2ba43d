package io.kvorum.apiserver.crd;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.cache.CacheEvent;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.ResourceCache;
import io.kvorum.apiserver.cache.StoreKeys;
import io.kvorum.apiserver.cache.WatchCache;
import io.kvorum.apiserver.cache.Watcher;
import io.kvorum.apiserver.registry.Registry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tends the definitions: accepts names, establishes, and removes the objects of those that go. Every API server runs one;
 * what it writes follows from what is stored, so it does not matter who writes first. Takes one definition after the
 * other, so that two that want one name do not both get it. Belongs to the API server's event loop.
 */
public final class DefinitionController implements Watcher {
    private static final Logger LOG = LoggerFactory.getLogger(DefinitionController.class);
    private static final long RETRY_FIRST_MILLIS = 250;
    private static final long RETRY_MOST_MILLIS = 10_000;

    private final Vertx vertx;
    private final Clock clock;
    private final WatchCache cache;
    private final Registry registry;
    private final CustomResources resources;
    private final Set<String> waiting = new LinkedHashSet<>();
    private final Map<String, Long> retries = new HashMap<>();
    private boolean working;
    private boolean stopped;

    public DefinitionController(
            Vertx vertx, Clock clock, WatchCache cache, Registry registry, CustomResources resources) {
        this.vertx = vertx;
        this.clock = clock;
        this.cache = cache;
        this.registry = registry;
        this.resources = resources;
    }

    /** Follows the definitions once the cache is synced, and again whenever it was read anew. */
    public void start() {
        cache.reached(0).onSuccess(synced -> {
            if (stopped) {
                return;
            }
            ResourceCache definitions = cache.of(CustomResources.DEFINITIONS);
            definitions.watch(cache.revision(), this);
            definitions.list("").forEach(version -> enqueue(version.name()));
        });
    }

    public void stop() {
        stopped = true;
        cache.of(CustomResources.DEFINITIONS).unwatch(this);
    }

    @Override
    public void changed(CacheEvent event) {
        ObjectVersion before = event.before();
        ObjectVersion after = event.after();
        ObjectVersion any = after == null ? before : after;
        if (any == null) {
            return;
        }
        enqueue(any.name());
        if (before == null) {
            return;
        }
        ObjectNode old = before.tree();
        if (after == null || serving(old).equals(serving(after.tree()))) {
            if (after == null) {
                cut(old);
                enqueueGroup(old);
            }
            return;
        }
        // Those who watch are told by an end of the stream that what they see is made in another way from here on.
        cut(old);
        enqueueGroup(old);
    }

    /** What decides how objects look to clients. */
    private static ObjectNode serving(ObjectNode definition) {
        ObjectNode serving = Tree.newObject();
        serving.set("spec", definition.path("spec"));
        serving.set("names", Tree.at(definition, "status", "acceptedNames"));
        return serving;
    }

    private void cut(ObjectNode definition) {
        cache.of(storedName(definition)).endWatchers();
    }

    private static String storedName(ObjectNode definition) {
        return StoreKeys.resource(
                Tree.text(definition, "spec", "group"), Tree.text(definition, "spec", "names", "plural"));
    }

    /** A name that is free now may be what another definition waits for. */
    private void enqueueGroup(ObjectNode definition) {
        String group = Tree.text(definition, "spec", "group");
        for (ObjectVersion version : cache.of(CustomResources.DEFINITIONS).list("")) {
            if (version.name().endsWith("." + group)) {
                enqueue(version.name());
            }
        }
    }

    @Override
    public void lost() {
        start();
    }

    private void enqueue(String name) {
        waiting.add(name);
        if (!working && !stopped) {
            working = true;
            vertx.runOnContext(go -> next());
        }
    }

    private void next() {
        if (stopped || waiting.isEmpty()) {
            working = false;
            return;
        }
        String name = waiting.iterator().next();
        waiting.remove(name);
        tend(name).onComplete(outcome -> {
            if (outcome.succeeded()) {
                retries.remove(name);
            } else {
                later(name, outcome.cause());
            }
            next();
        });
    }

    private void later(String name, Throwable cause) {
        if (cause instanceof ApiException gone && gone.notFound()) {
            retries.remove(name);
            return;
        }
        long delay =
                retries.merge(name, RETRY_FIRST_MILLIS, (before, first) -> Math.min(RETRY_MOST_MILLIS, before * 2));
        if (!(cause instanceof Remaining)) {
            LOG.warn("a definition is tended again name={} delayMillis={} cause={}", name, delay, cause.toString());
        }
        vertx.setTimer(delay, timer -> enqueue(name));
    }

    private Future<Void> tend(String name) {
        ObjectVersion version = cache.of(CustomResources.DEFINITIONS).get(name);
        if (version == null) {
            return Future.succeededFuture();
        }
        ObjectNode definition = version.tree();
        if (definition.path("metadata").hasNonNull("deletionTimestamp")) {
            return DefinitionDeletion.pending(definition) ? finish(definition) : Future.succeededFuture();
        }
        return cache.fresh().compose(seen -> edit(name, "status", this::updated));
    }

    private ObjectNode updated(ObjectNode definition) {
        List<ObjectNode> others = new ArrayList<>();
        cache.of(CustomResources.DEFINITIONS).list("").forEach(version -> others.add(version.tree()));
        boolean builtin = resources.builtin(
                Tree.text(definition, "spec", "group"),
                Tree.text(definition, "spec", "names", "plural"),
                Tree.text(definition, "spec", "names", "kind"));
        return DefinitionStatus.update(definition, others, builtin, now());
    }

    // ---- the end of a definition

    /** Objects that are still there: held by their finalizers, or made while the last were removed. */
    private static final class Remaining extends RuntimeException {
        Remaining() {
            super("objects remain", null, false, false);
        }
    }

    private Future<Void> finish(ObjectNode definition) {
        String name = Tree.text(definition, "metadata", "name");
        String stored = storedName(definition);
        boolean others = resources.builtin(
                Tree.text(definition, "spec", "group"),
                Tree.text(definition, "spec", "names", "plural"),
                Tree.text(definition, "spec", "names", "kind"));
        if (others) {
            // A definition that never got its name has no objects: those that are there are not its own.
            return end(name);
        }
        ResourceInfo info = resources.stored(definition);
        return edit(name, "status", current -> {
                    DefinitionDeletion.inProgress(current, now());
                    return current;
                })
                .compose(marked -> cache.fresh())
                .compose(seen -> registry.deleteAll(info))
                .compose(deleted -> cache.fresh())
                .compose(
                        seen -> cache.of(stored).list("").isEmpty() ? end(name) : Future.failedFuture(new Remaining()));
    }

    private Future<Void> end(String name) {
        return edit(name, "", current -> {
            DefinitionDeletion.end(current, now());
            return current;
        });
    }

    private Future<Void> edit(String name, String subresource, UnaryOperator<ObjectNode> edit) {
        return registry.edit("apiextensions.k8s.io", "v1", "customresourcedefinitions", name, subresource, edit);
    }

    private String now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** What a request for a resource that is going is told; null where nothing is in its way. */
    public static @Nullable ApiException refusal(ResourceInfo info, String verb) {
        if (info.custom() == null || !verb.equals("create") || !info.custom().terminating()) {
            return null;
        }
        return new ApiException(
                405,
                "MethodNotAllowed",
                "create not allowed while custom resource definition is terminating",
                new ApiException.Details("", info.group(), info.resource(), "", List.of(), 0));
    }
}
