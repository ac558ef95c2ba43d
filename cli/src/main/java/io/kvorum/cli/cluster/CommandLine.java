package io.kvorum.cli.cluster;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The command line of each component: the same flags that the container images take. Pure. */
public final class CommandLine {
    private static final Map<String, String> MAIN_CLASSES = Map.of(
            "store", "io.kvorum.store.StoreMain",
            "apiserver", "io.kvorum.apiserver.ApiServerMain",
            "scheduler", "io.kvorum.scheduler.SchedulerMain",
            "controller-manager", "io.kvorum.controllers.ControllerManagerMain",
            "kubelet", "io.kvorum.kubelet.KubeletMain",
            "kube-proxy", "io.kvorum.proxy.KubeProxyMain");

    private final ClusterSpec spec;
    private final ClusterFolder folder;
    private final AddressPlan addresses;

    public CommandLine(ClusterSpec spec, ClusterFolder folder) {
        this.spec = spec;
        this.folder = folder;
        this.addresses = new AddressPlan(spec.index());
    }

    public static String mainClass(String role) {
        String main = MAIN_CLASSES.get(role);
        if (main == null) {
            throw new IllegalArgumentException("no such role: " + role);
        }
        return main;
    }

    /** Flags after the main class. The user's own come last, so that they win. */
    public List<String> arguments(Instance instance, Path imagesJar) {
        List<String> flags = new ArrayList<>(List.of(
                "--name=" + instance.name(),
                "--cluster-name=" + spec.name(),
                "--address=" + instance.address(),
                "--join=" + joinList(),
                "--hazelcast-port=" + AddressPlan.HAZELCAST_PORT,
                "--bus-port=" + AddressPlan.BUS_PORT,
                "--data-dir=" + folder.data(instance.name()),
                "--control-socket=" + folder.socket(instance.name()),
                "--lifeline=stdin"));
        switch (instance.role()) {
            case "store" -> flags.add("--initial-members=" + spec.stores());
            case "apiserver" ->
                flags.addAll(List.of(
                        "--secure-port=" + spec.securePort(),
                        "--advertise-address=" + instance.address(),
                        "--tls-cert-file=" + folder.pki().resolve(instance.name() + ".crt"),
                        "--tls-private-key-file=" + folder.pki().resolve(instance.name() + ".key"),
                        "--client-ca-file=" + folder.pki().resolve("ca.crt"),
                        "--service-cluster-ip-range=" + addresses.serviceRange(),
                        "--loopback-ranges=" + addresses.clusterRange()));
            case "controller-manager" ->
                flags.add("--root-ca-file=" + folder.pki().resolve("ca.crt"));
            case "kubelet" ->
                flags.addAll(List.of(
                        "--hostname-override=" + instance.node(),
                        "--node-ip=" + instance.address(),
                        "--pod-cidr=" + addresses.podRange(instance.ordinal()),
                        "--root-dir=" + folder.data(instance.name()),
                        "--image-catalog=" + folder.imageCatalog(),
                        "--images-classpath=" + imagesJar,
                        "--lifeline-fifo=" + folder.lifeline(instance.node())));
            case "kube-proxy" ->
                flags.addAll(List.of(
                        "--hostname-override=" + instance.node(),
                        "--node-ip=" + addresses.address("kubelet", instance.ordinal())));
            default -> {}
        }
        flags.addAll(Timers.flags(spec.timers(), instance.role()));
        for (String argument : spec.arguments().getOrDefault(instance.role(), List.of())) {
            flags.add("--" + argument);
        }
        return flags;
    }

    private String joinList() {
        return Instance.of(spec).stream()
                .filter(instance ->
                        instance.role().equals("store") || instance.role().equals("apiserver"))
                .map(instance -> instance.address() + ":" + AddressPlan.HAZELCAST_PORT)
                .collect(Collectors.joining(","));
    }

    /** Ports that must be free on an instance's address before it can start. */
    public static List<Integer> listeningPorts(String role, ClusterSpec spec) {
        List<Integer> ports = new ArrayList<>(List.of(AddressPlan.HAZELCAST_PORT, AddressPlan.BUS_PORT));
        if (role.equals("apiserver")) {
            ports.add(spec.securePort());
        }
        return ports;
    }
}
