package io.kvorum.api.warning;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.GoText;
import io.kvorum.api.Tree;
import io.kvorum.api.validation.FieldPath;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Warnings of the volumes of a pod and of PersistentVolumes and their claims. */
final class VolumeWarnings {
    private static final String STORAGE_CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class";

    /** Sources that upstream has given up, and since when. */
    private static final List<Map.Entry<String, String>> SOURCES = List.of(
            Map.entry("photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+"),
            Map.entry("gitRepo", "deprecated in v1.11, and disabled by default in v1.33+"),
            Map.entry("scaleIO", "deprecated in v1.16, non-functional in v1.22+"),
            Map.entry("flocker", "deprecated in v1.22, non-functional in v1.25+"),
            Map.entry("storageos", "deprecated in v1.22, non-functional in v1.25+"),
            Map.entry("quobyte", "deprecated in v1.22, non-functional in v1.25+"),
            Map.entry("glusterfs", "deprecated in v1.25, non-functional in v1.26+"),
            Map.entry("cephfs", "deprecated in v1.28, non-functional in v1.31+"),
            Map.entry("rbd", "deprecated in v1.28, non-functional in v1.31+"));

    /** Of those, what is said of a PersistentVolume, in upstream's order. */
    private static final List<String> OF_PERSISTENT =
            List.of("cephfs", "photonPersistentDisk", "scaleIO", "storageos", "glusterfs", "rbd");

    private VolumeWarnings() {}

    static void volumes(List<JsonNode> volumes, FieldPath path, WarningList warnings) {
        for (int i = 0; i < volumes.size(); i++) {
            JsonNode volume = volumes.get(i);
            FieldPath at = path.index(i);
            for (Map.Entry<String, String> source : SOURCES) {
                source(volume, source.getKey(), at, warnings);
            }
            if (Tree.has(volume.path("ephemeral"), "volumeClaimTemplate")) {
                claimSpec(
                        Tree.at(volume, "ephemeral", "volumeClaimTemplate", "spec"),
                        at.child("ephemeral", "volumeClaimTemplate", "spec"),
                        warnings);
            }
        }
        volumes.forEach(volume -> overlaps(volume, warnings));
    }

    private static void source(JsonNode owner, String field, FieldPath path, WarningList warnings) {
        if (owner.hasNonNull(field)) {
            // Upstream writes this one as its type is called.
            String shown = field.equals("storageos") ? "storageOS" : field;
            for (Map.Entry<String, String> source : SOURCES) {
                if (source.getKey().equals(field)) {
                    warnings.add(path.child(shown), source.getValue());
                }
            }
        }
    }

    // ---- files of one volume that get into each other's way

    /** @param source who puts a file there; empty where the volume has one source only */
    private record Target(String path, String source) {
        @Override
        public String toString() {
            return GoText.quoted(path) + (source.isEmpty() ? "" : " (" + source + ")");
        }

        boolean overlaps(Target other) {
            return !path.isEmpty()
                    && !other.path.isEmpty()
                    && ((path + "/").startsWith(other.path + "/") || (other.path + "/").startsWith(path + "/"));
        }
    }

    private static void overlaps(JsonNode volume, WarningList warnings) {
        String name = "volume " + GoText.quoted(Tree.text(volume, "name"));
        JsonNode map = volume.path("configMap");
        report(name + " (ConfigMap " + GoText.quoted(Tree.text(map, "name")) + ")", targets(map, ""), warnings);
        JsonNode secret = volume.path("secret");
        report(
                name + " (Secret " + GoText.quoted(Tree.text(secret, "secretName")) + ")",
                targets(secret, ""),
                warnings);
        report(name + " (DownwardAPI)", targets(volume.path("downwardAPI"), ""), warnings);
        List<Target> projected = new ArrayList<>();
        for (JsonNode source : Tree.items(volume, "projected", "sources")) {
            if (source.isEmpty()) {
                warnings.add(name + " (Projected) has no sources provided");
            } else {
                projected.addAll(projected(source));
            }
        }
        report(name + " (Projected)", projected, warnings);
    }

    private static List<Target> projected(JsonNode source) {
        if (source.hasNonNull("configMap")) {
            String name = Tree.text(source, "configMap", "name");
            return targets(source.path("configMap"), "ConfigMap " + GoText.quoted(name));
        }
        if (source.hasNonNull("secret")) {
            return targets(source.path("secret"), "Secret " + GoText.quoted(Tree.text(source, "secret", "name")));
        }
        if (source.hasNonNull("downwardAPI")) {
            return targets(source.path("downwardAPI"), "DownwardAPI");
        }
        if (source.hasNonNull("serviceAccountToken")) {
            return List.of(new Target(trimmed(source.path("serviceAccountToken")), "ServiceAccountToken"));
        }
        JsonNode bundle = source.path("clusterTrustBundle");
        if (bundle.isObject()) {
            String name = Tree.text(bundle, bundle.hasNonNull("name") ? "name" : "signerName");
            return List.of(new Target(trimmed(bundle), "ClusterTrustBundle " + GoText.quoted(name)));
        }
        return List.of();
    }

    private static List<Target> targets(JsonNode owner, String source) {
        return Tree.items(owner, "items").stream()
                .map(item -> new Target(trimmed(item), source))
                .toList();
    }

    private static String trimmed(JsonNode item) {
        String path = Tree.text(item, "path");
        int end = path.length();
        while (end > 0 && path.charAt(end - 1) == '/') {
            end--;
        }
        return path.substring(0, end);
    }

    private static void report(String volume, List<Target> targets, WarningList warnings) {
        for (int i = 0; i < targets.size(); i++) {
            for (Target before : targets.subList(0, i)) {
                if (targets.get(i).overlaps(before)) {
                    warnings.add(volume + ": overlapping paths: " + targets.get(i) + " with " + before);
                }
            }
        }
    }

    // ---- PersistentVolumes and claims

    static void persistent(JsonNode volume, WarningList warnings) {
        storageClassAnnotation(volume, warnings);
        FieldPath spec = FieldPath.of("spec");
        if (Tree.text(volume, "spec", "persistentVolumeReclaimPolicy").equals("Recycle")) {
            warnings.add(
                    spec.child("persistentVolumeReclaimPolicy"),
                    "The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic"
                            + " provisioning.");
        }
        List<JsonNode> terms = Tree.items(volume, "spec", "nodeAffinity", "required", "nodeSelectorTerms");
        for (int i = 0; i < terms.size(); i++) {
            FieldPath path =
                    spec.child("nodeAffinity", "required", "nodeSelectorTerms").index(i);
            NodeLabels.term(terms.get(i), false, path, warnings);
        }
        OF_PERSISTENT.forEach(source -> source(volume.path("spec"), source, spec, warnings));
    }

    static void claim(JsonNode claim, WarningList warnings) {
        storageClassAnnotation(claim, warnings);
        claimSpec(claim.path("spec"), FieldPath.of("spec"), warnings);
    }

    static void claimSpec(JsonNode spec, FieldPath path, WarningList warnings) {
        for (String list : List.of("requests", "limits")) {
            warnings.fraction(
                    path.child("resources", list).key("storage"), Tree.text(spec, "resources", list, "storage"));
        }
    }

    private static void storageClassAnnotation(JsonNode object, WarningList warnings) {
        if (Tree.at(object, "metadata", "annotations").has(STORAGE_CLASS_ANNOTATION)) {
            warnings.add(
                    FieldPath.of("metadata", "annotations").key(STORAGE_CLASS_ANNOTATION),
                    "deprecated since v1.8; use \"storageClassName\" attribute instead");
        }
    }
}
