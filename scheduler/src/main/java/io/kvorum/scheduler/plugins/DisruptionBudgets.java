package io.kvorum.scheduler.plugins;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.kvorum.client.LabelSelectors;
import io.kvorum.scheduler.framework.PodInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which pods could not all be ended without violating a disruption budget. */
record DisruptionBudgets(List<PodDisruptionBudget> budgets) {
    /** Those of {@code pods}, ended in this order, that are more than some budget still allows. */
    List<PodInfo> violated(List<PodInfo> pods) {
        int[] allowed = new int[budgets.size()];
        for (int i = 0; i < allowed.length; i++) {
            var status = budgets.get(i).getStatus();
            allowed[i] = status == null || status.getDisruptionsAllowed() == null ? 0 : status.getDisruptionsAllowed();
        }
        List<PodInfo> violated = new ArrayList<>();
        for (PodInfo pod : pods) {
            boolean over = false;
            for (int i = 0; i < allowed.length; i++) {
                if (protects(budgets.get(i), pod)) {
                    allowed[i]--;
                    over |= allowed[i] < 0;
                }
            }
            if (over) {
                violated.add(pod);
            }
        }
        return violated;
    }

    private static boolean protects(PodDisruptionBudget budget, PodInfo pod) {
        if (pod.labels().isEmpty()
                || !pod.key().namespace().equals(budget.getMetadata().getNamespace())) {
            return false;
        }
        @Nullable
        LabelSelector selector =
                budget.getSpec() == null ? null : budget.getSpec().getSelector();
        if (selector == null || !LabelSelectors.matches(selector, pod.labels()) || empty(selector)) {
            return false;
        }
        @Nullable
        Map<String, ?> processed =
                budget.getStatus() == null ? null : budget.getStatus().getDisruptedPods();
        // What the API server has on its way out is counted in the budget already.
        return processed == null || !processed.containsKey(pod.key().name());
    }

    private static boolean empty(LabelSelector selector) {
        return (selector.getMatchLabels() == null || selector.getMatchLabels().isEmpty())
                && selector.getMatchExpressions().isEmpty();
    }
}
