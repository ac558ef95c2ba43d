package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What webhooks and admission policies say of the writes they are about: rules, and conditions by name. */
final class AdmissionRules {
    static final List<String> FAILURE_POLICIES = List.of("Fail", "Ignore");
    static final List<String> MATCH_POLICIES = List.of("Equivalent", "Exact");
    private static final List<String> OPERATIONS = List.of("*", "CONNECT", "CREATE", "DELETE", "UPDATE");
    private static final List<String> SCOPES = List.of("*", "Cluster", "Namespaced");
    private static final int MOST_CONDITIONS = 64;

    private AdmissionRules() {}

    static void rule(JsonNode rule, FieldPath path, FieldErrors errors) {
        List<String> operations = Tree.texts(rule, "operations");
        required(operations, path.child("operations"), errors);
        alone(rule, "operations", path, "if '*' is present, must not specify other operations", errors);
        for (int i = 0; i < operations.size(); i++) {
            if (!OPERATIONS.contains(operations.get(i))) {
                errors.notSupported(path.child("operations").index(i), operations.get(i), OPERATIONS);
            }
        }
        required(Tree.texts(rule, "apiGroups"), path.child("apiGroups"), errors);
        alone(rule, "apiGroups", path, "if '*' is present, must not specify other API groups", errors);
        List<String> versions = Tree.texts(rule, "apiVersions");
        required(versions, path.child("apiVersions"), errors);
        alone(rule, "apiVersions", path, "if '*' is present, must not specify other API versions", errors);
        for (int i = 0; i < versions.size(); i++) {
            if (versions.get(i).isEmpty()) {
                errors.required(path.child("apiVersions").index(i));
            }
        }
        resources(rule, path.child("resources"), errors);
        Rules.oneOf(rule, path, "scope", SCOPES, errors);
    }

    private static void required(List<String> values, FieldPath path, FieldErrors errors) {
        if (values.isEmpty()) {
            errors.required(path);
        }
    }

    private static void alone(JsonNode rule, String field, FieldPath path, String detail, FieldErrors errors) {
        List<String> values = Tree.texts(rule, field);
        if (values.size() > 1 && values.contains("*")) {
            errors.invalid(path.child(field), rule.path(field), detail);
        }
    }

    private static void resources(JsonNode rule, FieldPath path, FieldErrors errors) {
        List<String> resources = Tree.texts(rule, "resources");
        required(resources, path, errors);
        Set<String> wholly = new HashSet<>();
        Set<String> everywhere = new HashSet<>();
        boolean plain = false;
        for (int i = 0; i < resources.size(); i++) {
            String each = resources.get(i);
            int slash = each.indexOf('/');
            if (each.isEmpty()) {
                errors.required(path.index(i));
            } else if (slash < 0) {
                // As upstream, where the last one without a subresource tells.
                plain = !each.equals("*");
            } else {
                subresource(each, slash, wholly, everywhere, path.index(i), errors);
            }
        }
        if (resources.size() > 1 && resources.contains("*/*")) {
            errors.invalid(path, rule.path("resources"), "if '*/*' is present, must not specify other resources");
        }
        if (resources.contains("*") && plain) {
            errors.invalid(
                    path,
                    rule.path("resources"),
                    "if '*' is present, must not specify other resources without subresources");
        }
    }

    /** @param wholly resources whose subresources were all named; {@code everywhere} the other way round */
    private static void subresource(
            String each, int slash, Set<String> wholly, Set<String> everywhere, FieldPath path, FieldErrors errors) {
        String resource = each.substring(0, slash);
        String part = each.substring(slash + 1);
        if (wholly.contains(resource)) {
            errors.invalid(path, each, "if '" + resource + "/*' is present, must not specify " + each);
        }
        if (everywhere.contains(part)) {
            errors.invalid(path, each, "if '*/" + part + "' is present, must not specify " + each);
        }
        if (part.equals("*")) {
            wholly.add(resource);
        }
        if (resource.equals("*")) {
            everywhere.add(part);
        }
    }

    /** The conditions of {@code owner}, but for whether they compile. */
    static void conditions(JsonNode owner, FieldPath path, FieldErrors errors) {
        List<JsonNode> conditions = Tree.items(owner, "matchConditions");
        if (conditions.size() > MOST_CONDITIONS) {
            errors.tooMany(path, conditions.size(), MOST_CONDITIONS);
        }
        Set<String> names = new HashSet<>();
        for (int i = 0; i < conditions.size(); i++) {
            FieldPath at = path.index(i);
            String name = Tree.text(conditions.get(i), "name");
            if (Tree.text(conditions.get(i), "expression").isBlank()) {
                errors.required(at.child("expression"));
            }
            if (name.isEmpty()) {
                errors.required(at.child("name"));
                continue;
            }
            errors.invalidEach(at.child("name"), name, ObjectNames.qualifiedName(name));
            if (!names.add(name)) {
                errors.duplicate(at.child("name"), name);
            }
        }
    }
}
