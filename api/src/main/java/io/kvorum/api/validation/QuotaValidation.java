package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Quantity;
import io.kvorum.api.Tree;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The rules of ResourceQuota. */
final class QuotaValidation implements KindValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final FieldPath SCOPES = SPEC.child("scopes");
    private static final String BEST_EFFORT = "BestEffort";
    private static final Set<String> POD_SCOPES = Set.of(
            "Terminating",
            "NotTerminating",
            BEST_EFFORT,
            "NotBestEffort",
            "PriorityClass",
            "CrossNamespacePodAffinity");
    private static final Set<String> POD_RESOURCES =
            Set.of("pods", "cpu", "memory", "limits.cpu", "limits.memory", "requests.cpu", "requests.memory");
    private static final List<List<String>> CONFLICTS =
            List.of(List.of(BEST_EFFORT, "NotBestEffort"), List.of("Terminating", "NotTerminating"));

    @Override
    public void create(ObjectNode quota, ValidationOptions options, FieldErrors errors) {
        Map<String, JsonNode> hard = new TreeMap<>();
        Tree.at(quota, "spec", "hard").properties().forEach(each -> hard.put(each.getKey(), each.getValue()));
        hard.forEach((name, amount) -> hard(name, amount, SPEC.child("hard").key(name), errors));
        scopes(quota, hard.keySet(), errors);
    }

    private static void hard(String name, JsonNode amount, FieldPath at, FieldErrors errors) {
        ResourceNames.quota(name, at, errors);
        Quantity quantity = Rules.quantity(amount, at, errors);
        if (quantity == null) {
            return;
        }
        if (quantity.signum() < 0) {
            errors.invalid(at, quantity.toString(), Rules.NOT_NEGATIVE);
        }
        if (ResourceNames.count(name) && quantity.milliValue() % 1000 != 0) {
            errors.invalid(at, quantity.toString(), "must be an integer");
        }
    }

    private static void scopes(ObjectNode quota, Set<String> resources, FieldErrors errors) {
        JsonNode given = Tree.at(quota, "spec", "scopes");
        List<String> scopes = Tree.texts(quota, "spec", "scopes");
        for (String scope : scopes) {
            if (!POD_SCOPES.contains(scope) && !scope.equals("VolumeAttributesClass")) {
                errors.invalid(SCOPES, given, "unsupported scope");
            }
            for (String resource : resources) {
                if (ResourceNames.ofQuotas(resource) && !scoped(scope, resource)) {
                    errors.invalid(SCOPES, given, "unsupported scope applied to resource");
                }
            }
        }
        for (List<String> pair : CONFLICTS) {
            if (scopes.containsAll(pair)) {
                errors.invalid(SCOPES, given, "conflicting scopes");
            }
        }
    }

    private static boolean scoped(String scope, String resource) {
        return switch (scope) {
            case BEST_EFFORT -> resource.equals("pods");
            case "VolumeAttributesClass" ->
                resource.equals("persistentvolumeclaims") || resource.equals("requests.storage");
            default -> !POD_SCOPES.contains(scope) || POD_RESOURCES.contains(resource);
        };
    }

    @Override
    public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
        create(next, options, errors);
        errors.immutable(SCOPES, Tree.at(old, "spec", "scopes"), Tree.at(next, "spec", "scopes"));
    }
}
