package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What admission policies and their bindings say of the writes they are about, and of parameters. */
final class MatchResourceRules {
    private static final List<String> MUTABLE = List.of("*", "CONNECT", "CREATE", "UPDATE");
    private static final List<String> NOT_FOUND = List.of("Deny", "Allow");
    private static final String EXCLUSIVE = "name and selector are mutually exclusive";

    private MatchResourceRules() {}

    /** @param mutating nothing can be changed in what is deleted */
    static void check(JsonNode match, FieldPath path, boolean mutating, FieldErrors errors) {
        Rules.requiredOneOf(match, path, "matchPolicy", AdmissionRules.MATCH_POLICIES, errors);
        for (String selector : List.of("namespaceSelector", "objectSelector")) {
            if (match.hasNonNull(selector)) {
                MetaValidation.selector(match.path(selector), path.child(selector), errors);
            } else {
                errors.required(path.child(selector));
            }
        }
        for (String list : List.of("resourceRules", "excludeResourceRules")) {
            List<JsonNode> rules = Tree.items(match, list);
            for (int i = 0; i < rules.size(); i++) {
                FieldPath at = path.child(list).index(i);
                names(Tree.texts(rules.get(i), "resourceNames"), at.child("resourceNames"), errors);
                AdmissionRules.rule(rules.get(i), at, errors);
            }
        }
        if (mutating) {
            operations(match, path.child("resourceRules", "operations"), errors);
        }
    }

    private static void names(List<String> names, FieldPath path, FieldErrors errors) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < names.size(); i++) {
            errors.invalidEach(path.index(i), names.get(i), ObjectNames.pathSegment(names.get(i)));
            if (!seen.add(names.get(i))) {
                errors.duplicate(path.index(i), names.get(i));
            }
        }
    }

    /** The path has no indices, as upstream's has none. */
    private static void operations(JsonNode match, FieldPath path, FieldErrors errors) {
        for (JsonNode rule : Tree.items(match, "resourceRules")) {
            for (String operation : Tree.texts(rule, "operations")) {
                if (!MUTABLE.contains(operation)) {
                    errors.notSupported(path, operation, MUTABLE);
                }
            }
        }
    }

    static void paramKind(JsonNode kind, FieldPath path, FieldErrors errors) {
        FieldPath versionPath = path.child("apiVersion");
        String apiVersion = Tree.text(kind, "apiVersion");
        int slash = apiVersion.indexOf('/');
        if (apiVersion.isEmpty()) {
            errors.required(versionPath);
        } else if (slash != apiVersion.lastIndexOf('/')) {
            errors.invalid(versionPath, apiVersion, "unexpected GroupVersion string: " + apiVersion);
        } else {
            String group = slash < 0 ? "" : apiVersion.substring(0, slash);
            String version = apiVersion.substring(slash + 1);
            if (!group.isEmpty()) {
                joined(versionPath, group, "", ObjectNames.dns1123Subdomain(group), errors);
            }
            if (version.isEmpty()) {
                errors.invalid(versionPath, apiVersion, "version must be specified");
            } else {
                joined(versionPath, version, "", ObjectNames.dns1035Label(version), errors);
            }
        }
        String name = Tree.text(kind, "kind");
        if (name.isEmpty()) {
            errors.required(path.child("kind"));
        } else {
            joined(
                    path.child("kind"),
                    name,
                    "may have mixed case, but should otherwise match: ",
                    ObjectNames.dns1035Label(name.toLowerCase(Locale.ROOT)),
                    errors);
        }
    }

    private static void joined(FieldPath path, String value, String before, List<String> wrong, FieldErrors errors) {
        if (!wrong.isEmpty()) {
            errors.invalid(path, value, before + String.join(",", wrong));
        }
    }

    static void paramRef(JsonNode reference, FieldPath path, FieldErrors errors) {
        if (!reference.isObject()) {
            return;
        }
        String name = Tree.text(reference, "name");
        boolean selects = reference.hasNonNull("selector");
        errors.invalidEach(path.child("name"), name, ObjectNames.pathSegment(name));
        if (!name.isEmpty() && selects) {
            errors.forbidden(path.child("name"), EXCLUSIVE);
        }
        MetaValidation.selector(reference.path("selector"), path.child("selector"), errors);
        if (!name.isEmpty() && selects) {
            errors.forbidden(path.child("selector"), EXCLUSIVE);
        }
        if (name.isEmpty() && !selects) {
            errors.required(path, "one of name or selector must be specified");
        }
        Rules.requiredOneOf(reference, path, "parameterNotFoundAction", NOT_FOUND, errors);
    }
}
