package io.kvorum.cli.cluster;

/**
 * The loopback addresses of a cluster, all in 127.index.0.0/16, so that every component has an address of its own and
 * clusters do not meet.
 */
public record AddressPlan(int index) {
    public static final int HAZELCAST_PORT = 5701;
    public static final int BUS_PORT = 7100;
    public static final int SECURE_PORT = 6443;
    /** Where kubelets serve exec, attach and port-forward: their default. */
    public static final int KUBELET_PORT = 10250;
    /** Nodes have a /24 of pod addresses each, from 127.index.64.0 to 127.index.255.0. */
    public static final int MOST_NODES = 192;

    /** What the machine's own programs dial out from. */
    public static final String CLIENTS = "127.0.0.1";

    public static final int MOST_INSTANCES = 30;

    public String address(Role role, int ordinal) {
        return role.onNode()
                ? "127." + index + "." + role.firstAddress() + "." + (1 + ordinal)
                : "127." + index + ".0." + (role.firstAddress() + ordinal);
    }

    public String serviceRange() {
        return "127." + index + ".16.0/20";
    }

    /** The first address of the service range: the {@code kubernetes} service. */
    public String kubernetesService() {
        return "127." + index + ".16.1";
    }

    public String podRange(int nodeOrdinal) {
        return "127." + index + "." + (64 + nodeOrdinal) + ".0/24";
    }

    public String clusterRange() {
        return "127." + index + ".0.0/16";
    }
}
