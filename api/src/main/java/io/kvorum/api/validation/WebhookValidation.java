package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** MutatingWebhookConfiguration and ValidatingWebhookConfiguration. */
final class WebhookValidation implements KindValidation {
    private static final List<String> NO_SIDE_EFFECTS = List.of("None", "NoneOnDryRun");
    private static final List<String> SIDE_EFFECTS = List.of("None", "NoneOnDryRun", "Some", "Unknown");
    private static final List<String> REVIEWS = List.of("v1", "v1beta1");
    private static final List<String> REINVOCATION = List.of("IfNeeded", "Never");
    private static final int MOST_SECONDS = 30;

    /** What is demanded of a configuration; a change is not held to what the object did not meet before. */
    private record Demands(boolean noSideEffects, boolean knownReview, boolean uniqueNames, boolean conditions) {
        static Demands of(@Nullable ObjectNode old, ObjectNode next) {
            if (old == null) {
                return new Demands(true, true, true, true);
            }
            List<JsonNode> before = Tree.items(old, "webhooks");
            return new Demands(
                    before.stream().allMatch(hook -> NO_SIDE_EFFECTS.contains(Tree.text(hook, "sideEffects"))),
                    before.stream().allMatch(WebhookValidation::hasKnownReview),
                    before.stream()
                                    .map(hook -> Tree.text(hook, "name"))
                                    .distinct()
                                    .count()
                            == before.size(),
                    !conditions(before).equals(conditions(Tree.items(next, "webhooks"))));
        }

        private static List<JsonNode> conditions(List<JsonNode> hooks) {
            return hooks.stream().map(hook -> hook.path("matchConditions")).toList();
        }
    }

    @Override
    public void create(ObjectNode object, ValidationOptions options, FieldErrors errors) {
        check(object, Demands.of(null, object), errors);
    }

    @Override
    public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
        check(next, Demands.of(old, next), errors);
    }

    private static void check(ObjectNode configuration, Demands demands, FieldErrors errors) {
        boolean mutating = Tree.text(configuration, "kind").startsWith("Mutating");
        Set<String> names = new HashSet<>();
        List<JsonNode> hooks = Tree.items(configuration, "webhooks");
        for (int i = 0; i < hooks.size(); i++) {
            FieldPath path = FieldPath.of("webhooks").index(i);
            JsonNode hook = hooks.get(i);
            hook(hook, path, demands, mutating, errors);
            reviews(hook, path.child("admissionReviewVersions"), demands, errors);
            String name = Tree.text(hook, "name");
            if (demands.uniqueNames && !name.isEmpty() && !names.add(name)) {
                errors.duplicate(path.child("name"), name);
            }
        }
    }

    private static void hook(JsonNode hook, FieldPath path, Demands demands, boolean mutating, FieldErrors errors) {
        name(Tree.text(hook, "name"), path.child("name"), errors);
        List<JsonNode> rules = Tree.items(hook, "rules");
        for (int i = 0; i < rules.size(); i++) {
            AdmissionRules.rule(rules.get(i), path.child("rules").index(i), errors);
        }
        Rules.oneOf(hook, path, "failurePolicy", AdmissionRules.FAILURE_POLICIES, errors);
        Rules.oneOf(hook, path, "matchPolicy", AdmissionRules.MATCH_POLICIES, errors);
        sideEffects(hook, path.child("sideEffects"), demands.noSideEffects ? NO_SIDE_EFFECTS : SIDE_EFFECTS, errors);
        long seconds = Tree.number(hook, "timeoutSeconds");
        if (hook.hasNonNull("timeoutSeconds") && (seconds < 1 || seconds > MOST_SECONDS)) {
            errors.invalid(path.child("timeoutSeconds"), seconds, "the timeout value must be between 1 and 30 seconds");
        }
        for (String selector : List.of("namespaceSelector", "objectSelector")) {
            MetaValidation.selector(hook.path(selector), path.child(selector), errors);
        }
        if (mutating) {
            Rules.oneOf(hook, path, "reinvocationPolicy", REINVOCATION, errors);
        }
        HookClientRules.check(hook.path("clientConfig"), path.child("clientConfig"), errors);
        if (demands.conditions) {
            AdmissionRules.conditions(hook, path.child("matchConditions"), errors);
        }
    }

    private static void name(String name, FieldPath path, FieldErrors errors) {
        if (name.isEmpty()) {
            errors.required(path);
            return;
        }
        List<String> wrong = ObjectNames.dns1123Subdomain(name);
        if (!wrong.isEmpty()) {
            errors.invalid(path, name, String.join(",", wrong));
        } else if (name.chars().filter(each -> each == '.').count() < 2) {
            errors.invalid(path, name, "should be a domain with at least three segments separated by dots");
        }
    }

    private static void sideEffects(JsonNode hook, FieldPath path, List<String> allowed, FieldErrors errors) {
        if (!hook.hasNonNull("sideEffects")) {
            errors.required(path, "must specify one of " + String.join(", ", allowed));
        } else if (!allowed.contains(Tree.text(hook, "sideEffects"))) {
            errors.notSupported(path, Tree.text(hook, "sideEffects"), allowed);
        }
    }

    private static void reviews(JsonNode hook, FieldPath path, Demands demands, FieldErrors errors) {
        List<String> versions = Tree.texts(hook, "admissionReviewVersions");
        if (versions.isEmpty()) {
            errors.required(path, "must specify one of " + String.join(", ", REVIEWS));
            return;
        }
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < versions.size(); i++) {
            if (seen.add(versions.get(i))) {
                errors.invalidEach(path.index(i), versions.get(i), ObjectNames.dns1035Label(versions.get(i)));
            } else {
                errors.invalid(path.index(i), versions.get(i), "duplicate version");
            }
        }
        if (demands.knownReview && !hasKnownReview(hook)) {
            errors.invalid(
                    path,
                    hook.path("admissionReviewVersions"),
                    "must include at least one of " + String.join(", ", REVIEWS));
        }
    }

    /** As upstream, one that names none at all is no reason to be lenient. */
    private static boolean hasKnownReview(JsonNode hook) {
        List<String> versions = Tree.texts(hook, "admissionReviewVersions");
        return versions.isEmpty() || versions.stream().anyMatch(REVIEWS::contains);
    }
}
