package io.kvorum.cli.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.cli.cluster.ClusterFolder;
import io.kvorum.cli.cluster.ClusterSpec;
import io.kvorum.cli.cluster.CommandFailure;
import io.kvorum.cli.cluster.NodeGroup;
import io.kvorum.cli.cluster.Release;
import io.kvorum.cli.cluster.Role;
import io.kvorum.cli.kube.KubeApi;
import io.kvorum.cli.kube.NodeDrain;
import io.kvorum.cli.kube.Workloads;
import io.kvorum.cli.upgrade.Components;
import io.kvorum.cli.upgrade.Upgrade;
import io.kvorum.cli.upgrade.UpgradePlan;
import io.kvorum.cli.upgrade.UpgradeState;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kvorum upgrade}: the blue/green upgrade of a running cluster, and the way back. */
@Command(
        name = "upgrade",
        description = "Move a running cluster to another version: control plane first, then onto new nodes.")
public final class UpgradeCommand implements Callable<Integer> {
    private static final Duration WELL_LIMIT = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    ClusterOption cluster = new ClusterOption();

    @Mixin
    OutputOption output = new OutputOption();

    @ArgGroup(exclusive = true, multiplicity = "1")
    Action action = new Action();

    /** What to do: one of these. */
    static final class Action {
        @Option(names = "--to", paramLabel = "V", description = "begin an upgrade to this version, for example v1.36.1")
        @Nullable
        String to;

        @Option(names = "--resume", description = "go on with the upgrade that stopped")
        boolean resume;

        @Option(
                names = {"--back", "--abort"},
                description = "undo the upgrade, wherever it is")
        boolean back;

        @Option(names = "--status", description = "show how far it is")
        boolean status;
    }

    @Option(
            names = "--dist",
            paramLabel = "FOLDER",
            description = "distribution to run at the new version (default: the one that runs)")
    @Nullable
    Path dist;

    @Option(
            names = "--group",
            paramLabel = "NAME",
            description = "name of the new node group (default: green after blue, blue after green)")
    @Nullable
    String group;

