package io.kvorum.cli.cluster;

import io.kvorum.cli.pki.BusCredentials;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The command line of each component: the same flags that the container images take. Pure. */
public final class CommandLine {
    private final ClusterSpec spec;
    private final ClusterFolder folder;
    private final AddressPlan addresses;

    public CommandLine(ClusterSpec spec, ClusterFolder folder) {
        this.spec = spec;
        this.folder = folder;
        this.addresses = new AddressPlan(spec.index());
    }

    /** Flags after the main class. The user's own come last, so that they win. */
    public List<String> arguments(Instance instance, Path imagesJar) {
        List<String> flags = new ArrayList<>(List.of(
                "--name=" + instance.name(),
                "--cluster-name=" + spec.name(),
                "--address=" + instance.address(),
                "--join=" + joinList(instance.role()),
                "--hazelcast-port=" + AddressPlan.HAZELCAST_PORT,
                "--bus-port=" + AddressPlan.BUS_PORT,
                "--data-dir=" + folder.data(instance.name()),
                "--bus-credential-file=" + BusCredentials.file(folder.pki(), instance.name()),
                "--control-socket=" + folder.socket(instance.name()),
                "--timeline-file=" + folder.timeline().resolve(instance.name() + ".jsonl"),
                "--lifeline=stdin"));
        Release release = spec.release(instance);
        if (!release.isBuiltIn()) {
            flags.add("--kubernetes-version=" + release.version());
        }
        switch (instance.role()) {
            case STORE -> flags.add("--initial-members=" + initialMembers(spec.count(Role.STORE)));
            case APISERVER ->
                flags.addAll(List.of(
                        "--secure-port=" + spec.securePort(),
                        "--advertise-address=" + instance.address(),
                        "--tls-cert-file=" + folder.pki().resolve(instance.name() + ".crt"),
                        "--tls-private-key-file=" + folder.pki().resolve(instance.name() + ".key"),
                        "--client-ca-file=" + folder.pki().resolve("ca.crt"),
                        "--kubelet-client-certificate=" + folder.pki().resolve("apiserver-kubelet-client.crt"),
                        "--kubelet-client-key=" + folder.pki().resolve("apiserver-kubelet-client.key"),
                        "--proxy-client-cert-file=" + folder.pki().resolve("front-proxy-client.crt"),
                        "--proxy-client-key-file=" + folder.pki().resolve("front-proxy-client.key"),
                        "--requestheader-client-ca-file=" + folder.pki().resolve("ca.crt"),
                        "--requestheader-allowed-names=front-proxy-client",
                        "--kubelet-certificate-authority=" + folder.pki().resolve("ca.crt"),
                        "--service-account-key-file=" + folder.pki().resolve("sa.pub"),
                        "--service-account-signing-key-file=" + folder.pki().resolve("sa.key"),
                        "--service-cluster-ip-range=" + addresses.serviceRange(),
                        "--loopback-ranges=" + addresses.clusterRange()));
            case BALANCER ->
                flags.addAll(List.of(
                        "--secure-port=" + spec.securePort(),
                        "--ca-file=" + folder.pki().resolve("ca.crt"),
                        "--client-certificate=" + folder.pki().resolve("balancer.crt"),
                        "--client-key=" + folder.pki().resolve("balancer.key"),
                        "--servers=" + String.join(",", spec.apiServers())));
            case CONTROLLER_MANAGER ->
                flags.addAll(List.of(
                        "--root-ca-file=" + folder.pki().resolve("ca.crt"),
                        "--cluster-signing-cert-file=" + folder.pki().resolve("ca.crt"),
                        "--cluster-signing-key-file=" + folder.pki().resolve("ca.key")));
            case KUBELET ->
                flags.addAll(List.of(
                        "--hostname-override=" + instance.node(),
                        "--node-ip=" + instance.address(),
                        "--tls-cert-file=" + folder.pki().resolve(instance.name() + "-serving.crt"),
                        "--tls-private-key-file=" + folder.pki().resolve(instance.name() + "-serving.key"),
                        "--client-ca-file=" + folder.pki().resolve("ca.crt"),
                        "--pod-cidr=" + addresses.podRange(instance.ordinal()),
                        "--root-dir=" + folder.data(instance.name()),
                        "--image-catalog=" + folder.imageCatalog(),
                        "--images-classpath=" + imagesJar,
                        "--node-labels=" + NodeGroup.LABEL + "=" + groupOf(instance),
                        "--lifeline-fifo=" + folder.lifeline(instance.node())));
            case KUBE_PROXY ->
                flags.addAll(List.of(
                        "--hostname-override=" + instance.node(),
                        "--node-ip=" + addresses.address(Role.KUBELET, instance.ordinal())));
            case SCHEDULER -> {}
        }
        flags.addAll(Timers.flags(spec, instance.role()));
        for (String argument : spec.arguments(instance.role())) {
            if (!Jvm.isFor(argument)) {
                flags.add("--" + argument);
            }
        }
        return flags;
    }

    /**
     * A store grows and shrinks one by one, so there may be an even number for a while. What a member begins with matters
     * at the birth of the store only, when the number is odd.
     */
    private static int initialMembers(int stores) {
        return stores % 2 == 0 ? stores + 1 : stores;
    }

    private String groupOf(Instance instance) {
        return spec.groupOf(instance.node()).map(NodeGroup::name).orElse(NodeGroup.DEFAULT);
    }

    /** Stores join each other in the grid; all others call at the stores and the API servers. */
    private String joinList(Role role) {
        return Instance.of(spec).stream()
                .filter(instance ->
                        instance.role() == Role.STORE || (role != Role.STORE && instance.role() == Role.APISERVER))
                .map(instance -> instance.address() + ":" + AddressPlan.HAZELCAST_PORT)
                .collect(Collectors.joining(","));
    }

    /** Ports that must be free on an instance's address before it can start. */
    public static List<Integer> listeningPorts(Role role, ClusterSpec spec) {
        List<Integer> ports = new ArrayList<>(List.of(AddressPlan.BUS_PORT));
        if (role == Role.STORE) {
            ports.add(AddressPlan.HAZELCAST_PORT);
        }
        if (role == Role.APISERVER || role == Role.BALANCER) {
            ports.add(spec.securePort());
        } else if (role == Role.KUBELET) {
            ports.add(AddressPlan.KUBELET_PORT);
        }
        return ports;
    }
}
