package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** The rules of what a PersistentVolume is made of, one for each type of volume. */
final class PersistentSourceRules {
    private static final List<String> CSI_SECRETS = List.of(
            "controllerPublishSecretRef", "controllerExpandSecretRef", "nodePublishSecretRef", "nodeExpandSecretRef");
    private static final List<String> CACHING = List.of("None", "ReadOnly", "ReadWrite");
    private static final List<String> DISKS = List.of("Dedicated", "Managed", "Shared");
    private static final String MANAGED =
            "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}";
    private static final String BLOB = "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd";
    private static final String MUST_BE_BYTE = "must be between 0 and 255, inclusive";
    private static final int MOST_TENANT = 64;
    private static final int MOST_PORTAL = 64;

    /** Names of ends of iSCSI, by what they start with: RFC 3720, 3.2.6.3. */
    private static final Map<String, Pattern> ISCSI_NAMES = Map.of(
            "iqn", Pattern.compile("iqn\\.\\d{4}-\\d{2}\\.[\\p{Alnum}.-]+:[^,;*&$|\\s]+$"),
            "eui", Pattern.compile("^eui.\\p{Alnum}{16}$"),
            "naa", Pattern.compile("^naa.\\p{Alnum}{32}$"));

    private PersistentSourceRules() {}

    /**
     * @param volume the name of the volume
     * @param at the source, or what upstream calls it in findings
     */
    static void check(String kind, JsonNode source, String volume, FieldPath at, FieldErrors errors) {
        switch (kind) {
            case "hostPath" -> VolumeValidation.hostPath(source, at, errors);
            case "nfs" -> VolumeValidation.nfs(source, at, errors);
            case "csi" -> csi(source, at, errors);
            case "local" -> local(source, at, errors);
            case "iscsi" -> iscsi(source, volume, at, errors);
            case "fc" -> fibreChannel(source, at, errors);
            case "cephfs" -> some(source, at, "monitors", errors);
            case "rbd" -> {
                some(source, at, "monitors", errors);
                Rules.requiredText(source, at, errors, "image");
            }
            case "flexVolume" -> flex(source, at, errors);
            case "gcePersistentDisk" -> disk(source, at, "pdName", errors);
            case "awsElasticBlockStore" -> disk(source, at, "volumeID", errors);
            case "cinder" -> {
                Rules.requiredText(source, at, errors, "volumeID");
                secret(source, at, errors);
            }
            case "glusterfs" -> glusterfs(source, at, errors);
            case "quobyte" -> quobyte(source, at, errors);
            case "flocker" -> flocker(source, at, errors);
            case "azureFile" -> {
                Rules.requiredText(source, at, errors, "secretName", "shareName");
                if (source.hasNonNull("secretNamespace")) {
                    Rules.requiredText(source, at, errors, "secretNamespace");
                }
            }
            case "azureDisk" -> azureDisk(source, at, errors);
            case "vsphereVolume" -> Rules.requiredText(source, at, errors, "volumePath");
            case "photonPersistentDisk" -> Rules.requiredText(source, at, errors, "pdID");
            case "portworxVolume" -> Rules.requiredText(source, at, errors, "volumeID");
            case "scaleIO" -> Rules.requiredText(source, at, errors, "gateway", "system", "volumeName");
            case "storageos" -> storageos(source, at, errors);
            default -> throw new IllegalArgumentException("no type of volumes: " + kind);
        }
    }

    private static void some(JsonNode source, FieldPath at, String field, FieldErrors errors) {
        if (source.path(field).isEmpty()) {
            errors.required(at.child(field));
        }
    }

    private static void csi(JsonNode source, FieldPath at, FieldErrors errors) {
        StorageValidation.csiDriverName(Tree.text(source, "driver"), at.child("driver"), errors);
        Rules.requiredText(source, at, errors, "volumeHandle");
        for (String secret : CSI_SECRETS) {
            if (!source.hasNonNull(secret)) {
                continue;
            }
            FieldPath path = at.child(secret);
            JsonNode reference = source.path(secret);
            String name = Tree.text(reference, "name");
            Rules.requiredText(reference, path, errors, "name");
            if (!name.isEmpty()) {
                errors.invalidEach(path.child("name"), name, ObjectNames.dns1123Subdomain(name));
            }
            Rules.requiredText(reference, path, errors, "namespace");
            label(reference, "namespace", path, errors);
        }
    }

    private static void label(JsonNode owner, String field, FieldPath at, FieldErrors errors) {
        String value = Tree.text(owner, field);
        if (!value.isEmpty()) {
            errors.invalidEach(at.child(field), value, ObjectNames.dns1123Label(value));
        }
    }

    private static void local(JsonNode source, FieldPath at, FieldErrors errors) {
        Rules.requiredText(source, at, errors, "path");
        Rules.noDots(Tree.text(source, "path"), at.child("path"), errors);
    }

    private static void iscsi(JsonNode source, String volume, FieldPath at, FieldErrors errors) {
        Rules.requiredText(source, at, errors, "targetPortal");
        boolean named = source.hasNonNull("initiatorName");
        String portal = Tree.text(source, "targetPortal");
        if (named && MetaValidation.bytes(volume + ":" + portal) > MOST_PORTAL) {
            errors.invalid(
                    at.child("targetportal"),
                    portal,
                    "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if"
                            + " iscsi.initiatorName is specified.");
        }
        Rules.requiredText(source, at, errors, "iqn");
        String target = Tree.text(source, "iqn");
        if (!target.isEmpty() && !isIscsiName(target)) {
            errors.invalid(at.child("iqn"), target, "must be valid format");
        }
        lun(source, at, errors);
        boolean authenticates = Tree.flag(source, "chapAuthDiscovery") || Tree.flag(source, "chapAuthSession");
        if (source.hasNonNull("secretRef")) {
            Rules.requiredText(source.path("secretRef"), at.child("secretRef"), errors, "name");
        } else if (authenticates) {
            errors.required(at.child("secretRef"));
        }
        String initiator = Tree.text(source, "initiatorName");
        if (named && !isIscsiName(initiator)) {
            errors.invalid(at.child("initiatorname"), initiator, "must be valid format");
        }
    }

