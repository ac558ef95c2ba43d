package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import java.util.List;
import java.util.Map;

/** The rules of PersistentVolumes. */
final class PersistentVolumeValidation implements KindValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final String EXPAND_SECRET = "controllerExpandSecretRef";
    private static final String ATTRIBUTES_CLASS = PersistentVolumeRules.ATTRIBUTES_CLASS;

    /** Labels of nodes that may be replaced in a volume's affinity, by their successors. */
    private static final Map<String, String> SUCCESSORS = Map.of(
            "beta.kubernetes.io/arch", "kubernetes.io/arch",
            "beta.kubernetes.io/os", "kubernetes.io/os",
            "beta.kubernetes.io/instance-type", "node.kubernetes.io/instance-type",
            "failure-domain.beta.kubernetes.io/region", "topology.kubernetes.io/region",
            "failure-domain.beta.kubernetes.io/zone", "topology.kubernetes.io/zone");

    @Override
    public void create(ObjectNode volume, ValidationOptions options, FieldErrors errors) {
        PersistentVolumeRules.check(volume.path("spec"), Tree.text(volume, "metadata", "name"), SPEC, errors);
    }

    /** The source stays, but for the secret of a CSI driver that expands volumes, which may be added. */
    @Override
    public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
        create(next, options, errors);
        ObjectNode before = Tree.object(old, "spec").deepCopy().remove(PersistentVolumeRules.NO_SOURCE);
        ObjectNode after = Tree.object(next, "spec").deepCopy().remove(PersistentVolumeRules.NO_SOURCE);
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
