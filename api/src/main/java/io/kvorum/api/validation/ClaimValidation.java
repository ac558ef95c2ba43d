package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Quantity;
import io.kvorum.api.Tree;
import java.util.List;
import java.util.Map;

/** The rules of PersistentVolumeClaims and StorageClasses. */
final class ClaimValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final List<String> ACCESS_MODES =
            List.of("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod");
    private static final String ALONE = "ReadWriteOncePod";
    static final List<String> VOLUME_MODES = List.of("Block", "Filesystem");
    private static final String CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class";
    private static final String ATTRIBUTES_CLASS = "volumeAttributesClassName";
    private static final List<String> RESIZE_STATUSES = List.of(
            "ControllerResizeInProgress",
            "ControllerResizeInfeasible",
            "NodeResizeInProgress",
            "NodeResizeInfeasible",
            "NodeResizePending");

    private ClaimValidation() {}

    static final KindValidation CLAIM = new KindValidation() {
        @Override
        public void create(ObjectNode claim, ValidationOptions options, FieldErrors errors) {
            spec(claim.path("spec"), SPEC, errors);
        }

        @Override
        public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
            create(next, options, errors);
            JsonNode before = old.path("spec");
            JsonNode after = next.path("spec");
            storageClassStays(old, next, errors);
            specStays(old, next, errors);
            Quantity wanted = size(after.path("resources").path("requests"));
            // A claim may ask for less again while its volume has not grown.
            if (wanted.compareTo(size(before.path("resources").path("requests"))) < 0
                    && wanted.compareTo(size(Tree.at(old, "status", "capacity"))) <= 0) {
                errors.forbidden(
                        SPEC.child("resources", "requests", "storage"), "field can not be less than status.capacity");
            }
            errors.immutable(FieldPath.of("volumeMode"), before.get("volumeMode"), after.get("volumeMode"));
            if (before.hasNonNull(ATTRIBUTES_CLASS)) {
                String nothing = !after.hasNonNull(ATTRIBUTES_CLASS)
                        ? "nil"
                        : Tree.text(after, ATTRIBUTES_CLASS).isEmpty() ? "an empty string" : "";
                if (!nothing.isEmpty()) {
                    errors.forbidden(
                            SPEC.child(ATTRIBUTES_CLASS), "update from non-nil value to " + nothing + " is forbidden");
                }
            }
        }

        @Override
        public void updateStatus(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
            if (Tree.items(next, "spec", "accessModes").isEmpty()) {
                errors.required(FieldPath.of("Spec", "accessModes"));
            }
            status(next.path("status"), FieldPath.of("status"), errors);
        }
    };

    /** The annotation that named the class once stays, unless the field takes its place. */
    private static void storageClassStays(ObjectNode old, ObjectNode next, FieldErrors errors) {
        if (movesFromAnnotation(old, next)) {
            return;
        }
        String before = Tree.text(old, "metadata", "annotations", CLASS_ANNOTATION);
        String after = Tree.text(next, "metadata", "annotations", CLASS_ANNOTATION);
        if (!before.equals(after)) {
            errors.invalid(FieldPath.of("metadata", "annotations", CLASS_ANNOTATION), after, FieldErrors.IMMUTABLE);
        }
    }

    private static boolean movesFromAnnotation(ObjectNode old, ObjectNode next) {
        String before = Tree.text(old, "metadata", "annotations", CLASS_ANNOTATION);
        String after = Tree.text(next, "metadata", "annotations", CLASS_ANNOTATION);
        return Tree.at(old, "metadata", "annotations").has(CLASS_ANNOTATION)
                && !Tree.has(old.path("spec"), "storageClassName")
                && Tree.has(next.path("spec"), "storageClassName")
                && Tree.text(next, "spec", "storageClassName").equals(before)
                && (after.equals(before)
                        || !Tree.at(next, "metadata", "annotations").has(CLASS_ANNOTATION));
    }

    private static void specStays(ObjectNode old, ObjectNode next, FieldErrors errors) {
        ObjectNode before = Tree.object(old, "spec").deepCopy();
        ObjectNode after = Tree.object(next, "spec").deepCopy();
        if (Tree.text(before, "volumeName").isEmpty()) {
            // Binding sets it once.
            before.remove("volumeName");
            after.remove("volumeName");
        }
        String annotated = Tree.text(old, "metadata", "annotations", CLASS_ANNOTATION);
        if (!before.hasNonNull("storageClassName")
                && (annotated.isEmpty() || Tree.text(after, "storageClassName").equals(annotated))) {
            after.remove("storageClassName");
        }
        if (Tree.text(next, "status", "phase").equals("Bound")) {
            take(Tree.at(before, "resources", "requests"), Tree.at(after, "resources", "requests"), "storage");
            if (after.hasNonNull(ATTRIBUTES_CLASS)) {
                take(before, after, ATTRIBUTES_CLASS);
            }
        }
        if (!Tree.semanticallyEqual(before, after)) {
            errors.forbidden(
                    SPEC,
                    "spec is immutable after creation except resources.requests and volumeAttributesClassName for"
                            + " bound claims\n" + LineDiff.of(before, after));
        }
    }

    /** Makes the field of the second what it is in the first. */
    private static void take(JsonNode from, JsonNode to, String field) {
        if (to instanceof ObjectNode target) {
            target.remove(field);
            if (from.hasNonNull(field)) {
                target.set(field, from.path(field));
            }
        }
    }

    /** @param resources a list of amounts; nothing where it has none of storage */
    private static Quantity size(JsonNode resources) {
        String text = resources.path("storage").asText("");
        return Quantity.isValid(text) ? Quantity.parse(text) : Quantity.ZERO;
    }

    private static void status(JsonNode status, FieldPath path, FieldErrors errors) {
        FieldPath capacity = path.child("capacity");
        for (Map.Entry<String, JsonNode> entry : status.path("capacity").properties()) {
            basic(entry.getValue(), capacity.key(entry.getKey()), errors);
        }
        // Upstream's name for the field in findings.
        FieldPath statuses = path.child("allocatedResourceStatus");
        for (Map.Entry<String, JsonNode> entry :
                status.path("allocatedResourceStatuses").properties()) {
            storageName(entry.getKey(), statuses, errors);
            if (!RESIZE_STATUSES.contains(entry.getValue().asText(""))) {
                errors.notSupported(statuses, entry.getKey(), RESIZE_STATUSES);
            }
        }
        FieldPath allocated = path.child("allocatedResources");
        for (Map.Entry<String, JsonNode> entry :
                status.path("allocatedResources").properties()) {
            if (storageName(entry.getKey(), allocated, errors)) {
                basic(entry.getValue(), allocated.key(entry.getKey()), errors);
            }
        }
    }

    /** Of the resources that are Kubernetes' own, a claim has storage only. @return whether the name is good */
    private static boolean storageName(String name, FieldPath path, FieldErrors errors) {
        List<String> wrong = ObjectNames.qualifiedName(name);
        errors.invalidEach(path, name, wrong);
        boolean own = !name.contains("/") || name.contains("kubernetes.io/");
        boolean good = wrong.isEmpty() && (!own || name.equals("storage"));
        if (wrong.isEmpty() && !good) {
            errors.notSupported(path, name, List.of("storage"));
        }
        return good;
    }

    /** An amount, as upstream words it of amounts of any resource. */
    static void basic(JsonNode value, FieldPath path, FieldErrors errors) {
        Quantity quantity = Rules.quantity(value, path, errors);
        if (quantity != null && quantity.signum() < 0) {
            errors.invalid(path, quantity.value(), "must be a valid resource quantity");
        }
    }

    static void spec(JsonNode spec, FieldPath path, FieldErrors errors) {
        modes(spec, path, "at least 1 access mode is required", errors);
        MetaValidation.selector(spec.path("selector"), path.child("selector"), errors);
        JsonNode storage = Tree.at(spec, "resources", "requests", "storage");
        FieldPath at = path.child("resources").key("storage");
        if (storage.isMissingNode()) {
            errors.required(at);
        } else {
            positive(storage, at, errors);
        }
        className(spec, path, "storageClassName", errors);
        Rules.oneOf(spec, path, "volumeMode", VOLUME_MODES, errors);
        dataSource(spec.path("dataSource"), path.child("dataSource"), errors);
        dataSource(spec.path("dataSourceRef"), path.child("dataSourceRef"), errors);
        dataSourcesAgree(spec, path, errors);
        className(spec, path, ATTRIBUTES_CLASS, errors);
    }

    /** The name of a class of volumes, where one is given. */
    static void className(JsonNode spec, FieldPath path, String field, FieldErrors errors) {
        String name = Tree.text(spec, field);
        if (!name.isEmpty()) {
            errors.invalidEach(path.child(field), name, ObjectNames.dns1123Subdomain(name));
        }
    }

    private static void dataSource(JsonNode source, FieldPath path, FieldErrors errors) {
        if (!source.isObject()) {
            return;
        }
        Rules.requiredText(source, path, errors, "name", "kind");
        String group = Tree.text(source, "apiGroup");
        String kind = Tree.text(source, "kind");
        if (group.isEmpty() && !kind.equals("PersistentVolumeClaim")) {
            errors.invalid(path, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup");
        } else if (!group.isEmpty()) {
            errors.invalidEach(path.child("apiGroup"), group, ObjectNames.dns1123Subdomain(group));
        }
        String namespace = Tree.text(source, "namespace");
        if (!namespace.isEmpty()) {
            errors.invalidEach(path.child("namespace"), namespace, ObjectNames.dns1123Label(namespace));
        }
    }

    private static void dataSourcesAgree(JsonNode spec, FieldPath path, FieldErrors errors) {
        JsonNode old = spec.path("dataSource");
        JsonNode newer = spec.path("dataSourceRef");
        if (!old.isObject() || !newer.isObject()) {
            return;
        }
        // Upstream shows a path where a value should be, which prints as nothing.
        if (!Tree.text(newer, "namespace").isEmpty()) {
            errors.invalid(path, Tree.newObject(), "may not be specified when dataSourceRef.namespace is specified");
        } else if (!Tree.text(old, "apiGroup").equals(Tree.text(newer, "apiGroup"))
                || !Tree.text(old, "kind").equals(Tree.text(newer, "kind"))
                || !Tree.text(old, "name").equals(Tree.text(newer, "name"))) {
            errors.invalid(path, Tree.newObject(), "must match dataSourceRef");
        }
    }

    static void modes(JsonNode spec, FieldPath path, String whenNone, FieldErrors errors) {
        List<String> modes = Tree.texts(spec, "accessModes");
        FieldPath at = path.child("accessModes");
        if (modes.isEmpty()) {
            errors.required(at, whenNone);
        }
        for (String mode : modes) {
            if (!ACCESS_MODES.contains(mode)) {
                errors.notSupported(at, mode, ACCESS_MODES);
            }
        }
        if (modes.contains(ALONE)
                && modes.stream().anyMatch(mode -> !mode.equals(ALONE) && ACCESS_MODES.contains(mode))) {
            errors.forbidden(at, "may not use ReadWriteOncePod with other access modes");
        }
    }

    static void positive(JsonNode value, FieldPath path, FieldErrors errors) {
        Quantity quantity = Rules.quantity(value, path, errors);
        if (quantity != null && quantity.signum() <= 0) {
            errors.invalid(path, quantity.toString(), "must be greater than zero");
        }
    }

    static final KindValidation STORAGE_CLASS = new KindValidation() {
        @Override
        public void create(ObjectNode storageClass, ValidationOptions options, FieldErrors errors) {
            StorageValidation.provisioner(storageClass, "provisioner", errors);
            StorageValidation.parameters(storageClass, errors);
            if (!Tree.text(storageClass, "reclaimPolicy").isEmpty()) {
                Rules.oneOf(storageClass, FieldPath.ROOT, "reclaimPolicy", List.of("Delete", "Retain"), errors);
            }
            Rules.oneOf(
                    storageClass,
                    FieldPath.ROOT,
                    "volumeBindingMode",
                    List.of("Immediate", "WaitForFirstConsumer"),
                    errors);
            StorageValidation.topologies(storageClass, errors);
        }

        @Override
        public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
            create(next, options, errors);
            for (String field : List.of("parameters", "provisioner", "reclaimPolicy")) {
                if (!Tree.semanticallyEqual(old.get(field), next.get(field))) {
                    errors.forbidden(FieldPath.of(field), "updates to " + field + " are forbidden.");
                }
            }
            errors.immutable(
                    FieldPath.of("volumeBindingMode"), old.get("volumeBindingMode"), next.get("volumeBindingMode"));
        }
    };
}
