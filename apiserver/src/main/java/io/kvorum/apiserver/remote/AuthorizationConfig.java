package io.kvorum.apiserver.remote;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.GoDuration;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import io.kvorum.api.validation.FieldErrors;
import io.kvorum.api.validation.FieldPath;
import io.kvorum.apiserver.config.ConfigDocument;
import io.kvorum.cel.CelProblem;
import io.kvorum.cel.ConfigExpressions;
import io.kvorum.cel.Expression;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** An AuthorizationConfiguration of {@code apiserver.config.k8s.io} (KEP-3221): who decides, in order. */
public final class AuthorizationConfig {
    private static final List<String> VERSIONS = List.of("v1", "v1beta1");
    private static final String WEBHOOK = "Webhook";
    private static final Duration MOST_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration AUTHORIZED_LIFE = Duration.ofMinutes(5);
    private static final Duration UNAUTHORIZED_LIFE = Duration.ofSeconds(30);
    private static final int MOST_CONDITIONS = 64;
    private static final Set<String> WEBHOOK_FIELDS = Set.of(
            "authorizedTTL",
            "cacheAuthorizedRequests",
            "unauthorizedTTL",
            "cacheUnauthorizedRequests",
            "timeout",
            "subjectAccessReviewVersion",
            "matchConditionSubjectAccessReviewVersion",
            "failurePolicy",
            "connectionInfo",
            "matchConditions");

    private final ConfigDocument document;
    private final Set<String> types;
    private final FieldErrors errors = new FieldErrors();

    /**
     * One that decides.
     *
     * @param type as {@code --authorization-mode} names it
     * @param webhook null for other types
     */
    public record Entry(String type, String name, @Nullable WebhookAuthorization webhook) {}

    private AuthorizationConfig(ConfigDocument document, Set<String> types) {
        this.document = document;
        this.types = types;
    }

    /**
     * Reads it, and the files its webhooks name.
     *
     * @param types those that are known, Webhook among them
     * @throws IllegalArgumentException saying all that is wrong, in upstream's words
     */
    public static List<Entry> parse(String yaml, Set<String> types) {
        ConfigDocument document = ConfigDocument.parse(yaml, "AuthorizationConfiguration", VERSIONS);
        return new AuthorizationConfig(document, new TreeSet<>(types)).entries();
    }

    private List<Entry> entries() {
        JsonNode root = document.root();
        document.only(root, "", Set.of("apiVersion", "kind", "authorizers"));
        List<JsonNode> authorizers = Tree.items(root, "authorizers");
        for (int i = 0; i < authorizers.size(); i++) {
            strict(authorizers.get(i), "authorizers[" + i + "]");
        }
        document.checkStrict();
        FieldPath all = FieldPath.of("authorizers");
        if (authorizers.isEmpty()) {
            errors.required(all, "at least one authorization mode must be defined");
        }
        List<Entry> entries = new ArrayList<>();
        Set<String> seenTypes = new HashSet<>();
        Set<String> seenNames = new HashSet<>();
        for (int i = 0; i < authorizers.size(); i++) {
            JsonNode authorizer = authorizers.get(i);
            FieldPath at = all.index(i);
            String type = Tree.text(authorizer, "type");
            if (typed(type, at.child("type"), seenTypes)) {
                String name = Tree.text(authorizer, "name");
                named(name, at.child("name"), seenNames);
                entries.add(new Entry(type, name, webhook(authorizer, type, name, at)));
            }
        }
        ConfigDocument.check(errors);
        return List.copyOf(entries);
    }

    private void strict(JsonNode authorizer, String path) {
        document.only(authorizer, path, Set.of("type", "name", "webhook"));
        JsonNode webhook = authorizer.path("webhook");
        String at = path + ".webhook";
        document.only(webhook, at, WEBHOOK_FIELDS);
        document.only(webhook.path("connectionInfo"), at + ".connectionInfo", Set.of("type", "kubeConfigFile"));
        List<JsonNode> conditions = Tree.items(webhook, "matchConditions");
        for (int i = 0; i < conditions.size(); i++) {
            document.only(conditions.get(i), at + ".matchConditions[" + i + "]", Set.of("expression"));
        }
    }

    private boolean typed(String type, FieldPath at, Set<String> seen) {
        if (type.isEmpty()) {
            errors.required(at);
        } else if (!types.contains(type)) {
            errors.notSupported(at, type, types);
        } else if (!seen.add(type) && !type.equals(WEBHOOK)) {
            errors.duplicate(at, type);
        } else {
            return true;
        }
        return false;
    }

    private void named(String name, FieldPath at, Set<String> seen) {
        List<String> wrong = ObjectNames.dns1123Subdomain(name);
        if (name.isEmpty()) {
            errors.required(at);
        } else if (!seen.add(name)) {
            errors.duplicate(at, name);
        } else if (!wrong.isEmpty()) {
            errors.invalid(at, name, "authorizer name is invalid: " + String.join(", ", wrong));
        }
    }

