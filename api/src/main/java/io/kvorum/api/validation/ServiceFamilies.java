package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The rules of a Service's IP families, in a cluster that has IPv4 only. */
final class ServiceFamilies {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final FieldPath POLICY = SPEC.child("ipFamilyPolicy");
    private static final FieldPath FAMILIES = SPEC.child("ipFamilies");
    private static final String CONFIGURED = "IPv4";
    private static final List<String> KNOWN = List.of(CONFIGURED, "IPv6");
    private static final List<String> POLICIES = List.of("SingleStack", "PreferDualStack", "RequireDualStack");

    private ServiceFamilies() {}

    /** @param spec of a Service that has addresses, or none by its own will */
    static void validate(JsonNode spec, FieldErrors errors) {
        int before = errors.size();
        Rules.oneOf(spec, SPEC, "ipFamilyPolicy", POLICIES, errors);
        List<String> families = Tree.texts(spec, "ipFamilies");
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < families.size(); i++) {
            if (!KNOWN.contains(families.get(i))) {
                errors.notSupported(FAMILIES.index(i), families.get(i), KNOWN);
            }
            if (!seen.add(families.get(i))) {
                errors.duplicate(FAMILIES.index(i), families.get(i));
            }
        }
        String policy = Tree.text(spec, "ipFamilyPolicy");
        if (policy.equals("SingleStack") && families.size() > 1) {
            errors.invalid(
                    POLICY,
                    policy,
                    "must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified");
        }
        if (errors.size() == before && !anyFamilyDoes(spec)) {
            configured(policy, families, errors);
        }
    }

    /** Whoever makes the endpoints of a headless Service without selector knows their families. */
    private static boolean anyFamilyDoes(JsonNode spec) {
        return Tree.text(spec, "clusterIP").equals("None")
                && Tree.at(spec, "selector").isEmpty();
    }

    private static void configured(String policy, List<String> families, FieldErrors errors) {
        if (policy.equals("RequireDualStack")) {
            errors.invalid(POLICY, policy, "this cluster is not configured for dual-stack services");
        }
        for (int i = 0; i < families.size(); i++) {
            if (!families.get(i).equals(CONFIGURED)) {
                errors.invalid(FAMILIES.index(i), families.get(i), "not configured on this cluster");
            }
        }
    }
}
