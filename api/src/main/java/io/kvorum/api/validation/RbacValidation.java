package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import java.util.List;
import java.util.Locale;

/** The rules of roles and role bindings. */
final class RbacValidation {
    private static final String GROUP = "rbac.authorization.k8s.io";

    private RbacValidation() {}

    static final KindValidation ROLE = (role, options, errors) -> rules(role, true, errors);

    static final KindValidation CLUSTER_ROLE = (role, options, errors) -> {
        rules(role, false, errors);
        List<JsonNode> selectors = Tree.items(role, "aggregationRule", "clusterRoleSelectors");
        FieldPath path = FieldPath.of("aggregationRule", "clusterRoleSelectors");
        if (role.hasNonNull("aggregationRule") && selectors.isEmpty()) {
            errors.required(path, "at least one clusterRoleSelector required if aggregationRule is non-nil");
        }
        for (int i = 0; i < selectors.size(); i++) {
            MetaValidation.selector(selectors.get(i), path.index(i), errors);
        }
    };

    static final KindValidation ROLE_BINDING = new Binding(true);

    static final KindValidation CLUSTER_ROLE_BINDING = new Binding(false);

    private static void rules(JsonNode role, boolean namespaced, FieldErrors errors) {
        List<JsonNode> rules = Tree.items(role, "rules");
        for (int i = 0; i < rules.size(); i++) {
            JsonNode rule = rules.get(i);
            FieldPath at = FieldPath.of("rules").index(i);
            boolean hasUrls = !Tree.items(rule, "nonResourceURLs").isEmpty();
            boolean hasGroups = !Tree.items(rule, "apiGroups").isEmpty();
            boolean hasResources = !Tree.items(rule, "resources").isEmpty();
            boolean hasNames = !Tree.items(rule, "resourceNames").isEmpty();
            if (Tree.items(rule, "verbs").isEmpty()) {
                errors.required(at.child("verbs"), "verbs must contain at least one value");
            }
            if (hasUrls) {
                if (namespaced) {
                    errors.invalid(
                            at.child("nonResourceURLs"),
                            rule.get("nonResourceURLs"),
                            "namespaced rules cannot apply to non-resource URLs");
                }
                if (hasGroups || hasResources || hasNames) {
                    errors.invalid(
                            at.child("nonResourceURLs"),
                            rule.get("nonResourceURLs"),
                            "rules cannot apply to both regular resources and non-resource URLs");
                }
                continue;
            }
            if (!hasGroups) {
                errors.required(at.child("apiGroups"), "resource rules must supply at least one api group");
            }
            if (!hasResources) {
                errors.required(at.child("resources"), "resource rules must supply at least one resource");
            }
        }
    }

    private record Binding(boolean namespaced) implements KindValidation {
        @Override
        public void create(ObjectNode binding, ValidationOptions options, FieldErrors errors) {
            JsonNode role = binding.path("roleRef");
            FieldPath path = FieldPath.of("roleRef");
            if (!Tree.text(role, "apiGroup").equals(GROUP)) {
                errors.notSupported(path.child("apiGroup"), Tree.text(role, "apiGroup"), List.of(GROUP));
            }
            List<String> kinds = namespaced ? List.of("Role", "ClusterRole") : List.of("ClusterRole");
            if (!kinds.contains(Tree.text(role, "kind"))) {
                errors.notSupported(path.child("kind"), Tree.text(role, "kind"), kinds);
            }
            String name = Tree.text(role, "name");
            if (name.isEmpty()) {
                errors.required(path.child("name"));
            } else {
                errors.invalidEach(path.child("name"), name, ObjectNames.pathSegment(name));
            }
            List<JsonNode> subjects = Tree.items(binding, "subjects");
            for (int i = 0; i < subjects.size(); i++) {
                subject(subjects.get(i), FieldPath.of("subjects").index(i), errors);
            }
        }

        private void subject(JsonNode subject, FieldPath at, FieldErrors errors) {
            Rules.requiredText(subject, at, errors, "name");
            String kind = Tree.text(subject, "kind");
            String group = Tree.text(subject, "apiGroup");
            switch (kind) {
                case "ServiceAccount" -> {
                    String name = Tree.text(subject, "name");
                    if (!name.isEmpty()) {
                        errors.invalidEach(at.child("name"), name, ObjectNames.dns1123Subdomain(name));
                    }
                    if (!group.isEmpty()) {
                        errors.notSupported(at.child("apiGroup"), group, List.of(""));
                    }
                    if (!namespaced) {
                        Rules.requiredText(subject, at, errors, "namespace");
                    }
                }
                case "User", "Group" -> {
                    if (Tree.text(subject, "name").isEmpty()) {
                        errors.invalid(at.child("name"), "", kind.toLowerCase(Locale.ROOT) + " name cannot be empty");
                    }
                    if (!group.equals(GROUP)) {
                        errors.notSupported(at.child("apiGroup"), group, List.of(GROUP));
                    }
                }
                default -> errors.notSupported(at.child("kind"), kind, List.of("ServiceAccount", "User", "Group"));
            }
        }

        @Override
        public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
            create(next, options, errors);
            if (!Tree.semanticallyEqual(old.get("roleRef"), next.get("roleRef"))) {
                errors.invalid(FieldPath.of("roleRef"), next.get("roleRef"), "cannot change roleRef");
            }
        }
    }
}
