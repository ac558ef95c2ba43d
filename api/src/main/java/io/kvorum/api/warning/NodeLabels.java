package io.kvorum.api.warning;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import io.kvorum.api.validation.FieldPath;
import java.util.List;
import java.util.Map;

/** Labels of nodes that have been replaced, wherever nodes are chosen by them. */
final class NodeLabels {
    private static final Map<String, String> DEPRECATED = Map.of(
            "beta.kubernetes.io/arch",
            "deprecated since v1.14; use \"kubernetes.io/arch\" instead",
            "beta.kubernetes.io/os",
            "deprecated since v1.14; use \"kubernetes.io/os\" instead",
            "failure-domain.beta.kubernetes.io/region",
            "deprecated since v1.17; use \"topology.kubernetes.io/region\" instead",
            "failure-domain.beta.kubernetes.io/zone",
            "deprecated since v1.17; use \"topology.kubernetes.io/zone\" instead",
            "beta.kubernetes.io/instance-type",
            "deprecated since v1.17; use \"node.kubernetes.io/instance-type\" instead",
            "app.kubernetes.io/created-by",
            "deprecated since v1.9",
            "scheduler.alpha.kubernetes.io/preferAvoidPods",
            "deprecated since v1.22; use Taints and Tolerations instead",
            "node-role.kubernetes.io/master",
            "use \"node-role.kubernetes.io/control-plane\" instead");

    private NodeLabels() {}

    static void key(String label, FieldPath path, WarningList warnings) {
        String advice = DEPRECATED.get(label);
        if (advice != null) {
            warnings.add(path, advice);
        }
    }

    /** Where the text names the label, because the path does not. */
    static void named(String label, FieldPath path, WarningList warnings) {
        String advice = DEPRECATED.get(label);
        if (advice != null) {
            warnings.add(path, label + " is " + advice);
        }
    }

    /** @param values whether what is compared with must be values of labels too */
    static void term(JsonNode term, boolean values, FieldPath path, WarningList warnings) {
        List<JsonNode> expressions = Tree.items(term, "matchExpressions");
        for (int i = 0; i < expressions.size(); i++) {
            FieldPath at = path.child("matchExpressions").index(i);
            named(Tree.text(expressions.get(i), "key"), at.child("key"), warnings);
            List<String> texts = values ? Tree.texts(expressions.get(i), "values") : List.of();
            for (int v = 0; v < texts.size(); v++) {
                for (String wrong : ObjectNames.labelValue(texts.get(v))) {
                    warnings.add(at.child("values").index(v), texts.get(v) + " is invalid, " + wrong);
                }
            }
        }
    }

    /** A selector of labels, as it stands in a CSIStorageCapacity. */
    static void selector(JsonNode selector, FieldPath path, WarningList warnings) {
        term(selector, false, path, warnings);
        for (String label : Tree.map(selector, "matchLabels").keySet()) {
            key(label, path.child("matchLabels").child(label), warnings);
        }
    }
}
