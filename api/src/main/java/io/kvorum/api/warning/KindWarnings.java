package io.kvorum.api.warning;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.GoText;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;
import io.kvorum.api.validation.FieldPath;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The warnings of each kind. Objects have been defaulted and are valid; the texts are ready for the client. */
public final class KindWarnings {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final FieldPath TEMPLATE = SPEC.child("template");
    private static final FieldPath JOB_OF_CRON = SPEC.child("jobTemplate", "spec");
    private static final FieldPath FINALIZERS = FieldPath.of("metadata", "finalizers");
    private static final String MOUNTABLE = "kubernetes.io/enforce-mountable-secrets";
    private static final Set<String> STANDARD_FINALIZERS = Set.of("orphan", "foregroundDeletion", "kubernetes");
    private static final long MANY_COMPLETIONS = 100_000;
    private static final long MANY_AT_ONCE = 10_000;

    private KindWarnings() {}

    /** What there is to tell of a new object. */
    public static List<String> created(ResourceInfo resource, ObjectNode object) {
        WarningList warnings = new WarningList();
        if (resource.custom() != null) {
            finalizers(null, object, warnings);
            return warnings.texts();
        }
        switch (key(resource)) {
            case "/Pod" -> {
                label(object, "the Pod's hostname", warnings);
                PodWarnings.pod(object, warnings);
            }
            case "/ReplicationController", "apps/Deployment", "apps/ReplicaSet", "batch/Job", "batch/CronJob" -> {
                label(object, "Pod names and hostnames", warnings);
                templates(resource, object, warnings);
            }
            case "apps/DaemonSet", "/PodTemplate" -> templates(resource, object, warnings);
            case "apps/StatefulSet" -> {
                templates(resource, object, warnings);
                statefulSet(object, false, warnings);
            }
            case "/ServiceAccount" -> mountable(null, object, warnings);
            case "discovery.k8s.io/EndpointSlice" -> NetworkWarnings.slice(object, true, warnings);
            case "networking.k8s.io/Ingress" -> NetworkWarnings.ingress(object, warnings);
            default -> either(resource, object, warnings);
        }
        return warnings.texts();
    }

    /** What there is to tell of a changed object; nothing of a changed pod, for no human changes pods. */
    public static List<String> updated(ResourceInfo resource, ObjectNode old, ObjectNode next) {
        WarningList warnings = new WarningList();
        if (resource.custom() != null) {
            finalizers(old, next, warnings);
            return warnings.texts();
        }
        boolean changed = Tree.number(old, "metadata", "generation") != Tree.number(next, "metadata", "generation");
        switch (key(resource)) {
            case "/ReplicationController",
                    "/PodTemplate",
                    "apps/Deployment",
                    "apps/ReplicaSet",
                    "apps/DaemonSet",
                    "batch/Job" -> ifChanged(changed, resource, next, warnings);
            case "batch/CronJob" -> {
                ifChanged(changed, resource, next, warnings);
                if (Tree.text(next, "spec", "schedule").contains("TZ")) {
                    warnings.add("cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see"
                            + " https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details");
                }
            }
            case "apps/StatefulSet" -> {
                ifChanged(changed, resource, next, warnings);
                statefulSet(next, true, warnings);
            }
            case "/ServiceAccount" -> mountable(old, next, warnings);
            case "discovery.k8s.io/EndpointSlice" -> NetworkWarnings.slice(next, false, warnings);
            default -> either(resource, next, warnings);
        }
        return warnings.texts();
    }

    /** What there is to tell of a changed status. */
    public static List<String> statusUpdated(ResourceInfo resource, ObjectNode next) {
        WarningList warnings = new WarningList();
        if (key(resource).equals("/Pod")) {
            for (String list : List.of("podIPs", "hostIPs")) {
                List<JsonNode> addresses = Tree.items(next, "status", list);
                for (int i = 0; i < addresses.size(); i++) {
                    FieldPath path = FieldPath.of("status", list).index(i).child("ip");
                    Addresses.ip(Tree.text(addresses.get(i), "ip"), path, warnings);
                }
            }
        }
        return warnings.texts();
    }

    private static String key(ResourceInfo resource) {
        return resource.group() + "/" + resource.kind();
    }

    /** Kinds of which the same is told whether they are new or not. */
    private static void either(ResourceInfo resource, ObjectNode object, WarningList warnings) {
        switch (key(resource)) {
            case "/Service" -> NetworkWarnings.service(object, warnings);
            case "/Endpoints" -> NetworkWarnings.endpoints(object, warnings);
            case "networking.k8s.io/NetworkPolicy" -> NetworkWarnings.policy(object, warnings);
            case "/PersistentVolume" -> VolumeWarnings.persistent(object, warnings);
            case "/PersistentVolumeClaim" -> VolumeWarnings.claim(object, warnings);
            case "/Node" -> node(object, warnings);
            case "storage.k8s.io/StorageClass" -> storageClass(object, warnings);
            case "storage.k8s.io/CSIStorageCapacity" ->
                NodeLabels.selector(object.path("nodeTopology"), FieldPath.of("nodeTopology"), warnings);
            case "node.k8s.io/RuntimeClass" -> {
                for (String label :
                        Tree.map(object, "scheduling", "nodeSelector").keySet()) {
                    NodeLabels.key(label, FieldPath.of("scheduling", "nodeSelector"), warnings);
                }
            }
            default -> {
                // There is nothing upstream warns of.
            }
        }
    }

