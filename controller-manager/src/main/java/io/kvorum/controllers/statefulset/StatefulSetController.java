package io.kvorum.controllers.statefulset;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatus;
import io.kvorum.api.ApiException;
import io.kvorum.client.EventRecorder;
import io.kvorum.client.Informer;
import io.kvorum.client.Lister;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.ResourceClient;
import io.kvorum.controllers.history.RevisionHistory;
import io.kvorum.controllers.history.TemplateRevisions;
import io.kvorum.controllers.loop.ControllerContext;
import io.kvorum.controllers.loop.ReconcileLoop;
import io.kvorum.controllers.pods.Claims;
import io.kvorum.controllers.pods.OwnerLookup;
import io.kvorum.controllers.pods.PodControl;
import io.kvorum.controllers.pods.PodIndexes;
import io.kvorum.controllers.pods.PodStates;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The StatefulSet controller: keeps the history, carries out the {@link StatefulSetPlan}. Pods have names of their own, so a
 * cache that lags behind can make it ask for the same pod twice, but never have two.
 */
public final class StatefulSetController extends ReconcileLoop<ObjectKey> {
    private final ResourceClient<StatefulSet> sets;
    private final ResourceClient<Pod> pods;
    private final ResourceClient<PersistentVolumeClaim> claims;
    private final Lister<StatefulSet> setLister;
    private final OwnerLookup<StatefulSet> lookup;
    private final Lister<Pod> podLister;
    private final Lister<PersistentVolumeClaim> claimLister;
    private final RevisionHistory<StatefulSet> history;
    private final EventRecorder events;
    private final Clock clock;

    public StatefulSetController(ControllerContext context, int concurrency) {
        super(context, "statefulset-controller", concurrency);
        sets = context.client().resources(StatefulSet.class);
        pods = context.client().resources(Pod.class);
        claims = context.client().resources(PersistentVolumeClaim.class);
        Informer<StatefulSet> setInformer = context.informers().of(StatefulSet.class);
        setLister = setInformer.lister();
        lookup =
                new OwnerLookup<>("StatefulSet", setLister, set -> set.getSpec().getSelector());
        podLister = context.pods().lister();
        claimLister = context.informers().of(PersistentVolumeClaim.class).lister();
        history = new RevisionHistory<>(context, new StatefulSetKind());
        events = context.events("statefulset-controller");
        clock = context.clock();
        setInformer.handler(Informer.Handler.each(each -> controller.enqueue(ObjectKey.of(each))));
        context.pods().handler(new PodHandler());
    }

    @Override
    public Future<Result> reconcile(ObjectKey key) {
        @Nullable StatefulSet set = setLister.get(key);
        if (set == null) {
            return Future.succeededFuture(Result.done());
        }
        List<Pod> candidates = PodIndexes.candidates(
                        podLister, set.getMetadata().getUid(), key.namespace())
                .stream()
                .filter(pod -> StatefulPods.ordinal(set, pod) >= 0)
                .toList();
        return history.sync(set)
                .compose(known -> Claims.claim(sets, set, set.getSpec().getSelector(), pods, candidates, null)
                        .compose(mine -> advance(set, known, mine)));
    }

    private Future<Result> advance(StatefulSet set, RevisionHistory.History known, List<Pod> mine) {
        String update = known.current().getMetadata().getName();
        ControllerRevision current = currentRevision(set, known);
        String before = current.getMetadata().getName();
        StatefulSetPlan plan = StatefulSetPlan.of(set, mine, update, clock.instant());
        return carryOut(set, plan, current, update)
                .compose(done -> history.limit(
                        set,
                        known,
                        each -> each.getMetadata().getName().equals(before)
                                || mine.stream()
                                        .anyMatch(pod -> StatefulPods.revision(pod)
                                                .equals(each.getMetadata().getName()))))
                .transform(done -> report(set, StatefulSetStatuses.next(set, mine, before, update, clock.instant()))
                        .compose(told -> done.failed()
                                ? Future.failedFuture(done.cause())
                                : Future.succeededFuture(nextLook(set, mine))));
    }

    /** The revision that pods had before the update under way; the newest one when there is none. */
    private static ControllerRevision currentRevision(StatefulSet set, RevisionHistory.History known) {
        @Nullable String name = set.getStatus() == null ? null : set.getStatus().getCurrentRevision();
        return known.old().stream()
                .filter(each -> each.getMetadata().getName().equals(name))
                .findFirst()
                .orElse(known.current());
    }

