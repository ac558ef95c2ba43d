package io.kvorum.kubelet.node;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeStatus;
import io.kvorum.api.ApiException;
import io.kvorum.client.KubernetesJson;
import io.kvorum.client.PatchType;
import io.kvorum.client.ResourceClient;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Registers the Node and keeps its status true: looks at every update interval, writes when something changed, or every
 * five minutes. Belongs to one context.
 */
public final class NodeReporter {
    private static final Logger LOG = LoggerFactory.getLogger(NodeReporter.class);
    private static final Duration REPORT_INTERVAL = Duration.ofMinutes(5);
    private static final long RETRY_MILLIS = 250;
    private static final long LIMIT_MILLIS = 5000;

    private final Vertx vertx;
    private final WorkerExecutor workers;
    private final Clock clock;
    private final ResourceClient<Node> nodes;
    private final NodeStatuses statuses;
    private final String name;
    private final Duration interval;
    private final Supplier<@Nullable String> problem;
    private final Supplier<List<String>> images;
    private Instant reported = Instant.EPOCH;
    /** What the last written status says is wrong; null for Ready. */
    private @Nullable String saidProblem = "not reported yet";

    private boolean failing;
    private boolean stopped;
    private long timer = -1;

    /**
     * @param interval between looks
     * @param problem why the kubelet is not ready; null when it is
     */
    public NodeReporter(
            Vertx vertx,
            WorkerExecutor workers,
            Clock clock,
            ResourceClient<Node> nodes,
            NodeStatuses statuses,
            String name,
            Duration interval,
            Supplier<@Nullable String> problem,
            Supplier<List<String>> images) {
        this.vertx = vertx;
        this.workers = workers;
        this.clock = clock;
        this.nodes = nodes;
        this.statuses = statuses;
        this.name = name;
        this.interval = interval;
        this.problem = problem;
        this.images = images;
    }

    /** Tries until the Node is registered and its first status written; completes with its uid. */
    public Future<String> start() {
        return once().compose(
                        uid -> {
                            next(pause());
                            return Future.succeededFuture(uid);
                        },
                        cause -> {
                            note(cause);
                            return vertx.timer(RETRY_MILLIS, TimeUnit.MILLISECONDS)
                                    .compose(t -> start());
                        });
    }

    /** Looks at once, because something changed. Does nothing before the first status is written. */
    public void look() {
        if (timer >= 0 && vertx.cancelTimer(timer)) {
            next(1);
        }
    }

    /** Whether the API has been told that the node is Ready. */
    public boolean readyReported() {
        return saidProblem == null;
    }

    /** Until the next look: soon while not Ready, since what was missing may have come while the status was written. */
    private long pause() {
        return saidProblem == null ? interval.toMillis() : Math.min(RETRY_MILLIS, interval.toMillis());
    }

    public void stop() {
        stopped = true;
        vertx.cancelTimer(timer);
    }

    private void next(long millis) {
        if (!stopped) {
            timer = vertx.setTimer(
                    Math.max(1, millis),
                    t -> once().onComplete(done -> {
                        if (done.failed()) {
                            note(done.cause());
                            next(Math.min(RETRY_MILLIS, interval.toMillis()));
                        } else {
                            if (failing) {
                                LOG.info("node status reported again node={}", name);
                                failing = false;
                            }
                            next(pause());
                        }
                    }));
        }
    }

    private void note(Throwable cause) {
        if (!failing) {
            failing = true;
            LOG.warn("node status not reported node={} cause={}", name, cause.toString());
        }
    }

    private Future<String> once() {
        return nodes.get(null, name)
                .recover(cause ->
                        cause instanceof ApiException e && e.notFound() ? register() : Future.failedFuture(cause))
                .compose(this::report)
                .timeout(LIMIT_MILLIS, TimeUnit.MILLISECONDS);
    }

    private Future<Node> register() {
        LOG.info("registering node={}", name);
        reported = Instant.EPOCH;
        return nodes.create(statuses.node());
    }

    private Future<String> report(Node node) {
        Instant now = clock.instant();
        @Nullable String why = problem.get();
        List<String> names = images.get();
        String uid = node.getMetadata().getUid();
        if (why != null && reported.equals(Instant.EPOCH) && saysReady(node)) {
            // A kubelet that was restarted and is still getting its bearings: saying so would evict the pods that run.
            return Future.succeededFuture(uid);
        }
        return workers.executeBlocking(() -> statuses.status(node.getStatus(), why, names, now), false)
                .compose(status -> {
                    boolean due = !reported.plus(REPORT_INTERVAL).isAfter(now);
                    if (!due && same(node.getStatus(), status)) {
                        saidProblem = why;
                        return Future.succeededFuture(uid);
                    }
                    ObjectNode patch = KubernetesJson.mapper().createObjectNode();
                    patch.set("status", KubernetesJson.mapper().valueToTree(status));
                    return nodes.patch(null, name, PatchType.STRATEGIC, patch.toString(), "status")
                            .map(done -> {
                                reported = now;
                                saidProblem = why;
                                return uid;
                            });
                });
    }

    private static boolean saysReady(Node node) {
        return node.getStatus() != null
                && node.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Ready")
                                && condition.getStatus().equals("True"));
    }

    /** Whether the API has it already, heartbeat times aside. */
    private static boolean same(@Nullable NodeStatus there, NodeStatus here) {
        if (there == null) {
            return false;
        }
        ObjectNode a = KubernetesJson.mapper().valueToTree(there);
        ObjectNode b = KubernetesJson.mapper().valueToTree(here);
        for (var field : b.properties()) {
            JsonNode value = field.getValue();
            JsonNode other = a.path(field.getKey());
            if (field.getKey().equals("conditions")) {
                if (!conditionsSame(other, value)) {
                    return false;
                }
            } else if (!field.getKey().equals("capacity")
                    && !field.getKey().equals("allocatable")
                    && !value.equals(other)
                    && !(value.isEmpty() && other.isMissingNode())) {
                return false;
            }
        }
        return true;
    }

    private static boolean conditionsSame(JsonNode there, JsonNode here) {
        for (JsonNode mine : here) {
            boolean found = false;
            for (JsonNode other : there) {
                found |= other.path("type").equals(mine.path("type"))
                        && other.path("status").equals(mine.path("status"))
                        && other.path("reason").equals(mine.path("reason"));
            }
            if (!found) {
                return false;
            }
        }
        return true;
    }
}
