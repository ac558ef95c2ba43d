package io.kvorum.apiserver.table;

import static io.kvorum.apiserver.table.TablePrinters.printer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Volumes, claims and group storage.k8s.io. */
final class StoragePrinters {
    private static final String CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class";
    private static final Map<String, String> ACCESS_MODES =
            Map.of("ReadWriteOnce", "RWO", "ReadOnlyMany", "ROX", "ReadWriteMany", "RWX", "ReadWriteOncePod", "RWOP");

    private StoragePrinters() {}

    static void register(Map<String, TablePrinter> printers) {
        printers.put("/persistentvolumes", printer("""
                        Name
                        Capacity|string|Size of the volume
                        Access Modes|string|How it may be mounted
                        Reclaim Policy|string|What happens to it once its claim is gone
                        Status|string|Whether it is free, bound, released or failed
                        Claim|string|Claim it is bound to
                        StorageClass|string|Storage class it belongs to
                        VolumeAttributesClass|string|Volume attributes class it belongs to
                        Reason|string|Why it is in a failed state
                        Age
                        *VolumeMode|string|Filesystem or Block
                        """, StoragePrinters::volume));
        printers.put("/persistentvolumeclaims", printer("""
                        Name
                        Status|string|Whether it is pending, bound or lost
                        Volume|string|Volume it is bound to
                        Capacity|string|Size of the volume
                        Access Modes|string|How the volume may be mounted
                        StorageClass|string|Storage class it asks for
                        VolumeAttributesClass|string|Volume attributes class it asks for
                        Age
                        *VolumeMode|string|Filesystem or Block
                        """, StoragePrinters::claim));
        printers.put("storage.k8s.io/csidrivers", printer("""
                        Name
                        AttachRequired|boolean|Whether volumes must be attached
                        PodInfoOnMount|boolean|Whether the driver is told about the pod
                        StorageCapacity|boolean|Whether the scheduler looks at the capacity
                        TokenRequests|string|Audiences of the tokens the driver gets
                        RequiresRepublish|boolean|Whether volumes are published again and again
                        Modes|string|Kinds of volumes the driver has
                        Age
                        """, StoragePrinters::driver));
        printers.put(
                "storage.k8s.io/csinodes",
                printer(
                        """
                        Name
                        Drivers|integer|Number of drivers on the node
                        Age
                        """,
                        row -> row.name()
                                .number(row.spec().path("drivers").size())
                                .age()));
        printers.put("storage.k8s.io/storageclasses", printer("""
                        Name
                        Provisioner|string|Who makes the volumes
                        ReclaimPolicy|string|What happens to a volume once its claim is gone
                        VolumeBindingMode|string|When a claim is bound
                        AllowVolumeExpansion|string|Whether claims may grow
                        Age
                        """, StoragePrinters::storageClass));
        printers.put(
                "storage.k8s.io/volumeattachments",
                printer(
                        """
                        Name
                        Attacher|string:name|Driver that attaches the volume
                        PV|string|The volume
                        Node|string|The node
                        Attached|boolean|Whether it is attached
                        Age
                        """,
                        row -> row.name()
                                .text(row.spec().path("attacher").asText())
                                .text(row.spec()
                                        .path("source")
                                        .path("persistentVolumeName")
                                        .asText())
                                .text(row.spec().path("nodeName").asText())
                                .bool(row.status().path("attached").asBoolean())
                                .age()));
        printers.put(
                "storage.k8s.io/volumeattributesclasses",
                printer(
                        """
                        Name
                        DriverName|string|Driver the class is for
                        Age
                        """,
                        row -> row.name()
                                .text(row.object().path("driverName").asText())
                                .age()));
    }

    private static String accessModes(JsonNode modes) {
        List<String> shown = new ArrayList<>();
        modes.forEach(mode -> {
            String text = ACCESS_MODES.getOrDefault(mode.asText(), "");
            if (!text.isEmpty() && !shown.contains(text)) {
                shown.add(text);
            }
        });
        return String.join(",", shown);
    }

    private static String storageClassOf(Row row) {
        String annotated =
                row.metadata().path("annotations").path(CLASS_ANNOTATION).asText();
        return annotated.isEmpty() ? row.spec().path("storageClassName").asText() : annotated;
    }

    private static String phase(Row row) {
        return row.deleted() ? "Terminating" : row.status().path("phase").asText();
    }

    private static void volume(Row row) {
        JsonNode claim = row.spec().path("claimRef");
        row.name()
                .text(row.spec().path("capacity").path("storage"), "0")
                .text(accessModes(row.spec().path("accessModes")))
                .text(row.spec().path("persistentVolumeReclaimPolicy").asText())
                .text(phase(row))
                .text(
                        claim.isObject()
                                ? claim.path("namespace").asText() + "/"
                                        + claim.path("name").asText()
                                : "")
                .text(storageClassOf(row))
                .text(row.spec().path("volumeAttributesClassName"), Row.UNSET)
                .text(row.status().path("reason").asText())
                .age()
                .text(row.spec().path("volumeMode"), Row.UNSET);
    }

    private static void claim(Row row) {
        String volume = row.spec().path("volumeName").asText();
        boolean bound = !volume.isEmpty();
        row.name()
                .text(phase(row))
                .text(volume)
                .text(bound ? Row.textOr(row.status().path("capacity").path("storage"), "0") : "")
                .text(bound ? accessModes(row.status().path("accessModes")) : "")
                .text(storageClassOf(row))
                .text(row.spec().path("volumeAttributesClassName"), Row.UNSET)
                .age()
                .text(row.spec().path("volumeMode"), Row.UNSET);
    }

    private static void driver(Row row) {
        JsonNode requests = row.spec().path("tokenRequests");
        String modes = Texts.join(row.spec().path("volumeLifecycleModes"));
        row.name()
                .bool(row.spec().path("attachRequired").asBoolean(true))
                .bool(row.spec().path("podInfoOnMount").asBoolean())
                .bool(row.spec().path("storageCapacity").asBoolean())
                .text(requests.isEmpty() ? Row.UNSET : Texts.join(requests, "audience"))
                .bool(row.spec().path("requiresRepublish").asBoolean())
                .text(modes.isEmpty() ? Row.NONE : modes)
                .age();
    }

    private static void storageClass(Row row) {
        JsonNode annotations = row.metadata().path("annotations");
        boolean standard = annotations
                        .path("storageclass.kubernetes.io/is-default-class")
                        .asText()
                        .equals("true")
                || annotations
                        .path("storageclass.beta.kubernetes.io/is-default-class")
                        .asText()
                        .equals("true");
        row.text(row.metadata().path("name").asText() + (standard ? " (default)" : ""))
                .text(row.object().path("provisioner").asText())
                .text(row.object().path("reclaimPolicy"), "Delete")
                .text(row.object().path("volumeBindingMode"), "Immediate")
                .bool(row.object().path("allowVolumeExpansion").asBoolean())
                .age();
    }
}
