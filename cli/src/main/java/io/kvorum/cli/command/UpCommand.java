package io.kvorum.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.cli.cluster.BackupPolicy;
import io.kvorum.cli.cluster.ClusterFolder;
import io.kvorum.cli.cluster.ClusterSpec;
import io.kvorum.cli.cluster.CommandFailure;
import io.kvorum.cli.cluster.Instance;
import io.kvorum.cli.cluster.Reasons;
import io.kvorum.cli.cluster.Role;
import io.kvorum.cli.launcher.LauncherProcess;
import io.kvorum.faults.ControlSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kvorum up}: starts a cluster and waits until everything is ready. */
@Command(name = "up", description = "Start a cluster, or the one that was taken down before.")
public final class UpCommand implements Callable<Integer> {
    private static final long POLL_MILLIS = 50;

    @Mixin
    ClusterOption cluster = new ClusterOption();

    @Option(names = "--stores", paramLabel = "N", description = "store members: 1, 3 or 5 (default: 3)")
    @Nullable
    Integer stores;

    @Option(names = "--apiservers", paramLabel = "N", description = "API servers (default: 1)")
    @Nullable
    Integer apiservers;

    @Option(names = "--schedulers", paramLabel = "N", description = "schedulers, one of which leads (default: 1)")
    @Nullable
    Integer schedulers;

    @Option(
            names = "--controller-managers",
            paramLabel = "N",
            description = "controller managers, one of which leads (default: 1)")
    @Nullable
    Integer controllerManagers;

    @Option(names = "--gateways", paramLabel = "N", description = "gateways, for the Gateway API (default: 0)")
    @Nullable
    Integer gateways;

    @Option(names = "--nodes", paramLabel = "N", description = "nodes, each a kubelet and a kube-proxy (default: 2)")
    @Nullable
    Integer nodes;

    @Option(names = "--network", paramLabel = "MODE", description = "loopback (default)")
    @Nullable
    String network;

    @Option(
            names = "--timers",
            paramLabel = "SET",
            description = "lab: short clocks, faults show in seconds (default); kubernetes: upstream's")
    @Nullable
    String timers;

    @Option(
            names = "--without",
            paramLabel = "COMPONENT",
            split = ",",
            description = "do not start these components or roles")
    @Nullable
    List<String> without;

    @Option(
            names = "--store-arg",
            paramLabel = "KEY=VALUE",
            description = "extra flag of every store member; for any component: heap=2g, the most heap of its JVM;"
                    + " compiler=full, faster under lasting load and slower to start, compiler=adaptive (API servers'"
                    + " default) between the two, or compiler=quick; collector=g1 (the default from heap=1g on), with shorter"
                    + " pauses and more memory than collector=serial")
    List<String> storeArguments = List.of();

    @Option(names = "--apiserver-arg", paramLabel = "KEY=VALUE", description = "extra flag of every API server")
    List<String> apiserverArguments = List.of();

    @Option(names = "--scheduler-arg", paramLabel = "KEY=VALUE", description = "extra flag of every scheduler")
    List<String> schedulerArguments = List.of();

    @Option(
            names = "--controller-manager-arg",
            paramLabel = "KEY=VALUE",
            description = "extra flag of every controller manager")
    List<String> controllerManagerArguments = List.of();

    @Option(names = "--gateway-arg", paramLabel = "KEY=VALUE", description = "extra flag of every gateway")
    List<String> gatewayArguments = List.of();

    @Option(names = "--kubelet-arg", paramLabel = "KEY=VALUE", description = "extra flag of every kubelet")
    List<String> kubeletArguments = List.of();

    @Option(
            names = "--balancer-arg",
            paramLabel = "KEY=VALUE",
            description = "extra flag of the balancer that is there with more than one API server")
    List<String> balancerArguments = List.of();

    @Option(names = "--kube-proxy-arg", paramLabel = "KEY=VALUE", description = "extra flag of every kube-proxy")
    List<String> kubeProxyArguments = List.of();

    @Option(
            names = "--backup-every",
            paramLabel = "DURATION",
            description = "back the store up this often, for example 10m; 0s: not at all (default)")
    @Nullable
    String backupEvery;

    @Option(
            names = "--backup-keep",
            paramLabel = "N",
            description = "how many of these backups are kept, the newest (default: 12)")
    @Nullable
    Integer backupKeep;

    @Option(names = "--merge-kubeconfig", description = "also add the cluster to your own kubeconfig")
    boolean mergeKubeconfig;

    @Option(
            names = "--wait",
            paramLabel = "DURATION",
            defaultValue = "2m",
            description = "how long to wait until everything is ready (default: ${DEFAULT-VALUE})")
    String wait = "2m";

    @Override
    public Integer call() throws IOException, InterruptedException {
        long started = System.nanoTime();
        Duration patience = DurationArgument.parse("--wait", wait);
        ClusterFolder folder = cluster.folder();
        if (cluster.running()) {
            System.err.println(
                    "cluster \"" + cluster.name + "\" is already up; kvorum status" + cluster.nameFlag() + " shows it");
            return 0;
        }
        Preflight.folder(folder);
        ClusterSpec spec = specification(folder);
        Preflight.addresses(spec);
        spec.write(folder.spec());
        System.err.println("starting cluster \"" + spec.name() + "\": " + summary(spec));
        LauncherProcess launcher = LauncherProcess.start(folder, spec, Path.of(System.getProperty("kvorum.lib")));
        try {
            awaitReady(folder, launcher, patience, started);
        } catch (CommandFailure failure) {
            launcher.takeDown();
            throw failure;
        }
        if (mergeKubeconfig) {
            KubeconfigMerge.into(folder.kubeconfig());
        }
        System.err.printf("cluster \"%s\" is up after %.1f s%n", spec.name(), (System.nanoTime() - started) / 1e9);
        System.err.println("try: kvorum kubectl" + cluster.nameFlag() + " get nodes");
        return 0;
    }

