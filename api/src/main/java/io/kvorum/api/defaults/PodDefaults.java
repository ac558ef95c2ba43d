package io.kvorum.api.defaults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Quantity;
import io.kvorum.api.Tree;
import io.kvorum.api.quota.PodResources;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Defaults of pods, pod templates, containers, probes and volumes. */
final class PodDefaults {
    /** 0644: the mode of files made of ConfigMaps, Secrets and the downward API. */
    private static final int FILE_MODE = 420;

    private PodDefaults() {}

    /** A pod itself: what templates have, and what only pods get. */
    static void pod(ObjectNode pod) {
        ObjectNode spec = Tree.ensureObject(pod, "spec");
        podSpec(spec);
        Tree.setDefault(spec, "enableServiceLinks", true);
        if (Tree.flag(spec, "hostNetwork")) {
            hostPorts(spec);
        }
        List<ObjectNode> containers = new ArrayList<>(Tree.objects(spec, "initContainers"));
        containers.addAll(Tree.objects(spec, "containers"));
        for (ObjectNode container : containers) {
            requestsFromLimits(Tree.ensureObject(container, "resources"));
        }
        if (spec.get("resources") instanceof ObjectNode resources) {
            ofPod(spec, resources);
        }
        if (pod.get("status") instanceof ObjectNode status) {
            addresses(status);
        }
    }

    /** The address, and the list it is the first of: either sets both; the single one wins, old kubelets know no other. */
    private static void addresses(ObjectNode status) {
        String address = Tree.text(status, "podIP");
        List<JsonNode> all = Tree.items(status, "podIPs");
        String first = all.isEmpty() ? "" : Tree.text(all.get(0), "ip");
        if (address.isEmpty()) {
            if (!first.isEmpty()) {
                status.put("podIP", first);
            }
        } else if (!address.equals(first)) {
            status.putArray("podIPs").addObject().put("ip", address);
        }
    }

    /** A {@code template} field with its metadata and spec. */
    static void template(ObjectNode owner) {
        ObjectNode template = Tree.ensureObject(owner, "template");
        Tree.ensureObject(template, "metadata");
        podSpec(Tree.ensureObject(template, "spec"));
    }

    private static void podSpec(ObjectNode spec) {
        for (String list : List.of("initContainers", "containers", "ephemeralContainers")) {
            for (ObjectNode container : Tree.objects(spec, list)) {
                container(container);
            }
        }
        for (ObjectNode volume : Tree.objects(spec, "volumes")) {
            volume(volume);
        }
        Tree.setDefaultIfEmpty(spec, "dnsPolicy", "ClusterFirst");
        Tree.setDefaultIfEmpty(spec, "restartPolicy", "Always");
        Tree.ensureObject(spec, "securityContext");
        Tree.setDefault(spec, "terminationGracePeriodSeconds", 30);
        Tree.setDefaultIfEmpty(spec, "schedulerName", "default-scheduler");
        serviceAccount(spec);
        for (ObjectNode toleration : Tree.objects(spec, "tolerations")) {
            dropEmpty(toleration, "key", "value", "effect", "operator");
        }
    }

    /** The old and the new name of one field: either sets both. */
    private static void serviceAccount(ObjectNode spec) {
        String name = Tree.text(spec, "serviceAccountName");
        if (name.isEmpty()) {
            name = Tree.text(spec, "serviceAccount");
        }
        if (name.isEmpty()) {
            spec.remove(List.of("serviceAccountName", "serviceAccount"));
        } else {
            spec.put("serviceAccountName", name);
            spec.put("serviceAccount", name);
        }
    }

    private static void hostPorts(ObjectNode spec) {
        for (String list : List.of("initContainers", "containers")) {
            for (ObjectNode container : Tree.objects(spec, list)) {
                for (ObjectNode port : Tree.objects(container, "ports")) {
                    if (Tree.number(port, "hostPort") == 0) {
                        port.set("hostPort", port.path("containerPort"));
                    }
                }
            }
        }
    }

    private static void container(ObjectNode container) {
        String image = Tree.text(container, "image");
        Tree.setDefaultIfEmpty(container, "imagePullPolicy", isLatest(image) ? "Always" : "IfNotPresent");
        Tree.setDefaultIfEmpty(container, "terminationMessagePath", "/dev/termination-log");
        Tree.setDefaultIfEmpty(container, "terminationMessagePolicy", "File");
        ObjectNode resources = Tree.ensureObject(container, "resources");
        quantities(resources, "limits");
        quantities(resources, "requests");
        for (ObjectNode port : Tree.objects(container, "ports")) {
            Tree.setDefaultIfEmpty(port, "protocol", "TCP");
        }
        for (ObjectNode env : Tree.objects(container, "env")) {
            dropEmpty(env, "value");
            if (env.get("valueFrom") instanceof ObjectNode source) {
                fieldReferences(source);
            }
        }
        for (String probe : List.of("livenessProbe", "readinessProbe", "startupProbe")) {
            if (container.get(probe) instanceof ObjectNode found) {
                probe(found);
            }
        }
        for (String hook : List.of("postStart", "preStop")) {
            if (Tree.at(container, "lifecycle", hook) instanceof ObjectNode found) {
                httpGet(found);
            }
        }
    }

    /** Whether the image's tag is, or is taken to be, {@code latest}. */
    private static boolean isLatest(String image) {
        if (image.contains("@")) {
            // A digest stands for one content, tagged or not.
            int tag = image.substring(0, image.indexOf('@')).lastIndexOf(':');
            return tag > image.lastIndexOf('/')
                    && image.substring(tag + 1, image.indexOf('@')).equals("latest");
        }
        int tag = image.lastIndexOf(':');
        return tag <= image.lastIndexOf('/') || image.substring(tag + 1).equals("latest");
    }

