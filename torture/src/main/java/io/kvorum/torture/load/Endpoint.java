package io.kvorum.torture.load;

/**
 * Where a member serves clients.
 *
 * @param member its name, as faults know it
 * @param address {@code host:port}
 */
public record Endpoint(String member, String address) {}
