package io.kvorum.faults;

/**
 * Something that faults can name.
 *
 * @param node name of the node it belongs to, empty for the control plane
 * @param address its IP address, or the range of them ({@code 127.1.64.0/24})
 * @param leader whether it leads its role (stores: the Raft leader)
 * @param process whether it is a component's process, which can be killed and takes rules; what is not (clients, pods)
 *     can only be the other end of a link
 */
public record Member(String name, String role, String node, String address, boolean leader, boolean process) {
    /** Name and role of everything on this machine that is no component of the cluster: kubectl, curl. */
    public static final String CLIENTS = "clients";

    /** A component's process. */
    public Member(String name, String role, String node, String address, boolean leader) {
        this(name, role, node, address, leader, true);
    }

    /** Everything on this machine that is no component of the cluster; it dials out from {@code address}. */
    public static Member clients(String address) {
        return new Member(CLIENTS, CLIENTS, "", address, false, false);
    }

    /** The pods of a node, by their range of addresses. */
    public static Member pods(String node, String range) {
        return new Member("pods:" + node, "pods", node, range, false, false);
    }
}