    /** What is started; nodes as they are asked for, whatever of them runs. */
    private static String summary(ClusterSpec spec) {
        Map<Role, Long> started =
                Instance.of(spec).stream().collect(Collectors.groupingBy(Instance::role, Collectors.counting()));
        String controlPlane = Role.controlPlane().stream()
                .filter(started::containsKey)
                .map(role -> plural(started.getOrDefault(role, 0L), role.id()))
                .collect(Collectors.joining(", "));
        return controlPlane + ", " + plural(spec.nodes(), "node");
    }

    private static String plural(long count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    /** Prints each component as it becomes ready. */
    private void awaitReady(ClusterFolder folder, LauncherProcess launcher, Duration patience, long started)
            throws InterruptedException {
        long deadline = started + patience.toNanos();
        Set<String> announced = new HashSet<>();
        List<String> waiting = new ArrayList<>();
        while (System.nanoTime() < deadline) {
            launcher.check();
            @Nullable ObjectNode status = status(folder);
            if (status != null) {
                waiting.clear();
                JsonNode components = status.path("components");
                for (JsonNode component : components) {
                    String name = component.path("name").asText();
                    if (!component.path("ready").asBoolean()) {
                        waiting.add(name + Reasons.after(component));
                    } else if (announced.add(name)) {
                        System.err.printf(
                                "  %5.1f s  %s ready at %s%n",
                                (System.nanoTime() - started) / 1e9,
                                name,
                                component.path("address").asText());
                    }
                }
                if (status.has("startFailure")) {
                    throw new CommandFailure(
                            status.path("startFailure").asText() + LauncherProcess.lastError(folder, status), 1);
                }
                if (!components.isEmpty() && waiting.isEmpty()) {
                    return;
                }
            }
            Thread.sleep(POLL_MILLIS);
        }
        throw new CommandFailure(
                "not ready within " + wait + ": " + String.join("; ", waiting) + "; the logs are in " + folder.logs(),
                1);
    }

    private static @Nullable ObjectNode status(ClusterFolder folder) {
        if (!Files.exists(folder.socket("launcher"))) {
            return null;
        }
        try {
            return ControlSocket.call(
                    folder.socket("launcher"),
                    ControlSocket.request("status").put("cached", true),
                    Duration.ofSeconds(5));
        } catch (IOException e) {
            // Not listening yet; the deadline and the launcher's own exit bound the wait.
            return null;
        }
    }

    private ClusterSpec specification(ClusterFolder folder) throws IOException {
        boolean exists = Files.exists(folder.spec());
        ClusterSpec base = exists
                ? ClusterSpec.read(folder.spec())
                : ClusterSpec.defaults(cluster.name, Preflight.freeIndex(folder));
        int storesBefore = base.count(Role.STORE);
        if (exists && stores != null && stores != storesBefore) {
            throw new CommandFailure(
                    "cluster \"" + cluster.name + "\" has data of " + storesBefore + " stores; --stores " + stores
                            + " needs a new cluster: another --name, or kvorum down --purge first",
                    2);
        }
        ClusterSpec spec = base;
        spec = counted(spec, Role.STORE, stores);
        spec = counted(spec, Role.APISERVER, apiservers);
        spec = counted(spec, Role.SCHEDULER, schedulers);
        spec = counted(spec, Role.CONTROLLER_MANAGER, controllerManagers);
        spec = counted(spec, Role.GATEWAY, gateways);
        if (nodes != null) {
            Preflight.nodes(nodes, 0);
            spec = spec.withNodes(nodes);
        }
        spec = network == null ? spec : spec.withNetwork(network);
        spec = timers == null ? spec : spec.withTimers(timers);
        spec = without == null ? spec : spec.withWithout(without);
        spec = argued(spec, Role.STORE, storeArguments);
        spec = argued(spec, Role.APISERVER, apiserverArguments);
        spec = argued(spec, Role.SCHEDULER, schedulerArguments);
        spec = argued(spec, Role.CONTROLLER_MANAGER, controllerManagerArguments);
        spec = argued(spec, Role.GATEWAY, gatewayArguments);
        spec = argued(spec, Role.KUBELET, kubeletArguments);
        spec = argued(spec, Role.KUBE_PROXY, kubeProxyArguments);
        spec = argued(spec, Role.BALANCER, balancerArguments);
        spec = spec.withBackups(backups(spec.backups()));
        Preflight.specification(spec);
        return spec;
    }

    private BackupPolicy backups(BackupPolicy before) {
        long every = backupEvery == null
                ? before.everySeconds()
                : DurationArgument.parse("--backup-every", backupEvery).toSeconds();
        int keep = backupKeep == null ? before.keep() : backupKeep;
        if (keep < 1) {
            throw new CommandFailure("--backup-keep " + keep + ": keep 1 at least", 2);
        }
        return new BackupPolicy(every, keep);
    }

    private static ClusterSpec counted(ClusterSpec spec, Role role, @Nullable Integer count) {
        return count == null ? spec : spec.withCount(role, count);
    }

    private static ClusterSpec argued(ClusterSpec spec, Role role, List<String> values) {
        String flag = "--" + role + "-arg";
        for (String value : values) {
            if (!value.matches("[a-z][a-z0-9-]*(=.*)?")) {
                throw new CommandFailure(
                        flag + " \"" + value + "\" must be KEY=VALUE, for example " + flag + " v=4", 2);
            }
        }
        return values.isEmpty() ? spec : spec.withArguments(role, values);
    }
}
