package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.Tree;
import java.util.List;

/** The rules of a definition's {@code spec.conversion}. */
final class ConversionRules {
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
                if (webhook.isObject()) {
                    errors.forbidden(path.child("webhook"), "should not be set when strategy is not set to Webhook");
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
        } else if (!versions.contains("v1") && !versions.contains("v1beta1")) {
            errors.invalid(at, webhook.path("conversionReviewVersions"), "must include at least one of v1, v1beta1");
        }
    }
}
