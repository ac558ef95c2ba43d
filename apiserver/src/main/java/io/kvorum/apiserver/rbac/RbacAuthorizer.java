package io.kvorum.apiserver.rbac;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.apiserver.auth.Authorizer;
import io.kvorum.apiserver.auth.RulesDescriber;
import io.kvorum.apiserver.cache.CacheEvent;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.ResourceCache;
import io.kvorum.apiserver.cache.WatchCache;
import io.kvorum.apiserver.cache.Watcher;
import io.kvorum.apiserver.request.User;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The policy as the watch cache knows it. When the cache loses continuity, what was known last decides until the cache
 * is whole again.
 */
public final class RbacAuthorizer implements Authorizer.Local, RulesDescriber {
    private static final List<String> ROLES = List.of("clusterroles", "roles");
    private static final List<String> BINDINGS = List.of("clusterrolebindings", "rolebindings");

    private final WatchCache cache;
    private RbacPolicy policy = new RbacPolicy();
    private List<ObjectNode> birth = List.of();
    private boolean stale = true;
    private final Map<Follow, String> followed = new HashMap<>();

    public RbacAuthorizer(WatchCache cache) {
        this.cache = cache;
    }

    /**
     * Lets bootstrap objects count that are not in the store, until {@link #reconciled}.
     *
     * @param objects roles and bindings, with kind
     */
    public void born(List<ObjectNode> objects) {
        birth = List.copyOf(objects);
        stale = true;
    }

    /** From now on only what is stored counts. */
    public void reconciled() {
        birth = List.of();
        stale = true;
    }

    @Override
    public Decision decide(User user, Attributes asked) {
        return policy().decide(user, asked);
    }

    @Override
    public void describe(User user, String namespace, ObjectNode status) {
        RbacPolicy.Rules rules = policy().rules(user, namespace);
        var resources = status.putArray("resourceRules");
        var paths = status.putArray("nonResourceRules");
        for (PolicyRule rule : Coverage.compact(rules.rules())) {
            if (!rule.resources().isEmpty()) {
                resources.add(rule.tree());
            }
            if (!rule.paths().isEmpty()) {
                paths.add(rule.tree());
            }
        }
        status.put("incomplete", !rules.errors().isEmpty());
        if (!rules.errors().isEmpty()) {
            status.put("evaluationError", String.join("\n", rules.errors()));
        }
    }

    RbacPolicy policy() {
        if (stale && cache.synced()) {
            load();
        }
        return policy;
    }

    private void load() {
        RbacPolicy next = new RbacPolicy();
        for (ObjectNode object : birth) {
            if (object.has("roleRef")) {
                next.putBinding(object);
            } else {
                next.putRole(object);
            }
        }
        for (String resource : ROLES) {
            of(resource).list("").forEach(role -> next.putRole(role.tree()));
        }
        for (String resource : BINDINGS) {
            of(resource).list("").forEach(binding -> next.putBinding(binding.tree()));
        }
        policy = next;
        stale = false;
        followed.forEach((follow, resource) -> of(resource).unwatch(follow));
        followed.clear();
        ROLES.forEach(resource -> follow(resource, new Follow(next, true)));
        BINDINGS.forEach(resource -> follow(resource, new Follow(next, false)));
    }

    private void follow(String resource, Follow follow) {
        // What is known already is in the list.
        of(resource).watch(cache.revision(), follow);
        followed.put(follow, resource);
    }

    private ResourceCache of(String resource) {
        return cache.of(RbacPolicy.GROUP + "/" + resource);
    }

    /** Feeds one policy; unheard once another has taken its place. */
    private final class Follow implements Watcher {
        private final RbacPolicy fed;
        private final boolean roles;

        Follow(RbacPolicy fed, boolean roles) {
            this.fed = fed;
            this.roles = roles;
        }

        @Override
        public void changed(CacheEvent event) {
            ObjectVersion after = event.after();
            ObjectVersion before = event.before();
            if (after != null) {
                JsonNode object = after.tree();
                if (roles) {
                    fed.putRole(object);
                } else {
                    fed.putBinding(object);
                }
            } else if (before != null) {
                if (roles) {
                    fed.removeRole(before.path());
                } else {
                    fed.removeBinding(before.path());
                }
            }
        }

        @Override
        public void lost() {
            if (fed == policy) {
                stale = true;
            }
        }
    }
}