    @Option(names = "--nodes", paramLabel = "N", description = "nodes in the new group (default: as many as go)")
    @Nullable
    Integer nodes;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            defaultValue = "2m",
            description = "stop when a drain makes no progress for this long (default: ${DEFAULT-VALUE})")
    String timeout = "2m";

    @Option(names = "--force", description = "also delete pods that no controller brings back")
    boolean force;

    @Option(names = "--dry-run", description = "print the steps and do nothing")
    boolean dryRun;

    @Override
    public Integer call() throws IOException, InterruptedException {
        boolean json = output.json();
        Duration patience = DurationArgument.parse("--timeout", timeout);
        ClusterFolder folder = cluster.folder();
        Path file = folder.root().resolve("upgrade.json");
        if (action.status) {
            return status(UpgradeState.read(file).orElse(null), json);
        }
        ClusterSpec spec = cluster.runningSpec();
        try (FileChannel lockFile = FileChannel.open(
                        folder.run().resolve("upgrade.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = lockFile.tryLock()) {
            if (lock == null) {
                throw new CommandFailure(
                        "another kvorum upgrade of this cluster runs; --status shows how far it is", 1);
            }
            @Nullable UpgradeState present = UpgradeState.read(file).orElse(null);
            UpgradeState state = wanted(spec, present);
            if (dryRun) {
                return plan(spec, state, json);
            }
            KubeApi api = NodeCommand.api(cluster, spec);
            boolean begins = present == null || present.finished();
            if (action.to != null && begins) {
                check(spec, state, api);
            }
            System.err.println((state.back() ? "back from " : "upgrading from ") + state.from() + " to " + state.to());
            Upgrade upgrade = new Upgrade(folder, file, cluster::ask, api, state, patience, force, System.err::println);
            try {
                upgrade.run();
            } catch (CommandFailure stopped) {
                if (json) {
                    OutputOption.print(JSON.valueToTree(upgrade.state()));
                }
                throw new CommandFailure(
                        stopped.getMessage() + "\nthe upgrade stopped there; go on with: kvorum upgrade --resume"
                                + cluster.nameFlag() + ", or undo it with: kvorum upgrade --back" + cluster.nameFlag(),
                        1);
            }
            if (json) {
                OutputOption.print(JSON.valueToTree(upgrade.state()));
            }
            return 0;
        }
    }

    /** The upgrade that is meant: a new one, the one that stopped, or its way back. */
    private UpgradeState wanted(ClusterSpec spec, @Nullable UpgradeState present) {
        boolean open = present != null && !present.finished();
        if (action.to != null) {
            Release to = NodeGroupCommand.release(spec, action.to, dist);
            if (open && present != null) {
                return same(to, present);
            }
            if (nodes != null) {
                Preflight.nodes(nodes, 1);
            }
            return UpgradePlan.plan(spec, to, group, nodes);
        }
        if (present == null) {
            throw new CommandFailure("there was no upgrade yet; begin one with: kvorum upgrade --to VERSION", 1);
        }
        if (action.resume) {
            if (!open) {
                throw new CommandFailure("nothing to resume: the cluster is at " + present.to(), 1);
            }
            return present;
        }
        if (present.back() && !open) {
            throw new CommandFailure(
                    "the upgrade is undone already, the cluster is at " + present.to()
                            + "; begin another with: kvorum upgrade --to VERSION",
                    1);
        }
        return present.back() ? present : present.reversed();
    }

    /** The upgrade that stopped, if it is the one that is asked for again. */
    private UpgradeState same(Release to, UpgradeState open) {
        boolean asked = !open.back()
                && to.version().equals(open.to().version())
                && (dist == null || to.equals(open.to()))
                && open.target().stream()
                        .allMatch(each -> (group == null || group.equals(each.name()))
                                && (nodes == null || nodes == each.nodes()));
        if (!asked) {
            throw new CommandFailure(
                    (open.back() ? "the way back to " : "an upgrade to ") + open.to()
                            + " is not finished; go on with --resume"
                            + (open.back() ? "" : " or undo it with --back"),
                    1);
        }
        System.err.println("going on with the upgrade that was begun");
        return open;
    }

    /** Nothing is begun that is known not to end well. */
    private void check(ClusterSpec spec, UpgradeState state, KubeApi api) throws InterruptedException {
        Components components = new Components(cluster::ask);
        components.awaitReady(component -> true, WELL_LIMIT);
        List<String> unready = new Workloads(api).unready();
        if (!unready.isEmpty()) {
            throw new CommandFailure(
                    "not everything is ready, and every drain would wait for it: " + String.join(", ", unready)
                            + "; mend or delete it first",
                    1);
        }
        if (force) {
            return;
        }
        NodeDrain drain = new NodeDrain(api, WELL_LIMIT, false, line -> {});
        for (UpgradeState.Group source : state.source()) {
            for (NodeGroup.Member member :
                    spec.group(source.name()).orElseThrow().members()) {
                List<String> lost = drain.unmanaged(member.node());
                if (!lost.isEmpty()) {
                    throw new CommandFailure(
                            "nothing would bring back " + String.join(", ", lost) + " on node " + member.node()
                                    + "; delete them yourself, or say --force",
                            1);
                }
            }
        }
    }

    private static int plan(ClusterSpec spec, UpgradeState state, boolean json) {
        List<UpgradePlan.Step> steps = UpgradePlan.steps(spec, state);
        if (json) {
            ObjectNode plan = JSON.createObjectNode();
            plan.put("from", state.from().version()).put("to", state.to().version());
            ArrayNode titles = plan.putArray("steps");
            steps.forEach(step -> titles.add(step.title()));
            OutputOption.print(plan);
            return 0;
        }
        System.out.println("from " + state.from() + " to " + state.to() + ":");
        int number = 0;
        for (UpgradePlan.Step step : steps) {
            System.out.println("  " + ++number + ". " + step.title());
        }
        if (spec.count(Role.APISERVER) == 1) {
            System.out.println("With one API server its clients wait for some seconds while it is restarted; "
                    + "applications keep serving.");
        }
        return 0;
    }

    private static int status(@Nullable UpgradeState state, boolean json) {
        if (json) {
            OutputOption.print(state == null ? JSON.createObjectNode() : JSON.valueToTree(state));
            return 0;
        }
        if (state == null) {
            System.out.println("no upgrade so far");
            return 0;
        }
        System.out.println((state.back() ? "back from " : "upgrade from ") + state.from() + " to " + state.to() + ": "
                + state.phase());
        state.done().forEach(step -> System.out.println("  done: " + step));
        if (!state.message().isEmpty()) {
            System.out.println("  " + (state.phase().equals(UpgradeState.RUNNING) ? "now: " : "") + state.message());
        }
        return 0;
    }
}
