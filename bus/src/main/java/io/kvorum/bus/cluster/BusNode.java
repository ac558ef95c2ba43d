package io.kvorum.bus.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.config.MemberAttributeConfig;
import io.vertx.core.spi.cluster.NodeInfo;
import io.vertx.core.spi.cluster.RegistrationInfo;
import org.jspecify.annotations.Nullable;

/**
 * One process on the bus. Its node id {@code role/name@host:port} is stable over restarts and merges and carries the
 * address, so that an answer finds its way even when Hazelcast does not list the asker.
 */
record BusNode(String role, String name, String host, int port) {
    private static final String ROLE = "bus.role";
    private static final String NAME = "bus.name";
    private static final String HOST = "bus.host";
    private static final String PORT = "bus.port";
    private static final String ROSTER = "roster";

    /** Reads the member's attributes; null when the member is not on the bus. */
    static @Nullable BusNode of(Member member) {
        String role = member.getAttribute(ROLE);
        String name = member.getAttribute(NAME);
        String host = member.getAttribute(HOST);
        String port = member.getAttribute(PORT);
        if (role == null || name == null || host == null || port == null) {
            return null;
        }
        return new BusNode(role, name, host, Integer.parseInt(port));
    }

    void announce(MemberAttributeConfig attributes) {
        attributes.setAttribute(ROLE, role);
        attributes.setAttribute(NAME, name);
        attributes.setAttribute(HOST, host);
        attributes.setAttribute(PORT, Integer.toString(port));
    }

    /** The bus address of this instance, {@code role/name}. */
    String address() {
        return role + "/" + name;
    }

    String id() {
        return address() + "@" + host + ":" + port;
    }

    RegistrationInfo registration() {
        return new RegistrationInfo(id(), 0, false);
    }

    /** The address of the {@link Roster} of the process whose event bus listens there; it can be written to unseen. */
    static String rosterAddress(String host, int port) {
        return ROSTER + "@" + host + ":" + port;
    }

    static boolean isRosterAddress(String address) {
        return address.startsWith(ROSTER + "@");
    }

    String rosterAddress() {
        return rosterAddress(host, port);
    }

    /** Reads a node id; fails with {@link IllegalArgumentException} when the text is none. */
    static BusNode parse(String id) {
        NodeInfo info = infoOf(id);
        int at = id.lastIndexOf('@');
        int slash = id.indexOf('/');
        if (info == null || slash < 0 || slash > at) {
            throw new IllegalArgumentException("not a node id: " + id);
        }
        return new BusNode(id.substring(0, slash), id.substring(slash + 1, at), info.host(), info.port());
    }

    /** Where the process with this node id listens; null when the text is not a node id. */
    static @Nullable NodeInfo infoOf(String id) {
        int at = id.lastIndexOf('@');
        int colon = id.lastIndexOf(':');
        if (at < 0 || colon < at) {
            return null;
        }
        try {
            return new NodeInfo(id.substring(at + 1, colon), Integer.parseInt(id.substring(colon + 1)), null);
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
