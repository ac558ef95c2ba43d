package io.kvorum.apiserver.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.admission.Admission;
import io.kvorum.apiserver.admission.Matching;
import java.util.List;

/** Operations on resources that a webhook is about. */
record WebhookRule(
        List<String> operations, List<String> groups, List<String> versions, List<String> resources, String scope) {
    static WebhookRule of(JsonNode rule) {
        return new WebhookRule(
                Tree.texts(rule, "operations"),
                Tree.texts(rule, "apiGroups"),
                Tree.texts(rule, "apiVersions"),
                Tree.texts(rule, "resources"),
                Tree.text(rule, "scope"));
    }

    /** @param info the resource, in the version that the rule is to name */
    boolean matches(Admission.Operation operation, ResourceInfo info, String subresource) {
        return mayMatch(operation, info, subresource)
                && Matching.oneOf(groups, info.group())
                && Matching.oneOf(versions, info.version());
    }

    /** Whether it matches as far as everything but group and version goes. */
    boolean mayMatch(Admission.Operation operation, ResourceInfo info, String subresource) {
        return Matching.oneOf(operations, operation.name())
                && resources.stream().anyMatch(each -> Matching.isAbout(each, info.resource(), subresource))
                && Matching.scope(scope, info.namespaced());
    }
}
