package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.Tree;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rules of where a container sees the volumes of its pod: mounted, or as devices. */
final class MountRules {
    private static final List<String> PROPAGATIONS = List.of("Bidirectional", "HostToContainer", "None");

    private final Map<String, JsonNode> volumes = new HashMap<>();
    private final FieldErrors errors;

    /**
     * @param spec of the pod
     * @param names of its volumes that are right
     */
    MountRules(JsonNode spec, Set<String> names, FieldErrors errors) {
        for (JsonNode volume : Tree.items(spec, "volumes")) {
            if (names.contains(Tree.text(volume, "name"))) {
                volumes.put(Tree.text(volume, "name"), volume);
            }
        }
        this.errors = errors;
    }

    void check(JsonNode container, FieldPath at) {
        mounts(container, at);
        devices(container, at);
    }

    private void mounts(JsonNode container, FieldPath at) {
        Set<String> paths = new HashSet<>();
        Map<String, String> devices = paths(container, "volumeDevices", "devicePath");
        List<JsonNode> mounts = Tree.items(container, "volumeMounts");
        for (int i = 0; i < mounts.size(); i++) {
            JsonNode mount = mounts.get(i);
            FieldPath here = at.child("volumeMounts").index(i);
            String name = Tree.text(mount, "name");
            if (name.isEmpty()) {
                errors.required(here.child("name"));
            } else if (!volumes.containsKey(name)) {
                errors.notFound(here.child("name"), name);
            }
            String path = Tree.text(mount, "mountPath");
            if (path.isEmpty()) {
                errors.required(here.child("mountPath"));
            }
            if (!paths.add(path)) {
                errors.invalid(here.child("mountPath"), path, "must be unique");
            }
            if (devices.containsKey(name)) {
                errors.invalid(here.child("name"), name, "must not already exist in volumeDevices");
            }
            if (devices.containsValue(path)) {
                errors.invalid(here.child("mountPath"), path, "must not already exist as a path in volumeDevices");
            }
            // The paths of what follows are upstream's, which leave out the index.
            subPaths(mount, here, at.child("volumeMounts"));
            propagation(mount, container, at.child("volumeMounts"));
            recursiveReadOnly(mount, at.child("volumeMounts", "recursiveReadOnly"));
        }
    }

    private void subPaths(JsonNode mount, FieldPath here, FieldPath list) {
        String subPath = Tree.text(mount, "subPath");
        String expression = Tree.text(mount, "subPathExpr");
        JsonNode volume = volumes.get(Tree.text(mount, "name"));
        if (volume != null && volume.hasNonNull("image")) {
            for (String field : List.of("subPath", "subPathExpr")) {
                if (!Tree.text(mount, field).isEmpty()) {
                    errors.invalid(here.child(field), Tree.text(mount, field), "not allowed in image volume sources");
                }
            }
        }
        if (!subPath.isEmpty()) {
            Rules.localPath(subPath, list.child("subPath"), errors);
        }
        if (!expression.isEmpty()) {
            if (!subPath.isEmpty()) {
                errors.invalid(here.child("subPathExpr"), expression, "subPathExpr and subPath are mutually exclusive");
            }
            Rules.localPath(expression, list.child("subPathExpr"), errors);
        }
    }

    private void propagation(JsonNode mount, JsonNode container, FieldPath list) {
        Rules.oneOf(mount, list, "mountPropagation", PROPAGATIONS, errors);
        if (Tree.text(mount, "mountPropagation").equals("Bidirectional")
                && !Tree.at(container, "securityContext", "privileged").asBoolean(false)) {
            errors.forbidden(
                    list.child("mountPropagation"),
                    "Bidirectional mount propagation is available only to privileged containers");
        }
    }

    private void recursiveReadOnly(JsonNode mount, FieldPath path) {
        String wanted = Tree.text(mount, "recursiveReadOnly");
        switch (wanted) {
            case "", "Disabled" -> {}
            case "Enabled", "IfPossible" -> {
                if (!Tree.flag(mount, "readOnly")) {
                    errors.forbidden(path, "may only be specified when readOnly is true");
                }
                String propagation = Tree.text(mount, "mountPropagation");
                if (!propagation.isEmpty() && !propagation.equals("None")) {
                    errors.forbidden(path, "may only be specified when mountPropagation is None or not specified");
                }
            }
            default -> errors.notSupported(path, wanted, List.of("Disabled", "Enabled", "IfPossible"));
        }
    }

    /** Volumes that a container sees as devices. */
    private void devices(JsonNode container, FieldPath at) {
        Set<String> seen = new HashSet<>();
        Set<String> paths = new HashSet<>();
        Map<String, String> mounts = paths(container, "volumeMounts", "mountPath");
        List<JsonNode> devices = Tree.items(container, "volumeDevices");
        for (int i = 0; i < devices.size(); i++) {
            FieldPath here = at.child("volumeDevices").index(i);
            String name = Tree.text(devices.get(i), "name");
            String path = Tree.text(devices.get(i), "devicePath");
            JsonNode volume = volumes.get(name);
            if (name.isEmpty()) {
                errors.required(here.child("name"));
            } else if (!seen.add(name)) {
                errors.invalid(here.child("name"), name, "must be unique");
            }
            if (volume == null) {
                errors.notFound(here.child("name"), name);
            } else if (!volume.hasNonNull("persistentVolumeClaim") && !volume.hasNonNull("ephemeral")) {
                errors.invalid(
                        here.child("name"),
                        name,
                        "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode");
            }
            if (path.isEmpty()) {
                errors.required(here.child("devicePath"));
            }
            if (!paths.add(path)) {
                errors.invalid(here.child("devicePath"), path, "must be unique");
            }
            if (List.of(path.split("/")).contains("..")) {
                errors.invalid(here.child("devicePath"), path, "can not contain backsteps ('..')");
            }
            if (mounts.containsKey(name)) {
                errors.invalid(here.child("name"), name, "must not already exist in volumeMounts");
            }
            if (mounts.containsValue(path)) {
                errors.invalid(here.child("devicePath"), path, "must not already exist as a path in volumeMounts");
            }
        }
    }

    /** Where in the container volumes are, by their names. */
    private static Map<String, String> paths(JsonNode container, String list, String field) {
        Map<String, String> paths = new HashMap<>();
        Tree.items(container, list).forEach(each -> paths.put(Tree.text(each, "name"), Tree.text(each, field)));
        return paths;
    }
}
