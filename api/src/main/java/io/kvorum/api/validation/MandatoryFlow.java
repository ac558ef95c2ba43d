package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import java.util.List;

/** The specs of the FlowSchemas and PriorityLevelConfigurations {@code exempt} and {@code catch-all}, which are fixed. */
final class MandatoryFlow {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final String EXEMPT = "exempt";
    private static final String CATCH_ALL = "catch-all";

    private MandatoryFlow() {}

    static void schema(String name, JsonNode spec, FieldErrors errors) {
        boolean fixed = switch (name) {
            case EXEMPT -> Tree.semanticallyEqual(spec, schema(1, EXEMPT, "system:masters"));
            case CATCH_ALL -> {
                ObjectNode all = schema(10_000, CATCH_ALL, "system:unauthenticated", "system:authenticated");
                all.putObject("distinguisherMethod").put("type", "ByUser");
                yield Tree.semanticallyEqual(spec, all);
            }
            default -> true;
        };
        if (!fixed) {
            errors.invalid(SPEC, spec, "spec of '" + name + "' must equal the fixed value");
        }
    }

    /** Of the level that is exempt, {@code spec.exempt} may be changed. */
    static void level(String name, JsonNode spec, FieldErrors errors) {
        if (name.equals(EXEMPT)) {
            ObjectNode rest = Tree.object(spec).deepCopy();
            rest.remove("exempt");
            if (!Tree.semanticallyEqual(rest, Tree.newObject().put("type", "Exempt"))) {
                errors.invalid(
                        SPEC, spec, "spec of 'exempt' except the 'spec.exempt' field must equal the fixed value");
            }
        } else if (name.equals(CATCH_ALL)) {
            ObjectNode all = Tree.newObject().put("type", "Limited");
            all.putObject("limited")
                    .put("nominalConcurrencyShares", 5)
                    .put("lendablePercent", 0)
                    .putObject("limitResponse")
                    .put("type", "Reject");
            if (!Tree.semanticallyEqual(spec, all)) {
                errors.invalid(SPEC, spec, "spec of 'catch-all' must equal the fixed value");
            }
        }
    }

    private static ObjectNode schema(int precedence, String level, String... groups) {
        ObjectNode spec = Tree.newObject().put("matchingPrecedence", precedence);
        spec.putObject("priorityLevelConfiguration").put("name", level);
        ObjectNode rule = Tree.ensureArray(spec, "rules").addObject();
        for (String group : groups) {
            ObjectNode subject = Tree.ensureArray(rule, "subjects").addObject().put("kind", "Group");
            subject.putObject("group").put("name", group);
        }
        ObjectNode resources =
                Tree.ensureArray(rule, "resourceRules").addObject().put("clusterScope", true);
        for (String field : List.of("verbs", "apiGroups", "resources", "namespaces")) {
            resources.putArray(field).add("*");
        }
        ObjectNode urls = Tree.ensureArray(rule, "nonResourceRules").addObject();
        urls.putArray("verbs").add("*");
        urls.putArray("nonResourceURLs").add("*");
        return spec;
    }
}
