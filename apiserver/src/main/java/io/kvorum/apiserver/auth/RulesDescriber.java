package io.kvorum.apiserver.auth;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.apiserver.request.User;

/** Lists what a user may do. */
@FunctionalInterface
public interface RulesDescriber {
    /** Fills the status of a SelfSubjectRulesReview for {@code namespace}. */
    void describe(User user, String namespace, ObjectNode status);

    /** Of whom everything is allowed. */
    RulesDescriber EVERYTHING = (user, namespace, status) -> {
        ObjectNode rule = status.putArray("resourceRules").addObject();
        rule.putArray("verbs").add("*");
        rule.putArray("apiGroups").add("*");
        rule.putArray("resources").add("*");
        ObjectNode path = status.putArray("nonResourceRules").addObject();
        path.putArray("verbs").add("*");
        path.putArray("nonResourceURLs").add("*");
        status.put("incomplete", false);
    };

    /** Of those that somebody elsewhere may add to, or take from. */
    static RulesDescriber withWebhooks(RulesDescriber known) {
        return (user, namespace, status) -> {
            known.describe(user, namespace, status);
            status.put("incomplete", true);
            String error = status.path("evaluationError").asText();
            status.put(
                    "evaluationError",
                    (error.isEmpty() ? "" : error + "\n") + "webhook authorizer does not support user rule resolution");
        };
    }

    /** Of authorizers that cannot list what they allow. */
    RulesDescriber NOTHING = (user, namespace, status) -> {
        status.putArray("resourceRules");
        status.putArray("nonResourceRules");
        status.put("incomplete", true);
    };
}