    private @Nullable WebhookAuthorization webhook(JsonNode authorizer, String type, String name, FieldPath at) {
        JsonNode webhook = authorizer.path("webhook");
        if (!type.equals(WEBHOOK)) {
            if (!webhook.isMissingNode() && !webhook.isNull()) {
                errors.invalid(at.child("webhook"), "non-null", "may only be specified when type=Webhook");
            }
            return null;
        }
        if (!webhook.isObject()) {
            errors.required(at.child("webhook"), "required when type=Webhook");
            return null;
        }
        Duration timeout = duration(webhook, "timeout", Duration.ZERO, at);
        if (timeout.isZero()) {
            errors.required(at.child("timeout"));
        } else if (timeout.isNegative() || timeout.compareTo(MOST_TIMEOUT) > 0) {
            errors.invalid(at.child("timeout"), GoDuration.format(timeout), "must be > 0s and <= 30s");
        }
        Duration authorized = life(webhook, "authorizedTTL", "cacheAuthorizedRequests", AUTHORIZED_LIFE, at);
        Duration unauthorized = life(webhook, "unauthorizedTTL", "cacheUnauthorizedRequests", UNAUTHORIZED_LIFE, at);
        String version = oneOf(webhook, "subjectAccessReviewVersion", VERSIONS, at, true);
        boolean conditioned = !Tree.items(webhook, "matchConditions").isEmpty();
        String conditionVersion = "matchConditionSubjectAccessReviewVersion";
        if (conditioned && Tree.text(webhook, conditionVersion).isEmpty()) {
            errors.required(at.child(conditionVersion), "required if match conditions are specified");
        } else {
            oneOf(webhook, conditionVersion, List.of("v1"), at, false);
        }
        String policy = oneOf(webhook, "failurePolicy", List.of("NoOpinion", "Deny"), at, true);
        WebhookService service = service(webhook.path("connectionInfo"), at.child("connectionInfo"));
        List<Expression> conditions = conditions(webhook, at.child("matchConditions"));
        return service == null
                ? null
                : new WebhookAuthorization(
                        name,
                        service,
                        version,
                        timeout,
                        authorized,
                        unauthorized,
                        policy.equals("Deny"),
                        List.copyOf(conditions));
    }

    private Duration life(JsonNode webhook, String field, String on, Duration absent, FieldPath at) {
        Duration life = duration(webhook, field, absent, at);
        if (life.isNegative()) {
            errors.invalid(at.child(field), GoDuration.format(life), "must be > 0s");
        }
        boolean remembered = !webhook.hasNonNull(on) || webhook.path(on).asBoolean();
        return !remembered ? Duration.ZERO : life.isZero() ? absent : life;
    }

    private Duration duration(JsonNode webhook, String field, Duration absent, FieldPath at) {
        try {
            return ConfigDocument.duration(webhook, field, absent);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(at.child("webhook", field) + ": " + e.getMessage(), e);
        }
    }

    private String oneOf(JsonNode webhook, String field, List<String> supported, FieldPath at, boolean required) {
        String text = Tree.text(webhook, field);
        if (text.isEmpty() && required) {
            errors.required(at.child(field));
        } else if (!text.isEmpty() && !supported.contains(text)) {
            errors.notSupported(at.child(field), text, supported);
        }
        return text;
    }

    private @Nullable WebhookService service(JsonNode info, FieldPath at) {
        String type = Tree.text(info, "type");
        FieldPath file = at.child("kubeConfigFile");
        String name = Tree.text(info, "kubeConfigFile");
        switch (type) {
            case "" -> errors.required(at.child("type"));
            case "InClusterConfig" -> {
                if (info.hasNonNull("kubeConfigFile")) {
                    errors.invalid(file, name, "can only be set when type=KubeConfigFile");
                }
                // An API server of a cluster of processes is no pod of it.
                throw new IllegalArgumentException("unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST"
                        + " and KUBERNETES_SERVICE_PORT must be defined");
            }
            case "KubeConfigFile" -> {
                return read(name, file);
            }
            default -> errors.notSupported(at.child("type"), type, List.of("InClusterConfig", "KubeConfigFile"));
        }
        return null;
    }

    private @Nullable WebhookService read(String name, FieldPath at) {
        if (name.isEmpty()) {
            errors.required(at);
            return null;
        }
        Path path = Path.of(name);
        if (!path.isAbsolute()) {
            errors.invalid(at, name, "must be an absolute path");
        } else if (!Files.exists(path)) {
            errors.invalid(at, name, "error loading file: stat " + name + ": no such file or directory");
        } else if (!Files.isRegularFile(path)) {
            errors.invalid(at, name, "must be a regular file");
        } else {
            try {
                return WebhookService.read(path);
            } catch (IOException | IllegalArgumentException e) {
                errors.invalid(at, name, "error loading file: " + e.getMessage());
            }
        }
        return null;
    }

    private List<Expression> conditions(JsonNode webhook, FieldPath all) {
        List<JsonNode> given = Tree.items(webhook, "matchConditions");
        List<Expression> compiled = new ArrayList<>();
        if (given.size() > MOST_CONDITIONS) {
            errors.tooMany(all, given.size(), MOST_CONDITIONS);
            return compiled;
        }
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < given.size(); i++) {
            FieldPath at = all.index(i).child("expression");
            String text = Tree.text(given.get(i), "expression");
            if (text.isBlank()) {
                errors.required(at);
            } else if (!seen.add(text)) {
                errors.duplicate(at, text);
            } else {
                try {
                    compiled.add(ConfigExpressions.matchCondition(text));
                } catch (CelProblem e) {
                    errors.invalid(at, text, e.getMessage());
                }
            }
        }
        return compiled;
    }
}
