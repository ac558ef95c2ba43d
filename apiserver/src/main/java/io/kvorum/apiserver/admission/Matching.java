package io.kvorum.apiserver.admission;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.Tree;
import io.kvorum.api.selector.LabelSelector;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.WatchCache;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which writes rules and selectors of policies and webhooks are about. */
public final class Matching {
    private Matching() {}

    public static boolean oneOf(List<String> wanted, String value) {
        return wanted.contains("*") || wanted.contains(value);
    }

    /** {@code pods}, {@code pods/status}, {@code pods/*}, {@code *}, {@code *}{@code /status}, {@code *}{@code /*}. */
    public static boolean isAbout(String rule, String resource, String subresource) {
        int slash = rule.indexOf('/');
        String of = slash < 0 ? rule : rule.substring(0, slash);
        String part = slash < 0 ? "" : rule.substring(slash + 1);
        return (of.equals("*") || of.equals(resource)) && (part.equals("*") || part.equals(subresource));
    }

    /** @param scope {@code Cluster}, {@code Namespaced}, or anything else for both */
    public static boolean scope(String scope, boolean namespaced) {
        return switch (scope) {
            case "Cluster" -> !namespaced;
            case "Namespaced" -> namespaced;
            default -> true;
        };
    }

    /** The selector in a field; one that is not there selects everything. */
    public static LabelSelector selector(JsonNode owner, String field) {
        JsonNode selector = owner.path(field);
        return selector.isObject() ? LabelSelector.of(selector) : LabelSelector.everything();
    }

    /** Whether the object has the labels, before or after the write. */
    public static boolean object(LabelSelector labels, Admission.Attempt attempt) {
        return labels.isEverything() || labelled(labels, attempt.object()) || labelled(labels, attempt.old());
    }

    private static boolean labelled(LabelSelector labels, @Nullable JsonNode object) {
        return object != null && labels.matchesObject(object);
    }

    /** Whether the namespace of the write has the labels; what is in no namespace always matches. */
    public static boolean namespace(LabelSelector labels, Admission.Attempt attempt, WatchCache cache) {
        if (labels.isEverything()) {
            return true;
        }
        if (attempt.info().groupResource().equals("namespaces")) {
            JsonNode namespace = attempt.object() == null ? attempt.old() : attempt.object();
            return namespace == null || labels.matchesObject(namespace);
        }
        if (attempt.namespace().isEmpty()) {
            return true;
        }
        ObjectVersion namespace = cache.of("core/namespaces").get(attempt.namespace());
        Map<String, String> present =
                namespace == null ? Map.of() : Tree.map(namespace.selectable(), "metadata", "labels");
        return labels.matches(present);
    }
}
