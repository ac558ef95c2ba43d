package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** The rules of ObjectMeta, labels, annotations and label selectors. */
final class MetaValidation {
    private static final int ANNOTATIONS_LIMIT = 256 * 1024;
    private static final FieldPath METADATA = FieldPath.of("metadata");
    private static final Set<String> STANDARD_FINALIZERS =
            Set.of("kubernetes", "orphan", "foregroundDeletion", "openshift.io/origin");

    private MetaValidation() {}

    /** The form names of a kind have. */
    static Function<String, List<String>> nameForm(ResourceInfo resource) {
        return switch (resource.group() + "/" + resource.kind()) {
            case "/Service" -> ObjectNames::dns1035Label;
            case "/Namespace", "apps/StatefulSet" -> ObjectNames::dns1123Label;
            case "/Event",
                    "rbac.authorization.k8s.io/Role",
                    "rbac.authorization.k8s.io/ClusterRole",
                    "rbac.authorization.k8s.io/RoleBinding",
                    "rbac.authorization.k8s.io/ClusterRoleBinding",
                    "certificates.k8s.io/CertificateSigningRequest",
                    "apiregistration.k8s.io/APIService" -> ObjectNames::pathSegment;
            case "networking.k8s.io/IPAddress" -> AddressValidation::address;
            default -> ObjectNames::dns1123Subdomain;
        };
    }

    static void create(ResourceInfo resource, ObjectNode object, FieldErrors errors) {
        ObjectNode metadata = Tree.object(object, "metadata");
        String name = Tree.text(metadata, "name");
        String generateName = Tree.text(metadata, "generateName");
        Function<String, List<String>> form = nameForm(resource);
        if (!generateName.isEmpty()) {
            // The suffix to come makes a trailing dash legal.
            String prefix = generateName.endsWith("-")
                    ? generateName.substring(0, generateName.length() - 1) + "a"
                    : generateName;
            errors.invalidEach(METADATA.child("generateName"), generateName, form.apply(prefix));
        }
        if (name.isEmpty()) {
            errors.required(METADATA.child("name"), "name or generateName is required");
        } else {
            errors.invalidEach(METADATA.child("name"), name, form.apply(name));
        }
        String namespace = Tree.text(metadata, "namespace");
        if (resource.namespaced()) {
            if (namespace.isEmpty()) {
                errors.required(METADATA.child("namespace"));
            } else {
                errors.invalidEach(METADATA.child("namespace"), namespace, ObjectNames.dns1123Label(namespace));
            }
        } else if (!namespace.isEmpty()) {
            errors.forbidden(METADATA.child("namespace"), "not allowed on this type");
        }
        common(resource, metadata, errors);
    }

    static void update(ResourceInfo resource, ObjectNode old, ObjectNode next, FieldErrors errors) {
        ObjectNode before = Tree.object(old, "metadata");
        ObjectNode after = Tree.object(next, "metadata");
        if (before.hasNonNull("deletionTimestamp")) {
            List<String> known = Tree.texts(before, "finalizers");
            List<String> added = Tree.texts(after, "finalizers");
            added.removeAll(known);
            if (!added.isEmpty()) {
                errors.forbidden(
                        METADATA.child("finalizers"),
                        "no new finalizers can be added if the object is being deleted, found new finalizers "
                                + goStrings(added));
            }
        }
        if (Tree.text(after, "resourceVersion").isEmpty()
                && !Tree.text(before, "resourceVersion").isEmpty()) {
            errors.invalid(METADATA.child("resourceVersion"), "", "must be specified for an update");
        }
        if (Tree.number(after, "generation") < Tree.number(before, "generation")) {
            errors.invalid(METADATA.child("generation"), Tree.number(after, "generation"), "must not be decremented");
        }
        for (String field : List.of(
                "name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds")) {
            errors.immutable(METADATA.child(field), before.get(field), after.get(field));
        }
        common(resource, after, errors);
    }

    /** ObjectMeta inside another object, as a pod template's: labels and annotations only. */
    static void template(JsonNode metadata, FieldPath path, FieldErrors errors) {
        labels(metadata.path("labels"), path.child("labels"), errors);
        annotations(metadata.path("annotations"), path.child("annotations"), errors);
    }

    private static void common(ResourceInfo resource, ObjectNode metadata, FieldErrors errors) {
        FieldManagers.validate(metadata, METADATA, errors);
        if (Tree.number(metadata, "generation") < 0) {
            errors.invalid(
                    METADATA.child("generation"),
                    Tree.number(metadata, "generation"),
                    "must be greater than or equal to 0");
        }
        labels(metadata.path("labels"), METADATA.child("labels"), errors);
        annotations(metadata.path("annotations"), METADATA.child("annotations"), errors);
        owners(metadata, errors);
        boolean orphan = false;
        boolean foreground = false;
        for (String finalizer : Tree.texts(metadata, "finalizers")) {
            FieldPath path = METADATA.child("finalizers");
            errors.invalidEach(path, finalizer, ObjectNames.qualifiedName(finalizer));
            if (!anyFinalizer(resource) && !finalizer.contains("/") && !STANDARD_FINALIZERS.contains(finalizer)) {
                errors.invalid(path, finalizer, "name is neither a standard finalizer name nor is it fully qualified");
            }
            orphan |= finalizer.equals("orphan");
            foreground |= finalizer.equals("foregroundDeletion");
        }
        if (orphan && foreground) {
            errors.invalid(
                    METADATA.child("finalizers"),
                    metadata.path("finalizers"),
                    "finalizer orphan and foregroundDeletion cannot be both set");
        }
    }

