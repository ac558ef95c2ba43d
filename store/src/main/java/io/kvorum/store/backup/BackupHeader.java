package io.kvorum.store.backup;

import io.kvorum.store.codec.BinaryReader;
import io.kvorum.store.codec.BinaryWriter;

/**
 * What a backup says of itself.
 *
 * @param cluster name of the cluster
 * @param clusterId which life of it, see {@code Snapshot.clusterId}
 * @param member the member that wrote it
 * @param address that member's address
 * @param revision the revision whose state it is
 * @param nextLease the id that the next lease granted would have had
 * @param keys number of live keys
 * @param leases number of leases
 * @param takenAtMillis when, in milliseconds since 1970
 */
public record BackupHeader(
        String cluster,
        long clusterId,
        String member,
        String address,
        long revision,
        long nextLease,
        long keys,
        long leases,
        long takenAtMillis) {

    byte[] encode() {
        return new BinaryWriter(128)
                .text(cluster)
                .number(clusterId)
                .text(member)
                .text(address)
                .number(revision)
                .number(nextLease)
                .number(keys)
                .number(leases)
                .number(takenAtMillis)
                .toByteArray();
    }

    static BackupHeader decode(byte[] payload) {
        BinaryReader in = new BinaryReader(payload);
        BackupHeader header = new BackupHeader(
                in.text(),
                in.number(),
                in.text(),
                in.text(),
                in.number(),
                in.number(),
                in.number(),
                in.number(),
                in.number());
        in.end();
        return header;
    }
}
