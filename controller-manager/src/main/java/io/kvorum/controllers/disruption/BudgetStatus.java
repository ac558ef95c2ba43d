package io.kvorum.controllers.disruption;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetStatus;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetStatusBuilder;
import io.kvorum.controllers.loop.Timestamps;
import io.kvorum.controllers.pods.PodStates;
import io.kvorum.controllers.pods.Share;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The status a budget ought to have. Pure.
 *
 * @param status what to write
 * @param notDeleted pods that an eviction promised to delete and that are still there
 * @param again when a promise runs out; null when there is none
 */
record BudgetStatus(
        PodDisruptionBudgetStatus status,
        List<Pod> notDeleted,
        @Nullable Duration again) {
    /** How long an evicted pod counts as gone although nobody has seen its deletion. Upstream's value. */
    static final Duration DELETION_TIMEOUT = Duration.ofMinutes(2);

    static final String ALLOWED = "DisruptionAllowed";

    /** Whether the number of pods that ought to exist has to be asked of their owners. */
    static boolean needsScale(PodDisruptionBudget budget) {
        IntOrString least = budget.getSpec().getMinAvailable();
        return budget.getSpec().getMaxUnavailable() != null || (least != null && least.getIntVal() == null);
    }

    /**
     * @param pods all that the budget selects
     * @param expected how many there ought to be, as {@link #needsScale} demands, else the number of pods
     */
    static BudgetStatus of(PodDisruptionBudget budget, List<Pod> pods, int expected, Instant now) {
        Map<String, String> promised = new TreeMap<>();
        List<Pod> notDeleted = new ArrayList<>();
        Duration again = null;
        Map<String, String> before = disrupted(budget);
        int healthy = 0;
        for (Pod pod : pods) {
            if (PodStates.terminating(pod)) {
                continue;
            }
            String name = pod.getMetadata().getName();
            String since = before.get(name);
            if (since != null) {
                Instant expiry = Timestamps.parse(since).plus(DELETION_TIMEOUT);
                if (expiry.isAfter(now)) {
                    promised.put(name, since);
                    Duration left = Duration.between(now, expiry);
                    again = again == null || left.compareTo(again) < 0 ? left : again;
                    continue;
                }
                notDeleted.add(pod);
            }
            if (PodStates.ready(pod)) {
                healthy++;
            }
        }
        int desired = desired(budget, expected);
        // A budget that selects nothing yet is in a safe state when its first pods appear.
        int allowed = expected <= 0 ? 0 : Math.max(0, healthy - desired);
        PodDisruptionBudgetStatus status = new PodDisruptionBudgetStatusBuilder()
                .withExpectedPods(expected)
                .withCurrentHealthy(healthy)
                .withDesiredHealthy(desired)
                .withDisruptionsAllowed(allowed)
                .withDisruptedPods(promised)
                .withObservedGeneration(budget.getMetadata().getGeneration())
                .withConditions(
                        conditions(budget, allowed > 0, allowed > 0 ? "SufficientPods" : "InsufficientPods", "", now))
                .build();
        return new BudgetStatus(status, List.copyOf(notDeleted), again);
    }

    /** Nothing is allowed while the controller cannot tell how many pods there ought to be. */
    static PodDisruptionBudgetStatus failed(PodDisruptionBudget budget, String why, Instant now) {
        PodDisruptionBudgetStatus present = budget.getStatus();
        PodDisruptionBudgetStatusBuilder next = present == null
                ? new PodDisruptionBudgetStatusBuilder()
                : new PodDisruptionBudgetStatusBuilder(present);
        return next.withDisruptionsAllowed(0)
                .withObservedGeneration(budget.getMetadata().getGeneration())
                .withConditions(conditions(budget, false, "SyncFailed", why, now))
                .build();
    }

    private static int desired(PodDisruptionBudget budget, int expected) {
        IntOrString unavailable = budget.getSpec().getMaxUnavailable();
        if (unavailable != null) {
            return Math.max(0, expected - Share.of(unavailable, expected, true));
        }
        IntOrString available = budget.getSpec().getMinAvailable();
        return available == null ? 0 : Share.of(available, expected, true);
    }

    private static Map<String, String> disrupted(PodDisruptionBudget budget) {
        PodDisruptionBudgetStatus status = budget.getStatus();
        return status == null || status.getDisruptedPods() == null ? Map.of() : status.getDisruptedPods();
    }

    private static List<Condition> conditions(
            PodDisruptionBudget budget, boolean allowed, String reason, String message, Instant now) {
        List<Condition> all = new ArrayList<>();
        String value = allowed ? "True" : "False";
        String since = Timestamps.format(now);
        if (budget.getStatus() != null && budget.getStatus().getConditions() != null) {
            for (Condition each : budget.getStatus().getConditions()) {
                if (!each.getType().equals(ALLOWED)) {
                    all.add(each);
                } else if (value.equals(each.getStatus()) && each.getLastTransitionTime() != null) {
                    since = each.getLastTransitionTime();
                }
            }
        }
        all.add(new ConditionBuilder()
                .withType(ALLOWED)
                .withStatus(value)
                .withObservedGeneration(budget.getMetadata().getGeneration())
                .withLastTransitionTime(since)
                .withReason(reason)
                .withMessage(message)
                .build());
        return all;
    }
}
