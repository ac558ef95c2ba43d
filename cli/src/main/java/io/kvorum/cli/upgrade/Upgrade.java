package io.kvorum.cli.upgrade;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.cli.cluster.ClusterFolder;
import io.kvorum.cli.cluster.ClusterSpec;
import io.kvorum.cli.cluster.CommandFailure;
import io.kvorum.cli.cluster.NodeGroup;
import io.kvorum.cli.cluster.Release;
import io.kvorum.cli.cluster.Role;
import io.kvorum.cli.kube.KubeApi;
import io.kvorum.cli.kube.NodeDrain;
import io.kvorum.cli.kube.Nodes;
import io.kvorum.cli.kube.Workloads;
import io.kvorum.faults.ControlSocket;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Carries an upgrade out, step by step, and writes down how far it is. Blocking; one at a time for a cluster. */
public final class Upgrade {
    /** The taint on nodes that are to go. */
    private static final String TAINT = "kvorum.io/upgrade";

    private static final Duration RESTART_LIMIT = Duration.ofSeconds(30);
    private static final Duration READY_LIMIT = Duration.ofMinutes(2);

    private final ClusterFolder folder;
    private final Path file;
    private final LauncherLink launcher;
    private final Components components;
    private final KubeApi api;
    private final Nodes nodes;
    private final ClusterNodes processes;
    private final Duration patience;
    private final boolean force;
    private final Consumer<String> progress;
    private UpgradeState state;

    /**
     * @param file where the state is kept
     * @param patience how long a drain may make no progress, and a workload lack pods
     * @param force also delete pods that no controller brings back
     */
    public Upgrade(
            ClusterFolder folder,
            Path file,
            LauncherLink launcher,
            KubeApi api,
            UpgradeState state,
            Duration patience,
            boolean force,
            Consumer<String> progress) {
        this.folder = folder;
        this.file = file;
        this.launcher = launcher;
        this.components = new Components(launcher);
        this.api = api;
        this.nodes = new Nodes(api);
        this.processes = new ClusterNodes(launcher, api);
        this.state = state;
        this.patience = patience;
        this.force = force;
        this.progress = progress;
    }

    public UpgradeState state() {
        return state;
    }

    /** Runs all steps; a failure is kept in the state and thrown. */
    public void run() throws IOException, InterruptedException {
        save(state.with(UpgradeState.RUNNING, ""));
        List<UpgradePlan.Step> steps = UpgradePlan.steps(spec(), state);
        try {
            int number = 0;
            for (UpgradePlan.Step step : steps) {
                number++;
                long began = System.nanoTime();
                progress.accept(String.format(Locale.ROOT, "[%d/%d] %s", number, steps.size(), step.title()));
                save(state.with(UpgradeState.RUNNING, step.title()));
                carryOut(step);
                save(state.withDone(step.title()));
                progress.accept(
                        String.format(Locale.ROOT, "      done after %.1f s", (System.nanoTime() - began) / 1e9));
            }
            save(state.with(UpgradeState.DONE, ""));
        } catch (CommandFailure | NodeDrain.Blocked failure) {
            save(state.with(UpgradeState.STOPPED, String.valueOf(failure.getMessage())));
            throw new CommandFailure(String.valueOf(failure.getMessage()), 1);
        }
    }

    private void save(UpgradeState next) {
        state = next;
        state.write(file);
    }

    private ClusterSpec spec() throws IOException {
        return ClusterSpec.read(folder.spec());
    }

    private void carryOut(UpgradePlan.Step step) throws IOException, InterruptedException {
        switch (step.kind()) {
            case RESTART_ROLE -> restart(step.subject());
            case ADD_GROUP -> add(step.subject());
            case CORDON_GROUP -> {
                for (String node : members(step.subject())) {
                    if (nodes.cordon(node, true, TAINT, state.to().version())) {
                        progress.accept("      cordoned node " + node);
                    }
                }
            }
            case DRAIN_GROUP -> {
                for (String node : members(step.subject())) {
                    drain(node);
                }
            }
            case REMOVE_GROUP -> {
                if (spec().group(step.subject()).isPresent()) {
                    processes.removeGroup(step.subject());
                }
            }
            case COMMIT -> launcher.ask(request("release.commit", state.to()), RESTART_LIMIT);
        }
    }

    private static ObjectNode request(String op, Release release) {
        return ControlSocket.request(op).put("version", release.version()).put("dist", release.dist());
    }

    private List<String> members(String group) throws IOException {
        return spec().group(group).map(NodeGroup::members).orElse(List.of()).stream()
                .map(NodeGroup.Member::node)
                .toList();
    }

    /** One process of a role after the other, the leader last, each only when all are well. */
    private void restart(String role) throws InterruptedException {
        while (true) {
            awaitWell(role);
            List<JsonNode> behind = components.ofRole(role).stream()
                    .filter(component -> !Components.at(component, state.to()))
                    .sorted(Comparator.comparing(
                            component -> component.path("leader").asBoolean()))
                    .toList();
            if (behind.isEmpty()) {
                return;
            }
            String name = Components.name(behind.get(0));
            boolean leader = behind.get(0).path("leader").asBoolean();
            long began = System.nanoTime();
            launcher.ask(request("release.restart", state.to()).put("component", name), RESTART_LIMIT);
            awaitWell(role);
            progress.accept(String.format(
                    Locale.ROOT,
                    "      %s at %s%s, ready after %.1f s",
                    name,
                    state.to().version(),
                    leader ? ", was the leader" : "",
                    (System.nanoTime() - began) / 1e9));
        }
    }

    private void awaitWell(String role) throws InterruptedException {
        components.awaitReady(component -> component.path("role").asText().equals(role), READY_LIMIT);
        if (role.equals(Role.STORE.id())) {
            List<String> members =
                    components.ofRole(role).stream().map(Components::name).toList();
            new StoreQuorum(folder).awaitCaughtUp(members, READY_LIMIT);
        }
    }

    private void add(String name) throws IOException, InterruptedException {
        UpgradeState.Group group = state.target().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
        int present = members(name).size();
        processes.ensure(name, group.release(), Math.max(present, group.nodes()), READY_LIMIT);
        for (String node : members(name)) {
            if (nodes.cordon(node, false, TAINT, "")) {
                progress.accept("      uncordoned node " + node);
            }
            progress.accept(
                    "      node " + node + " is Ready at " + group.release().version());
        }
    }

    private void drain(String node) throws InterruptedException {
        NodeDrain drain = new NodeDrain(api, patience, force, line -> progress.accept("      " + line));
        int moved = drain.drain(node);
        Waiting.until(
                patience,
                () -> {
                    List<String> unready = new Workloads(api).unready();
                    return unready.isEmpty() ? null : String.join(", ", unready);
                },
                unready -> "after node " + node + " was drained these did not become ready within "
                        + patience.toSeconds() + " s: " + unready);
        progress.accept("      drained node " + node + ": " + moved + (moved == 1 ? " pod" : " pods") + " moved");
    }
}