    private static boolean isIscsiName(String name) {
        return ISCSI_NAMES.entrySet().stream()
                .anyMatch(form -> name.startsWith(form.getKey())
                        && form.getValue().matcher(name).find());
    }

    private static void lun(JsonNode source, FieldPath at, FieldErrors errors) {
        long lun = Tree.number(source, "lun");
        if (lun < 0 || lun > 255) {
            errors.invalid(at.child("lun"), lun, MUST_BE_BYTE);
        }
    }

    private static void fibreChannel(JsonNode source, FieldPath at, FieldErrors errors) {
        boolean byTarget = !source.path("targetWWNs").isEmpty();
        boolean byId = !source.path("wwids").isEmpty();
        FieldPath targets = at.child("targetWWNs");
        if (!byTarget && !byId) {
            errors.required(targets, "must specify either targetWWNs or wwids, but not both");
        }
        if (byTarget && byId) {
            errors.invalid(
                    targets, source.path("targetWWNs"), "targetWWNs and wwids can not be specified simultaneously");
        }
        if (byTarget && !source.hasNonNull("lun")) {
            errors.required(at.child("lun"), "lun is required if targetWWNs is specified");
        } else if (byTarget) {
            lun(source, at, errors);
        }
    }

    private static void flex(JsonNode source, FieldPath at, FieldErrors errors) {
        Rules.requiredText(source, at, errors, "driver");
        for (String option : Tree.map(source, "options").keySet()) {
            String namespace = "." + option.split("/", 2)[0].toLowerCase(Locale.ROOT);
            if (namespace.endsWith(".kubernetes.io") || namespace.endsWith(".k8s.io")) {
                errors.invalid(
                        at.child("options").key(option), option, "kubernetes.io and k8s.io namespaces are reserved");
            }
        }
    }

    private static void disk(JsonNode source, FieldPath at, String name, FieldErrors errors) {
        Rules.requiredText(source, at, errors, name);
        long partition = Tree.number(source, "partition");
        if (partition < 0 || partition > 255) {
            // Upstream's words: zero, which stands for none, is good as well.
            errors.invalid(at.child("partition"), partition, "must be between 1 and 255, inclusive");
        }
    }

    private static void secret(JsonNode source, FieldPath at, FieldErrors errors) {
        if (source.hasNonNull("secretRef")) {
            Rules.requiredText(source.path("secretRef"), at.child("secretRef"), errors, "name", "namespace");
        }
    }

    private static void glusterfs(JsonNode source, FieldPath at, FieldErrors errors) {
        Rules.requiredText(source, at, errors, "endpoints", "path");
        if (source.hasNonNull("endpointsNamespace")
                && Tree.text(source, "endpointsNamespace").isEmpty()) {
            errors.invalid(
                    at.child("endpointsNamespace"),
                    "",
                    "if the endpointnamespace is set, it must be a valid namespace name");
        }
        label(source, "endpointsNamespace", at, errors);
    }

    private static void quobyte(JsonNode source, FieldPath at, FieldErrors errors) {
        String pairs = "must be a host:port pair or multiple pairs separated by commas";
        String registry = Tree.text(source, "registry");
        if (registry.isEmpty()) {
            errors.required(at.child("registry"), pairs);
        } else if (MetaValidation.bytes(Tree.text(source, "tenant")) > MOST_TENANT) {
            errors.required(at.child("tenant"), "must be a UUID and may not exceed a length of 64 characters");
        } else {
            for (String pair : registry.split(",", -1)) {
                if (!pair.matches("(\\[[^]\\[]*]|[^:\\[\\]]*):[^:\\[\\]]*")) {
                    errors.invalid(at.child("registry"), registry, pairs);
                }
            }
        }
        Rules.requiredText(source, at, errors, "volume");
    }

    private static void flocker(JsonNode source, FieldPath at, FieldErrors errors) {
        String name = Tree.text(source, "datasetName");
        boolean hasId = !Tree.text(source, "datasetUUID").isEmpty();
        if (name.isEmpty() && !hasId) {
            errors.required(at, "one of datasetName and datasetUUID is required");
        }
        if (!name.isEmpty() && hasId) {
            errors.invalid(at, "resource", "datasetName and datasetUUID can not be specified simultaneously");
        }
        if (name.contains("/")) {
            errors.invalid(at.child("datasetName"), name, "must not contain '/'");
        }
    }

    private static void azureDisk(JsonNode source, FieldPath at, FieldErrors errors) {
        Rules.requiredText(source, at, errors, "diskName", "diskURI");
        Rules.oneOf(source, at, "cachingMode", CACHING, errors);
        Rules.oneOf(source, at, "kind", DISKS, errors);
        if (!source.hasNonNull("kind")) {
            return;
        }
        boolean managed = Tree.text(source, "kind").equals("Managed");
        String uri = Tree.text(source, "diskURI");
        if (!uri.startsWith(managed ? "/subscriptions/" : "https://")) {
            errors.notSupported(at.child("diskURI"), uri, List.of(managed ? MANAGED : BLOB));
        }
    }

    private static void storageos(JsonNode source, FieldPath at, FieldErrors errors) {
        Rules.requiredText(source, at, errors, "volumeName");
        label(source, "volumeName", at, errors);
        label(source, "volumeNamespace", at, errors);
        secret(source, at, errors);
    }
}
