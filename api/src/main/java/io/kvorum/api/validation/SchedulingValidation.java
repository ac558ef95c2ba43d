package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The rules of what steers a pod to a node: tolerations, affinity, spread constraints, taints. */
final class SchedulingValidation {
    private static final List<String> EFFECTS = List.of("NoSchedule", "PreferNoSchedule", "NoExecute");

    private SchedulingValidation() {}

    static void tolerations(List<JsonNode> tolerations, FieldPath path, FieldErrors errors) {
        for (int i = 0; i < tolerations.size(); i++) {
            JsonNode toleration = tolerations.get(i);
            FieldPath at = path.index(i);
            String key = Tree.text(toleration, "key");
            String operator = Tree.text(toleration, "operator");
            String effect = Tree.text(toleration, "effect");
            if (!key.isEmpty()) {
                errors.invalidEach(at.child("key"), key, ObjectNames.labelKey(key));
            } else if (!operator.equals("Exists")) {
                errors.invalid(
                        at.child("operator"),
                        operator,
                        "operator must be Exists when `key` is empty, which means \"match all values and all keys\"");
            }
            if (toleration.hasNonNull("tolerationSeconds") && !effect.equals("NoExecute")) {
                errors.invalid(
                        at.child("effect"), effect, "effect must be 'NoExecute' when `tolerationSeconds` is set");
            }
            switch (operator) {
                case "", "Equal" -> {
                    String value = Tree.text(toleration, "value");
                    List<String> wrong = ObjectNames.labelValue(value);
                    if (!wrong.isEmpty()) {
                        errors.invalid(at.child("operator"), value, String.join(";", wrong));
                    }
                }
                case "Exists" -> {
                    String value = Tree.text(toleration, "value");
                    if (!value.isEmpty()) {
                        errors.invalid(at.child("operator"), value, "value must be empty when `operator` is 'Exists'");
                    }
                }
                default -> errors.notSupported(at.child("operator"), operator, List.of("Equal", "Exists"));
            }
            if (!effect.isEmpty() && !EFFECTS.contains(effect)) {
                errors.notSupported(at.child("effect"), effect, EFFECTS);
            }
        }
    }

