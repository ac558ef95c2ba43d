package io.kvorum.apiserver.rbac;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.auth.Authorizer;
import io.kvorum.apiserver.auth.Authorizer.Attributes;
import io.kvorum.apiserver.auth.Authorizer.Decision;
import io.kvorum.apiserver.request.User;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** Roles and bindings in the form in which they are asked. Pure; belongs to one thread. */
public final class RbacPolicy implements Authorizer.Local {
    public static final String GROUP = "rbac.authorization.k8s.io";

    /** Rules by {@code name} of a ClusterRole and {@code namespace/name} of a Role; neither can have the other's form. */
    private final Map<String, List<PolicyRule>> roles = new HashMap<>();

    /** By {@code u:name} and {@code g:name} of a subject, then by the binding's name. */
    private final Map<String, Map<String, Grant>> clusterGrants = new HashMap<>();

    /** Likewise, with the namespace before: {@code namespace/u:name}. */
    private final Map<String, Map<String, Grant>> namespaceGrants = new HashMap<>();

    /** The subjects' keys of each binding, to take it away again. */
    private final Map<String, List<String>> subjects = new HashMap<>();

    /**
     * A binding as one of its subjects sees it.
     *
     * @param binding {@code name} or {@code namespace/name}
     * @param role key in {@code roles}
     */
    private record Grant(
            String binding, boolean clusterBinding, String roleKind, String roleName, String role, String subject) {
        String reason() {
            return "RBAC: allowed by " + (clusterBinding ? "ClusterRoleBinding" : "RoleBinding") + " \"" + binding
                    + "\" of " + roleKind + " \"" + roleName + "\" to " + subject;
        }
    }

    /** A user's rules, with what could not be resolved. */
    record Rules(List<PolicyRule> rules, List<String> errors) {}

    void putRole(JsonNode role) {
        roles.put(path(role), PolicyRule.of(role));
    }

    /** @param path {@code name} or {@code namespace/name} */
    void removeRole(String path) {
        roles.remove(path);
    }

    void putBinding(JsonNode binding) {
        String path = path(binding);
        removeBinding(path);
        String namespace = Tree.text(binding, "metadata", "namespace");
        boolean cluster = namespace.isEmpty();
        String kind = Tree.text(binding, "roleRef", "kind");
        String name = Tree.text(binding, "roleRef", "name");
        String role = kind.equals("Role") ? namespace + "/" + name : name;
        List<String> keys = new ArrayList<>();
        for (JsonNode subject : Tree.items(binding, "subjects")) {
            String key = subjectKey(subject, namespace);
            if (key.isEmpty()) {
                continue;
            }
            String at = cluster ? key : namespace + "/" + key;
            Grant grant = new Grant(path, cluster, kind, name, role, described(subject, namespace));
            (cluster ? clusterGrants : namespaceGrants)
                    .computeIfAbsent(at, any -> new LinkedHashMap<>(2))
                    .put(path, grant);
            keys.add(at);
        }
        subjects.put(path, keys);
    }

    void removeBinding(String path) {
        List<String> keys = subjects.remove(path);
        if (keys == null) {
            return;
        }
        Map<String, Map<String, Grant>> grants = path.indexOf('/') < 0 ? clusterGrants : namespaceGrants;
        for (String key : keys) {
            Map<String, Grant> left = grants.get(key);
            if (left != null) {
                left.remove(path);
                if (left.isEmpty()) {
                    grants.remove(key);
                }
            }
        }
    }

    /** The rules of a role; null when there is no such role. */
    @Nullable
    List<PolicyRule> role(String path) {
        return roles.get(path);
    }

    @Override
    public Decision decide(User user, Attributes asked) {
        Asking asking = new Asking(asked);
        visit(user, asked.isResource() ? asked.namespace() : "", asking);
        Grant found = asking.found;
        if (found != null) {
            return Decision.allow(found.reason());
        }
        return asking.errors.isEmpty() ? Decision.none("") : Decision.none("RBAC: " + errors(asking.errors));
    }

