package io.kvorum.cli.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.cli.cluster.CommandFailure;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The Node objects: ready, schedulable, tainted, gone. Every change may be repeated. */
public final class Nodes {
    private static final String PATH = "/api/v1/nodes";
    private static final int ATTEMPTS = 10;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final KubeApi api;

    public Nodes(KubeApi api) {
        this.api = api;
    }

    public List<JsonNode> all() throws InterruptedException {
        return api.list(PATH);
    }

    public Optional<JsonNode> find(String node) throws InterruptedException {
        return all().stream()
                .filter(each -> each.path("metadata").path("name").asText().equals(node))
                .findFirst();
    }

    public static boolean ready(JsonNode node) {
        for (JsonNode condition : node.path("status").path("conditions")) {
            if (condition.path("type").asText().equals("Ready")) {
                return condition.path("status").asText().equals("True");
            }
        }
        return false;
    }

    /**
     * Cordons a node or takes that back, together with one taint of effect NoSchedule.
     *
     * @param key of the taint; empty to leave the taints alone
     * @return whether that changed anything; false also when there is no such node
     */
    public boolean cordon(String node, boolean cordoned, String key, String value) throws InterruptedException {
        for (int i = 0; i < ATTEMPTS; i++) {
            Optional<JsonNode> found = find(node);
            if (found.isEmpty()) {
                return false;
            }
            JsonNode spec = found.get().path("spec");
            ArrayNode taints = JSON.createArrayNode();
            spec.path("taints").forEach(taint -> {
                if (key.isEmpty() || !taint.path("key").asText().equals(key)) {
                    taints.add(taint);
                }
            });
            if (cordoned && !key.isEmpty()) {
                taints.addObject().put("key", key).put("value", value).put("effect", "NoSchedule");
            }
            if (spec.path("unschedulable").asBoolean() == cordoned
                    && asSet(spec.path("taints")).equals(asSet(taints))) {
                return false;
            }
            ObjectNode patch = JSON.createObjectNode();
            patch.putObject("metadata")
                    .set("resourceVersion", found.get().path("metadata").path("resourceVersion"));
            ObjectNode wanted = patch.putObject("spec");
            if (cordoned) {
                wanted.put("unschedulable", true);
            } else {
                wanted.putNull("unschedulable");
            }
            if (taints.isEmpty()) {
                wanted.putNull("taints");
            } else {
                wanted.set("taints", taints);
            }
            KubeApi.Answer answer = api.merge(PATH + "/" + node, patch);
            if (answer.status() != 409) {
                answer.required("cannot cordon node " + node);
                return true;
            }
        }
        throw new CommandFailure("node " + node + " changes too often to be cordoned; try again", 1);
    }

    /** Others add taints too, so that their order says nothing. */
    private static Set<JsonNode> asSet(JsonNode taints) {
        Set<JsonNode> all = new HashSet<>();
        taints.forEach(all::add);
        return all;
    }

    /** Deletes the object of a node whose processes have ended. */
    public void delete(String node) throws InterruptedException {
        KubeApi.Answer answer = api.delete(PATH + "/" + node);
        if (answer.status() != 404) {
            answer.required("cannot delete node " + node);
        }
    }
}
