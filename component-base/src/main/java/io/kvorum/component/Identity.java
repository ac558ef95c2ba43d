package io.kvorum.component;

/**
 * Who this process is.
 *
 * @param cluster name of the cluster
 * @param role see {@link Component#role}
 * @param name unique in the cluster, for example {@code store-0} or {@code kubelet-node-1}
 * @param address the component's own IP address, for listening and for dialling out
 */
public record Identity(String cluster, String role, String name, String address) {}
