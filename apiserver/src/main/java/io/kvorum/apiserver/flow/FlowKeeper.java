package io.kvorum.apiserver.flow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.WatchCache;
import io.kvorum.apiserver.registry.Registry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts mandatory schemas and levels back that somebody deleted, and says of schemas whether their level exists. */
public final class FlowKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(FlowKeeper.class);
    private static final long TICK_MILLIS = 2_000;

    private final Vertx vertx;
    private final Clock clock;
    private final Registry registry;
    private final WatchCache cache;
    private boolean running;
    private long timer;

    public FlowKeeper(Vertx vertx, Clock clock, Registry registry, WatchCache cache) {
        this.vertx = vertx;
        this.clock = clock;
        this.registry = registry;
        this.cache = cache;
    }

    public void start() {
        timer = vertx.setPeriodic(TICK_MILLIS, tick -> tick());
    }

    public void stop() {
        vertx.cancelTimer(timer);
    }

    private void tick() {
        if (running || !cache.synced()) {
            return;
        }
        running = true;
        keep().onComplete(done -> {
            running = false;
            if (done.failed()) {
                LOG.warn("flow control not kept cause={}", done.cause().toString());
            }
        });
    }

    /** Completes when everything is as it must be, or was tried to be made so. */
    Future<Void> keep() {
        List<Future<Void>> writes = new ArrayList<>();
        List<String> levels = names(FlowControl.LEVELS);
        Mandatory.levels(levels)
                .forEach(level ->
                        writes.add(create("prioritylevelconfigurations", "PriorityLevelConfiguration", level)));
        Mandatory.schemas(names(FlowControl.SCHEMAS))
                .forEach(schema -> writes.add(create("flowschemas", "FlowSchema", schema)));
        for (ObjectVersion schema : cache.of(FlowControl.SCHEMAS).list("")) {
            ObjectNode next = told(schema.selectable(), levels);
            if (next != null) {
                writes.add(ignoring(registry.replaceStatus(FlowControl.GROUP, "v1", "flowschemas", next)));
            }
        }
        return writes.isEmpty() ? Future.succeededFuture() : Future.all(writes).compose(done -> cache.fresh());
    }

    private List<String> names(String stored) {
        return cache.of(stored).list("").stream().map(ObjectVersion::path).toList();
    }

    private Future<Void> create(String resource, String kind, ObjectNode object) {
        object.put("apiVersion", FlowControl.GROUP + "/v1").put("kind", kind);
        Tree.ensureObject(object, "metadata").putObject("annotations").put("apf.kubernetes.io/autoupdate-spec", "true");
        return ignoring(
                registry.create(FlowControl.GROUP, "v1", resource, object).mapEmpty());
    }

    /** Another API server may have done the same just now. */
    private static Future<Void> ignoring(Future<Void> write) {
        return write.recover(cause -> cause instanceof ApiException refused
                        && (refused.alreadyExists() || refused.conflict() || refused.notFound())
                ? Future.succeededFuture()
                : Future.failedFuture(cause));
    }

    /** The schema with its condition Dangling; null when that is as it should be. */
    private @Nullable ObjectNode told(JsonNode schema, List<String> levels) {
        String level = Tree.text(schema, "spec", "priorityLevelConfiguration", "name");
        boolean dangling = !levels.contains(level);
        String status = dangling ? "True" : "False";
        ObjectNode next = schema.deepCopy();
        ObjectNode condition = null;
        for (ObjectNode known : Tree.objects(next, "status", "conditions")) {
            if (Tree.text(known, "type").equals("Dangling")) {
                condition = known;
            }
        }
        String message = "This FlowSchema references the PriorityLevelConfiguration object named \"" + level + "\" "
                + (dangling ? "but there is no such object" : "and it exists");
        if (condition == null) {
            condition = Tree.ensureArray(Tree.ensureObject(next, "status"), "conditions")
                    .addObject();
        } else if (Tree.text(condition, "status").equals(status)
                && Tree.text(condition, "message").equals(message)) {
            return null;
        }
        condition.put("type", "Dangling");
        condition.put("status", status);
        condition.put(
                "lastTransitionTime",
                clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
        condition.put("reason", dangling ? "NotFound" : "Found");
        condition.put("message", message);
        return next;
    }
}
