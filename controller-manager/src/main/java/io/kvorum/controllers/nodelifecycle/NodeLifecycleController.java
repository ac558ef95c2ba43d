package io.kvorum.controllers.nodelifecycle;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.kvorum.api.ApiException;
import io.kvorum.client.Controller;
import io.kvorum.client.EventRecorder;
import io.kvorum.client.Informer;
import io.kvorum.client.Lister;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.PatchType;
import io.kvorum.client.Reconciler;
import io.kvorum.client.ResourceClient;
import io.kvorum.controllers.loop.ControlLoop;
import io.kvorum.controllers.loop.ControllerContext;
import io.kvorum.controllers.loop.Timestamps;
import io.kvorum.controllers.pods.PodIndexes;
import io.kvorum.controllers.pods.PodStates;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node lifecycle controller. Every period it looks at all nodes: a silent one gets its conditions Unknown, what is
 * not Ready gets taints, and its pods are marked not Ready so that no Service leads to them any more.
 */
public final class NodeLifecycleController implements ControlLoop, Reconciler<ObjectKey> {
    private static final Logger LOG = LoggerFactory.getLogger(NodeLifecycleController.class);
    private static final String LEASE_NAMESPACE = "kube-node-lease";
    private static final ObjectKey ALL_NODES = new ObjectKey("", "");

    /**
     * Periods and rates.
     *
     * @param period between two looks at all nodes
     * @param gracePeriod how long a node may be silent
     * @param startupGracePeriod the same for a node that never posted its status
     */
    public record Settings(
            Duration period,
            Duration gracePeriod,
            Duration startupGracePeriod,
            double evictionRate,
            double secondaryEvictionRate,
            int largeClusterSize,
            double unhealthyZoneThreshold) {}

    private final ResourceClient<Node> nodes;
    private final ResourceClient<Pod> pods;
    private final Lister<Node> nodeLister;
    private final Lister<Lease> leaseLister;
    private final ControllerContext context;
    private final Settings settings;
    private final NodeHeartbeats heartbeats;
    private final EvictionPace pace;
    private final LongSupplier nanos;
    private final EventRecorder events;
    private final Map<String, String> readinessSeen = new HashMap<>();
    private final Set<String> podsToMark = new HashSet<>();
    private final Set<String> known = new HashSet<>();
    private final Controller<ObjectKey> monitor;

    public NodeLifecycleController(ControllerContext context, Settings settings) {
        this(context, settings, System::nanoTime);
    }

    /** @param nanos since some fixed moment, by a clock that never steps: how long a node is silent is measured by it */
    NodeLifecycleController(ControllerContext context, Settings settings, LongSupplier nanos) {
        this.nanos = nanos;
        this.context = context;
        this.settings = settings;
        nodes = context.client().resources(Node.class);
        pods = context.client().resources(Pod.class);
        Informer<Node> nodeInformer = context.informers().of(Node.class);
        nodeLister = nodeInformer.lister();
        leaseLister = context.informers().of(Lease.class).lister();
        heartbeats = new NodeHeartbeats(settings.gracePeriod(), settings.startupGracePeriod());
        pace = new EvictionPace(
                settings.evictionRate(),
                settings.secondaryEvictionRate(),
                settings.largeClusterSize(),
                settings.unhealthyZoneThreshold());
        events = context.events("node-controller");
        monitor = context.controller(name(), 1, this);
        nodeInformer.handler(new NodeHandler());
    }

    @Override
    public String name() {
        return "node-lifecycle-controller";
    }

    @Override
    public void start() {
        monitor.start();
        monitor.enqueue(ALL_NODES);
    }

    @Override
    public Future<Void> stop() {
        return monitor.stop();
    }

    @Override
    public Future<Result> reconcile(ObjectKey all) {
        List<Node> present = nodeLister.list();
        noteArrivals(present);
        long now = nanos.getAsLong();
        List<Future<?>> looks = new ArrayList<>();
        Map<String, EvictionPace.Zone> zones = pace.zones(present);
        boolean cutOff = EvictionPace.allDisrupted(zones);
        for (Node node : present) {
            looks.add(look(node, zones, cutOff, present.size(), now).otherwise(cause -> {
                // One node that cannot be written must not keep the others from being looked at; next period again.
                LOG.warn("node not updated node={} cause={}", node.getMetadata().getName(), cause.getMessage());
                return null;
            }));
        }
        return looks.isEmpty()
                ? Future.succeededFuture(Result.after(settings.period()))
                : Future.join(looks).map(Result.after(settings.period()));
    }

    private void noteArrivals(List<Node> present) {
        Set<String> names = new HashSet<>();
        for (Node node : present) {
            String name = node.getMetadata().getName();
            names.add(name);
            if (known.add(name)) {
                events.event(
                        node,
                        "Normal",
                        "RegisteredNode",
                        "Node " + name + " event: Registered Node " + name + " in Controller");
            }
        }
        known.retainAll(names);
        readinessSeen.keySet().retainAll(names);
        podsToMark.retainAll(names);
        heartbeats.retain(names);
    }

