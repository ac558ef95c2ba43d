package io.kvorum.api.defaults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.IntOrString;
import io.kvorum.api.Tree;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** Defaults of the core group, beside pods. */
final class CoreDefaults {
    private CoreDefaults() {}

    static void apply(String kind, ObjectNode object) {
        switch (kind) {
            case "Pod" -> PodDefaults.pod(object);
            case "PodTemplate" -> PodDefaults.template(object);
            case "ReplicationController" -> replicationController(object);
            case "Service" -> service(object);
            case "Secret" -> secret(object);
            case "Namespace" -> namespace(object);
            case "Node" -> node(object);
            case "PersistentVolume" -> persistentVolume(object);
            case "PersistentVolumeClaim" -> claim(object);
            case "ResourceQuota" -> PodDefaults.quantities(Tree.ensureObject(object, "spec"), "hard");
            case "LimitRange" -> limitRange(object);
            case "Endpoints" -> endpoints(object);
            case "Event" -> event(object);
            default -> {
                // No defaults.
            }
        }
    }

    private static void replicationController(ObjectNode controller) {
        ObjectNode spec = Tree.ensureObject(controller, "spec");
        if (spec.get("template") instanceof ObjectNode) {
            PodDefaults.template(spec);
            ObjectNode labels = Tree.object(spec, "template", "metadata", "labels");
            ObjectNode metadata = Tree.ensureObject(controller, "metadata");
            if (!labels.isEmpty()) {
                if (Tree.object(spec, "selector").isEmpty()) {
                    spec.set("selector", labels.deepCopy());
                }
                if (Tree.object(metadata, "labels").isEmpty()) {
                    metadata.set("labels", labels.deepCopy());
                }
            }
        }
        Tree.setDefault(spec, "replicas", 1);
    }

    private static void service(ObjectNode service) {
        ObjectNode spec = Tree.ensureObject(service, "spec");
        Tree.setDefaultIfEmpty(spec, "sessionAffinity", "None");
        if (Tree.text(spec, "sessionAffinity").equals("None")) {
            spec.remove("sessionAffinityConfig");
        } else if (Tree.text(spec, "sessionAffinity").equals("ClientIP")) {
            ObjectNode clientIp = Tree.ensureObject(Tree.ensureObject(spec, "sessionAffinityConfig"), "clientIP");
            Tree.setDefault(clientIp, "timeoutSeconds", 10800);
        }
        Tree.setDefaultIfEmpty(spec, "type", "ClusterIP");
        for (ObjectNode port : Tree.objects(spec, "ports")) {
            Tree.setDefaultIfEmpty(port, "protocol", "TCP");
            IntOrString target = IntOrString.from(port.get("targetPort"));
            if (target == null || target.equals(IntOrString.of(0)) || target.equals(IntOrString.of(""))) {
                port.set("targetPort", port.path("port"));
            }
            PodDefaults.dropEmpty(port, "name");
        }
        String type = Tree.text(spec, "type");
        boolean outside = type.equals("NodePort") || type.equals("LoadBalancer");
        if (outside
                || (type.equals("ClusterIP") && !Tree.items(spec, "externalIPs").isEmpty())) {
            Tree.setDefaultIfEmpty(spec, "externalTrafficPolicy", "Cluster");
        }
        if (!type.equals("ExternalName")) {
            Tree.setDefault(spec, "internalTrafficPolicy", "Cluster");
        }
        if (type.equals("LoadBalancer")) {
            Tree.setDefault(spec, "allocateLoadBalancerNodePorts", true);
            for (ObjectNode point : Tree.objects(service, "status", "loadBalancer", "ingress")) {
                if (!Tree.text(point, "ip").isEmpty()) {
                    Tree.setDefault(point, "ipMode", "VIP");
                }
            }
        }
        PodDefaults.dropEmpty(spec, "clusterIP", "externalName", "loadBalancerIP");
    }

    private static void secret(ObjectNode secret) {
        Tree.setDefaultIfEmpty(secret, "type", "Opaque");
        if (secret.remove("stringData") instanceof ObjectNode plain && !plain.isEmpty()) {
            ObjectNode data = Tree.ensureObject(secret, "data");
            for (Map.Entry<String, JsonNode> entry : plain.properties()) {
                byte[] bytes = entry.getValue().asText("").getBytes(StandardCharsets.UTF_8);
                data.put(entry.getKey(), Base64.getEncoder().encodeToString(bytes));
            }
        }
    }

    private static void namespace(ObjectNode namespace) {
        String name = Tree.text(namespace, "metadata", "name");
        if (!name.isEmpty()) {
            Tree.ensureObject(Tree.ensureObject(namespace, "metadata"), "labels")
                    .put("kubernetes.io/metadata.name", name);
        }
        Tree.ensureObject(namespace, "spec");
    }