    private static String errors(List<String> errors) {
        return errors.size() == 1 ? errors.get(0) : "[" + String.join(", ", errors) + "]";
    }

    /** All that {@code user} may do in {@code namespace}, or cluster-wide when that is empty. */
    Rules rules(User user, String namespace) {
        List<PolicyRule> all = new ArrayList<>();
        List<String> errors = new ArrayList<>();
        visit(user, namespace, (grant, rules) -> {
            if (rules == null) {
                errors.add(notFound(grant));
            } else {
                all.addAll(rules);
            }
            return true;
        });
        return new Rules(all, errors);
    }

    /** Looks for a rule that allows. */
    private static final class Asking implements BiPredicate<Grant, @Nullable List<PolicyRule>> {
        private final Attributes asked;
        private List<String> errors = List.of();
        private @Nullable Grant found;

        Asking(Attributes asked) {
            this.asked = asked;
        }

        @Override
        public boolean test(Grant grant, @Nullable List<PolicyRule> rules) {
            if (rules == null) {
                errors = errors.isEmpty() ? new ArrayList<>() : errors;
                errors.add(notFound(grant));
                return true;
            }
            for (PolicyRule rule : rules) {
                if (rule.allows(asked)) {
                    found = grant;
                    return false;
                }
            }
            return true;
        }
    }

    /** @param visitor gets each grant with its role's rules, null when the role is missing; false ends it */
    private void visit(User user, String namespace, BiPredicate<Grant, @Nullable List<PolicyRule>> visitor) {
        if (!visit(clusterGrants, "", user, visitor) || namespace.isEmpty()) {
            return;
        }
        visit(namespaceGrants, namespace + "/", user, visitor);
    }

    private boolean visit(
            Map<String, Map<String, Grant>> grants,
            String prefix,
            User user,
            BiPredicate<Grant, @Nullable List<PolicyRule>> visitor) {
        if (!visit(grants.get(prefix + "u:" + user.name()), visitor)) {
            return false;
        }
        for (String group : user.groups()) {
            if (!visit(grants.get(prefix + "g:" + group), visitor)) {
                return false;
            }
        }
        return true;
    }

    private boolean visit(@Nullable Map<String, Grant> grants, BiPredicate<Grant, @Nullable List<PolicyRule>> visitor) {
        if (grants != null) {
            for (Grant grant : grants.values()) {
                if (!visitor.test(grant, roles.get(grant.role()))) {
                    return false;
                }
            }
        }
        return true;
    }

    private static String notFound(Grant grant) {
        String kind = grant.roleKind().equals("Role") ? "role" : "clusterrole";
        return kind + "." + GROUP + " \"" + grant.roleName() + "\" not found";
    }

    /** Empty for subjects that are nobody here. */
    private static String subjectKey(JsonNode subject, String namespace) {
        String name = Tree.text(subject, "name");
        return switch (Tree.text(subject, "kind")) {
            case "User" -> "u:" + name;
            case "Group" -> "g:" + name;
            case "ServiceAccount" -> {
                String given = Tree.text(subject, "namespace");
                String of = given.isEmpty() ? namespace : given;
                yield of.isEmpty() ? "" : "u:" + User.serviceAccountName(of, name);
            }
            default -> "";
        };
    }

    private static String described(JsonNode subject, String namespace) {
        String kind = Tree.text(subject, "kind");
        String name = Tree.text(subject, "name");
        if (!kind.equals("ServiceAccount")) {
            return kind + " \"" + name + "\"";
        }
        String given = Tree.text(subject, "namespace");
        return kind + " \"" + name + "/" + (given.isEmpty() ? namespace : given) + "\"";
    }

    private static String path(JsonNode object) {
        String namespace = Tree.text(object, "metadata", "namespace");
        String name = Tree.text(object, "metadata", "name");
        return namespace.isEmpty() ? name : namespace + "/" + name;
    }
}
