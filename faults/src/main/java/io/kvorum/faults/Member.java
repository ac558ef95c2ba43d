package io.kvorum.faults;

/**
 * A process that faults can hit.
 *
 * @param node name of the node it belongs to, empty for the control plane
 * @param leader whether it leads its role (stores: the Raft leader)
 */
public record Member(String name, String role, String node, String address, boolean leader) {}
