package io.kvorum.controllers.disruption;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetStatus;
import io.kvorum.api.ApiException;
import io.kvorum.client.Controller;
import io.kvorum.client.EventRecorder;
import io.kvorum.client.Informer;
import io.kvorum.client.LabelSelectors;
import io.kvorum.client.Lister;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.Reconciler;
import io.kvorum.client.ResourceClient;
import io.kvorum.controllers.loop.ControlLoop;
import io.kvorum.controllers.loop.ControllerContext;
import io.kvorum.controllers.loop.Timestamps;
import io.kvorum.controllers.pods.PodStates;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the status of every PodDisruptionBudget, and takes {@code DisruptionTarget} back from pods that were to be
 * evicted and were not.
 */
public final class DisruptionController implements ControlLoop {
    /** How long a pod may say that it is about to be disrupted without being deleted. Upstream's value. */
    private static final Duration STALE_DISRUPTION = Duration.ofMinutes(2);

    /** When to look again for the owner of a pod that has none with a scale. */
    private static final Duration OWNERLESS_RETRY = Duration.ofSeconds(10);

    private static final String TARGET = "DisruptionTarget";

    private final ResourceClient<PodDisruptionBudget> budgets;
    private final ResourceClient<Pod> pods;
    private final Lister<PodDisruptionBudget> budgetLister;
    private final Lister<Pod> podLister;
    private final OwnerScales scales;
    private final EventRecorder events;
    private final Clock clock;
    private final Controller<ObjectKey> controller;
    private final Controller<ObjectKey> stale;

    public DisruptionController(ControllerContext context, int concurrency) {
        budgets = context.client().resources(PodDisruptionBudget.class);
        pods = context.client().resources(Pod.class);
        Informer<PodDisruptionBudget> informer = context.informers().of(PodDisruptionBudget.class);
        budgetLister = informer.lister();
        podLister = context.pods().lister();
        scales = new OwnerScales(context);
        events = context.events("controllermanager");
        clock = context.clock();
        controller = context.controller(name(), concurrency, this::reconcileBudget);
        stale = context.controller("stale-pod-disruption", 1, this::reconcileStale);
        informer.handler(new BudgetHandler());
        context.pods().handler(new PodHandler());
    }

    @Override
    public String name() {
        return "disruption-controller";
    }

    @Override
    public void start() {
        controller.start();
        stale.start();
    }

    @Override
    public Future<Void> stop() {
        return Future.join(controller.stop(), stale.stop()).mapEmpty();
    }

    private Future<Reconciler.Result> reconcileBudget(ObjectKey key) {
        @Nullable PodDisruptionBudget budget = budgetLister.get(key);
        if (budget == null) {
            return Future.succeededFuture(Reconciler.Result.done());
        }
        List<Pod> selected = podLister.inNamespace(key.namespace()).stream()
                .filter(pod -> LabelSelectors.matches(
                        budget.getSpec().getSelector(), pod.getMetadata().getLabels()))
                .toList();
        if (selected.isEmpty()) {
            events.event(budget, "Normal", "NoPods", "No matching pods found");
        }
        return expected(budget, selected)
                .compose(expected -> report(budget, selected, expected))
                .recover(cause -> raced(cause) ? Future.failedFuture(cause) : giveUp(budget, cause));
    }

    private static boolean raced(Throwable cause) {
        return cause instanceof ApiException no && (no.conflict() || no.notFound());
    }

    private Future<Integer> expected(PodDisruptionBudget budget, List<Pod> selected) {
        if (!BudgetStatus.needsScale(budget)) {
            return Future.succeededFuture(selected.size());
        }
        return scales.sum(selected)
                .map(sum -> {
                    if (!sum.unmanaged().isEmpty()) {
                        events.event(
                                budget,
                                "Warning",
                                "UnmanagedPods",
                                "Pods selected by this PodDisruptionBudget (selector: "
                                        + LabelSelectors.format(budget.getSpec().getSelector())
                                        + ") were found to be unmanaged. As a result, the status of the PDB cannot be"
                                        + " calculated correctly, which may result in undefined behavior. To account"
                                        + " for these pods please set \".spec.minAvailable\" field of the PDB to an"
                                        + " integer value.");
                    }
                    return sum.expected();
                })
                .onFailure(cause -> events.event(
                        budget,
                        "Warning",
                        "CalculateExpectedPodCountFailed",
                        "Failed to calculate the number of expected pods: " + cause.getMessage()));
    }

    private Future<Reconciler.Result> report(PodDisruptionBudget budget, List<Pod> selected, int expected) {
        BudgetStatus plan = BudgetStatus.of(budget, selected, expected, clock.instant());
        for (Pod pod : plan.notDeleted()) {
            events.event(
                    pod,
                    "Warning",
                    "NotDeleted",
                    "Pod was expected by PDB " + ObjectKey.of(budget) + " to be deleted but it wasn't");
        }
        Reconciler.Result result =
                plan.again() == null ? Reconciler.Result.done() : Reconciler.Result.after(plan.again());
        return write(budget, plan.status()).map(result);
    }

