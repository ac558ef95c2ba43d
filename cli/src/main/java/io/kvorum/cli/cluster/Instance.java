package io.kvorum.cli.cluster;

import java.util.ArrayList;
import java.util.List;

/**
 * One component instance of a cluster.
 *
 * @param node name of the node it serves, empty for the control plane
 */
public record Instance(Role role, int ordinal, String name, String node, String address) {
    /** All instances of a specification, by role. */
    public static List<Instance> of(ClusterSpec spec) {
        AddressPlan addresses = new AddressPlan(spec.index());
        List<Instance> all = new ArrayList<>();
        for (Role role : Role.values()) {
            for (int i = 0; i < spec.count(role); i++) {
                String node = role.onNode() ? "node-" + (i + 1) : "";
                String name = role.onNode() ? role + "-" + node : role + "-" + i;
                if (!spec.without().contains(role.id()) && !spec.without().contains(name)) {
                    all.add(new Instance(role, i, name, node, addresses.address(role, i)));
                }
            }
        }
        return all;
    }
}
