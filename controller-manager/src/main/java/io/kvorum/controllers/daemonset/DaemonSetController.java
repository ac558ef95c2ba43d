package io.kvorum.controllers.daemonset;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatus;
import io.kvorum.client.EventRecorder;
import io.kvorum.client.Expectations;
import io.kvorum.client.Informer;
import io.kvorum.client.Lister;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.ResourceClient;
import io.kvorum.client.Timers;
import io.kvorum.controllers.history.RevisionHistory;
import io.kvorum.controllers.loop.ControllerContext;
import io.kvorum.controllers.loop.ReconcileLoop;
import io.kvorum.controllers.pods.Claims;
import io.kvorum.controllers.pods.ExpectedPods;
import io.kvorum.controllers.pods.OwnedPods;
import io.kvorum.controllers.pods.OwnerLookup;
import io.kvorum.controllers.pods.PodControl;
import io.kvorum.controllers.pods.PodIndexes;
import io.kvorum.controllers.pods.PodStates;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The DaemonSet controller: keeps the history, places pods on nodes, rolls new templates out. */
public final class DaemonSetController extends ReconcileLoop<ObjectKey> {
    /** Most pods created or deleted in one go. */
    private static final int BURST = 250;

    private final ResourceClient<DaemonSet> daemonSets;
    private final ResourceClient<Pod> pods;
    private final Lister<DaemonSet> daemonSetLister;
    private final Lister<Node> nodeLister;
    private final Lister<Pod> podLister;
    private final EventRecorder events;
    private final Expectations<ObjectKey> expectations;
    private final ExpectedPods expectedPods;
    private final RevisionHistory<DaemonSet> history;
    private final FailedDaemons failed = new FailedDaemons();
    private final Clock clock;

    public DaemonSetController(ControllerContext context, int concurrency) {
        super(context, "daemonset-controller", concurrency);
        daemonSets = context.client().resources(DaemonSet.class);
        pods = context.client().resources(Pod.class);
        Informer<DaemonSet> daemonSetInformer = context.informers().of(DaemonSet.class);
        Informer<Node> nodeInformer = context.informers().of(Node.class);
        daemonSetLister = daemonSetInformer.lister();
        nodeLister = nodeInformer.lister();
        podLister = context.pods().lister();
        events = context.events("daemonset-controller");
        expectations = new Expectations<>(Timers.on(context.vertx()));
        expectedPods = new ExpectedPods(new PodControl(pods, events), expectations);
        history = new RevisionHistory<>(context, new DaemonSetKind());
        clock = context.clock();
        OwnerLookup<DaemonSet> lookup = new OwnerLookup<>(
                "DaemonSet", daemonSetLister, each -> each.getSpec().getSelector());
        daemonSetInformer.handler(Informer.Handler.each(each -> controller.enqueue(ObjectKey.of(each))));
        context.informers().of(ControllerRevision.class).handler(Informer.Handler.each(each -> {
            @Nullable ObjectKey owner = lookup.of(each);
            if (owner != null) {
                controller.enqueue(owner);
            }
        }));
        nodeInformer.handler(new NodeHandler());
        context.pods().handler(new OwnedPods<>(lookup, expectations, controller::enqueue));
    }

    @Override
    public Future<Result> reconcile(ObjectKey key) {
        @Nullable DaemonSet daemonSet = daemonSetLister.get(key);
        if (daemonSet == null) {
            expectations.forget(key);
            return Future.succeededFuture(Result.done());
        }
        if (selectsEverything(daemonSet.getSpec().getSelector())) {
            events.event(
                    daemonSet,
                    "Warning",
                    "SelectingAll",
                    "This daemon set is selecting all pods. A non-empty selector is required.");
            return Future.succeededFuture(Result.done());
        }
        if (daemonSet.getMetadata().getDeletionTimestamp() != null) {
            return Future.succeededFuture(Result.done());
        }
        boolean mayManage = expectations.satisfied(key);
        List<Pod> candidates =
                PodIndexes.candidates(podLister, daemonSet.getMetadata().getUid(), key.namespace());
        return history.sync(daemonSet)
                .compose(known -> Claims.claim(
                                daemonSets, daemonSet, daemonSet.getSpec().getSelector(), pods, candidates, null)
                        .compose(mine -> advance(key, daemonSet, known, mine, mayManage)));
    }

    private static boolean selectsEverything(@Nullable LabelSelector selector) {
        return selector == null
                || ((selector.getMatchLabels() == null
                                || selector.getMatchLabels().isEmpty())
                        && selector.getMatchExpressions().isEmpty());
    }