    private static void node(ObjectNode node) {
        podBlocks(Tree.ensureObject(node, "spec"));
        if (Tree.at(node, "status") instanceof ObjectNode status) {
            PodDefaults.quantities(status, "capacity");
            PodDefaults.quantities(status, "allocatable");
            if (status.hasNonNull("capacity") && !status.hasNonNull("allocatable")) {
                status.set("allocatable", status.path("capacity").deepCopy());
            }
        }
    }

    /** The block of its pods, and the list it is the first of: either sets both; the single one wins. */
    private static void podBlocks(ObjectNode spec) {
        String block = Tree.text(spec, "podCIDR");
        List<String> all = Tree.texts(spec, "podCIDRs");
        String first = all.isEmpty() ? "" : all.get(0);
        if (block.isEmpty()) {
            if (!first.isEmpty()) {
                spec.put("podCIDR", first);
            }
        } else if (!block.equals(first)) {
            spec.putArray("podCIDRs").add(block);
        }
    }

    private static void persistentVolume(ObjectNode volume) {
        ObjectNode spec = Tree.ensureObject(volume, "spec");
        Tree.setDefaultIfEmpty(spec, "persistentVolumeReclaimPolicy", "Retain");
        Tree.setDefault(spec, "volumeMode", "Filesystem");
        PodDefaults.quantities(spec, "capacity");
        if (spec.get("hostPath") instanceof ObjectNode hostPath) {
            Tree.setDefault(hostPath, "type", "");
        }
        if (spec.get("iscsi") instanceof ObjectNode iscsi) {
            Tree.setDefaultIfEmpty(iscsi, "iscsiInterface", "default");
        }
    }

    static void claim(ObjectNode claim) {
        ObjectNode spec = Tree.ensureObject(claim, "spec");
        Tree.setDefault(spec, "volumeMode", "Filesystem");
        ObjectNode resources = Tree.ensureObject(spec, "resources");
        PodDefaults.quantities(resources, "requests");
        PodDefaults.quantities(resources, "limits");
        // The same thing under two names; the newer one says more.
        if (spec.hasNonNull("dataSource") && !spec.hasNonNull("dataSourceRef")) {
            spec.set("dataSourceRef", spec.path("dataSource").deepCopy());
        } else if (spec.hasNonNull("dataSourceRef")
                && !spec.hasNonNull("dataSource")
                && Tree.text(spec, "dataSourceRef", "namespace").isEmpty()) {
            spec.set("dataSource", spec.path("dataSourceRef").deepCopy());
        }
        Tree.setDefaultIfEmpty(Tree.ensureObject(claim, "status"), "phase", "Pending");
    }

    private static void limitRange(ObjectNode range) {
        for (ObjectNode item : Tree.objects(range, "spec", "limits")) {
            for (String list : List.of("max", "min", "default", "defaultRequest", "maxLimitRequestRatio")) {
                PodDefaults.quantities(item, list);
            }
            if (!Tree.text(item, "type").equals("Container")) {
                continue;
            }
            copyMissing(item, "max", "default");
            copyMissing(item, "default", "defaultRequest");
            copyMissing(item, "min", "defaultRequest");
        }
    }

    private static void copyMissing(ObjectNode item, String from, String to) {
        for (Map.Entry<String, JsonNode> entry :
                new ArrayList<>(Tree.object(item, from).properties())) {
            ObjectNode target = Tree.ensureObject(item, to);
            if (!target.has(entry.getKey())) {
                target.set(entry.getKey(), entry.getValue());
            }
        }
    }

    private static void endpoints(ObjectNode endpoints) {
        for (ObjectNode subset : Tree.objects(endpoints, "subsets")) {
            for (ObjectNode port : Tree.objects(subset, "ports")) {
                Tree.setDefaultIfEmpty(port, "protocol", "TCP");
                PodDefaults.dropEmpty(port, "name");
            }
        }
    }

    /** Events write some of their fields even when they are empty. */
    private static void event(ObjectNode event) {
        Tree.ensureObject(event, "involvedObject");
        Tree.ensureObject(event, "source");
        for (String time : List.of("eventTime", "firstTimestamp", "lastTimestamp")) {
            if (!event.has(time)) {
                event.putNull(time);
            }
        }
        Tree.setDefault(event, "reportingComponent", "");
        Tree.setDefault(event, "reportingInstance", "");
    }

    static void newEvent(ObjectNode event) {
        if (!event.has("eventTime")) {
            event.putNull("eventTime");
        }
    }
}
