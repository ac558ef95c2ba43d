package io.kvorum.api.strategy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import java.util.List;
import java.util.Map;

/**
 * {@code matchLabelKeys} and {@code mismatchLabelKeys} of a new pod: the pod's own values of these labels become part of
 * the selector they stand beside, so that who reads the pod need not know of them.
 */
final class MatchLabelKeys {
    private MatchLabelKeys() {}

    static void apply(ObjectNode pod) {
        Map<String, String> labels = Tree.map(pod, "metadata", "labels");
        for (String kind : List.of("podAffinity", "podAntiAffinity")) {
            for (ObjectNode term :
                    Tree.objects(pod, "spec", "affinity", kind, "requiredDuringSchedulingIgnoredDuringExecution")) {
                merge(term, labels);
            }
            for (ObjectNode weighted :
                    Tree.objects(pod, "spec", "affinity", kind, "preferredDuringSchedulingIgnoredDuringExecution")) {
                if (weighted.get("podAffinityTerm") instanceof ObjectNode term) {
                    merge(term, labels);
                }
            }
        }
        for (ObjectNode constraint : Tree.objects(pod, "spec", "topologySpreadConstraints")) {
            merge(constraint, labels);
        }
    }

    private static void merge(ObjectNode term, Map<String, String> labels) {
        if (!(term.get("labelSelector") instanceof ObjectNode selector)) {
            // Refused by the validation where keys are given.
            return;
        }
        require(selector, "In", Tree.items(term, "matchLabelKeys"), labels);
        require(selector, "NotIn", Tree.items(term, "mismatchLabelKeys"), labels);
    }

    private static void require(ObjectNode selector, String operator, List<JsonNode> keys, Map<String, String> labels) {
        for (JsonNode key : keys) {
            String value = labels.get(key.asText(""));
            if (value != null) {
                ObjectNode expression =
                        Tree.ensureArray(selector, "matchExpressions").addObject();
                expression.put("key", key.asText(""));
                expression.put("operator", operator);
                expression.putArray("values").add(value);
            }
        }
    }
}