    /** Definitions and their objects may have finalizers without a domain, as upstream's other API servers let them. */
    private static boolean anyFinalizer(ResourceInfo resource) {
        return resource.custom() != null || resource.group().equals("apiextensions.k8s.io");
    }

    private static void owners(ObjectNode metadata, FieldErrors errors) {
        FieldPath path = METADATA.child("ownerReferences");
        String controller = "";
        List<JsonNode> owners = Tree.items(metadata, "ownerReferences");
        for (int i = 0; i < owners.size(); i++) {
            JsonNode owner = owners.get(i);
            FieldPath at = path;
            String apiVersion = Tree.text(owner, "apiVersion");
            if (apiVersion.isEmpty()) {
                errors.invalid(at.child("apiVersion"), apiVersion, "version must not be empty");
            }
            for (String field : List.of("kind", "name", "uid")) {
                if (Tree.text(owner, field).isEmpty()) {
                    errors.invalid(at.child(field), "", "must not be empty");
                }
            }
            if (Tree.text(owner, "kind").equals("Event") && apiVersion.equals("v1")) {
                errors.invalid(at, "Event", "/v1, Kind=Event is disallowed from being an owner");
            }
            if (Tree.flag(owner, "controller")) {
                String kind = Tree.text(owner, "kind") + "/" + Tree.text(owner, "name");
                if (!controller.isEmpty()) {
                    errors.invalid(
                            path,
                            metadata.path("ownerReferences"),
                            "Only one reference can have Controller set to true. Found \"true\" in references for "
                                    + controller + " and " + kind);
                }
                controller = kind;
            }
        }
    }

    static void labels(JsonNode labels, FieldPath path, FieldErrors errors) {
        for (Map.Entry<String, JsonNode> label : labels.properties()) {
            errors.invalidEach(path, label.getKey(), ObjectNames.labelKey(label.getKey()));
            String value = label.getValue().asText("");
            errors.invalidEach(path, value, ObjectNames.labelValue(value));
        }
    }

    static void annotations(JsonNode annotations, FieldPath path, FieldErrors errors) {
        long size = 0;
        for (Map.Entry<String, JsonNode> annotation : annotations.properties()) {
            errors.invalidEach(path, annotation.getKey(), ObjectNames.annotationKey(annotation.getKey()));
            size += bytes(annotation.getKey()) + bytes(annotation.getValue().asText(""));
        }
        if (size > ANNOTATIONS_LIMIT) {
            errors.tooLong(path, ANNOTATIONS_LIMIT);
        }
    }

    /** The object form of a label selector. */
    static void selector(JsonNode selector, FieldPath path, FieldErrors errors) {
        labels(selector.path("matchLabels"), path.child("matchLabels"), errors);
        List<JsonNode> expressions = Tree.items(selector, "matchExpressions");
        for (int i = 0; i < expressions.size(); i++) {
            JsonNode expression = expressions.get(i);
            FieldPath at = path.child("matchExpressions").index(i);
            List<String> values = Tree.texts(expression, "values");
            String operator = Tree.text(expression, "operator");
            if (!valuesOf(operator, values, at, errors)) {
                errors.invalid(at.child("operator"), operator, "not a valid selector operator");
            }
            labelRequirement(Tree.text(expression, "key"), values, at, errors);
        }
    }

    /**
     * Whether a requirement has values where its operator takes some, and none elsewhere.
     *
     * @return whether the operator is known
     */
    static boolean valuesOf(String operator, List<String> values, FieldPath at, FieldErrors errors) {
        switch (operator) {
            case "In", "NotIn" -> {
                if (values.isEmpty()) {
                    errors.required(at.child("values"), "must be specified when `operator` is 'In' or 'NotIn'");
                }
            }
            case "Exists", "DoesNotExist" -> {
                if (!values.isEmpty()) {
                    errors.forbidden(
                            at.child("values"), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
                }
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    /** A key and values that labels can have. */
    static void labelRequirement(String key, List<String> values, FieldPath at, FieldErrors errors) {
        errors.invalidEach(at.child("key"), key, ObjectNames.labelKey(key));
        for (int i = 0; i < values.size(); i++) {
            errors.invalidEach(at.child("values").index(i), values.get(i), ObjectNames.labelValue(values.get(i)));
        }
    }

    static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** A list of strings as Go prints one with %#v. */
    private static String goStrings(List<String> values) {
        return "[]string{\"" + String.join("\", \"", values) + "\"}";
    }
}
