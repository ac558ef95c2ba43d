package io.kvorum.apiserver.node;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.apiserver.auth.Authorizer;
import io.kvorum.apiserver.cache.WatchCache;
import io.kvorum.apiserver.rbac.FixedRules;
import io.kvorum.apiserver.request.User;
import java.util.Set;

/**
 * Decides for kubelets ({@code --authorization-mode=Node}): by the rules of the ClusterRole {@code system:node}, and for
 * what pods refer to, only where a pod bound to the node does.
 */
public final class NodeAuthorizer implements Authorizer.Local {
    private static final String LEASE_NAMESPACE = "kube-node-lease";
    private static final Set<String> READ = Set.of("get", "list", "watch");
    private static final Set<String> OWN = Set.of("get", "create", "update", "patch", "delete");

    private final NodeGraph graph;
    private FixedRules rules = FixedRules.NONE;

    public NodeAuthorizer(WatchCache cache) {
        graph = new NodeGraph(cache);
    }

    /** @param role the ClusterRole {@code system:node} as it is shipped; that in the store has no say here */
    public void born(ObjectNode role) {
        rules = FixedRules.of(role);
        graph.load();
    }

    @Override
    public Decision decide(User user, Attributes asked) {
        String node = user.nodeName();
        if (node.isEmpty()) {
            return Decision.none("");
        }
        if (asked.isResource()) {
            switch (asked.group() + "/" + asked.resource()) {
                case "/secrets", "/configmaps":
                    return read(node, asked);
                case "/persistentvolumeclaims":
                    return asked.subresource().equals("status")
                            ? statusUpdate(node, asked)
                            : get(node, asked, graph.uses(node, asked.resource(), asked.namespace(), asked.name()));
                case "/persistentvolumes":
                    return get(node, asked, graph.usesVolume(node, asked.name()));
                case "/serviceaccounts":
                    return account(node, asked);
                case "coordination.k8s.io/leases":
                    return lease(node, asked);
                case "storage.k8s.io/csinodes":
                    return own(node, asked, "CSINode");
                default:
                    break;
            }
        }
        return rules.allow(asked) ? Decision.allow("") : Decision.none("");
    }

    private Decision read(String node, Attributes asked) {
        if (!READ.contains(asked.verb())) {
            return Decision.none("can only read resources of this type");
        }
        if (!asked.subresource().isEmpty()) {
            return Decision.none("cannot read subresource");
        }
        if (asked.namespace().isEmpty()) {
            return Decision.none("can only read namespaced object of this type");
        }
        return related(node, asked);
    }

    private Decision get(String node, Attributes asked, boolean related) {
        if (!asked.verb().equals("get")) {
            return Decision.none("can only get individual resources of this type");
        }
        if (!asked.subresource().isEmpty()) {
            return Decision.none("cannot get subresource");
        }
        return related ? Decision.allow("") : unrelated(node, asked);
    }

    private Decision statusUpdate(String node, Attributes asked) {
        if (!Set.of("get", "update", "patch").contains(asked.verb())) {
            return Decision.none("can only get/update/patch this type");
        }
        return related(node, asked);
    }

    private Decision account(String node, Attributes asked) {
        if (asked.verb().equals("get") && asked.subresource().isEmpty()) {
            return related(node, asked);
        }
        if (!asked.verb().equals("create") || !asked.subresource().equals("token")) {
            return Decision.none("can only create tokens for individual service accounts");
        }
        return related(node, asked);
    }

    private Decision related(String node, Attributes asked) {
        if (asked.name().isEmpty()) {
            return Decision.none("No Object name found");
        }
        return graph.uses(node, asked.resource(), asked.namespace(), asked.name())
                ? Decision.allow("")
                : unrelated(node, asked);
    }

    private static Decision unrelated(String node, Attributes asked) {
        return Decision.none(
                asked.name().isEmpty()
                        ? "No Object name found"
                        : "no relationship found between node '" + node + "' and this object");
    }

    private Decision lease(String node, Attributes asked) {
        if (!OWN.contains(asked.verb())) {
            return Decision.none("can only get, create, update, patch, or delete a node lease");
        }
        if (!asked.namespace().equals(LEASE_NAMESPACE)) {
            return Decision.none("can only access leases in the \"" + LEASE_NAMESPACE + "\" system namespace");
        }
        // A creation's name is not known here; NodeRestriction looks at it.
        if (!asked.verb().equals("create") && !asked.name().equals(node)) {
            return Decision.none("can only access node lease with the same name as the requesting node");
        }
        return Decision.allow("");
    }

    private Decision own(String node, Attributes asked, String kind) {
        if (!OWN.contains(asked.verb())) {
            return Decision.none("can only get, create, update, patch, or delete a " + kind);
        }
        if (!asked.subresource().isEmpty()) {
            return Decision.none("cannot authorize " + kind + " subresources");
        }
        if (!asked.verb().equals("create") && !asked.name().equals(node)) {
            return Decision.none("can only access " + kind + " with the same name as the requesting node");
        }
        return Decision.allow("");
    }
}
