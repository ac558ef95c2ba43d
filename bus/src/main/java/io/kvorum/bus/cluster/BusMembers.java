package io.kvorum.bus.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import java.util.List;
import java.util.Objects;

/** Who is on the bus, as the grid knows it at the moment. */
public final class BusMembers {
    private BusMembers() {}

    /** The addresses of all instances of a role, in order of their names. */
    public static List<String> hosts(HazelcastInstance grid, String role) {
        return grid.getCluster().getMembers().stream()
                .map((Member member) -> BusNode.of(member))
                .filter(Objects::nonNull)
                .filter(node -> node.role().equals(role))
                .sorted(java.util.Comparator.comparing(BusNode::name))
                .map(BusNode::host)
                .toList();
    }
}
