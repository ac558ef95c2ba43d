package io.kvorum.apiserver.flow;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The schemas and levels {@code exempt} and {@code catch-all}, which hold even where they are not stored. */
final class Mandatory {
    private static final String EXEMPT = "exempt";
    private static final String CATCH_ALL = "catch-all";

    private Mandatory() {}

    /** Before all others, among them, after all others. */
    static int order(String schema) {
        return schema.equals(EXEMPT) ? 0 : schema.equals(CATCH_ALL) ? 2 : 1;
    }

    /** Those of the levels that are not among the names. */
    static List<ObjectNode> levels(Collection<String> present) {
        List<ObjectNode> missing = new ArrayList<>();
        if (!present.contains(EXEMPT)) {
            ObjectNode level = named(EXEMPT);
            level.putObject("spec").put("type", "Exempt");
            missing.add(level);
        }
        if (!present.contains(CATCH_ALL)) {
            ObjectNode level = named(CATCH_ALL);
            ObjectNode spec = level.putObject("spec").put("type", "Limited");
            ObjectNode limited = spec.putObject("limited").put("nominalConcurrencyShares", 5);
            limited.putObject("limitResponse").put("type", "Reject");
            missing.add(level);
        }
        return missing;
    }

    /** Those of the schemas that are not among the names. */
    static List<ObjectNode> schemas(Collection<String> present) {
        List<ObjectNode> missing = new ArrayList<>();
        if (!present.contains(EXEMPT)) {
            missing.add(schema(EXEMPT, 1, "system:masters"));
        }
        if (!present.contains(CATCH_ALL)) {
            missing.add(schema(CATCH_ALL, 10_000, "system:authenticated", "system:unauthenticated"));
        }
        return missing;
    }

    private static ObjectNode named(String name) {
        ObjectNode object = Tree.newObject();
        object.putObject("metadata").put("name", name);
        return object;
    }

    private static ObjectNode schema(String name, int precedence, String... groups) {
        ObjectNode schema = named(name);
        ObjectNode spec = schema.putObject("spec").put("matchingPrecedence", precedence);
        spec.putObject("priorityLevelConfiguration").put("name", name);
        spec.putObject("distinguisherMethod").put("type", "ByUser");
        ObjectNode rule = spec.putArray("rules").addObject();
        for (String group : groups) {
            ObjectNode subject = rule.withArray("subjects").addObject().put("kind", "Group");
            subject.putObject("group").put("name", group);
        }
        ObjectNode resources = rule.putArray("resourceRules").addObject();
        for (String field : List.of("verbs", "apiGroups", "resources", "namespaces")) {
            resources.putArray(field).add("*");
        }
        resources.put("clusterScope", true);
        ObjectNode urls = rule.putArray("nonResourceRules").addObject();
        urls.putArray("verbs").add("*");
        urls.putArray("nonResourceURLs").add("*");
        return schema;
    }
}
