package io.kvorum.apiserver.bootstrap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.apiserver.cache.StoreKeys;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * The objects every cluster is born with, as they are shipped: {@code objects.json} has those of Kubernetes, {@code
 * kvorum-objects.json} those of components that Kubernetes does not know.
 */
public record BirthDocument(List<Entry> entries) {
    private static final String RBAC = "rbac.authorization.k8s.io";
    private static final String FLOW = "flowcontrol.apiserver.k8s.io";

    /** A section of the documents and what its objects are; all are of version v1. */
    private enum Section {
        PRIORITY_CLASSES("priorityclasses", "scheduling.k8s.io", "PriorityClass"),
        CLUSTER_ROLES("clusterroles", RBAC, "ClusterRole"),
        CLUSTER_ROLE_BINDINGS("clusterrolebindings", RBAC, "ClusterRoleBinding"),
        ROLES("roles", RBAC, "Role"),
        ROLE_BINDINGS("rolebindings", RBAC, "RoleBinding"),
        PRIORITY_LEVELS("prioritylevelconfigurations", FLOW, "PriorityLevelConfiguration"),
        FLOW_SCHEMAS("flowschemas", FLOW, "FlowSchema");

        final String resource;
        final String group;
        final String kind;

        Section(String resource, String group, String kind) {
            this.resource = resource;
            this.group = group;
            this.kind = kind;
        }
    }

    /** One object with where it belongs. The tree must not be changed. */
    public record Entry(String group, String resource, ObjectNode object) {
        String stored() {
            return StoreKeys.resource(group, resource);
        }

        String path() {
            JsonNode meta = object.path("metadata");
            String name = meta.path("name").asText();
            return meta.has("namespace") ? meta.path("namespace").asText() + "/" + name : name;
        }

        boolean rbac() {
            return group.equals(RBAC);
        }
    }

    /** Reads the documents; blocks. */
    public static BirthDocument read() throws IOException {
        List<Entry> entries = new ArrayList<>(192);
        ObjectMapper mapper = new ObjectMapper();
        for (String file : List.of("objects.json", "kvorum-objects.json")) {
            try (InputStream in = BirthDocument.class.getResourceAsStream(file)) {
                if (in == null) {
                    throw new IOException(file + " is missing from the class path");
                }
                JsonNode document = mapper.readTree(in);
                for (Section section : Section.values()) {
                    for (JsonNode given : document.path(section.resource)) {
                        ObjectNode object = (ObjectNode) given;
                        object.put("apiVersion", section.group + "/v1");
                        object.put("kind", section.kind);
                        entries.add(new Entry(section.group, section.resource, object));
                    }
                }
            }
        }
        return new BirthDocument(List.copyOf(entries));
    }

    /** Roles and bindings. */
    public List<ObjectNode> rbac() {
        return entries.stream().filter(Entry::rbac).map(Entry::object).toList();
    }

    /** A ClusterRole of that name. */
    public ObjectNode clusterRole(String name) {
        return entries.stream()
                .filter(entry -> entry.resource().equals(Section.CLUSTER_ROLES.resource))
                .filter(entry -> entry.path().equals(name))
                .map(Entry::object)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no ClusterRole " + name + " among the objects of birth"));
    }
}
