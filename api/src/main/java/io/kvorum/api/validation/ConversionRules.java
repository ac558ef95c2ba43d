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

    /** @param anyBundle whether authorities that are none are let be */
    static void check(JsonNode conversion, boolean anyBundle, FieldPath path, FieldErrors errors) {
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
                    String bundle = Tree.text(webhook, "clientConfig", "caBundle");
                    String wrong = anyBundle || bundle.isEmpty() ? null : PemCertificates.problemOfBundle(bundle);
                    if (wrong != null) {
                        errors.invalid(
                                path.child("webhookClientConfig", "caBundle"), PemCertificates.shown(bundle), wrong);
                    }
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
