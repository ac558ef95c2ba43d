package io.kvorum.controllers.nodelifecycle;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Toleration;
import io.kvorum.api.ApiException;
import io.kvorum.client.EventRecorder;
import io.kvorum.client.Informer;
import io.kvorum.client.Lister;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.PatchType;
import io.kvorum.client.ResourceClient;
import io.kvorum.controllers.loop.ControllerContext;
import io.kvorum.controllers.loop.ReconcileLoop;
import io.kvorum.controllers.loop.Timestamps;
import io.kvorum.controllers.pods.PodControl;
import io.kvorum.controllers.pods.PodIndexes;
import io.kvorum.controllers.pods.PodStates;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Deletes pods from nodes with NoExecute taints, each when its tolerance ends. The end follows from the time at which the
 * taint was added, so a restart of this process neither forgets nor prolongs it.
 */
public final class TaintEvictionController extends ReconcileLoop<ObjectKey> {
    private final ResourceClient<Pod> pods;
    private final Lister<Pod> podLister;
    private final Lister<Node> nodeLister;
    private final ControllerContext context;
    private final EventRecorder events;
    private final Set<String> waiting = new HashSet<>();

    public TaintEvictionController(ControllerContext context) {
        super(context, "taint-eviction-controller", 10);
        this.context = context;
        pods = context.client().resources(Pod.class);
        podLister = context.pods().lister();
        Informer<Node> nodes = context.informers().of(Node.class);
        nodeLister = nodes.lister();
        events = context.events(name());
        context.pods().handler(new PodHandler());
        nodes.handler(new NodeHandler());
    }

    /** @param key of a pod */
    @Override
    public Future<Result> reconcile(ObjectKey key) {
        @Nullable Pod pod = podLister.get(key);
        @Nullable
        Node node = pod == null || pod.getSpec().getNodeName() == null
                ? null
                : nodeLister.get(new ObjectKey("", pod.getSpec().getNodeName()));
        if (pod == null || node == null || PodStates.terminating(pod)) {
            return Future.succeededFuture(Result.done());
        }
        String uid = pod.getMetadata().getUid();
        List<Toleration> tolerations = pod.getSpec().getTolerations();
        @Nullable
        Instant deadline = TaintEviction.deadline(NodeTaints.taints(node), tolerations, TaintEviction.boundAt(pod));
        if (deadline == null) {
            if (waiting.remove(uid)) {
                events.event(pod, "Normal", "TaintManagerEviction", "Cancelling deletion of Pod " + key);
            }
            return Future.succeededFuture(Result.done());
        }
        Duration left = Duration.between(context.clock().instant(), deadline);
        if (left.compareTo(Duration.ZERO) > 0) {
            waiting.add(uid);
            return Future.succeededFuture(Result.after(left));
        }
        waiting.remove(uid);
        return evict(key, pod);
    }

    private Future<Result> evict(ObjectKey key, Pod pod) {
        events.event(pod, "Normal", "TaintManagerEviction", "Marking for deletion Pod " + key);
        String patch = "{\"metadata\":{\"uid\":\"" + pod.getMetadata().getUid()
                + "\"},\"status\":{\"conditions\":[{\"type\":\"DisruptionTarget\",\"status\":\"True\",\"reason\":"
                + "\"DeletionByTaintManager\",\"message\":\"Taint manager: deleting due to NoExecute taint\","
                + "\"lastTransitionTime\":\""
                + Timestamps.format(context.clock().instant()) + "\"}]}}";
        return pods.patch(key.namespace(), key.name(), PatchType.STRATEGIC, patch, "status")
                .compose(marked -> pods.delete(key.namespace(), key.name(), PodControl.thisVery(pod)))
                .map(Result.done())
                .recover(cause -> cause instanceof ApiException no && no.notFound()
                        ? Future.succeededFuture(Result.done())
                        : Future.failedFuture(cause));
    }

    private final class PodHandler implements Informer.Handler<Pod> {
        @Override
        public void added(Pod pod) {
            if (pod.getSpec().getNodeName() != null) {
                controller.enqueue(ObjectKey.of(pod));
            }
        }

        @Override
        public void updated(Pod before, Pod after) {
            boolean bound =
                    before.getSpec().getNodeName() == null && after.getSpec().getNodeName() != null;
            boolean tolerates =
                    !before.getSpec().getTolerations().equals(after.getSpec().getTolerations());
            if (bound || tolerates) {
                controller.enqueue(ObjectKey.of(after));
            }
        }

        @Override
        public void deleted(Pod pod) {
            waiting.remove(pod.getMetadata().getUid());
        }
    }

    private final class NodeHandler implements Informer.Handler<Node> {
        @Override
        public void added(Node node) {
            enqueuePodsOf(node);
        }

        @Override
        public void updated(Node before, Node after) {
            if (!NodeTaints.taints(before).equals(NodeTaints.taints(after))) {
                enqueuePodsOf(after);
            }
        }

        @Override
        public void deleted(Node node) {}

        private void enqueuePodsOf(Node node) {
            for (Pod pod : PodIndexes.onNode(podLister, node.getMetadata().getName())) {
                controller.enqueue(ObjectKey.of(pod));
            }
        }
    }
}
