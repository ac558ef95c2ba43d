package io.kvorum.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.kvorum.cli.cluster.ClusterSpec;
import io.kvorum.cli.cluster.CommandFailure;
import io.kvorum.cli.cluster.NodeGroup;
import io.kvorum.cli.kube.KubeApi;
import io.kvorum.cli.kube.NodeDrain;
import io.kvorum.cli.kube.Nodes;
import io.kvorum.cli.upgrade.ClusterNodes;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kvorum node}: single nodes, and with {@code group} whole groups of them. */
@Command(
        name = "node",
        description = "Add, drain, remove and list nodes and node groups.",
        subcommands = NodeGroupCommand.class)
public final class NodeCommand {
    static final Duration READY_LIMIT = Duration.ofMinutes(2);
    /** No API server may be silent for longer. */
    static final Duration API_PATIENCE = Duration.ofSeconds(30);

    private static final ObjectMapper JSON = new ObjectMapper();

    static KubeApi api(ClusterOption cluster, ClusterSpec spec) throws IOException {
        return new KubeApi(cluster.folder(), spec, API_PATIENCE);
    }

    private static void known(ClusterSpec spec, String node) {
        if (spec.groupOf(node).isEmpty()) {
            throw new CommandFailure(
                    "no node is named \"" + node + "\"; known: "
                            + String.join(
                                    ", ",
                                    spec.members().stream()
                                            .map(NodeGroup.Member::node)
                                            .toList()),
                    1);
        }
    }

    @Command(name = "add", description = "Add a node to a group.")
    int add(
            @Mixin ClusterOption cluster,
            @Option(names = "--group", paramLabel = "NAME", description = "the group (default: the first)") @Nullable
                    String name)
            throws IOException, InterruptedException {
        ClusterSpec spec = cluster.runningSpec();
        NodeGroup group = name == null
                ? spec.groups().get(0)
                : spec.group(name)
                        .orElseThrow(() -> new CommandFailure(
                                "no node group is named \"" + name + "\"; make it with: kvorum node group add " + name,
                                1));
        List<String> before =
                group.members().stream().map(NodeGroup.Member::node).toList();
        ClusterNodes nodes = new ClusterNodes(cluster::ask, api(cluster, spec));
        nodes.ensure(group.name(), group.release(), before.size() + 1, READY_LIMIT);
        nodes.of(group.name()).stream()
                .filter(node -> !before.contains(node))
                .forEach(node -> System.err.println("added node " + node));
        return 0;
    }

    @Command(name = "drain", description = "Cordon a node and move its pods away, respecting disruption budgets.")
    int drain(@Mixin ClusterOption cluster, @Parameters(paramLabel = "NODE") String node, @Mixin DrainOption drain)
            throws IOException, InterruptedException {
        ClusterSpec spec = cluster.runningSpec();
        known(spec, node);
        KubeApi api = api(cluster, spec);
        if (new Nodes(api).cordon(node, true, "", "")) {
            System.err.println("cordoned node " + node);
        }
        int moved = drain.run(api, node);
        System.err.println("drained node " + node + ": " + moved + (moved == 1 ? " pod" : " pods"));
        return 0;
    }

    @Command(name = "remove", description = "Drain a node and take it out of the cluster.")
    int remove(
            @Mixin ClusterOption cluster,
            @Parameters(paramLabel = "NODE") String node,
            @Mixin DrainOption drain,
            @Option(names = "--without-drain", description = "do not move its pods away first") boolean withoutDrain)
            throws IOException, InterruptedException {
        if (!withoutDrain) {
            drain(cluster, node, drain);
        }
        ClusterSpec spec = cluster.runningSpec();
        known(spec, node);
        new ClusterNodes(cluster::ask, api(cluster, spec)).remove(node);
        System.err.println("removed node " + node);
        return 0;
    }

    @Command(name = "list", description = "Show every node: group, version, address, state, pods.")
    int list(@Mixin ClusterOption cluster, @Mixin OutputOption output) throws IOException, InterruptedException {
        boolean json = output.json();
        ClusterSpec spec = cluster.runningSpec();
        KubeApi api = api(cluster, spec);
        Map<String, Integer> pods = new TreeMap<>();
        for (JsonNode pod : api.list("/api/v1/pods")) {
            pods.merge(pod.path("spec").path("nodeName").asText(), 1, Integer::sum);
        }
        Map<String, JsonNode> objects = new TreeMap<>();
        new Nodes(api)
                .all()
                .forEach(node -> objects.put(node.path("metadata").path("name").asText(), node));
        ArrayNode all = JSON.createArrayNode();
        for (NodeGroup group : spec.groups()) {
            for (NodeGroup.Member member : group.members()) {
                JsonNode object = objects.getOrDefault(member.node(), JSON.missingNode());
                all.addObject()
                        .put("name", member.node())
                        .put("group", group.name())
                        .put(
                                "version",
                                object.path("status")
                                        .path("nodeInfo")
                                        .path("kubeletVersion")
                                        .asText())
                        .put(
                                "address",
                                object.path("status")
                                        .path("addresses")
                                        .path(0)
                                        .path("address")
                                        .asText())
                        .put("ready", Nodes.ready(object))
                        .put(
                                "schedulable",
                                !object.path("spec").path("unschedulable").asBoolean())
                        .put("pods", pods.getOrDefault(member.node(), 0));
            }
        }
        if (json) {
            OutputOption.print(all);
            return 0;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("NAME", "GROUP", "VERSION", "ADDRESS", "STATUS", "PODS"));
        for (JsonNode node : all) {
            String status = (node.path("ready").asBoolean() ? "Ready" : "NotReady")
                    + (node.path("schedulable").asBoolean() ? "" : ",SchedulingDisabled");
            rows.add(List.of(
                    node.path("name").asText(),
                    node.path("group").asText(),
                    node.path("version").asText(),
                    node.path("address").asText(),
                    status,
                    node.path("pods").asText()));
        }
        OutputOption.table(rows);
        return 0;
    }

    /** How patient a drain is, and what it may lose. */
    static final class DrainOption {
        @Option(
                names = "--timeout",
                paramLabel = "DURATION",
                defaultValue = "2m",
                description = "give up when no pod left the node for this long (default: ${DEFAULT-VALUE})")
        String timeout = "2m";

        @Option(names = "--force", description = "also delete pods that no controller brings back")
        boolean force;

        int run(KubeApi api, String node) throws InterruptedException {
            Duration patience = DurationArgument.parse("--timeout", timeout);
            try {
                return new NodeDrain(api, patience, force, System.err::println).drain(node);
            } catch (NodeDrain.Blocked blocked) {
                throw new CommandFailure(String.valueOf(blocked.getMessage()), 1);
            }
        }
    }
}
