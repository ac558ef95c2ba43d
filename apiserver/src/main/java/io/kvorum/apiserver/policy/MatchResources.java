package io.kvorum.apiserver.policy;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;
import io.kvorum.api.selector.LabelSelector;
import io.kvorum.apiserver.admission.Admission;
import io.kvorum.apiserver.admission.Matching;
import io.kvorum.apiserver.cache.WatchCache;
import java.util.List;

/** Which writes a policy or a binding is about, its {@code matchConstraints} or {@code matchResources}. */
final class MatchResources {
    private final JsonNode constraints;
    private final LabelSelector namespaces;
    private final LabelSelector objects;

    MatchResources(JsonNode constraints) {
        this.constraints = constraints;
        this.namespaces = Matching.selector(constraints, "namespaceSelector");
        this.objects = Matching.selector(constraints, "objectSelector");
    }

    /** @param emptyMatches whether no rules at all mean every write, as in a binding */
    boolean matches(Admission.Attempt attempt, WatchCache cache, boolean emptyMatches) {
        List<JsonNode> rules = Tree.items(constraints, "resourceRules");
        boolean named = rules.isEmpty() ? emptyMatches : rules.stream().anyMatch(rule -> matches(rule, attempt));
        return named
                && Tree.items(constraints, "excludeResourceRules").stream().noneMatch(rule -> matches(rule, attempt))
                && Matching.namespace(namespaces, attempt, cache)
                && Matching.object(objects, attempt);
    }

    private boolean matches(JsonNode rule, Admission.Attempt attempt) {
        ResourceInfo info = attempt.info();
        boolean equivalent = !Tree.text(constraints, "matchPolicy").equals("Exact");
        List<String> names = Tree.texts(rule, "resourceNames");
        return Matching.oneOf(
                        Tree.texts(rule, "operations"), attempt.operation().name())
                && Matching.oneOf(Tree.texts(rule, "apiGroups"), info.group())
                // The same object is to be had in every version, so a rule for another version is about it too.
                && (equivalent || Matching.oneOf(Tree.texts(rule, "apiVersions"), info.version()))
                && Tree.texts(rule, "resources").stream()
                        .anyMatch(resource -> Matching.isAbout(resource, info.resource(), attempt.subresource()))
                && Matching.scope(Tree.text(rule, "scope"), info.namespaced())
                && (names.isEmpty() || names.contains(attempt.name()));
    }
}
