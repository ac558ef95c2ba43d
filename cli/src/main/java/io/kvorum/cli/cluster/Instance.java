package io.kvorum.cli.cluster;

import java.util.ArrayList;
import java.util.List;

/**
 * One component instance of a cluster.
 *
 * @param node name of the node it serves, empty for the control plane
 */
public record Instance(String role, int ordinal, String name, String node, String address) {
    /** Roles in the order in which they are started. */
    public static final List<String> ROLES =
            List.of("store", "apiserver", "controller-manager", "scheduler", "kubelet", "kube-proxy");

    /** All instances of a specification, in start order. */
    public static List<Instance> of(ClusterSpec spec) {
        AddressPlan addresses = new AddressPlan(spec.index());
        List<Instance> all = new ArrayList<>();
        for (String role : ROLES) {
            for (int i = 0; i < spec.count(role); i++) {
                boolean onNode = role.equals("kubelet") || role.equals("kube-proxy");
                String node = onNode ? "node-" + (i + 1) : "";
                String name = onNode ? role + "-" + node : role + "-" + i;
                if (!spec.without().contains(role) && !spec.without().contains(name)) {
                    all.add(new Instance(role, i, name, node, addresses.address(role, i)));
                }
            }
        }
        return all;
    }
}
