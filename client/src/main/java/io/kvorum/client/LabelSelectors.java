package io.kvorum.client;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Evaluates and prints {@code metav1.LabelSelector}s. */
public final class LabelSelectors {
    private LabelSelectors() {}

    /** Whether {@code labels} satisfy {@code selector}: null selects nothing, an empty one everything. */
    public static boolean matches(@Nullable LabelSelector selector, @Nullable Map<String, String> labels) {
        if (selector == null) {
            return false;
        }
        Map<String, String> actual = labels == null ? Map.of() : labels;
        return matches(selector.getMatchLabels(), actual)
                && selector.getMatchExpressions().stream().allMatch(r -> matches(r, actual));
    }

    /** Whether {@code labels} have every pair of {@code wanted}; null or empty {@code wanted} is satisfied by all. */
    public static boolean matches(@Nullable Map<String, String> wanted, @Nullable Map<String, String> labels) {
        if (wanted == null || wanted.isEmpty()) {
            return true;
        }
        return labels != null && labels.entrySet().containsAll(wanted.entrySet());
    }

    private static boolean matches(LabelSelectorRequirement requirement, Map<String, String> labels) {
        @Nullable String value = labels.get(requirement.getKey());
        return switch (requirement.getOperator()) {
            case "In" -> value != null && requirement.getValues().contains(value);
            case "NotIn" -> value == null || !requirement.getValues().contains(value);
            case "Exists" -> value != null;
            case "DoesNotExist" -> value == null;
            default ->
                throw new IllegalArgumentException(
                        "\"" + requirement.getOperator() + "\" is not a valid label selector operator");
        };
    }

    /** The selector as {@code kubectl -l} takes it, in a stable order; empty for one that selects everything. */
    public static String format(LabelSelector selector) {
        List<String> terms = new ArrayList<>();
        @Nullable Map<String, String> labels = selector.getMatchLabels();
        if (labels != null) {
            new TreeMap<>(labels).forEach((key, value) -> terms.add(key + "=" + value));
        }
        for (LabelSelectorRequirement requirement : selector.getMatchExpressions()) {
            String values = String.join(",", requirement.getValues());
            terms.add(
                    switch (requirement.getOperator()) {
                        case "In" -> requirement.getKey() + " in (" + values + ")";
                        case "NotIn" -> requirement.getKey() + " notin (" + values + ")";
                        case "Exists" -> requirement.getKey();
                        case "DoesNotExist" -> "!" + requirement.getKey();
                        default ->
                            throw new IllegalArgumentException(
                                    "\"" + requirement.getOperator() + "\" is not a valid label selector operator");
                    });
        }
        return String.join(",", terms);
    }
}
