package io.kvorum.api.quota;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.QosClass;
import io.kvorum.api.Tree;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which objects a quota with scopes is about. Scopes are about pods and claims; one of another resource is in none. */
public final class QuotaScopes {
    private static final String CLAIMS = "persistentvolumeclaims";
    private static final String ATTRIBUTES_CLASS = "VolumeAttributesClass";

    private QuotaScopes() {}

    /** Whether an object is in all scopes of a quota. */
    public static boolean matches(JsonNode quota, String groupResource, JsonNode object) {
        List<String> scopes = Tree.texts(quota, "spec", "scopes");
        List<JsonNode> terms = Tree.items(quota, "spec", "scopeSelector", "matchExpressions");
        if (scopes.isEmpty() && terms.isEmpty()) {
            return true;
        }
        if (groupResource.equals(CLAIMS)) {
            Set<String> classes = attributesClasses(object);
            return scopes.stream().allMatch(scope -> scope.equals(ATTRIBUTES_CLASS) && !classes.isEmpty())
                    && terms.stream()
                            .allMatch(term ->
                                    Tree.text(term, "scopeName").equals(ATTRIBUTES_CLASS) && matchesAny(term, classes));
        }
        if (!groupResource.equals("pods")) {
            return false;
        }
        return scopes.stream().allMatch(scope -> inScope(scope, object))
                && terms.stream().allMatch(term -> matches(term, object));
    }

    /**
     * Whether an update may take an object into the scope of another quota: a pod that ends by itself, or no more; a claim
     * that names other classes.
     */
    public static boolean changes(String groupResource, JsonNode old, JsonNode object) {
        return switch (groupResource) {
            case "pods" -> isTerminating(old) != isTerminating(object);
            case CLAIMS -> !attributesClasses(old).equals(attributesClasses(object));
            default -> false;
        };
    }

    /** The VolumeAttributesClasses that a claim names: that it wants, that it has and that it is about to have. */
    private static Set<String> attributesClasses(JsonNode claim) {
        return Stream.of(
                        Tree.text(claim, "spec", "volumeAttributesClassName"),
                        Tree.text(claim, "status", "currentVolumeAttributesClassName"),
                        Tree.text(claim, "status", "modifyVolumeStatus", "targetVolumeAttributesClassName"))
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toSet());
    }

    private static boolean matchesAny(JsonNode term, Set<String> values) {
        return values.isEmpty() ? matchesValue(term, "") : values.stream().anyMatch(value -> matchesValue(term, value));
    }

    private static boolean matches(JsonNode term, JsonNode pod) {
        String scope = Tree.text(term, "scopeName");
        if (scope.equals("PriorityClass")) {
            return matchesValue(term, Tree.text(pod, "spec", "priorityClassName"));
        }
        boolean in = inScope(scope, pod);
        return Tree.text(term, "operator").equals("DoesNotExist") ? !in : in;
    }

    private static boolean matchesValue(JsonNode term, String value) {
        List<String> values = Tree.texts(term, "values");
        return switch (Tree.text(term, "operator")) {
            case "In" -> values.contains(value);
            case "NotIn" -> !values.contains(value);
            case "Exists" -> !value.isEmpty();
            case "DoesNotExist" -> value.isEmpty();
            default -> false;
        };
    }

    private static boolean inScope(String scope, JsonNode pod) {
        return switch (scope) {
            case "Terminating" -> isTerminating(pod);
            case "NotTerminating" -> !isTerminating(pod);
            case "BestEffort" -> isBestEffort(pod);
            case "NotBestEffort" -> !isBestEffort(pod);
            case "PriorityClass" -> !Tree.text(pod, "spec", "priorityClassName").isEmpty();
            case "CrossNamespacePodAffinity" -> crossesNamespaces(pod);
            default -> false;
        };
    }

    private static boolean isTerminating(JsonNode pod) {
        return Tree.at(pod, "spec", "activeDeadlineSeconds").isNumber();
    }

    private static boolean isBestEffort(JsonNode pod) {
        return QosClass.of(pod).equals("BestEffort");
    }

    private static boolean crossesNamespaces(JsonNode pod) {
        for (String kind : List.of("podAffinity", "podAntiAffinity")) {
            JsonNode affinity = Tree.at(pod, "spec", "affinity", kind);
            for (JsonNode term : Tree.items(affinity, "requiredDuringSchedulingIgnoredDuringExecution")) {
                if (namesNamespaces(term)) {
                    return true;
                }
            }
            for (JsonNode term : Tree.items(affinity, "preferredDuringSchedulingIgnoredDuringExecution")) {
                if (namesNamespaces(Tree.at(term, "podAffinityTerm"))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean namesNamespaces(JsonNode term) {
        return !Tree.items(term, "namespaces").isEmpty()
                || !Tree.at(term, "namespaceSelector").isMissingNode();
    }
}
