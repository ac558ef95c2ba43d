package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import java.util.List;
import java.util.Map;

/** The rules of a FlowSchema's rules: whose requests they are about, and which. */
final class FlowRules {
    private static final String ALL = "*";
    private static final List<String> VERBS =
            List.of("create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch");
    private static final List<String> KINDS = List.of("Group", "ServiceAccount", "User");

    /** By the kind of a subject, the field that tells more. */
    private static final Map<String, String> FIELDS =
            Map.of("Group", "group", "ServiceAccount", "serviceAccount", "User", "user");

    private FlowRules() {}

    static void check(JsonNode rule, FieldPath path, FieldErrors errors) {
        List<JsonNode> subjects = Tree.items(rule, "subjects");
        if (subjects.isEmpty()) {
            errors.required(path.child("subjects"), "subjects must contain at least one value");
        }
        for (int i = 0; i < subjects.size(); i++) {
            subject(subjects.get(i), path.child("subjects").index(i), errors);
        }
        List<JsonNode> resources = Tree.items(rule, "resourceRules");
        List<JsonNode> urls = Tree.items(rule, "nonResourceRules");
        if (resources.isEmpty() && urls.isEmpty()) {
            errors.required(path, "at least one of resourceRules and nonResourceRules has to be non-empty");
        }
        for (int i = 0; i < resources.size(); i++) {
            resources(resources.get(i), path.child("resourceRules").index(i), errors);
        }
        for (int i = 0; i < urls.size(); i++) {
            urls(urls.get(i), path.child("nonResourceRules").index(i), errors);
        }
    }

    private static void subject(JsonNode subject, FieldPath path, FieldErrors errors) {
        String kind = Tree.text(subject, "kind");
        if (!KINDS.contains(kind)) {
            errors.notSupported(path.child("kind"), kind, KINDS);
            return;
        }
        String own = FIELDS.getOrDefault(kind, "");
        JsonNode more = subject.path(own);
        FieldPath at = path.child(own);
        if (!more.isObject()) {
            errors.required(at, own + " is required when subject kind is '" + kind + "'");
        } else {
            Rules.requiredText(more, at, errors, "name");
            if (kind.equals("ServiceAccount")) {
                account(more, at, errors);
            }
        }
        for (String other : List.of("ServiceAccount", "User", "Group")) {
            String field = FIELDS.getOrDefault(other, "");
            if (!other.equals(kind) && subject.hasNonNull(field)) {
                errors.forbidden(path.child(field), field + " is forbidden when subject kind is not '" + other + "'");
            }
        }
    }

    private static void account(JsonNode account, FieldPath at, FieldErrors errors) {
        String name = Tree.text(account, "name");
        if (!name.isEmpty() && !name.equals(ALL)) {
            errors.invalidEach(at.child("name"), name, ObjectNames.dns1123Subdomain(name));
        }
        String namespace = Tree.text(account, "namespace");
        if (namespace.isEmpty()) {
            errors.required(at.child("namespace"), "must specify namespace for service account");
        } else {
            errors.invalidEach(at.child("namespace"), namespace, ObjectNames.dns1123Label(namespace));
        }
    }

    private static void resources(JsonNode rule, FieldPath path, FieldErrors errors) {
        verbs(rule, path, errors);
        some(rule, "apiGroups", "resource rules must supply at least one api group", "api groups", path, errors);
        some(rule, "resources", "resource rules must supply at least one resource", "resources", path, errors);
        List<String> namespaces = Tree.texts(rule, "namespaces");
        FieldPath at = path.child("namespaces");
        if (namespaces.isEmpty()) {
            if (!Tree.flag(rule, "clusterScope")) {
                errors.required(at, "resource rules that are not cluster scoped must supply at least one namespace");
            }
        } else if (!alone(rule, "namespaces", "namespaces", path, errors)) {
            for (int i = 0; i < namespaces.size(); i++) {
                for (String wrong : ObjectNames.dns1123Label(namespaces.get(i))) {
                    errors.invalid(
                            at.index(i),
                            namespaces.get(i),
                            "each member of this list must be '*' or a DNS-1123 label; " + wrong);
                }
            }
        }
    }

    private static void urls(JsonNode rule, FieldPath path, FieldErrors errors) {
        verbs(rule, path, errors);
        List<String> urls = Tree.texts(rule, "nonResourceURLs");
        boolean any = some(
                rule,
                "nonResourceURLs",
                "nonResourceURLs must contain at least one value",
                "non-resource URLs",
                path,
                errors);
        for (int i = 0; i < urls.size() && !any; i++) {
            String wrong = urlProblem(urls.get(i));
            if (!wrong.isEmpty()) {
                errors.invalid(path.child("nonResourceURLs").index(i), urls.get(i), wrong);
            }
        }
    }

    /** What is wrong with a path that may end in a star; empty where it is good. */
    private static String urlProblem(String url) {
        if (url.isEmpty()) {
            return "must not be empty";
        }
        if (!url.startsWith("/")) {
            return "must start with slash";
        }
        if (url.contains(" ")) {
            return "must not contain white-space";
        }
        if (url.contains("//")) {
            return "must not contain double slash";
        }
        int star = url.indexOf('*');
        return star < 0 || star == url.length() - 1 && url.endsWith("/*") ? "" : "wildcard can only do suffix matching";
    }

    private static void verbs(JsonNode rule, FieldPath path, FieldErrors errors) {
        boolean any = some(rule, "verbs", "verbs must contain at least one value", "verbs", path, errors);
        if (!any && !VERBS.containsAll(Tree.texts(rule, "verbs"))) {
            errors.notSupported(path.child("verbs"), rule.path("verbs"), VERBS);
        }
    }

    /** The list has members, or one that stands for all. @return whether it is for all */
    private static boolean some(
            JsonNode rule, String field, String none, String others, FieldPath path, FieldErrors errors) {
        if (Tree.items(rule, field).isEmpty()) {
            errors.required(path.child(field), none);
            return false;
        }
        return alone(rule, field, others, path, errors);
    }

    private static boolean alone(JsonNode rule, String field, String others, FieldPath path, FieldErrors errors) {
        List<String> members = Tree.texts(rule, field);
        if (!members.contains(ALL)) {
            return false;
        }
        if (members.size() > 1) {
            errors.invalid(path.child(field), rule.path(field), "if '*' is present, must not specify other " + others);
        }
        return true;
    }
}
