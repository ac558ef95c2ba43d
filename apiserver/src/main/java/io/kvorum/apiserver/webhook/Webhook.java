package io.kvorum.apiserver.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.Tree;
import io.kvorum.api.selector.LabelSelector;
import io.kvorum.apiserver.admission.Matching;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * One webhook of a configuration, ready to be asked.
 *
 * @param kind the cache's name of the kind of its configuration
 * @param configuration name of the object it stands in
 * @param name its own
 * @param index its place in the configuration
 * @param client {@code clientConfig}
 * @param equivalent whether rules for other versions of a resource are about it too
 * @param failureIgnored whether it is passed over when it cannot be asked
 * @param timeoutSeconds for the whole call
 * @param reinvocable whether it wants to see changes made after it
 * @param reviewVersion {@code v1} or {@code v1beta1}, the first that both sides know; empty when there is none
 */
record Webhook(
        String kind,
        String configuration,
        String name,
        int index,
        JsonNode client,
        List<WebhookRule> rules,
        boolean equivalent,
        LabelSelector namespaces,
        LabelSelector objects,
        MatchConditions conditions,
        boolean failureIgnored,
        int timeoutSeconds,
        boolean sideEffectFree,
        boolean reinvocable,
        String reviewVersion) {
    private static final Set<String> KNOWN_REVIEWS = Set.of("v1", "v1beta1");
    private static final Set<String> NO_SIDE_EFFECTS = Set.of("None", "NoneOnDryRun");
    private static final int DEFAULT_SECONDS = 10;
    private static final int MOST_SECONDS = 30;

    static Webhook of(String kind, String configuration, int index, JsonNode webhook) {
        List<WebhookRule> rules = new ArrayList<>();
        Tree.items(webhook, "rules").forEach(rule -> rules.add(WebhookRule.of(rule)));
        long seconds = webhook.hasNonNull("timeoutSeconds") ? Tree.number(webhook, "timeoutSeconds") : DEFAULT_SECONDS;
        return new Webhook(
                kind,
                configuration,
                Tree.text(webhook, "name"),
                index,
                webhook.path("clientConfig"),
                List.copyOf(rules),
                !Tree.text(webhook, "matchPolicy").equals("Exact"),
                Matching.selector(webhook, "namespaceSelector"),
                Matching.selector(webhook, "objectSelector"),
                MatchConditions.of(webhook, new ArrayList<>()),
                Tree.text(webhook, "failurePolicy").equals("Ignore"),
                (int) Math.max(1, Math.min(seconds, MOST_SECONDS)),
                NO_SIDE_EFFECTS.contains(Tree.text(webhook, "sideEffects")),
                Tree.text(webhook, "reinvocationPolicy").equals("IfNeeded"),
                Tree.texts(webhook, "admissionReviewVersions").stream()
                        .filter(KNOWN_REVIEWS::contains)
                        .findFirst()
                        .orElse(""));
    }

    /** As metrics call what it is asked for. */
    String step() {
        return mutates() ? "admit" : "validating";
    }

    boolean mutates() {
        return kind.endsWith("mutatingwebhookconfigurations");
    }

    /** The same for as long as the configuration has it. */
    String id() {
        return kind + "/" + configuration + "/" + index + "/" + name;
    }
}
