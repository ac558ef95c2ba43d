package io.kvorum.cli.cluster;

import java.util.ArrayList;
import java.util.List;

/**
 * One component instance of a cluster.
 *
 * @param ordinal from 0; on nodes the node's slot
 * @param node name of the node it serves, empty for the control plane
 */
public record Instance(Role role, int ordinal, String name, String node, String address) {
    /** All instances of a specification, by role. */
    public static List<Instance> of(ClusterSpec spec) {
        AddressPlan addresses = new AddressPlan(spec.index());
        List<Instance> all = new ArrayList<>();
        for (Role role : Role.values()) {
            if (role.onNode()) {
                for (NodeGroup.Member member : spec.members()) {
                    add(spec, all, role, member.slot(), role + "-" + member.node(), member.node(), addresses);
                }
            } else {
                for (int i = 0; i < spec.count(role); i++) {
                    add(spec, all, role, i, role + "-" + i, "", addresses);
                }
            }
        }
        return all;
    }

    private static void add(
            ClusterSpec spec,
            List<Instance> all,
            Role role,
            int ordinal,
            String name,
            String node,
            AddressPlan addresses) {
        if (!spec.without().contains(role.id()) && !spec.without().contains(name)) {
            all.add(new Instance(role, ordinal, name, node, addresses.address(role, ordinal)));
        }
    }
}
