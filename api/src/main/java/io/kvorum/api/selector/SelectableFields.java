package io.kvorum.api.selector;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which fields each resource offers to field selectors, and their values. */
final class SelectableFields {
    private static final Set<String> METADATA = Set.of("metadata.name", "metadata.namespace");

    /** By group/resource; those absent offer name and namespace only. */
    private static final Map<String, Set<String>> BY_RESOURCE = Map.ofEntries(
            Map.entry(
                    "/pods",
                    Set.of(
                            "spec.nodeName",
                            "spec.restartPolicy",
                            "spec.schedulerName",
                            "spec.serviceAccountName",
                            "spec.hostNetwork",
                            "status.phase",
                            "status.podIP",
                            "status.podIPs",
                            "status.nominatedNodeName")),
            Map.entry("/nodes", Set.of("spec.unschedulable")),
            Map.entry("/replicationcontrollers", Set.of("status.replicas")),
            Map.entry("/namespaces", Set.of("status.phase")),
            Map.entry("/secrets", Set.of("type")),
            Map.entry("/services", Set.of("spec.clusterIP", "spec.type")),
            Map.entry(
                    "/events",
                    Set.of(
                            "involvedObject.kind",
                            "involvedObject.namespace",
                            "involvedObject.name",
                            "involvedObject.uid",
                            "involvedObject.apiVersion",
                            "involvedObject.resourceVersion",
                            "involvedObject.fieldPath",
                            "reason",
                            "reportingComponent",
                            "source",
                            "type")),
            Map.entry(
                    "events.k8s.io/events",
                    Set.of(
                            "regarding.kind",
                            "regarding.namespace",
                            "regarding.name",
                            "regarding.uid",
                            "regarding.apiVersion",
                            "regarding.resourceVersion",
                            "regarding.fieldPath",
                            "reason",
                            "reportingController",
                            "type")),
            Map.entry("batch/jobs", Set.of("status.successful")),
            Map.entry("certificates.k8s.io/certificatesigningrequests", Set.of("spec.signerName")),
            Map.entry("resource.k8s.io/resourceslices", Set.of("spec.nodeName", "spec.driver")));

    /** Fields whose value is no string at the path of the same name. */
    private static final Set<String> BOOLEANS = Set.of("spec.unschedulable", "spec.hostNetwork");

    private static final String REGARDING = "regarding.";

    private static final Set<String> NUMBERS = Set.of("status.replicas");

    private SelectableFields() {}

    static void check(ResourceInfo resource, String field) {
        Set<String> own = BY_RESOURCE.get(resource.group() + "/" + resource.resource());
        if (METADATA.contains(field) || (own != null && own.contains(field))) {
            return;
        }
        if (resource.custom() != null) {
            if (!resource.custom().selectableFields().contains("." + field)) {
                throw ApiException.badRequest("field label not supported: " + field);
            }
            return;
        }
        if (own == null) {
            throw ApiException.badRequest(
                    "\"" + field + "\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"");
        }
        if (resource.resource().equals("jobs")) {
            throw ApiException.badRequest("field label \"" + field + "\" not supported for batchv1.Job");
        }
        throw ApiException.badRequest("field label not supported: " + field);
    }

    static String value(JsonNode object, String field) {
        if (BOOLEANS.contains(field)) {
            return Boolean.toString(Tree.flag(object, field.split("\\.")));
        }
        if (NUMBERS.contains(field)) {
            return Long.toString(Tree.number(object, field.split("\\.")));
        }
        return switch (field) {
            case "source" ->
                firstNonEmpty(Tree.text(object, "source", "component"), Tree.text(object, "reportingComponent"));
            case "status.successful" -> Long.toString(Tree.number(object, "status", "succeeded"));
            case "status.podIPs" -> podIps(object);
            // Events of both groups are kept in the older group's form.
            case "reportingController" ->
                firstNonEmpty(Tree.text(object, field), Tree.text(object, "reportingComponent"));
            default ->
                field.startsWith(REGARDING) && object.has("involvedObject")
                        ? text(object, "involvedObject." + field.substring(REGARDING.length()))
                        : text(object, field);
        };
    }

    private static String text(JsonNode object, String path) {
        return Tree.at(object, path.split("\\.")).asText("");
    }

    private static String podIps(JsonNode pod) {
        List<JsonNode> ips = Tree.items(pod, "status", "podIPs");
        StringBuilder all = new StringBuilder();
        for (JsonNode ip : ips) {
            all.append(all.length() == 0 ? "" : ",").append(Tree.text(ip, "ip"));
        }
        return all.toString();
    }

    private static String firstNonEmpty(String first, String second) {
        return first.isEmpty() ? second : first;
    }
}