    private Future<?> look(Node node, Map<String, EvictionPace.Zone> zones, boolean cutOff, int clusterSize, long now) {
        String name = node.getMetadata().getName();
        @Nullable Lease lease = leaseLister.get(new ObjectKey(LEASE_NAMESPACE, name));
        boolean silent = heartbeats.silent(node, lease, now);
        return (silent ? declareUnknown(node) : Future.succeededFuture(node)).compose(judged -> {
            String readiness = NodeTaints.readiness(judged);
            @Nullable String before = readinessSeen.put(name, readiness);
            if (!readiness.equals("True")
                    && ("True".equals(before) || NodeTaints.readiness(node).equals("True"))) {
                events.event(judged, "Normal", "NodeNotReady", "Node " + name + " status is now: NodeNotReady");
                podsToMark.add(name);
            } else if (readiness.equals("True")) {
                podsToMark.remove(name);
            }
            // Nobody but this controller speaks for the pods of a silent node, also those bound before it took over.
            Future<?> marked = silent || podsToMark.contains(name) ? markPods(judged) : Future.succeededFuture();
            // Taints do not wait for the marks: a pod that cannot be marked must be evicted all the same.
            return Future.join(marked, taint(judged, zones, cutOff, clusterSize, now));
        });
    }

    private Future<Node> declareUnknown(Node node) {
        Instant now = context.clock().instant();
        var conditions = NodeHeartbeats.unknown(node, now);
        if (node.getStatus() != null && conditions.equals(node.getStatus().getConditions())) {
            return Future.succeededFuture(node);
        }
        LOG.info("node is silent node={} gracePeriod={}", node.getMetadata().getName(), settings.gracePeriod());
        return nodes.updateStatus(new NodeBuilder(node)
                .withStatus(
                        (node.getStatus() == null ? new NodeStatusBuilder() : new NodeStatusBuilder(node.getStatus()))
                                .withConditions(conditions)
                                .build())
                .build());
    }

    private Future<?> taint(
            Node node, Map<String, EvictionPace.Zone> zones, boolean cutOff, int clusterSize, long now) {
        Instant time = context.clock().instant();
        List<Taint> taints = NodeTaints.withNoSchedule(node, time);
        String readiness = NodeTaints.readiness(node);
        @Nullable
        String wanted = readiness.equals("True") || cutOff
                ? null
                : readiness.equals("Unknown") ? NodeTaints.UNREACHABLE : NodeTaints.NOT_READY;
        boolean evicting = NodeTaints.hasNoExecute(node, NodeTaints.NOT_READY)
                || NodeTaints.hasNoExecute(node, NodeTaints.UNREACHABLE);
        String zone = EvictionPace.zoneOf(node);
        // Taking a taint away or swapping one for the other is not held up, only the first one is.
        if (wanted == null
                || evicting
                || pace.allow(zone, zones.getOrDefault(zone, EvictionPace.Zone.NORMAL), clusterSize, now)) {
            taints = NodeTaints.withNoExecute(taints, wanted, time);
        }
        if (taints.equals(NodeTaints.taints(node))) {
            return Future.succeededFuture();
        }
        return nodes.update(new NodeBuilder(node)
                .editOrNewSpec()
                .withTaints(taints)
                .endSpec()
                .build());
    }

    private Future<?> markPods(Node node) {
        String name = node.getMetadata().getName();
        List<Future<?>> marks = new ArrayList<>();
        for (Pod pod : PodIndexes.onNode(context.pods().lister(), name)) {
            if (PodStates.ready(pod)) {
                marks.add(markNotReady(pod));
            }
        }
        if (marks.isEmpty()) {
            podsToMark.remove(name);
            return Future.succeededFuture();
        }
        return Future.join(marks).onSuccess(all -> podsToMark.remove(name));
    }

    private Future<?> markNotReady(Pod pod) {
        String patch = "{\"metadata\":{\"uid\":\"" + pod.getMetadata().getUid()
                + "\"},\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"False\",\"lastTransitionTime\":\""
                + Timestamps.format(context.clock().instant()) + "\"}]}}";
        return pods.patch(
                        pod.getMetadata().getNamespace(),
                        pod.getMetadata().getName(),
                        PatchType.STRATEGIC,
                        patch,
                        "status")
                .onSuccess(marked -> events.event(marked, "Warning", "NodeNotReady", "Node is not ready"))
                .<Void>mapEmpty()
                .recover(cause -> cause instanceof ApiException no && (no.notFound() || no.conflict())
                        ? Future.succeededFuture()
                        : Future.failedFuture(cause));
    }

    /** A node that says itself that it is not Ready, or that is new, need not wait for the next period. */
    private final class NodeHandler implements Informer.Handler<Node> {
        @Override
        public void added(Node node) {
            monitor.enqueue(ALL_NODES);
        }

        @Override
        public void updated(Node before, Node after) {
            boolean changed = !NodeTaints.readiness(before).equals(NodeTaints.readiness(after))
                    || !Objects.equals(unschedulable(before), unschedulable(after));
            if (changed) {
                monitor.enqueue(ALL_NODES);
            }
        }

        @Override
        public void deleted(Node node) {
            String name = node.getMetadata().getName();
            events.event(
                    node,
                    "Normal",
                    "RemovingNode",
                    "Node " + name + " event: Removing Node " + name + " from Controller");
            monitor.enqueue(ALL_NODES);
        }

        private @Nullable Boolean unschedulable(Node node) {
            return node.getSpec() == null ? null : node.getSpec().getUnschedulable();
        }
    }
}