    private static void ifChanged(boolean changed, ResourceInfo resource, ObjectNode object, WarningList warnings) {
        if (changed) {
            templates(resource, object, warnings);
        }
    }

    /** The name goes into names of hosts, which may have no dots. */
    private static void label(ObjectNode object, String use, WarningList warnings) {
        List<String> wrong = ObjectNames.dns1123Label(Tree.text(object, "metadata", "name"));
        if (!wrong.isEmpty()) {
            warnings.add(
                    FieldPath.of("metadata", "name"),
                    "this is used in " + use
                            + ", which can result in surprising behavior; a DNS label is recommended: "
                            + GoText.list(wrong));
        }
    }

    private static void templates(ResourceInfo resource, ObjectNode object, WarningList warnings) {
        switch (resource.kind()) {
            case "PodTemplate" -> template(object.path("template"), FieldPath.of("template"), warnings);
            case "Job" -> job(object.path("spec"), SPEC, warnings);
            case "CronJob" -> job(Tree.at(object, "spec", "jobTemplate", "spec"), JOB_OF_CRON, warnings);
            default -> template(Tree.at(object, "spec", "template"), TEMPLATE, warnings);
        }
    }

    private static void template(JsonNode template, FieldPath path, WarningList warnings) {
        if (template.isObject()) {
            PodWarnings.template(template, path, warnings);
        }
    }

    private static void job(JsonNode spec, FieldPath path, WarningList warnings) {
        if (Tree.text(spec, "completionMode").equals("Indexed")
                && Tree.number(spec, "completions") > MANY_COMPLETIONS
                && Tree.number(spec, "parallelism") > MANY_AT_ONCE) {
            warnings.add(
                    path,
                    "In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4,"
                            + " Kubernetes might not be able to track completedIndexes when a big number of indexes fail");
        }
        template(spec.path("template"), path.child("template"), warnings);
    }

    /** @param update where upstream spells the path in another way */
    private static void statefulSet(ObjectNode set, boolean update, WarningList warnings) {
        List<JsonNode> claims = Tree.items(set, "spec", "volumeClaimTemplates");
        for (int i = 0; i < claims.size(); i++) {
            FieldPath path = SPEC.child("volumeClaimTemplates").index(i);
            VolumeWarnings.claimSpec(claims.get(i).path("spec"), update ? path.child("Spec") : path, warnings);
        }
        if (Tree.number(set, "spec", "revisionHistoryLimit") < 0) {
            warnings.add(
                    SPEC.child("revisionHistoryLimit"),
                    "a negative value retains all historical revisions; a value >= 0 is recommended");
        }
    }

    private static void mountable(@Nullable ObjectNode old, ObjectNode account, WarningList warnings) {
        boolean before = Tree.at(old, "metadata", "annotations").has(MOUNTABLE);
        if (!before && Tree.at(account, "metadata", "annotations").has(MOUNTABLE)) {
            warnings.add(
                    FieldPath.of("metadata", "annotations").key(MOUNTABLE),
                    "deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets");
        }
    }

    private static void node(ObjectNode node, WarningList warnings) {
        if (Tree.has(node.path("spec"), "configSource")) {
            warnings.add("spec.configSource: the feature is removed");
        }
        if (!Tree.text(node, "spec", "externalID").isEmpty()) {
            warnings.add("spec.externalID: this field is deprecated, and is unused by Kubernetes");
        }
    }

    private static void storageClass(ObjectNode storageClass, WarningList warnings) {
        List<JsonNode> terms = Tree.items(storageClass, "allowedTopologies");
        for (int i = 0; i < terms.size(); i++) {
            List<JsonNode> expressions = Tree.items(terms.get(i), "matchLabelExpressions");
            for (int e = 0; e < expressions.size(); e++) {
                FieldPath path = FieldPath.of("allowedTopologies")
                        .index(i)
                        .child("matchLabelExpressions")
                        .index(e)
                        .child("key");
                NodeLabels.key(Tree.text(expressions.get(e), "key"), path, warnings);
            }
        }
    }

    /** Of custom objects: finalizers that a write adds and that could be anybody's. */
    private static void finalizers(@Nullable ObjectNode old, ObjectNode object, WarningList warnings) {
        List<String> known = Tree.texts(old, "metadata", "finalizers");
        for (String finalizer : Tree.texts(object, "metadata", "finalizers")) {
            if (known.contains(finalizer) || finalizer.contains("/") || STANDARD_FINALIZERS.contains(finalizer)) {
                continue;
            }
            String domain = finalizer.contains(".") ? "including a path (/) " : "";
            warnings.add(
                    FINALIZERS,
                    GoText.quoted(finalizer) + ": prefer a domain-qualified finalizer name " + domain
                            + "to avoid accidental conflicts with other finalizer writers");
        }
    }
}