    private Future<Result> advance(
            ObjectKey key, DaemonSet daemonSet, RevisionHistory.History known, List<Pod> mine, boolean mayManage) {
        DaemonView view = DaemonView.of(daemonSet, hash(known.current()), nodeLister.list(), mine, clock.instant());
        Wait wait = new Wait();
        Future<Void> managed = mayManage ? manage(key, view, wait) : Future.succeededFuture();
        return managed.compose(
                        done -> mayManage ? history.limit(daemonSet, known, inUse(mine)) : Future.succeededFuture())
                .transform(done -> report(view, mayManage)
                        .compose(told -> done.failed()
                                ? Future.failedFuture(done.cause())
                                : Future.succeededFuture(nextLook(view, mine, wait))));
    }

    private static String hash(ControllerRevision revision) {
        @Nullable Map<String, String> labels = revision.getMetadata().getLabels();
        @Nullable String hash = labels == null ? null : labels.get(DaemonPods.HASH);
        return hash == null ? "" : hash;
    }

    private static Predicate<ControllerRevision> inUse(List<Pod> pods) {
        return revision -> pods.stream().anyMatch(pod -> DaemonPods.updated(pod, hash(revision)));
    }

    /** The time until something is to be looked at again, as far as it is known. */
    private static final class Wait {
        private @Nullable Duration shortest;

        void atMost(@Nullable Duration time) {
            if (time != null && (shortest == null || time.compareTo(shortest) < 0)) {
                shortest = time;
            }
        }
    }

    private Future<Void> manage(ObjectKey key, DaemonView view, Wait wait) {
        DaemonPlan placement = DaemonPlan.placement(view);
        List<Pod> ended = placement.ended().stream()
                .filter(pod -> mayReplace(view, pod, wait))
                .toList();
        List<Pod> delete =
                Stream.concat(placement.delete().stream(), ended.stream()).toList();
        return carryOut(key, view, placement.create(), delete).compose(done -> {
            // What was just asked for is not in this view yet; its events bring the key back.
            if (view.onDelete() || !placement.create().isEmpty() || !delete.isEmpty()) {
                return Future.succeededFuture();
            }
            DaemonPlan step = DaemonPlan.rollout(view);
            return carryOut(key, view, step.create(), step.delete());
        });
    }

    private boolean mayReplace(DaemonView view, Pod pod, Wait wait) {
        String where = pod.getMetadata().getNamespace() + "/"
                + pod.getMetadata().getName() + " on node " + DaemonPods.nodeOf(pod);
        if (PodStates.phase(pod).equals("Succeeded")) {
            events.event(
                    view.daemonSet(),
                    "Normal",
                    "SucceededDaemonPod",
                    "Found succeeded daemon pod " + where + ", will try to delete it");
            return true;
        }
        var meta = view.daemonSet().getMetadata();
        @Nullable
        Duration hold =
                failed.hold(meta.getUid() + "/" + meta.getGeneration() + "/" + DaemonPods.nodeOf(pod), view.now());
        wait.atMost(hold);
        if (hold != null) {
            return false;
        }
        events.event(
                view.daemonSet(),
                "Warning",
                "FailedDaemonPod",
                "Found failed daemon pod " + where + ", will try to kill it");
        return true;
    }

    private Future<Void> carryOut(ObjectKey key, DaemonView view, List<String> nodes, List<Pod> leaving) {
        List<String> create = nodes.stream().limit(BURST).toList();
        List<Pod> delete = leaving.stream().limit(BURST).toList();
        DaemonSet owner = view.daemonSet();
        return Future.join(
                        expectedPods.create(
                                key, owner, create.size(), i -> DaemonPods.forNode(owner, view.hash(), create.get(i))),
                        expectedPods.delete(key, owner, delete))
                .mapEmpty();
    }

    private Future<Void> report(DaemonView view, boolean observed) {
        DaemonSetStatus next = DaemonStatuses.next(view, observed);
        if (DaemonStatuses.same(view.daemonSet().getStatus(), next)) {
            return Future.succeededFuture();
        }
        return daemonSets
                .updateStatus(
                        new DaemonSetBuilder(view.daemonSet()).withStatus(next).build())
                .mapEmpty();
    }

    /** A pod becomes available by the passing of time alone, so somebody must look when it does. */
    private static Result nextLook(DaemonView view, List<Pod> mine, Wait wait) {
        mine.stream()
                .filter(PodStates::active)
                .forEach(pod -> wait.atMost(PodStates.untilAvailable(pod, view.minReadySeconds(), view.now())));
        return wait.shortest == null ? Result.done() : Result.after(wait.shortest.plusMillis(1));
    }

    /** What decides about daemons on a node are its labels and taints. */
    private final class NodeHandler implements Informer.Handler<Node> {
        @Override
        public void added(Node node) {
            daemonSetLister.list().forEach(each -> controller.enqueue(ObjectKey.of(each)));
        }

        @Override
        public void updated(Node before, Node after) {
            for (DaemonSet each : daemonSetLister.list()) {
                if (!DaemonPods.Placement.of(each, before).equals(DaemonPods.Placement.of(each, after))) {
                    controller.enqueue(ObjectKey.of(each));
                }
            }
        }

        @Override
        public void deleted(Node node) {
            added(node);
        }
    }
}
