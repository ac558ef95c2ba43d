package io.kvorum.cli.upgrade;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.cli.cluster.NodeGroup;
import io.kvorum.cli.cluster.Release;
import io.kvorum.cli.kube.KubeApi;
import io.kvorum.cli.kube.Nodes;
import io.kvorum.faults.ControlSocket;
import java.time.Duration;
import java.util.List;

/** Nodes coming and going: their processes, by the launcher, and their objects in the API. Every call may be repeated. */
public final class ClusterNodes {
    private static final Duration STARTED = Duration.ofSeconds(30);
    /** Ending takes as long as the open connections of a kube-proxy may last. */
    private static final Duration STOPPED = Duration.ofSeconds(55);

    private final LauncherLink launcher;
    private final Components components;
    private final Nodes nodes;

    public ClusterNodes(LauncherLink launcher, KubeApi api) {
        this.launcher = launcher;
        this.components = new Components(launcher);
        this.nodes = new Nodes(api);
    }

    /** Makes a group have that many nodes; returns when all of them are Ready. */
    public void ensure(String group, Release release, int count, Duration limit) throws InterruptedException {
        launcher.ask(
                ControlSocket.request("group.add")
                        .put("group", group)
                        .put("version", release.version())
                        .put("dist", release.dist())
                        .put("nodes", count),
                STARTED);
        long began = System.nanoTime();
        components.awaitReady(component -> component.path("group").asText().equals(group), limit);
        for (String node : of(group)) {
            Waiting.until(
                    limit.minusNanos(System.nanoTime() - began),
                    () -> nodes.find(node).map(Nodes::ready).orElse(false) ? null : node,
                    missing -> "node " + missing + " is not Ready within " + limit.toSeconds() + " s");
        }
    }

    /** The names of a group's nodes. */
    public List<String> of(String group) {
        return components.all().stream()
                .filter(component -> component.path("group").asText().equals(group))
                .map(component -> component.path("node").asText())
                .distinct()
                .toList();
    }

    /** Ends a node's processes and deletes its object. */
    public void remove(String node) throws InterruptedException {
        ask(ControlSocket.request("node.remove").put("node", node));
        nodes.delete(node);
    }

    /** Ends the processes of a whole group, one node after the other, and deletes their objects and the group. */
    public void removeGroup(String group) throws InterruptedException {
        for (String node : of(group)) {
            remove(node);
        }
        ask(ControlSocket.request("group.remove").put("group", group));
        // A command that was killed between the two may have left an object without processes.
        for (JsonNode node : nodes.all()) {
            if (node.path("metadata")
                    .path("labels")
                    .path(NodeGroup.LABEL)
                    .asText()
                    .equals(group)) {
                nodes.delete(node.path("metadata").path("name").asText());
            }
        }
    }

    private void ask(ObjectNode request) {
        launcher.ask(request, STOPPED);
    }
}
