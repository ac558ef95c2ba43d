package io.kvorum.store.protocol;

import io.kvorum.store.codec.BinaryReader;
import io.kvorum.store.codec.BinaryWriter;

/**
 * Where a member can be reached, as URLs.
 *
 * @param peer for other members; empty when they all live in one process
 * @param client for clients of etcd's API; empty when it is not served
 */
public record MemberEndpoints(String peer, String client) {
    public byte[] encode() {
        return new BinaryWriter(64).text(peer).text(client).toByteArray();
    }

    public static MemberEndpoints decode(byte[] bytes) {
        BinaryReader in = new BinaryReader(bytes);
        MemberEndpoints endpoints = new MemberEndpoints(in.text(), in.text());
        in.end();
        return endpoints;
    }
}