    private static void probe(ObjectNode probe) {
        Tree.setDefault(probe, "timeoutSeconds", 1);
        Tree.setDefault(probe, "periodSeconds", 10);
        Tree.setDefault(probe, "successThreshold", 1);
        Tree.setDefault(probe, "failureThreshold", 3);
        // These are held by value upstream, where 0 is the same as unset.
        setIfZero(probe, "timeoutSeconds", 1);
        setIfZero(probe, "periodSeconds", 10);
        setIfZero(probe, "successThreshold", 1);
        setIfZero(probe, "failureThreshold", 3);
        httpGet(probe);
        if (probe.get("grpc") instanceof ObjectNode grpc) {
            Tree.setDefault(grpc, "service", "");
        }
    }

    private static void setIfZero(ObjectNode node, String field, int value) {
        if (Tree.number(node, field) == 0) {
            node.put(field, value);
        }
    }

    private static void httpGet(ObjectNode handler) {
        if (handler.get("httpGet") instanceof ObjectNode httpGet) {
            Tree.setDefaultIfEmpty(httpGet, "path", "/");
            Tree.setDefaultIfEmpty(httpGet, "scheme", "HTTP");
        }
    }

    private static void fieldReferences(ObjectNode source) {
        if (source.get("fieldRef") instanceof ObjectNode field) {
            Tree.setDefaultIfEmpty(field, "apiVersion", "v1");
        }
        if (source.get("resourceFieldRef") instanceof ObjectNode resource) {
            Tree.setDefault(resource, "divisor", "0");
        }
    }

    private static void volume(ObjectNode volume) {
        if (volume.size() == 1 && volume.has("name")) {
            volume.putObject("emptyDir");
        }
        for (String source : List.of("secret", "configMap", "downwardAPI", "projected")) {
            if (volume.get(source) instanceof ObjectNode found) {
                Tree.setDefault(found, "defaultMode", FILE_MODE);
                for (ObjectNode item : Tree.objects(found, "items")) {
                    fieldReferences(item);
                }
            }
        }
        for (ObjectNode source : Tree.objects(volume, "projected", "sources")) {
            for (ObjectNode item : Tree.objects(source, "downwardAPI", "items")) {
                fieldReferences(item);
            }
            if (source.get("serviceAccountToken") instanceof ObjectNode token) {
                Tree.setDefault(token, "expirationSeconds", 3600);
            }
        }
        if (volume.get("hostPath") instanceof ObjectNode hostPath) {
            Tree.setDefault(hostPath, "type", "");
        }
        if (Tree.at(volume, "ephemeral", "volumeClaimTemplate") instanceof ObjectNode template) {
            Tree.setDefault(Tree.ensureObject(template, "spec"), "volumeMode", "Filesystem");
        }
        if (volume.get("iscsi") instanceof ObjectNode iscsi) {
            Tree.setDefaultIfEmpty(iscsi, "iscsiInterface", "default");
        }
        if (volume.get("emptyDir") instanceof ObjectNode emptyDir && emptyDir.has("sizeLimit")) {
            canonicalize(emptyDir, "sizeLimit", false);
        }
    }

    /**
     * What is asked for the pod as a whole, where something is said of it: what its containers ask for together, else the
     * limit. Huge pages cannot be promised twice, so that their limit is what all containers may have (KEP-2837).
     */
    private static void ofPod(ObjectNode spec, ObjectNode resources) {
        if (Tree.at(resources, "limits").isEmpty()
                && Tree.at(resources, "requests").isEmpty()) {
            return;
        }
        PodResources.ofContainers(spec, "limits").forEach((name, limit) -> {
            if (name.startsWith("hugepages-")) {
                Tree.setDefault(Tree.ensureObject(resources, "limits"), name, limit.toString());
            }
        });
        PodResources.ofContainers(spec, "requests").forEach((name, request) -> {
            if (name.equals("cpu") || name.equals("memory")) {
                Tree.setDefault(Tree.ensureObject(resources, "requests"), name, request.toString());
            }
        });
        requestsFromLimits(resources);
    }

    private static void requestsFromLimits(ObjectNode resources) {
        if (resources.get("limits") instanceof ObjectNode limits && !limits.isEmpty()) {
            ObjectNode requests = Tree.ensureObject(resources, "requests");
            for (Map.Entry<String, JsonNode> limit : limits.properties()) {
                if (!requests.has(limit.getKey())) {
                    requests.set(limit.getKey(), limit.getValue());
                }
            }
        }
    }

    /** Writes the quantities of a resource list in their canonical form, no finer than a thousandth. */
    static void quantities(ObjectNode owner, String list) {
        if (owner.get(list) instanceof ObjectNode found) {
            List<String> names = new ArrayList<>();
            found.fieldNames().forEachRemaining(names::add);
            names.forEach(name -> canonicalize(found, name, true));
        }
    }

    static void canonicalize(ObjectNode owner, String field, boolean milli) {
        String text = owner.path(field).asText("");
        // A malformed one is the decoder's or the validation's to refuse.
        if (Quantity.isValid(text)) {
            Quantity quantity = Quantity.parse(text);
            owner.put(field, (milli ? quantity.roundUpToMilli() : quantity).toString());
        }
    }

    /** Removes empty strings that upstream does not write. */
    static void dropEmpty(ObjectNode node, String... fields) {
        for (String field : fields) {
            if (node.path(field).isTextual() && node.path(field).textValue().isEmpty()) {
                node.remove(field);
            }
        }
    }
}
