package io.kvorum.controllers.pods;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.Toleration;
import io.kvorum.client.LabelSelectors;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether a node is one that a pod may be on: node selector, required node affinity, taints. */
public final class NodeFit {
    private NodeFit() {}

    /** Whether the node's labels and name satisfy the node selector and the required node affinity. */
    public static boolean selected(PodSpec spec, Node node) {
        Map<String, String> labels = labels(node);
        if (!LabelSelectors.matches(spec.getNodeSelector(), labels)) {
            return false;
        }
        var affinity = spec.getAffinity() == null ? null : spec.getAffinity().getNodeAffinity();
        var required = affinity == null ? null : affinity.getRequiredDuringSchedulingIgnoredDuringExecution();
        // Terms are alternatives; no term at all matches nothing.
        return required == null
                || required.getNodeSelectorTerms().stream().anyMatch(term -> matches(term, node, labels));
    }

    private static Map<String, String> labels(Node node) {
        @Nullable Map<String, String> labels = node.getMetadata().getLabels();
        return labels == null ? Map.of() : labels;
    }

    private static boolean matches(NodeSelectorTerm term, Node node, Map<String, String> labels) {
        if (term.getMatchExpressions().isEmpty() && term.getMatchFields().isEmpty()) {
            return false;
        }
        Map<String, String> fields = Map.of("metadata.name", node.getMetadata().getName());
        return term.getMatchExpressions().stream().allMatch(each -> matches(each, labels))
                && term.getMatchFields().stream().allMatch(each -> matches(each, fields));
    }

    private static boolean matches(NodeSelectorRequirement requirement, Map<String, String> values) {
        @Nullable String value = values.get(requirement.getKey());
        List<String> wanted = requirement.getValues();
        return switch (requirement.getOperator()) {
            case "In" -> value != null && wanted.contains(value);
            case "NotIn" -> value == null || !wanted.contains(value);
            case "Exists" -> value != null;
            case "DoesNotExist" -> value == null;
            case "Gt" -> number(value) && wanted.size() == 1 && number(wanted.get(0)) && compare(value, wanted) > 0;
            case "Lt" -> number(value) && wanted.size() == 1 && number(wanted.get(0)) && compare(value, wanted) < 0;
            default -> false;
        };
    }

    private static boolean number(@Nullable String text) {
        return text != null && text.matches("-?[0-9]{1,18}");
    }

    private static int compare(@Nullable String value, List<String> wanted) {
        return Long.compare(Long.parseLong(String.valueOf(value)), Long.parseLong(wanted.get(0)));
    }

    /** Whether every taint of one of {@code effects} is tolerated. */
    public static boolean tolerated(List<Taint> taints, List<Toleration> tolerations, Set<String> effects) {
        return taints.stream()
                .filter(taint -> effects.contains(taint.getEffect()))
                .allMatch(taint -> tolerations.stream().anyMatch(each -> tolerates(each, taint)));
    }

    public static boolean tolerates(Toleration toleration, Taint taint) {
        @Nullable String effect = toleration.getEffect();
        if (effect != null && !effect.isEmpty() && !effect.equals(taint.getEffect())) {
            return false;
        }
        @Nullable String key = toleration.getKey();
        if (key != null && !key.isEmpty() && !key.equals(taint.getKey())) {
            return false;
        }
        @Nullable String operator = toleration.getOperator();
        if ("Exists".equals(operator)) {
            return true;
        }
        return (operator == null || operator.isEmpty() || operator.equals("Equal"))
                && text(toleration.getValue()).equals(text(taint.getValue()));
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value;
    }
}
