package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Quantity;
import io.kvorum.api.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rules of a pod's volumes. */
final class VolumeValidation {
    private static final int MAX_MODE = 0777;
    private static final List<String> HOST_PATH_TYPES = List.of(
            "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket");

    private VolumeValidation() {}

    /** @return the names of the volumes */
    static Set<String> volumes(List<JsonNode> volumes, FieldPath path, FieldErrors errors) {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < volumes.size(); i++) {
            JsonNode volume = volumes.get(i);
            FieldPath at = path.index(i);
            source(volume, at, errors);
            String name = Tree.text(volume, "name");
            if (name.isEmpty()) {
                errors.required(at.child("name"));
                continue;
            }
            List<String> wrong = ObjectNames.dns1123Label(name);
            errors.invalidEach(at.child("name"), name, wrong);
            if (wrong.isEmpty() && !names.add(name)) {
                errors.duplicate(at.child("name"), name);
            }
        }
        return names;
    }

    private static void source(JsonNode volume, FieldPath at, FieldErrors errors) {
        int given = 0;
        for (Map.Entry<String, JsonNode> entry : volume.properties()) {
            String kind = entry.getKey();
            if (kind.equals("name") || entry.getValue().isNull()) {
                continue;
            }
            if (++given > 1) {
                errors.forbidden(at.child(kind), "may not specify more than 1 volume type");
            } else {
                oneSource(kind, entry.getValue(), Tree.text(volume, "name"), at.child(kind), errors);
            }
        }
        if (given == 0) {
            errors.required(at, "must specify a volume type");
        }
    }

    private static void oneSource(String kind, JsonNode source, String volume, FieldPath at, FieldErrors errors) {
        switch (kind) {
            case "emptyDir" -> {
                String limit = Tree.at(source, "sizeLimit").asText("");
                if (!limit.isEmpty()) {
                    Quantity quantity = Rules.quantity(source.path("sizeLimit"), at.child("sizeLimit"), errors);
                    if (quantity != null && quantity.signum() < 0) {
                        errors.forbidden(at.child("sizeLimit"), "SizeLimit field must be a valid resource quantity");
                    }
                }
            }
            case "hostPath" -> hostPath(source, at, errors);
            case "secret" -> {
                Rules.requiredText(source, at, errors, "secretName");
                files(source, at, errors);
            }
            case "configMap" -> {
                Rules.requiredText(source, at, errors, "name");
                files(source, at, errors);
            }
            case "downwardAPI" -> downwardApi(source, at, errors);
            case "projected" -> projected(source, at, errors);
            case "persistentVolumeClaim" -> Rules.requiredText(source, at, errors, "claimName");
            case "nfs" -> nfs(source, at, errors);
            case "csi" -> {
                StorageValidation.csiDriverName(Tree.text(source, "driver"), at.child("driver"), errors);
                secret(source, "nodePublishSecretRef", at, errors);
            }
            case "gitRepo" -> {
                Rules.requiredText(source, at, errors, "repository");
                Rules.localPath(Tree.text(source, "directory"), at.child("directory"), errors);
            }
            case "cinder" -> {
                Rules.requiredText(source, at, errors, "volumeID");
                secret(source, "secretRef", at, errors);
            }
            case "storageos" -> {
                Rules.requiredText(source, at, errors, "volumeName");
                secret(source, "secretRef", at, errors);
            }
            case "image" -> Rules.oneOf(source, at, "pullPolicy", ContainerValidation.PULL_POLICIES, errors);
            case "ephemeral" -> {
                if (!source.hasNonNull("volumeClaimTemplate")) {
                    errors.required(at.child("volumeClaimTemplate"));
                } else {
                    ClaimValidation.spec(
                            Tree.at(source, "volumeClaimTemplate", "spec"),
                            at.child("volumeClaimTemplate", "spec"),
                            errors);
                }
            }
            // No node here can mount them; what they must say is the same as in a PersistentVolume.
            default -> PersistentSourceRules.check(kind, source, volume, at, errors);
        }
    }

    /** A Secret of the pod's namespace. */
    private static void secret(JsonNode source, String field, FieldPath at, FieldErrors errors) {
        if (source.hasNonNull(field)) {
            Rules.requiredText(source.path(field), at.child(field), errors, "name");
        }
    }

    static void nfs(JsonNode source, FieldPath at, FieldErrors errors) {
        Rules.requiredText(source, at, errors, "server", "path");
        String path = Tree.text(source, "path");
        if (!path.startsWith("/")) {
            errors.invalid(at.child("path"), path, "must be an absolute path");
        }
    }

    static void hostPath(JsonNode source, FieldPath at, FieldErrors errors) {
        String path = Tree.text(source, "path");
        if (path.isEmpty()) {
            errors.required(at.child("path"));
            return;
        }
        Rules.noDots(path, at.child("path"), errors);
        Rules.oneOf(source, at, "type", HOST_PATH_TYPES, errors);
    }

    private static void files(JsonNode source, FieldPath at, FieldErrors errors) {
        mode(source, at, "defaultMode", errors);
        List<JsonNode> items = Tree.items(source, "items");
        for (int i = 0; i < items.size(); i++) {
            FieldPath here = at.child("items").index(i);
            Rules.requiredText(items.get(i), here, errors, "key");
            path(items.get(i), here, errors);
            mode(items.get(i), here, "mode", errors);
        }
    }

    private static void downwardApi(JsonNode source, FieldPath at, FieldErrors errors) {
        mode(source, at, "defaultMode", errors);
        List<JsonNode> items = Tree.items(source, "items");
        for (int i = 0; i < items.size(); i++) {
            JsonNode item = items.get(i);
            FieldPath here = at.child("items").index(i);
            path(item, here, errors);
            if (item.hasNonNull("fieldRef")) {
                String field = Tree.text(item, "fieldRef", "fieldPath");
                if (field.isEmpty()) {
                    errors.required(here.child("fieldRef", "fieldPath"));
                } else if (!field.matches("metadata\\.(name|namespace|uid|labels|annotations)(\\['.+'])?")) {
                    errors.notSupported(
                            here.child("fieldRef", "fieldPath"),
                            field,
                            List.of(
                                    "metadata.annotations",
                                    "metadata.labels",
                                    "metadata.name",
                                    "metadata.namespace",
                                    "metadata.uid"));
                }
                if (item.hasNonNull("resourceFieldRef")) {
                    errors.invalid(
                            here, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously");
                }
            } else if (item.hasNonNull("resourceFieldRef")) {
                Rules.requiredText(
                        item.path("resourceFieldRef"), here.child("resourceFieldRef"), errors, "containerName");
                ContainerValidation.resourceFieldRef(
                        item.path("resourceFieldRef"), here.child("resourceFieldRef"), errors);
            } else {
                errors.required(here, "one of fieldRef and resourceFieldRef is required");
            }
            mode(item, here, "mode", errors);
        }
    }

    private static void projected(JsonNode projected, FieldPath at, FieldErrors errors) {
        mode(projected, at, "defaultMode", errors);
        List<JsonNode> sources = Tree.items(projected, "sources");
        for (int i = 0; i < sources.size(); i++) {
            JsonNode source = sources.get(i);
            FieldPath here = at.child("sources").index(i);
            for (String kind : List.of("secret", "configMap")) {
                if (source.hasNonNull(kind)) {
                    Rules.requiredText(source.path(kind), here.child(kind), errors, "name");
                    files(source.path(kind), here.child(kind), errors);
                }
            }
            if (source.hasNonNull("downwardAPI")) {
                downwardApi(source.path("downwardAPI"), here.child("downwardAPI"), errors);
            }
            if (source.hasNonNull("serviceAccountToken")) {
                JsonNode token = source.path("serviceAccountToken");
                FieldPath path = here.child("serviceAccountToken");
                path(token, path, errors);
                long seconds = Tree.number(token, "expirationSeconds");
                if (seconds < 600) {
                    errors.invalid(
                            path.child("expirationSeconds"),
                            seconds,
                            "may not specify a duration less than 10 minutes");
                }
            }
        }
    }

    private static void path(JsonNode owner, FieldPath at, FieldErrors errors) {
        String path = Tree.text(owner, "path");
        if (path.isEmpty()) {
            errors.required(at.child("path"));
            return;
        }
        Rules.localPath(path, at.child("path"), errors);
        if (path.startsWith("..") && !path.startsWith("../") && !path.equals("..")) {
            errors.invalid(at.child("path"), path, "must not start with '..'");
        }
    }

    private static void mode(JsonNode owner, FieldPath at, String field, FieldErrors errors) {
        if (owner.hasNonNull(field)) {
            long mode = Tree.number(owner, field);
            if (mode < 0 || mode > MAX_MODE) {
                errors.invalid(at.child(field), mode, "must be a number between 0 and 0777 (octal), both inclusive");
            }
        }
    }
}
