package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Quantity;
import io.kvorum.api.Tree;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules of PersistentVolumes, their claims and StorageClasses. */
final class ClaimValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final List<String> ACCESS_MODES =
            List.of("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod");
    private static final List<String> VOLUME_MODES = List.of("Block", "Filesystem");
    private static final List<String> RECLAIM_POLICIES = List.of("Delete", "Recycle", "Retain");

    /** Fields of a volume's spec that are not its source. */
    private static final Set<String> NO_SOURCE = Set.of(
            "capacity",
            "accessModes",
            "claimRef",
            "persistentVolumeReclaimPolicy",
            "storageClassName",
            "mountOptions",
            "volumeMode",
            "nodeAffinity",
            "volumeAttributesClassName");

    private ClaimValidation() {}

    static final KindValidation CLAIM = new KindValidation() {
        @Override
        public void create(ObjectNode claim, ValidationOptions options, FieldErrors errors) {
            spec(claim.path("spec"), SPEC, errors);
        }

        @Override
        public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
            create(next, options, errors);
            ObjectNode before = Tree.object(old, "spec").deepCopy();
            ObjectNode after = Tree.object(next, "spec").deepCopy();
            boolean bound = Tree.text(old, "status", "phase").equals("Bound");
            if (Tree.text(before, "volumeName").isEmpty()) {
                // Binding sets it once.
                before.remove("volumeName");
                after.remove("volumeName");
            }
            if (Tree.text(before, "storageClassName").isEmpty() && !bound) {
                before.remove("storageClassName");
                after.remove("storageClassName");
            }
            Quantity oldSize = size(before);
            Quantity newSize = size(after);
            if (bound) {
                Tree.object(before, "resources").remove("requests");
                Tree.object(after, "resources").remove("requests");
                before.remove("volumeAttributesClassName");
                after.remove("volumeAttributesClassName");
            }
            if (!Tree.semanticallyEqual(before, after)) {
                errors.forbidden(
                        SPEC,
                        "spec is immutable after creation except resources.requests and volumeAttributesClassName for"
                                + " bound claims\n" + LineDiff.of(before, after));
            }
            if (bound && oldSize != null && newSize != null && newSize.compareTo(oldSize) < 0) {
                errors.forbidden(
                        SPEC.child("resources", "requests", "storage"), "field can not be less than status.capacity");
            }
        }
    };

    private static @Nullable Quantity size(ObjectNode spec) {
        String text = Tree.at(spec, "resources", "requests", "storage").asText("");
        return Quantity.isValid(text) ? Quantity.parse(text) : null;
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
        String storageClass = Tree.text(spec, "storageClassName");
        if (!storageClass.isEmpty()) {
            errors.invalidEach(
                    path.child("storageClassName"), storageClass, ObjectNames.dns1123Subdomain(storageClass));
        }
        Rules.oneOf(spec, path, "volumeMode", VOLUME_MODES, errors);
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
        if (modes.contains("ReadWriteOncePod") && modes.size() > 1) {
            errors.forbidden(at, "may not use ReadWriteOncePod with other access modes");
        }
    }

    private static void positive(JsonNode value, FieldPath path, FieldErrors errors) {
        Quantity quantity = Rules.quantity(value, path, errors);
        if (quantity != null && quantity.signum() <= 0) {
            errors.invalid(path, quantity.toString(), "must be greater than zero");
        }
    }

    static final KindValidation VOLUME = new KindValidation() {
        @Override
        public void create(ObjectNode volume, ValidationOptions options, FieldErrors errors) {
            JsonNode spec = volume.path("spec");
            modes(spec, SPEC, "", errors);
            JsonNode capacity = spec.path("capacity");
            if (capacity.isEmpty()) {
                errors.required(SPEC.child("capacity"));
            } else if (!capacity.has("storage") || capacity.size() > 1) {
                errors.notSupported(SPEC.child("capacity"), capacity, List.of("storage"));
            }
            for (Map.Entry<String, JsonNode> entry : capacity.properties()) {
                positive(entry.getValue(), SPEC.child("capacity").key(entry.getKey()), errors);
            }
            Rules.oneOf(spec, SPEC, "persistentVolumeReclaimPolicy", RECLAIM_POLICIES, errors);
            Rules.oneOf(spec, SPEC, "volumeMode", VOLUME_MODES, errors);
            String storageClass = Tree.text(spec, "storageClassName");
            if (!storageClass.isEmpty()) {
                errors.invalidEach(
                        SPEC.child("storageClassName"), storageClass, ObjectNames.dns1123Subdomain(storageClass));
            }
            source(spec, errors);
            if (Tree.at(spec, "nodeAffinity", "required").isObject()) {
                SchedulingValidation.nodeSelector(
                        Tree.at(spec, "nodeAffinity", "required"), SPEC.child("nodeAffinity", "required"), errors);
            }
        }

        @Override
        public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
            create(next, options, errors);
            ObjectNode before = Tree.object(old, "spec").deepCopy().remove(NO_SOURCE);
            ObjectNode after = Tree.object(next, "spec").deepCopy().remove(NO_SOURCE);
            if (!Tree.semanticallyEqual(before, after)) {
                errors.forbidden(
                        SPEC.child("persistentvolumesource"),
                        "spec.persistentvolumesource is immutable after creation\n" + LineDiff.of(before, after));
            }
            errors.immutable(
                    SPEC.child("volumeMode"), Tree.at(old, "spec", "volumeMode"), Tree.at(next, "spec", "volumeMode"));
        }
    };

    private static void source(JsonNode spec, FieldErrors errors) {
        int given = 0;
        for (Map.Entry<String, JsonNode> entry : spec.properties()) {
            if (NO_SOURCE.contains(entry.getKey()) || entry.getValue().isNull()) {
                continue;
            }
            FieldPath at = SPEC.child(entry.getKey());
            if (++given > 1) {
                errors.forbidden(at, "may not specify more than 1 volume type");
            } else if (entry.getKey().equals("hostPath")) {
                VolumeValidation.hostPath(entry.getValue(), at, errors);
            } else if (entry.getKey().equals("local")) {
                Rules.requiredText(entry.getValue(), at, errors, "path");
                if (!spec.hasNonNull("nodeAffinity")) {
                    errors.required(SPEC.child("nodeAffinity"), "Local volume requires node affinity");
                }
            }
        }
        if (given == 0) {
            errors.required(SPEC, "must specify a volume type");
        }
        if (Tree.text(spec, "persistentVolumeReclaimPolicy").equals("Recycle")
                && Tree.text(spec, "hostPath", "path").equals("/")) {
            errors.forbidden(
                    SPEC.child("persistentVolumeReclaimPolicy"), "may not be 'recycle' for a hostPath mount of '/'");
        }
    }

    static final KindValidation STORAGE_CLASS = new KindValidation() {
        @Override
        public void create(ObjectNode storageClass, ValidationOptions options, FieldErrors errors) {
            StorageValidation.provisioner(storageClass, "provisioner", errors);
            StorageValidation.parameters(storageClass, errors);
            Rules.requiredOneOf(storageClass, FieldPath.ROOT, "reclaimPolicy", List.of("Delete", "Retain"), errors);
            Rules.requiredOneOf(
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