    static void taints(List<JsonNode> taints, FieldPath path, FieldErrors errors) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < taints.size(); i++) {
            JsonNode taint = taints.get(i);
            FieldPath at = path.index(i);
            String key = Tree.text(taint, "key");
            errors.invalidEach(at.child("key"), key, ObjectNames.labelKey(key));
            String value = Tree.text(taint, "value");
            List<String> wrong = ObjectNames.labelValue(value);
            if (!wrong.isEmpty()) {
                errors.invalid(at.child("value"), value, String.join(";", wrong));
            }
            Rules.requiredOneOf(taint, at, "effect", EFFECTS, errors);
            if (!seen.add(key + ":" + Tree.text(taint, "effect"))) {
                errors.duplicate(at, InternalForm.taint(taint), "taints must be unique by key and effect pair");
            }
        }
    }

    static void affinity(JsonNode affinity, FieldPath path, FieldErrors errors) {
        String required = "requiredDuringSchedulingIgnoredDuringExecution";
        String preferred = "preferredDuringSchedulingIgnoredDuringExecution";
        JsonNode node = affinity.path("nodeAffinity");
        FieldPath nodePath = path.child("nodeAffinity");
        if (node.hasNonNull(required)) {
            nodeSelector(node.path(required), nodePath.child(required), errors);
        }
        List<JsonNode> terms = Tree.items(node, preferred);
        for (int i = 0; i < terms.size(); i++) {
            FieldPath at = nodePath.child(preferred).index(i);
            weight(terms.get(i), at, errors);
            term(terms.get(i).path("preference"), at.child("preference"), false, errors);
        }
        for (String kind : List.of("podAffinity", "podAntiAffinity")) {
            JsonNode pods = affinity.path(kind);
            List<JsonNode> needed = Tree.items(pods, required);
            for (int i = 0; i < needed.size(); i++) {
                podTerm(needed.get(i), path.child(kind, required).index(i), errors);
            }
            List<JsonNode> wished = Tree.items(pods, preferred);
            for (int i = 0; i < wished.size(); i++) {
                FieldPath at = path.child(kind, preferred).index(i);
                weight(wished.get(i), at, errors);
                podTerm(wished.get(i).path("podAffinityTerm"), at.child("podAffinityTerm"), errors);
            }
        }
    }

    static void nodeSelector(JsonNode selector, FieldPath path, FieldErrors errors) {
        List<JsonNode> terms = Tree.items(selector, "nodeSelectorTerms");
        if (terms.isEmpty()) {
            errors.required(path.child("nodeSelectorTerms"), "must have at least one node selector term");
        }
        for (int i = 0; i < terms.size(); i++) {
            term(terms.get(i), path.child("nodeSelectorTerms").index(i), true, errors);
        }
    }

    private static void weight(JsonNode term, FieldPath at, FieldErrors errors) {
        long weight = Tree.number(term, "weight");
        if (weight <= 0 || weight > 100) {
            errors.invalid(at.child("weight"), weight, "must be in the range 1-100");
        }
    }

    /** @param strict values must be such as labels may have; upstream asks for it in required terms only */
    private static void term(JsonNode term, FieldPath path, boolean strict, FieldErrors errors) {
        List<JsonNode> expressions = Tree.items(term, "matchExpressions");
        for (int i = 0; i < expressions.size(); i++) {
            JsonNode expression = expressions.get(i);
            FieldPath at = path.child("matchExpressions").index(i);
            int values = Tree.items(expression, "values").size();
            switch (Tree.text(expression, "operator")) {
                case "In", "NotIn" -> {
                    if (values == 0) {
                        errors.required(at.child("values"), "must be specified when `operator` is 'In' or 'NotIn'");
                    }
                }
                case "Exists", "DoesNotExist" -> {
                    if (values > 0) {
                        errors.forbidden(
                                at.child("values"),
                                "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
                    }
                }
                case "Gt", "Lt" -> {
                    if (values != 1) {
                        errors.required(
                                at.child("values"), "must be specified single value when `operator` is 'Lt' or 'Gt'");
                    }
                }
                default ->
                    errors.invalid(
                            at.child("operator"), Tree.text(expression, "operator"), "not a valid selector operator");
            }
            String key = Tree.text(expression, "key");
            errors.invalidEach(at.child("key"), key, ObjectNames.labelKey(key));
            List<String> operands = Tree.texts(expression, "values");
            for (int j = 0; strict && j < operands.size(); j++) {
                errors.invalidEach(
                        at.child("values").index(j), operands.get(j), ObjectNames.labelValue(operands.get(j)));
            }
        }
        List<JsonNode> fields = Tree.items(term, "matchFields");
        for (int i = 0; i < fields.size(); i++) {
            JsonNode field = fields.get(i);
            FieldPath at = path.child("matchFields").index(i);
            String operator = Tree.text(field, "operator");
            if (!operator.equals("In") && !operator.equals("NotIn")) {
                errors.invalid(at.child("operator"), operator, "not a valid selector operator");
            } else if (Tree.items(field, "values").size() != 1) {
                errors.required(
                        at.child("values"),
                        "must be only one value when `operator` is 'In' or 'NotIn' for node field selector");
            }
            if (!Tree.text(field, "key").equals("metadata.name")) {
                errors.invalid(at.child("key"), Tree.text(field, "key"), "not a valid field selector key");
                continue;
            }
            List<String> nodes = Tree.texts(field, "values");
            for (int j = 0; j < nodes.size(); j++) {
                errors.invalidEach(
                        at.child("values").index(j), nodes.get(j), ObjectNames.dns1123Subdomain(nodes.get(j)));
            }
        }
    }

    private static void podTerm(JsonNode term, FieldPath at, FieldErrors errors) {
        MetaValidation.selector(term.path("labelSelector"), at.child("labelSelector"), errors);
        MetaValidation.selector(term.path("namespaceSelector"), at.child("namespaceSelector"), errors);
        for (String namespace : Tree.texts(term, "namespaces")) {
            errors.invalidEach(at.child("namespace"), namespace, ObjectNames.dns1123Label(namespace));
        }
        keysOfAffinity(term, at, errors);
        String key = Tree.text(term, "topologyKey");
        if (key.isEmpty()) {
            errors.required(at.child("topologyKey"), "can not be empty");
        }
        errors.invalidEach(at.child("topologyKey"), key, ObjectNames.labelKey(key));
    }

    private static void keysOfAffinity(JsonNode term, FieldPath at, FieldErrors errors) {
        List<String> matching = Tree.texts(term, "matchLabelKeys");
        List<String> mismatching = Tree.texts(term, "mismatchLabelKeys");
        labelKeys(term, matching, at.child("matchLabelKeys"), errors);
        labelKeys(term, mismatching, at.child("mismatchLabelKeys"), errors);
        for (int i = 0; i < mismatching.size(); i++) {
            if (matching.contains(mismatching.get(i))) {
                errors.invalid(
                        at.child("mismatchLabelKeys").index(i),
                        mismatching.get(i),
                        "exists in both matchLabelKeys and mismatchLabelKeys");
            }
        }
    }

    private static void labelKeys(JsonNode term, List<String> keys, FieldPath at, FieldErrors errors) {
        if (!keys.isEmpty() && !term.hasNonNull("labelSelector")) {
            errors.forbidden(at, "must not be specified when labelSelector is not set");
        }
        for (int i = 0; i < keys.size(); i++) {
            errors.invalidEach(at.index(i), keys.get(i), ObjectNames.labelKey(keys.get(i)));
        }
    }

    private static void keysOfSpread(JsonNode constraint, FieldPath at, FieldErrors errors) {
        List<String> keys = Tree.texts(constraint, "matchLabelKeys");
        labelKeys(constraint, keys, at.child("matchLabelKeys"), errors);
        Set<String> selected = new HashSet<>(
                Tree.map(constraint, "labelSelector", "matchLabels").keySet());
        for (JsonNode expression : Tree.items(constraint, "labelSelector", "matchExpressions")) {
            // One value by In is what these keys themselves were turned into when the pod was created.
            boolean merged = Tree.text(expression, "operator").equals("In")
                    && Tree.items(expression, "values").size() == 1;
            if (!merged) {
                selected.add(Tree.text(expression, "key"));
            }
        }
        for (int i = 0; i < keys.size(); i++) {
            if (selected.contains(keys.get(i))) {
                errors.invalid(
                        at.child("matchLabelKeys").index(i),
                        keys.get(i),
                        "exists in both matchLabelKeys and labelSelector");
            }
        }
    }

    static void spread(List<JsonNode> constraints, FieldPath path, FieldErrors errors) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < constraints.size(); i++) {
            JsonNode constraint = constraints.get(i);
            FieldPath at = path.index(i);
            long skew = Tree.number(constraint, "maxSkew");
            if (skew <= 0) {
                errors.invalid(at.child("maxSkew"), skew, "must be greater than zero");
            }
            String key = Tree.text(constraint, "topologyKey");
            if (key.isEmpty()) {
                errors.required(at.child("topologyKey"), "can not be empty");
            } else {
                errors.invalidEach(at.child("topologyKey"), key, ObjectNames.labelKey(key));
            }
            String otherwise = Tree.text(constraint, "whenUnsatisfiable");
            List<String> actions = List.of("DoNotSchedule", "ScheduleAnyway");
            if (!actions.contains(otherwise)) {
                errors.notSupported(at.child("whenUnsatisfiable"), otherwise, actions);
            }
            if (constraint.hasNonNull("minDomains")) {
                long domains = Tree.number(constraint, "minDomains");
                if (domains <= 0) {
                    errors.invalid(at.child("minDomains"), domains, "must be greater than zero");
                }
                if (!otherwise.equals("DoNotSchedule")) {
                    errors.invalid(
                            at.child("minDomains"),
                            domains,
                            "can only use minDomains if whenUnsatisfiable=DoNotSchedule, not " + otherwise);
                }
            }
            String pair = "{" + key + ", " + otherwise + "}";
            if (!seen.add(pair)) {
                errors.duplicate(at.child("{topologyKey, whenUnsatisfiable}"), pair);
            }
            for (String policy : List.of("nodeAffinityPolicy", "nodeTaintsPolicy")) {
                Rules.oneOf(constraint, at, policy, List.of("Honor", "Ignore"), errors);
            }
            keysOfSpread(constraint, at, errors);
            MetaValidation.selector(constraint.path("labelSelector"), at.child("labelSelector"), errors);
        }
    }
}
