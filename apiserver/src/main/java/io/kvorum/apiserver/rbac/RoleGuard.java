package io.kvorum.apiserver.rbac;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.admission.Admission;
import io.kvorum.apiserver.auth.Authorizer;
import io.kvorum.apiserver.request.User;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Nobody gives away rights it has not: whoever writes a role must hold all of its rules or be allowed to {@code
 * escalate} it; whoever writes a binding must hold the role's rules or be allowed to {@code bind} it.
 */
public final class RoleGuard implements Admission {
    private final RbacAuthorizer rbac;
    private final Authorizer authorizer;

    /** @param authorizer the whole chain, which answers for the verbs {@code escalate} and {@code bind} */
    public RoleGuard(RbacAuthorizer rbac, Authorizer authorizer) {
        this.rbac = rbac;
        this.authorizer = authorizer;
    }

    @Override
    public Future<Void> validate(Attempt attempt) {
        ObjectNode object = attempt.object();
        boolean ours = attempt.info().group().equals(RbacPolicy.GROUP)
                && attempt.subresource().isEmpty();
        if (object == null || !ours || attempt.user().groups().contains(User.MASTERS)) {
            return Future.succeededFuture();
        }
        return switch (attempt.info().resource()) {
            case "roles", "clusterroles" -> role(attempt, object);
            case "rolebindings", "clusterrolebindings" -> binding(attempt, object);
            default -> Future.succeededFuture();
        };
    }

    private Future<Void> role(Attempt attempt, ObjectNode role) {
        ObjectNode old = attempt.old();
        boolean same = old != null
                && Tree.semanticallyEqual(old.get("rules"), role.get("rules"))
                && Tree.semanticallyEqual(old.get("aggregationRule"), role.get("aggregationRule"));
        return same
                ? Future.succeededFuture()
                : unless(attempt, "escalate", attempt.info().resource(), attempt.name(), () -> ofRole(attempt, role));
    }

    private @Nullable String ofRole(Attempt attempt, ObjectNode role) {
        ObjectNode old = attempt.old();
        boolean aggregated = Tree.has(role, "aggregationRule") || old != null && Tree.has(old, "aggregationRule");
        if (aggregated && escalation(attempt, PolicyRule.EVERYTHING) != null) {
            return "must have cluster-admin privileges to use the aggregationRule";
        }
        return escalation(attempt, PolicyRule.of(role));
    }

    private Future<Void> binding(Attempt attempt, ObjectNode binding) {
        ObjectNode old = attempt.old();
        boolean same = old != null
                && Tree.semanticallyEqual(old.get("subjects"), binding.get("subjects"))
                && Tree.semanticallyEqual(old.get("roleRef"), binding.get("roleRef"));
        JsonNode ref = binding.path("roleRef");
        boolean namespaced = Tree.text(ref, "kind").equals("Role");
        String name = Tree.text(ref, "name");
        String resource = namespaced ? "roles" : "clusterroles";
        return same
                ? Future.succeededFuture()
                : unless(attempt, "bind", resource, name, () -> {
                    List<PolicyRule> rules = rbac.policy().role(namespaced ? attempt.namespace() + "/" + name : name);
                    if (rules == null) {
                        throw ApiException.notFound(RbacPolicy.GROUP, resource, name);
                    }
                    return escalation(attempt, rules);
                });
    }

    /** Fails with what is against it where the verb is not allowed; whoever may is not looked at closer. */
    private Future<Void> unless(
            Attempt attempt, String verb, String resource, String name, Supplier<@Nullable String> objection) {
        return authorizer
                .authorize(
                        attempt.user(),
                        Authorizer.Attributes.resource(verb, RbacPolicy.GROUP, resource, attempt.namespace(), name))
                .compose(decision -> {
                    String why = decision.allowed() ? null : objection.get();
                    return why == null
                            ? Future.succeededFuture()
                            : Future.failedFuture(ApiException.forbidden(
                                    attempt.info().group(), attempt.info().resource(), attempt.name(), why));
                });
    }

    /** Null when the user holds all of {@code wanted} where it is granted. */
    private @Nullable String escalation(Attempt attempt, List<PolicyRule> wanted) {
        User user = attempt.user();
        RbacPolicy.Rules held = rbac.policy().rules(user, attempt.namespace());
        List<String> missing = Coverage.missing(held.rules(), wanted);
        if (missing.isEmpty()) {
            return null;
        }
        String errors = held.errors().isEmpty() ? "" : "; resolution errors: [" + String.join(" ", held.errors()) + "]";
        return "user \"" + user.name() + "\" (groups=" + PolicyRule.quoted(user.groups())
                + ") is attempting to grant RBAC permissions not currently held:\n" + String.join("\n", missing)
                + errors;
    }
}
