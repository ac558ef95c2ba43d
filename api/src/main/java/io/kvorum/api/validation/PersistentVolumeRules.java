package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.Quantity;
import io.kvorum.api.Tree;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rules of the spec of a PersistentVolume, where it is an object of its own and where it is inside an attachment. */
final class PersistentVolumeRules {
    static final String ATTRIBUTES_CLASS = "volumeAttributesClassName";

    /** Fields of the spec that are not the volume's source. */
    static final Set<String> NO_SOURCE = Set.of(
            "capacity",
            "accessModes",
            "claimRef",
            "persistentVolumeReclaimPolicy",
            "storageClassName",
            "mountOptions",
            "volumeMode",
            "nodeAffinity",
            ATTRIBUTES_CLASS);

    private static final List<String> RECLAIM_POLICIES = List.of("Delete", "Recycle", "Retain");
    private static final String IN_CONTEXT = " in the context of inline volumes";
    private static final String NOT_INLINE = "may not be specified" + IN_CONTEXT;

    private PersistentVolumeRules() {}

    /** @param name of the volume */
    static void check(JsonNode spec, String name, FieldPath path, FieldErrors errors) {
        ClaimValidation.modes(spec, path, "", errors);
        capacity(spec.path("capacity"), path.child("capacity"), errors);
        if (!Tree.text(spec, "persistentVolumeReclaimPolicy").isEmpty()) {
            Rules.oneOf(spec, path, "persistentVolumeReclaimPolicy", RECLAIM_POLICIES, errors);
        }
        if (spec.hasNonNull("nodeAffinity")) {
            FieldPath required = path.child("nodeAffinity", "required");
            if (Tree.at(spec, "nodeAffinity", "required").isObject()) {
                SchedulingValidation.nodeSelector(Tree.at(spec, "nodeAffinity", "required"), required, errors);
            } else {
                errors.required(required, "must specify required node constraints");
            }
        }
        source(spec, name, path, errors);
        ClaimValidation.className(spec, path, "storageClassName", errors);
        Rules.oneOf(spec, path, "volumeMode", ClaimValidation.VOLUME_MODES, errors);
        attributesClass(spec, path, errors);
    }

    /** Of what was a volume of an in-tree plug-in, as CSI drivers take it over. */
    static void inline(JsonNode spec, FieldPath path, FieldErrors errors) {
        forbidden(spec.hasNonNull("claimRef"), path.child("claimRef"), NOT_INLINE, errors);
        forbidden(!spec.path("capacity").isEmpty(), path.child("capacity"), NOT_INLINE, errors);
        if (!spec.hasNonNull("csi")) {
            errors.required(path.child("csi"), "has to be specified" + IN_CONTEXT);
        }
        ClaimValidation.modes(spec, path, "", errors);
        String policy = Tree.text(spec, "persistentVolumeReclaimPolicy");
        forbidden(
                !policy.isEmpty() && !policy.equals("Retain"),
                path.child("persistentVolumeReclaimPolicy"),
                "may only be Retain" + IN_CONTEXT,
                errors);
        forbidden(spec.hasNonNull("nodeAffinity"), path.child("nodeAffinity"), NOT_INLINE, errors);
        source(spec, "", path, errors);
        forbidden(!Tree.text(spec, "storageClassName").isEmpty(), path.child("storageClassName"), NOT_INLINE, errors);
        forbidden(
                spec.hasNonNull("volumeMode") && !Tree.text(spec, "volumeMode").equals("Filesystem"),
                path.child("volumeMode"),
                "may not specify volumeMode other than Filesystem" + IN_CONTEXT,
                errors);
    }

    private static void forbidden(boolean given, FieldPath path, String detail, FieldErrors errors) {
        if (given) {
            errors.forbidden(path, detail);
        }
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

    private static void attributesClass(JsonNode spec, FieldPath path, FieldErrors errors) {
        if (!spec.hasNonNull(ATTRIBUTES_CLASS)) {
            return;
        }
        if (Tree.text(spec, ATTRIBUTES_CLASS).isEmpty()) {
            errors.required(path.child(ATTRIBUTES_CLASS), "an empty string is disallowed");
        } else {
            ClaimValidation.className(spec, path, ATTRIBUTES_CLASS, errors);
        }
        if (!spec.hasNonNull("csi")) {
            errors.required(path.child("csi"), "has to be specified when using volumeAttributesClassName");
        }
    }

    private static void source(JsonNode spec, String name, FieldPath path, FieldErrors errors) {
        int given = 0;
        for (Map.Entry<String, JsonNode> entry : spec.properties()) {
            String kind = entry.getKey();
            if (NO_SOURCE.contains(kind) || entry.getValue().isNull()) {
                continue;
            }
            if (++given > 1) {
                errors.forbidden(path.child(kind), "may not specify more than 1 volume type");
                continue;
            }
            FieldPath at = path.child(kind.equals("gcePersistentDisk") ? "persistentDisk" : kind);
            PersistentSourceRules.check(kind, entry.getValue(), name, at, errors);
            if (kind.equals("local") && !spec.hasNonNull("nodeAffinity")) {
                errors.required(path.child("nodeAffinity"), "Local volume requires node affinity");
            }
        }
        if (given == 0) {
            errors.required(path, "must specify a volume type");
        }
        if (Tree.text(spec, "persistentVolumeReclaimPolicy").equals("Recycle")
                && isRoot(Tree.text(spec, "hostPath", "path"))) {
            errors.forbidden(
                    path.child("persistentVolumeReclaimPolicy"), "may not be 'recycle' for a hostPath mount of '/'");
        }
    }

    /** However the root is written. */
    private static boolean isRoot(String path) {
        return path.startsWith("/") && Path.of(path).normalize().equals(Path.of("/"));
    }
}
