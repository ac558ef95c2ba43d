package io.kvorum.cli.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.cli.cluster.CommandFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Empties a cordoned node through the eviction API, as {@code kubectl drain --ignore-daemonsets --delete-emptydir-data}
 * does: pods of DaemonSets and static pods stay, disruption budgets are respected, a pod counts as gone when its object
 * is.
 */
public final class NodeDrain {
    private static final long POLL_MILLIS = 250;
    /** Between two tries to evict a pod that its budget protects. */
    private static final long EVICTION_PAUSE_MILLIS = 1000;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final KubeApi api;
    private final Duration patience;
    private final boolean force;
    private final Consumer<String> progress;

    /**
     * @param patience how long no pod at all may leave
     * @param force also delete pods that no controller brings back
     * @param progress told of every pod that goes and of every budget that is in the way
     */
    public NodeDrain(KubeApi api, Duration patience, boolean force, Consumer<String> progress) {
        this.api = api;
        this.patience = patience;
        this.force = force;
        this.progress = progress;
    }

    /** The drain stopped: a budget forbids it, or pods do not end. What is done stays done. */
    public static final class Blocked extends RuntimeException {
        Blocked(String message) {
            super(message, null, false, false);
        }
    }

    /** The pods on a node that a drain has to move, by namespace/name. */
    public List<JsonNode> pods(String node) throws InterruptedException {
        return api.list("/api/v1/pods?fieldSelector=spec.nodeName%3D" + node).stream()
                .filter(pod -> !stays(pod))
                .toList();
    }

    private static boolean stays(JsonNode pod) {
        return pod.path("metadata").path("annotations").has("kubernetes.io/config.mirror")
                || controllerKind(pod).equals("DaemonSet");
    }

    private static String controllerKind(JsonNode pod) {
        for (JsonNode owner : pod.path("metadata").path("ownerReferences")) {
            if (owner.path("controller").asBoolean()) {
                return owner.path("kind").asText();
            }
        }
        return "";
    }

    /** Names of pods that would be lost, since nothing makes them anew; finished ones do not count. */
    public List<String> unmanaged(String node) throws InterruptedException {
        return pods(node).stream()
                .filter(pod -> controllerKind(pod).isEmpty())
                .filter(pod -> !finished(pod))
                .map(NodeDrain::key)
                .toList();
    }

    private static boolean finished(JsonNode pod) {
        String phase = pod.path("status").path("phase").asText();
        return phase.equals("Succeeded") || phase.equals("Failed");
    }

    private static String key(JsonNode pod) {
        return pod.path("metadata").path("namespace").asText() + "/"
                + pod.path("metadata").path("name").asText();
    }

    /** Returns when the node is empty; how many pods left it. Errors: {@link Blocked}. */
    public int drain(String node) throws InterruptedException {
        List<String> lost = force ? List.of() : unmanaged(node);
        if (!lost.isEmpty()) {
            throw new CommandFailure(
                    "cannot drain node " + node + ": nothing would bring back " + String.join(", ", lost)
                            + "; delete them yourself, or say --force",
                    1);
        }
        Map<String, String> blocked = new TreeMap<>();
        Map<String, Long> nextTry = new HashMap<>();
        List<String> before = List.of();
        int moved = 0;
        long lastProgress = System.nanoTime();
        while (true) {
            List<JsonNode> left = pods(node);
            List<String> uids = new ArrayList<>();
            left.forEach(pod -> uids.add(pod.path("metadata").path("uid").asText()));
            int gone = (int) before.stream().filter(uid -> !uids.contains(uid)).count();
            if (gone > 0) {
                moved += gone;
                lastProgress = System.nanoTime();
            }
            before = uids;
            if (left.isEmpty()) {
                return moved;
            }
            for (JsonNode pod : left) {
                String uid = pod.path("metadata").path("uid").asText();
                boolean due = System.nanoTime() - nextTry.getOrDefault(uid, Long.MIN_VALUE / 2) >= 0;
                if (!pod.path("metadata").has("deletionTimestamp") && due) {
                    nextTry.put(uid, System.nanoTime() + EVICTION_PAUSE_MILLIS * 1_000_000);
                    evict(node, pod, blocked);
                }
            }
            List<String> keys = left.stream().map(NodeDrain::key).toList();
            blocked.keySet().removeIf(each -> !keys.contains(each));
            if (System.nanoTime() - lastProgress > patience.toNanos()) {
                throw new Blocked(stuck(node, left, blocked));
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private void evict(String node, JsonNode pod, Map<String, String> blocked) throws InterruptedException {
        JsonNode meta = pod.path("metadata");
        String namespace = meta.path("namespace").asText();
        String name = meta.path("name").asText();
        ObjectNode eviction =
                JSON.createObjectNode().put("apiVersion", "policy/v1").put("kind", "Eviction");
        eviction.putObject("metadata").put("name", name).put("namespace", namespace);
        eviction.putObject("deleteOptions")
                .putObject("preconditions")
                .put("uid", meta.path("uid").asText());
        KubeApi.Answer answer = api.post("/api/v1/namespaces/" + namespace + "/pods/" + name + "/eviction", eviction);
        String key = namespace + "/" + name;
        // 409: another pod of that name by now.
        boolean already = answer.status() == 404 || answer.status() == 409;
        if (answer.ok()) {
            blocked.remove(key);
            progress.accept("evicted pod " + key + " from " + node);
        } else if (answer.status() == 429 || answer.status() == 500) {
            String why = answer.cause();
            if (!why.equals(blocked.put(key, why))) {
                progress.accept("waiting to evict pod " + key + " from " + node + ": " + why);
            }
        } else if (!already) {
            answer.required("cannot evict pod " + key);
        }
    }

    private String stuck(String node, List<JsonNode> left, Map<String, String> blocked) {
        if (!blocked.isEmpty()) {
            Map.Entry<String, String> first = blocked.entrySet().iterator().next();
            String more = blocked.size() == 1 ? "" : " (and " + (blocked.size() - 1) + " more)";
            return "node " + node + " cannot be drained: pod " + first.getKey() + more + " may not be evicted. "
                    + first.getValue() + ". Nothing left the node for " + patience.toSeconds() + " s";
        }
        List<String> names = left.stream().map(NodeDrain::key).toList();
        return "node " + node + " cannot be drained: no pod ended for " + patience.toSeconds() + " s, still there: "
                + String.join(", ", names);
    }
}
