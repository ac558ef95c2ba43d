package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The rules of a definition's {@code spec.conversion}. */
final class ConversionRules {
    private static final String NOT_SET = "should not be set when strategy is not set to Webhook";

    private ConversionRules() {}

    static void check(JsonNode conversion, FieldPath path, FieldErrors errors) {
        String strategy = Tree.text(conversion, "strategy");
        JsonNode webhook = conversion.path("webhook");
        if (strategy.isEmpty()) {
            errors.required(path.child("strategy"));
            return;
        }
        switch (strategy) {
            case "None" -> {
                if (webhook.path("clientConfig").isObject()) {
                    errors.forbidden(path.child("webhookClientConfig"), NOT_SET);
                }
                if (!webhook.path("conversionReviewVersions").isEmpty()) {
                    errors.forbidden(path.child("conversionReviewVersions"), NOT_SET);
                }
            }
            case "Webhook" -> {
                if (!webhook.path("clientConfig").isObject()) {
                    errors.required(path.child("webhookClientConfig"), "required when strategy is set to Webhook");
                } else {
                    HookClientRules.check(webhook.path("clientConfig"), path.child("webhookClientConfig"), errors);
                }
                reviewVersions(webhook, path, errors);
            }
            default -> errors.notSupported(path.child("strategy"), strategy, List.of("None", "Webhook"));
        }
    }

    private static void reviewVersions(JsonNode webhook, FieldPath path, FieldErrors errors) {
        FieldPath at = path.child("conversionReviewVersions");
        List<String> versions = Tree.texts(webhook, "conversionReviewVersions");
        if (versions.isEmpty()) {
            errors.required(at);
            return;
        }
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < versions.size(); i++) {
            if (seen.add(versions.get(i))) {
                errors.invalidEach(at.index(i), versions.get(i), ObjectNames.dns1035Label(versions.get(i)));
            } else {
                errors.invalid(at.index(i), versions.get(i), "duplicate version");
            }
        }
        if (!seen.contains("v1") && !seen.contains("v1beta1")) {
            errors.invalid(at, webhook.path("conversionReviewVersions"), "must include at least one of v1, v1beta1");
        }
    }
}
