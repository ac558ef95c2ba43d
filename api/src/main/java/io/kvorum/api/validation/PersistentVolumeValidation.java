package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Quantity;
import io.kvorum.api.Tree;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rules of PersistentVolumes. */
final class PersistentVolumeValidation implements KindValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final List<String> RECLAIM_POLICIES = List.of("Delete", "Recycle", "Retain");
    private static final String EXPAND_SECRET = "controllerExpandSecretRef";
    private static final String ATTRIBUTES_CLASS = "volumeAttributesClassName";

    /** Fields of the spec that are not the volume's source. */
    private static final Set<String> NO_SOURCE = Set.of(
            "capacity",
            "accessModes",
            "claimRef",
            "persistentVolumeReclaimPolicy",
            "storageClassName",
            "mountOptions",
            "volumeMode",
            "nodeAffinity",
            ATTRIBUTES_CLASS);

    /** Labels of nodes that may be replaced in a volume's affinity, by their successors. */
    private static final Map<String, String> SUCCESSORS = Map.of(
            "beta.kubernetes.io/arch", "kubernetes.io/arch",
            "beta.kubernetes.io/os", "kubernetes.io/os",
            "beta.kubernetes.io/instance-type", "node.kubernetes.io/instance-type",
            "failure-domain.beta.kubernetes.io/region", "topology.kubernetes.io/region",
            "failure-domain.beta.kubernetes.io/zone", "topology.kubernetes.io/zone");

    @Override
    public void create(ObjectNode volume, ValidationOptions options, FieldErrors errors) {
        JsonNode spec = volume.path("spec");
        ClaimValidation.modes(spec, SPEC, "", errors);
        capacity(spec.path("capacity"), SPEC.child("capacity"), errors);
        Rules.oneOf(spec, SPEC, "persistentVolumeReclaimPolicy", RECLAIM_POLICIES, errors);
        if (spec.hasNonNull("nodeAffinity")) {
            FieldPath required = SPEC.child("nodeAffinity", "required");
            if (Tree.at(spec, "nodeAffinity", "required").isObject()) {
                SchedulingValidation.nodeSelector(Tree.at(spec, "nodeAffinity", "required"), required, errors);
            } else {
                errors.required(required, "must specify required node constraints");
            }
        }
        source(spec, errors);
        ClaimValidation.className(spec, SPEC, "storageClassName", errors);
        Rules.oneOf(spec, SPEC, "volumeMode", ClaimValidation.VOLUME_MODES, errors);
        attributesClass(spec, errors);
    }

    private static void capacity(JsonNode capacity, FieldPath path, FieldErrors errors) {
        if (capacity.isEmpty()) {
            errors.required(path);
        }
        if (!capacity.has("storage") || capacity.size() > 1) {
            errors.notSupported(path, capacity, List.of("storage"));
        }
        for (Map.Entry<String, JsonNode> entry : capacity.properties()) {
            if (Quantity.isValid(entry.getValue().asText(""))) {
                ClaimValidation.basic(entry.getValue(), path.key(entry.getKey()), errors);
            }
            ClaimValidation.positive(entry.getValue(), path.key(entry.getKey()), errors);
        }
    }

    private static void attributesClass(JsonNode spec, FieldErrors errors) {
        if (!spec.hasNonNull(ATTRIBUTES_CLASS)) {
            return;
        }
        if (Tree.text(spec, ATTRIBUTES_CLASS).isEmpty()) {
            errors.required(SPEC.child(ATTRIBUTES_CLASS), "an empty string is disallowed");
        } else {
            ClaimValidation.className(spec, SPEC, ATTRIBUTES_CLASS, errors);
        }
        if (!spec.hasNonNull("csi")) {
            errors.required(SPEC.child("csi"), "has to be specified when using volumeAttributesClassName");
        }
    }

    private static void source(JsonNode spec, FieldErrors errors) {
        int given = 0;
        for (Map.Entry<String, JsonNode> entry : spec.properties()) {
            if (NO_SOURCE.contains(entry.getKey()) || entry.getValue().isNull()) {
                continue;
            }
            FieldPath at = SPEC.child(entry.getKey());
            if (++given > 1) {
                errors.forbidden(at, "may not specify more than 1 volume type");
            } else {
                oneSource(entry.getKey(), entry.getValue(), spec, at, errors);
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

    private static void oneSource(String kind, JsonNode source, JsonNode spec, FieldPath at, FieldErrors errors) {
        switch (kind) {
            case "hostPath" -> VolumeValidation.hostPath(source, at, errors);
            case "nfs" -> VolumeValidation.nfs(source, at, errors);
            case "csi" -> csi(source, at, errors);
            case "local" -> {
                String path = Tree.text(source, "path");
                if (path.isEmpty()) {
                    errors.required(at.child("path"));
                } else {
                    Rules.noDots(path, at.child("path"), errors);
                }
                if (!Tree.at(spec, "nodeAffinity", "required").isObject()) {
                    errors.required(SPEC.child("nodeAffinity"), "Local volume requires node affinity");
                }
            }
            default -> {
                // Volume types that no node here can mount: the schema is enough.
            }
        }
    }

    private static void csi(JsonNode source, FieldPath at, FieldErrors errors) {
        StorageValidation.driverName(Tree.text(source, "driver"), at.child("driver"), errors);
        Rules.requiredText(source, at, errors, "volumeHandle");
        for (String secret : List.of("controllerPublishSecretRef", EXPAND_SECRET, "nodePublishSecretRef")) {
            if (source.hasNonNull(secret)) {
                Rules.requiredText(source.path(secret), at.child(secret), errors, "name", "namespace");
            }
        }
    }

    /** The source stays, but for the secret of a CSI driver that expands volumes, which may be added. */
    @Override
    public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
        create(next, options, errors);
        ObjectNode before = Tree.object(old, "spec").deepCopy().remove(NO_SOURCE);
        ObjectNode after = Tree.object(next, "spec").deepCopy().remove(NO_SOURCE);
        if (before.hasNonNull("csi") && !before.path("csi").hasNonNull(EXPAND_SECRET)) {
            Tree.object(after, "csi").remove(EXPAND_SECRET);
        }
        if (!Tree.semanticallyEqual(before, after)) {
            errors.forbidden(
                    SPEC.child("persistentvolumesource"),
                    "spec.persistentvolumesource is immutable after creation\n" + LineDiff.of(before, after));
        }
        JsonNode oldSpec = old.path("spec");
        JsonNode spec = next.path("spec");
        errors.immutable(FieldPath.of("volumeMode"), oldSpec.get("volumeMode"), spec.get("volumeMode"));
        if (oldSpec.hasNonNull("nodeAffinity")) {
            affinity(oldSpec.path("nodeAffinity"), spec.path("nodeAffinity"), errors);
        }
        if (oldSpec.hasNonNull(ATTRIBUTES_CLASS) && !spec.hasNonNull(ATTRIBUTES_CLASS)) {
            errors.forbidden(SPEC.child(ATTRIBUTES_CLASS), "update from non-nil value to nil is forbidden");
        }
    }

    private static void affinity(JsonNode old, JsonNode next, FieldErrors errors) {
        JsonNode comparable = old.deepCopy();
        List<JsonNode> before = Tree.items(comparable, "required", "nodeSelectorTerms");
        List<JsonNode> after = Tree.items(next, "required", "nodeSelectorTerms");
        for (int i = 0; i < before.size() && i < after.size(); i++) {
            List<ObjectNode> expressions = Tree.objects(before.get(i), "matchExpressions");
            List<ObjectNode> wanted = Tree.objects(after.get(i), "matchExpressions");
            for (int e = 0; e < expressions.size() && e < wanted.size(); e++) {
                String successor = SUCCESSORS.get(Tree.text(expressions.get(e), "key"));
                if (Tree.text(wanted.get(e), "key").equals(successor)) {
                    expressions.get(e).put("key", successor);
                }
            }
        }
        if (!Tree.semanticallyEqual(comparable, next)) {
            errors.invalid(
                    FieldPath.of("nodeAffinity"),
                    next.isObject() ? InternalForm.volumeAffinity(next) : null,
                    FieldErrors.IMMUTABLE + ", except for updating from beta label to GA");
        }
    }
}
