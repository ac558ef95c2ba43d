package io.kvorum.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.kvorum.cli.cluster.ClusterSpec;
import io.kvorum.cli.cluster.CommandFailure;
import io.kvorum.cli.cluster.NodeGroup;
import io.kvorum.cli.cluster.Release;
import io.kvorum.cli.kube.KubeApi;
import io.kvorum.cli.kube.Nodes;
import io.kvorum.cli.upgrade.ClusterNodes;
import io.kvorum.cli.upgrade.VersionSkew;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kvorum node group}: nodes of one version, by name. */
@Command(name = "group", description = "Add, remove and list groups of nodes of one version.")
public final class NodeGroupCommand {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The release that the flags mean: what they leave open is the control plane's. */
    static Release release(ClusterSpec spec, @Nullable String version, @Nullable Path dist) {
        return new Release(
                version == null ? spec.release().version() : version,
                dist == null
                        ? spec.release().dist()
                        : dist.toAbsolutePath().normalize().toString());
    }

    @Command(name = "add", description = "Add a group of nodes, named NAME-1 on, at a version.")
    int add(
            @Mixin ClusterOption cluster,
            @Parameters(paramLabel = "NAME") String name,
            @Option(
                            names = "--nodes",
                            paramLabel = "N",
                            defaultValue = "2",
                            description = "how many (default: ${DEFAULT-VALUE})")
                    int count,
            @Option(
                            names = "--version",
                            paramLabel = "V",
                            description = "for example v1.36.1 (default: the control plane's)")
                    @Nullable
                    String version,
            @Option(
                            names = "--dist",
                            paramLabel = "FOLDER",
                            description = "distribution to run (default: the control plane's)")
                    @Nullable
                    Path dist)
            throws IOException, InterruptedException {
        Preflight.nodes(count, 1);
        ClusterSpec spec = cluster.runningSpec();
        Release release = release(spec, version, dist);
        VersionSkew.checkNodes(release, spec.release());
        ClusterNodes nodes = new ClusterNodes(cluster::ask, NodeCommand.api(cluster, spec));
        nodes.ensure(name, release, count, NodeCommand.READY_LIMIT);
        System.err.println("node group " + name + " at " + release + ": " + String.join(", ", nodes.of(name)));
        return 0;
    }

    @Command(name = "remove", description = "Drain the nodes of a group and take them out of the cluster.")
    int remove(
            @Mixin ClusterOption cluster,
            @Parameters(paramLabel = "NAME") String name,
            @Mixin NodeCommand.DrainOption drain,
            @Option(names = "--without-drain", description = "do not move their pods away first") boolean withoutDrain)
            throws IOException, InterruptedException {
        ClusterSpec spec = cluster.runningSpec();
        NodeGroup group = spec.group(name)
                .orElseThrow(() -> new CommandFailure(
                        "no node group is named \"" + name + "\"; known: "
                                + String.join(
                                        ", ",
                                        spec.groups().stream()
                                                .map(NodeGroup::name)
                                                .toList()),
                        1));
        if (spec.groups().size() == 1) {
            throw new CommandFailure("\"" + name + "\" is the only node group; add another first", 1);
        }
        KubeApi api = NodeCommand.api(cluster, spec);
        if (!withoutDrain) {
            Nodes nodes = new Nodes(api);
            for (NodeGroup.Member member : group.members()) {
                nodes.cordon(member.node(), true, "", "");
            }
            for (NodeGroup.Member member : group.members()) {
                drain.run(api, member.node());
                System.err.println("drained node " + member.node());
            }
        }
        new ClusterNodes(cluster::ask, api).removeGroup(name);
        System.err.println("removed node group " + name);
        return 0;
    }

    @Command(name = "list", description = "Show every group: version, nodes, distribution.")
    int list(@Mixin ClusterOption cluster, @Mixin OutputOption output) throws IOException {
        boolean json = output.json();
        ClusterSpec spec = cluster.runningSpec();
        ArrayNode all = JSON.createArrayNode();
        for (NodeGroup group : spec.groups()) {
            ArrayNode members = all.addObject()
                    .put("name", group.name())
                    .put("version", group.release().version())
                    .put("dist", group.release().dist())
                    .putArray("nodes");
            group.members().forEach(member -> members.add(member.node()));
        }
        if (json) {
            OutputOption.print(all);
            return 0;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("NAME", "VERSION", "NODES", "DIST"));
        for (JsonNode group : all) {
            List<String> members = new ArrayList<>();
            group.path("nodes").forEach(member -> members.add(member.asText()));
            rows.add(List.of(
                    group.path("name").asText(),
                    group.path("version").asText(),
                    members.isEmpty() ? "<none>" : String.join(",", members),
                    group.path("dist").asText().isEmpty()
                            ? "<launcher's>"
                            : group.path("dist").asText()));
        }
        OutputOption.table(rows);
        return 0;
    }
}