    /** Says in the status that nothing is allowed and why, and looks again: owners come without an event. */
    private Future<Reconciler.Result> giveUp(PodDisruptionBudget budget, Throwable cause) {
        String why = String.valueOf(cause.getMessage());
        return write(budget, BudgetStatus.failed(budget, why, clock.instant()))
                .compose(written -> cause instanceof ApiException
                        ? Future.failedFuture(cause)
                        : Future.succeededFuture(Reconciler.Result.after(OWNERLESS_RETRY)));
    }

    /** Under the version that was looked at: an eviction that charged the budget meanwhile must not be undone. */
    private Future<Void> write(PodDisruptionBudget budget, PodDisruptionBudgetStatus status) {
        if (same(budget.getStatus(), status)) {
            return Future.succeededFuture();
        }
        return budgets.updateStatus(new PodDisruptionBudgetBuilder(budget)
                        .withStatus(status)
                        .build())
                .mapEmpty();
    }

    private static boolean same(@Nullable PodDisruptionBudgetStatus before, PodDisruptionBudgetStatus after) {
        return before != null
                && Objects.equals(before.getExpectedPods(), after.getExpectedPods())
                && Objects.equals(before.getCurrentHealthy(), after.getCurrentHealthy())
                && Objects.equals(before.getDesiredHealthy(), after.getDesiredHealthy())
                && Objects.equals(before.getDisruptionsAllowed(), after.getDisruptionsAllowed())
                && Objects.equals(before.getObservedGeneration(), after.getObservedGeneration())
                && Objects.equals(orEmpty(before.getDisruptedPods()), orEmpty(after.getDisruptedPods()))
                && Objects.equals(before.getConditions(), after.getConditions());
    }

    private static Map<String, String> orEmpty(@Nullable Map<String, String> map) {
        return map == null ? Map.of() : map;
    }

    private Future<Reconciler.Result> reconcileStale(ObjectKey key) {
        @Nullable Pod pod = podLister.get(key);
        @Nullable PodCondition target = pod == null || PodStates.terminating(pod) ? null : target(pod);
        if (pod == null || target == null || PodStates.terminal(pod)) {
            return Future.succeededFuture(Reconciler.Result.done());
        }
        Instant end = Timestamps.parse(target.getLastTransitionTime()).plus(STALE_DISRUPTION);
        if (end.isAfter(clock.instant())) {
            return Future.succeededFuture(Reconciler.Result.after(Duration.between(clock.instant(), end)));
        }
        Pod next = new PodBuilder(pod)
                .editStatus()
                .editMatchingCondition(each -> TARGET.equals(each.getType()))
                .withStatus("False")
                .withLastTransitionTime(Timestamps.format(clock.instant()))
                .withReason(null)
                .withMessage(null)
                .endCondition()
                .endStatus()
                .build();
        return pods.updateStatus(next).map(Reconciler.Result.done());
    }

    /** The condition that the pod is about to be disrupted; null when it is not. */
    private static @Nullable PodCondition target(Pod pod) {
        @Nullable PodCondition condition = PodStates.condition(pod, TARGET);
        return condition != null && "True".equals(condition.getStatus()) ? condition : null;
    }

    private final class BudgetHandler implements Informer.Handler<PodDisruptionBudget> {
        @Override
        public void added(PodDisruptionBudget budget) {
            controller.enqueue(ObjectKey.of(budget));
        }

        @Override
        public void updated(PodDisruptionBudget before, PodDisruptionBudget after) {
            controller.enqueue(ObjectKey.of(after));
        }

        @Override
        public void deleted(PodDisruptionBudget budget) {
            controller.enqueue(ObjectKey.of(budget));
        }
    }

    private final class PodHandler implements Informer.Handler<Pod> {
        private void look(Pod pod) {
            for (PodDisruptionBudget each :
                    budgetLister.inNamespace(pod.getMetadata().getNamespace())) {
                if (LabelSelectors.matches(
                        each.getSpec().getSelector(), pod.getMetadata().getLabels())) {
                    controller.enqueue(ObjectKey.of(each));
                }
            }
            if (target(pod) != null) {
                stale.enqueue(ObjectKey.of(pod));
            }
        }

        @Override
        public void added(Pod pod) {
            look(pod);
        }

        @Override
        public void updated(Pod before, Pod after) {
            look(after);
            if (!Objects.equals(
                    before.getMetadata().getLabels(), after.getMetadata().getLabels())) {
                look(before);
            }
        }

        @Override
        public void deleted(Pod pod) {
            look(pod);
        }
    }
}
