package io.kvorum.controllers.podgc;

import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.kvorum.api.ApiException;
import io.kvorum.client.Controller;
import io.kvorum.client.Lister;
import io.kvorum.client.PatchType;
import io.kvorum.client.Reconciler;
import io.kvorum.client.ResourceClient;
import io.kvorum.client.Timers;
import io.kvorum.controllers.loop.ControlLoop;
import io.kvorum.controllers.loop.ControllerContext;
import io.kvorum.controllers.loop.Timestamps;
import io.kvorum.controllers.pods.PodStates;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pod garbage collector: looks at all pods once a period. It has one key, the whole. */
public final class PodGarbageCollector implements ControlLoop, Reconciler<String> {
    private static final Logger LOG = LoggerFactory.getLogger(PodGarbageCollector.class);

    private final ControllerContext context;
    private final Duration period;
    private final ResourceClient<Pod> pods;
    private final ResourceClient<Node> nodes;
    private final Lister<Node> nodeLister;
    private final LeftoverPods leftovers;
    private final Timers timers;
    private final MeterRegistry metrics;
    private final Controller<String> controller;

    /**
     * @param quarantine how long a node must be missing before its pods are deleted
     * @param terminatedThreshold how many finished pods may stay; no limit when not positive
     */
    public PodGarbageCollector(
            ControllerContext context, Duration period, Duration quarantine, int terminatedThreshold) {
        this.context = context;
        this.period = period;
        pods = context.client().resources(Pod.class);
        nodes = context.client().resources(Node.class);
        nodeLister = context.informers().of(Node.class).lister();
        leftovers = new LeftoverPods(quarantine, terminatedThreshold);
        timers = Timers.on(context.vertx());
        metrics = context.metrics();
        controller = context.controller(name(), 1, this);
    }

    @Override
    public String name() {
        return "pod-garbage-collector-controller";
    }

    @Override
    public void start() {
        controller.start();
        controller.enqueue("");
    }

    @Override
    public Future<Void> stop() {
        return controller.stop();
    }

    @Override
    public Future<Result> reconcile(String all) {
        List<Future<?>> deletions = new ArrayList<>();
        for (LeftoverPods.Leftover each :
                leftovers.find(context.pods().lister().list(), nodeLister.list(), timers.nanos())) {
            deletions.add(collect(each).otherwise(cause -> {
                // The next period finds it again.
                LOG.warn(
                        "leftover pod not deleted pod={}/{} why={} cause={}",
                        each.pod().getMetadata().getNamespace(),
                        each.pod().getMetadata().getName(),
                        each.why(),
                        cause.getMessage());
                return null;
            }));
        }
        return deletions.isEmpty()
                ? Future.succeededFuture(Result.after(period))
                : Future.join(deletions).map(Result.after(period));
    }

    private Future<Void> collect(LeftoverPods.Leftover leftover) {
        return leftover.why().equals("orphaned")
                ? nodeExists(leftover.pod()).compose(exists -> exists ? Future.succeededFuture() : remove(leftover))
                : remove(leftover);
    }

    /** The cache may be behind: a node must be missing in the API too. */
    private Future<Boolean> nodeExists(Pod pod) {
        return nodes.get(null, pod.getSpec().getNodeName())
                .map(true)
                .recover(cause -> cause instanceof ApiException no && no.notFound()
                        ? Future.succeededFuture(false)
                        : Future.failedFuture(cause));
    }

    private Future<Void> remove(LeftoverPods.Leftover leftover) {
        Pod pod = leftover.pod();
        String namespace = pod.getMetadata().getNamespace();
        String name = pod.getMetadata().getName();
        Future<?> failed = PodStates.terminal(pod)
                ? Future.succeededFuture()
                : pods.patch(namespace, name, PatchType.STRATEGIC, failedPatch(leftover), "status");
        return failed.compose(marked -> pods.delete(
                        namespace,
                        name,
                        new DeleteOptionsBuilder()
                                .withGracePeriodSeconds(0L)
                                .withNewPreconditions()
                                .withUid(pod.getMetadata().getUid())
                                .endPreconditions()
                                .build()))
                .onSuccess(deleted -> {
                    metrics.counter(
                                    "pod_gc_collector.force_delete_pods",
                                    "namespace",
                                    namespace,
                                    "reason",
                                    leftover.why())
                            .increment();
                    LOG.info("deleted leftover pod pod={}/{} why={}", namespace, name, leftover.why());
                })
                .recover(cause -> cause instanceof ApiException no && no.notFound()
                        ? Future.succeededFuture()
                        : Future.failedFuture(cause));
    }

    private String failedPatch(LeftoverPods.Leftover leftover) {
        String condition = leftover.message() == null
                ? ""
                : ",\"conditions\":[{\"type\":\"DisruptionTarget\",\"status\":\"True\",\"reason\":\"DeletionByPodGC\","
                        + "\"message\":\"" + leftover.message() + "\",\"lastTransitionTime\":\""
                        + Timestamps.format(context.clock().instant()) + "\"}]";
        return "{\"metadata\":{\"uid\":\"" + leftover.pod().getMetadata().getUid()
                + "\"},\"status\":{\"phase\":\"Failed\"" + condition + "}}";
    }
}
