package io.kvorum.apiserver.rbac;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import java.util.List;

/** Rules in the trees of roles. Pure. */
public final class RoleRules {
    private RoleRules() {}

    /** Adds to {@code role} the rules of {@code other} that it does not cover; true when there were any. */
    public static boolean addMissing(ObjectNode role, ObjectNode other) {
        List<PolicyRule> missing = Coverage.rightsMissing(PolicyRule.of(role), PolicyRule.of(other));
        if (missing.isEmpty()) {
            return false;
        }
        ArrayNode rules = Tree.ensureArray(role, "rules");
        missing.forEach(rule -> rules.add(rule.tree()));
        return true;
    }
}
