package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

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
    /** Scopes that a pod is in or is not: there is nothing to compare. */
    private static final Set<String> PRESENT_OR_NOT =
            Set.of("Terminating", "NotTerminating", BEST_EFFORT, "NotBestEffort", "CrossNamespacePodAffinity");

    private static final Set<String> POD_RESOURCES =
            Set.of("pods", "cpu", "memory", "limits.cpu", "limits.memory", "requests.cpu", "requests.memory");
    private static final List<List<String>> CONFLICTS =
            List.of(List.of(BEST_EFFORT, "NotBestEffort"), List.of("Terminating", "NotTerminating"));

    @Override
    public void create(ObjectNode quota, ValidationOptions options, FieldErrors errors) {
        JsonNode spec = quota.path("spec");
        ResourceListValidation.quota(spec.path("hard"), SPEC.child("hard"), errors);
        Set<String> resources = new TreeSet<>();
        spec.path("hard").fieldNames().forEachRemaining(resources::add);
        scopes(quota, resources, errors);
        selector(spec.path("scopeSelector"), resources, errors);
    }

    private static void scopes(ObjectNode quota, Set<String> resources, FieldErrors errors) {
        JsonNode given = Tree.at(quota, "spec", "scopes");
        List<String> scopes = Tree.texts(quota, "spec", "scopes");
        for (String scope : scopes) {
            if (!known(scope)) {
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

    private static void selector(JsonNode selector, Set<String> resources, FieldErrors errors) {
        // Upstream names no index.
        FieldPath path = SPEC.child("scopeSelector", "matchExpressions");
        List<String> scopes = new ArrayList<>();
        for (JsonNode each : Tree.items(selector, "matchExpressions")) {
            String scope = Tree.text(each, "scopeName");
            scopes.add(scope);
            if (!known(scope)) {
                errors.invalid(path.child("scopeName"), scope, "unsupported scope");
            }
            for (String resource : resources) {
                if (ResourceNames.ofQuotas(resource) && !scoped(scope, resource)) {
                    errors.invalid(path, InternalForm.scopeSelector(selector), "unsupported scope applied to resource");
                }
            }
            expression(each, scope, path, errors);
        }
        for (List<String> pair : CONFLICTS) {
            if (scopes.containsAll(pair)) {
                errors.invalid(path, MissingNode.getInstance(), "conflicting scopes");
            }
        }
    }

    private static void expression(JsonNode each, String scope, FieldPath path, FieldErrors errors) {
        String operator = Tree.text(each, "operator");
        if (PRESENT_OR_NOT.contains(scope) && !operator.equals("Exists")) {
            errors.invalid(
                    path.child("operator"),
                    operator,
                    "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating,"
                            + " ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort,"
                            + " ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity");
        }
        boolean values = !each.path("values").isEmpty();
        switch (operator) {
            case "In", "NotIn" -> {
                if (!values) {
                    errors.required(
                            path.child("values"),
                            "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector");
                }
            }
            case "Exists", "DoesNotExist" -> {
                if (values) {
                    errors.invalid(
                            path.child("values"),
                            each.get("values"),
                            "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector");
                }
            }
            default -> errors.invalid(path.child("operator"), operator, "not a valid selector operator");
        }
    }

    private static boolean known(String scope) {
        return POD_SCOPES.contains(scope) || scope.equals("VolumeAttributesClass");
    }

    @Override
    public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
        create(next, options, errors);
        JsonNode after = Tree.at(next, "spec", "scopes");
        if (!Set.copyOf(Tree.texts(old, "spec", "scopes")).equals(Set.copyOf(Tree.texts(next, "spec", "scopes")))) {
            errors.invalid(SCOPES, after, FieldErrors.IMMUTABLE);
        }
    }

    @Override
    public void updateStatus(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
        for (String list : List.of("hard", "used")) {
            ResourceListValidation.quota(Tree.at(next, "status", list), FieldPath.of("status", list), errors);
        }
    }
}
