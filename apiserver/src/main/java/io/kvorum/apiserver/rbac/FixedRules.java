package io.kvorum.apiserver.rbac;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.apiserver.auth.Authorizer.Attributes;
import java.util.List;

/** The rules of one role, whatever becomes of it later. */
public final class FixedRules {
    /** Allow nothing. */
    public static final FixedRules NONE = new FixedRules(List.of());

    private final List<PolicyRule> rules;

    private FixedRules(List<PolicyRule> rules) {
        this.rules = rules;
    }

    public static FixedRules of(ObjectNode role) {
        return new FixedRules(PolicyRule.of(role));
    }

    public boolean allow(Attributes asked) {
        for (PolicyRule rule : rules) {
            if (rule.allows(asked)) {
                return true;
            }
        }
        return false;
    }
}