    private Future<Void> carryOut(StatefulSet set, StatefulSetPlan plan, ControllerRevision current, String update) {
        List<Future<Void>> calls = new ArrayList<>();
        for (int ordinal : plan.claim()) {
            Future<Void> ready = claim(set, ordinal);
            calls.add(
                    plan.create().contains(ordinal)
                            ? ready.compose(done -> create(set, ordinal, current, update))
                            : ready);
        }
        plan.delete().forEach(pod -> calls.add(delete(set, pod)));
        return calls.isEmpty() ? Future.succeededFuture() : Future.join(calls).mapEmpty();
    }

    private Future<Void> claim(StatefulSet set, int ordinal) {
        String pod = StatefulPods.name(set, ordinal);
        List<Future<Void>> created = StatefulPods.claims(set, ordinal).stream()
                .filter(each -> claimLister.get(ObjectKey.of(each)) == null)
                .map(each -> told(
                        set,
                        "Create",
                        "Claim " + each.getMetadata().getName() + " Pod " + pod,
                        "success",
                        claims.create(each)))
                .toList();
        return created.isEmpty()
                ? Future.succeededFuture()
                : Future.join(created).mapEmpty();
    }

    private Future<Void> create(StatefulSet set, int ordinal, ControllerRevision current, String update) {
        @Nullable PodTemplateSpec former = TemplateRevisions.template(current);
        Pod pod = StatefulSetPlan.afterCurrent(set, ordinal) && former != null
                ? StatefulPods.pod(set, former, current.getMetadata().getName(), ordinal)
                : StatefulPods.pod(set, set.getSpec().getTemplate(), update, ordinal);
        return told(set, "Create", "Pod " + pod.getMetadata().getName(), "successful", pods.create(pod));
    }

    private Future<Void> delete(StatefulSet set, Pod pod) {
        String name = pod.getMetadata().getName();
        String phase = PodStates.phase(pod);
        if (PodStates.terminal(pod)) {
            events.event(
                    set,
                    phase.equals("Failed") ? "Warning" : "Normal",
                    phase.equals("Failed") ? "RecreatingFailedPod" : "RecreatingTerminatedPod",
                    "StatefulSet " + set.getMetadata().getNamespace() + "/"
                            + set.getMetadata().getName() + " is recreating "
                            + (phase.equals("Failed") ? "failed" : "terminated") + " Pod " + name);
        }
        return told(
                set,
                "Delete",
                "Pod " + name,
                "successful",
                pods.delete(pod.getMetadata().getNamespace(), name, PodControl.thisVery(pod)));
    }

    /** What was done already is no failure: the cache was behind. */
    private Future<Void> told(StatefulSet set, String verb, String what, String success, Future<?> call) {
        String note = verb.toLowerCase(Locale.ROOT) + " " + what + " in StatefulSet "
                + set.getMetadata().getName() + " ";
        return call.<Void>mapEmpty()
                .onSuccess(done -> events.event(set, "Normal", "Successful" + verb, note + success))
                .recover(cause -> {
                    if (cause instanceof ApiException no && (no.alreadyExists() || no.notFound())) {
                        return Future.succeededFuture();
                    }
                    if (PodControl.namespaceTerminating(cause)) {
                        return Future.succeededFuture();
                    }
                    events.event(set, "Warning", "Failed" + verb, note + "failed error: " + cause.getMessage());
                    return Future.failedFuture(cause);
                });
    }

    private Future<Void> report(StatefulSet set, StatefulSetStatus next) {
        return StatefulSetStatuses.same(set.getStatus(), next)
                ? Future.succeededFuture()
                : sets.updateStatus(new StatefulSetBuilder(set).withStatus(next).build())
                        .mapEmpty();
    }

    /** A pod becomes available by the passing of time alone, so somebody must look when it does. */
    private Result nextLook(StatefulSet set, List<Pod> mine) {
        return mine.stream()
                .filter(PodStates::active)
                .map(pod -> PodStates.untilAvailable(pod, StatefulSetPlan.minReadySeconds(set), clock.instant()))
                .filter(Objects::nonNull)
                .min(Duration::compareTo)
                .map(wait -> Result.after(wait.plusMillis(1)))
                .orElse(Result.done());
    }

    private final class PodHandler implements Informer.Handler<Pod> {
        @Override
        public void added(Pod pod) {
            lookup.concerned(pod).forEach(controller::enqueue);
        }

        @Override
        public void updated(Pod before, Pod after) {
            @Nullable ObjectKey former = lookup.of(before);
            if (former != null && !Objects.equals(former, lookup.of(after))) {
                controller.enqueue(former);
            }
            lookup.concerned(after).forEach(controller::enqueue);
        }

        @Override
        public void deleted(Pod pod) {
            lookup.concerned(pod).forEach(controller::enqueue);
        }
    }
}
