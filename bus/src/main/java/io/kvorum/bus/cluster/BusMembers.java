package io.kvorum.bus.cluster;

import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.List;

/** Who is on the bus, as this process knows it at the moment. */
public final class BusMembers {
    private BusMembers() {}

    /** The addresses of all live instances of a role, in order of their names; none on a Vert.x that is not clustered. */
    public static List<String> hosts(Vertx vertx, String role) {
        return ((VertxInternal) vertx).clusterManager() instanceof MemberClusterManager members
                ? members.hosts(role)
                : List.of();
    }
}
