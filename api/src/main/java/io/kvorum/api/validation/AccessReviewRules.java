package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import java.util.List;

/** The rules of the questions of {@code authorization.k8s.io} about who may do what. They are answered, never stored. */
public final class AccessReviewRules {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final FieldPath RESOURCE = SPEC.child("resourceAttributes");
    private static final FieldPath PATH = SPEC.child("nonResourceAttributes");

    private final JsonNode review;
    private final JsonNode spec;
    private final FieldErrors errors = new FieldErrors();

    private AccessReviewRules(JsonNode review) {
        this.review = review;
        this.spec = review.path("spec");
    }

    /**
     * What is wrong with a question about whether somebody may do something.
     *
     * @param resource {@code subjectaccessreviews}, {@code localsubjectaccessreviews} or
     *     {@code selfsubjectaccessreviews}
     * @param review with the namespace of its request filled in
     * @return all findings; none when it can be answered
     */
    public static List<ApiException.Cause> check(String resource, JsonNode review) {
        AccessReviewRules rules = new AccessReviewRules(review);
        boolean local = resource.equals("localsubjectaccessreviews");
        rules.subjectMatter();
        if (!resource.equals("selfsubjectaccessreviews")) {
            rules.subject();
        }
        rules.selectors();
        rules.metadata(local);
        if (local) {
            rules.place();
        }
        return rules.errors.causes();
    }

    private void subjectMatter() {
        boolean ofResource = spec.path("resourceAttributes").isObject();
        boolean ofPath = spec.path("nonResourceAttributes").isObject();
        if (ofResource && ofPath) {
            errors.invalid(
                    PATH,
                    InternalForm.nonResource(spec.path("nonResourceAttributes")),
                    "cannot be specified in combination with resourceAttributes");
        }
        if (!ofResource && !ofPath) {
            errors.invalid(
                    RESOURCE, null, "exactly one of nonResourceAttributes or resourceAttributes must be specified");
        }
    }

    private void subject() {
        if (Tree.text(spec, "user").isEmpty() && Tree.texts(spec, "groups").isEmpty()) {
            errors.invalid(SPEC.child("user"), "", "at least one of user or group must be specified");
        }
    }

    private void selectors() {
        JsonNode resource = spec.path("resourceAttributes");
        selector(resource.path("fieldSelector"), RESOURCE.child("fieldSelector"), false);
        selector(resource.path("labelSelector"), RESOURCE.child("labelSelector"), true);
    }

    private void selector(JsonNode selector, FieldPath path, boolean ofLabels) {
        if (!selector.isObject()) {
            return;
        }
        String raw = Tree.text(selector, "rawSelector");
        List<JsonNode> requirements = Tree.items(selector, "requirements");
        if (!raw.isEmpty() && !requirements.isEmpty()) {
            // The words are upstream's.
            errors.invalid(path.child("rawSelector"), raw, "may not specified at the same time as requirements");
        }
        if (raw.isEmpty() && requirements.isEmpty()) {
            errors.required(
                    path.child("requirements"),
                    "when " + path + " is specified, requirements or rawSelector is required");
        }
        for (int i = 0; i < requirements.size(); i++) {
            requirement(requirements.get(i), path.child("requirements").index(i), ofLabels);
        }
    }

    /** Operators nobody knows yet are let pass: a newer client may know them. */
    private void requirement(JsonNode requirement, FieldPath at, boolean ofLabels) {
        String key = Tree.text(requirement, "key");
        List<String> values = Tree.texts(requirement, "values");
        if (!ofLabels && key.isEmpty()) {
            errors.required(at.child("key"), "must be specified");
        }
        MetaValidation.valuesOf(Tree.text(requirement, "operator"), values, at, errors);
        if (ofLabels) {
            MetaValidation.labelRequirement(key, values, at, errors);
        }
    }

    private void metadata(boolean local) {
        ObjectNode given = Tree.object(review, "metadata").deepCopy();
        given.remove("managedFields");
        if (local) {
            given.remove("namespace");
        }
        Tree.dropNulls(given);
        given.properties().removeIf(field -> isEmpty(field.getValue()));
        if (!given.isEmpty()) {
            errors.invalid(
                    FieldPath.of("metadata"),
                    review.get("metadata"),
                    local ? "must be empty except for namespace" : "must be empty");
        }
    }

    private static boolean isEmpty(JsonNode value) {
        return value.isContainerNode() ? value.isEmpty() : value.asText().isEmpty();
    }

    private void place() {
        JsonNode resource = spec.path("resourceAttributes");
        String namespace = Tree.text(resource, "namespace");
        if (resource.isObject() && !namespace.equals(Tree.text(review, "metadata", "namespace"))) {
            errors.invalid(RESOURCE.child("namespace"), namespace, "must match metadata.namespace");
        }
        if (spec.path("nonResourceAttributes").isObject()) {
            errors.invalid(
                    PATH,
                    InternalForm.nonResource(spec.path("nonResourceAttributes")),
                    "disallowed on this kind of request");
        }
    }
}
