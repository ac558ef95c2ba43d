package io.kvorum.scheduler;

import static io.kvorum.scheduler.PodStates.assigned;
import static io.kvorum.scheduler.PodStates.finished;
import static io.kvorum.scheduler.PodStates.waitsFor;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.kvorum.client.Informer;
import io.kvorum.client.Informers;
import io.kvorum.client.ObjectKey;
import io.kvorum.scheduler.cache.Nominations;
import io.kvorum.scheduler.cache.SchedulerCache;
import io.kvorum.scheduler.framework.ClusterEvent;
import io.kvorum.scheduler.framework.ClusterEvent.Kind;
import io.kvorum.scheduler.framework.NodeInfo;
import io.kvorum.scheduler.framework.PodInfo;
import io.kvorum.scheduler.queue.SchedulingQueue;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Keeps cache, queue and nominations as the watches say, and tells what may help the pods that wait. */
final class ClusterWatch {
    private final String scheduler;
    private final SchedulerCache cache;
    private final SchedulingQueue queue;
    private final Nominations nominations;
    private final Consumer<ClusterEvent> happened;
    private final Runnable arrived;

    /**
     * @param happened told of what may help pods that fitted nowhere
     * @param arrived told of a pod that is to be scheduled
     */
    ClusterWatch(
            String scheduler,
            SchedulerCache cache,
            SchedulingQueue queue,
            Nominations nominations,
            Consumer<ClusterEvent> happened,
            Runnable arrived) {
        this.scheduler = scheduler;
        this.cache = cache;
        this.queue = queue;
        this.nominations = nominations;
        this.happened = happened;
        this.arrived = arrived;
    }

    void follow(Informers informers) {
        informers.of(Node.class).handler(new NodeHandler());
        informers.of(Pod.class).handler(new PodHandler());
        informers.of(Namespace.class).handler(new NamespaceHandler());
    }

    private final class NodeHandler implements Informer.Handler<Node> {
        @Override
        public void added(Node node) {
            NodeInfo info = cache.putNode(node);
            happened.accept(ClusterEvent.ofNode(Kind.NODE_ADD, info));
        }

        @Override
        public void updated(Node before, Node after) {
            NodeInfo info = cache.putNode(after);
            NodeChange.events(before, after).forEach(kind -> happened.accept(ClusterEvent.ofNode(kind, info)));
        }

        @Override
        public void deleted(Node node) {
            cache.removeNode(node.getMetadata().getName());
            happened.accept(ClusterEvent.ofNodeGone());
        }
    }

    private final class NamespaceHandler implements Informer.Handler<Namespace> {
        @Override
        public void added(Namespace namespace) {
            happened.accept(ClusterEvent.ofNamespace());
        }

        @Override
        public void updated(Namespace before, Namespace after) {
            if (!Objects.equals(
                    before.getMetadata().getLabels(), after.getMetadata().getLabels())) {
                happened.accept(ClusterEvent.ofNamespace());
            }
        }

        @Override
        public void deleted(Namespace namespace) {}
    }

    private final class PodHandler implements Informer.Handler<Pod> {
        @Override
        public void added(Pod pod) {
            observe(null, pod);
        }

        @Override
        public void updated(Pod before, Pod after) {
            observe(before, after);
        }

        @Override
        public void deleted(Pod pod) {
            gone(ObjectKey.of(pod));
        }

        private void observe(@Nullable Pod before, Pod pod) {
            ObjectKey key = ObjectKey.of(pod);
            if (finished(pod)) {
                gone(key);
            } else if (assigned(pod)) {
                placed(before, PodInfo.of(pod));
            } else if (waitsFor(scheduler, pod)) {
                PodInfo info = PodInfo.of(pod);
                nominate(before, info);
                queue.add(info);
                arrived.run();
            } else {
                dropped(key);
            }
        }
    }

    private void placed(@Nullable Pod before, PodInfo pod) {
        queue.remove(pod.key());
        String promised = nominations.remove(pod.key());
        @Nullable PodInfo earlier = cache.pod(pod.key());
        String node = pod.spec().getNodeName();
        cache.putPod(pod, node);
        @Nullable NodeInfo info = cache.known(node);
        if (before == null || !assigned(before)) {
            happened.accept(ClusterEvent.ofPod(Kind.ASSIGNED_POD_ADD, pod, info));
            if (!promised.equals(node)) {
                freed(pod, promised);
            }
        } else if (earlier != null) {
            if (!earlier.labels().equals(pod.labels())) {
                happened.accept(ClusterEvent.ofPod(Kind.ASSIGNED_POD_LABEL, pod, info));
            }
            if (!earlier.requests().equals(pod.requests())) {
                happened.accept(ClusterEvent.ofPod(Kind.ASSIGNED_POD_DELETE, earlier, info));
            }
        }
    }

    /** A change of the promise counts; that there was none before and after may only mean that ours is still on its way. */
    private void nominate(@Nullable Pod before, PodInfo pod) {
        String now = pod.nominatedNode();
        String then = before == null ? "" : PodInfo.of(before).nominatedNode();
        if (now.equals(then) && !now.equals("")) {
            return;
        }
        if (!now.isEmpty()) {
            nominations.put(pod, now);
        } else if (!then.isEmpty()) {
            freed(pod, nominations.remove(pod.key()));
        }
    }

    private void gone(ObjectKey key) {
        queue.remove(key);
        @Nullable PodInfo pod = cache.pod(key);
        String node = cache.nodeOf(key);
        if (pod != null && cache.removePod(key)) {
            happened.accept(ClusterEvent.ofPod(Kind.ASSIGNED_POD_DELETE, pod, cache.known(node)));
        }
        dropped(key);
    }

    private void dropped(ObjectKey key) {
        queue.remove(key);
        String promised = nominations.remove(key);
        if (!promised.isEmpty()) {
            freed(null, promised);
        }
    }

    /** What was kept free for a pod on a node is free for others. */
    private void freed(@Nullable PodInfo pod, String node) {
        @Nullable NodeInfo info = cache.known(node);
        if (info != null) {
            happened.accept(ClusterEvent.ofPod(Kind.ASSIGNED_POD_DELETE, pod, info));
        }
    }
}
