package io.kvorum.store.etcd;

import io.kvorum.etcd.api.ResponseHeader;
import io.kvorum.store.raft.Replica;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/** The numbers by which etcd's API knows cluster and members, made from their names, and the header of every answer. */
final class Identities {
    private final String cluster;
    private final Replica replica;
    private final long clusterHash;
    private final long member;

    Identities(String cluster, Replica replica) {
        this.cluster = cluster;
        this.replica = replica;
        this.clusterHash = hash(cluster);
        this.member = idOf(replica.name());
    }

    /** The cluster's id; another one after each restore. */
    long cluster() {
        return clusterHash ^ replica.newest().clusterId();
    }

    /** The id of the member that answers. */
    long member() {
        return member;
    }

    long idOf(String name) {
        return hash(cluster + "/" + name);
    }

    /** The name of a member of the group, null when none has the id. */
    @Nullable
    String nameOf(long id) {
        return replica.members().stream()
                .filter(name -> idOf(name) == id)
                .findFirst()
                .orElse(null);
    }

    ResponseHeader header(long revision) {
        return ResponseHeader.newBuilder()
                .setClusterId(cluster())
                .setMemberId(member)
                .setRevision(revision)
                .setRaftTerm(replica.term())
                .build();
    }

    /** The header of an answer that tells of no revision in particular. */
    ResponseHeader header() {
        return header(replica.newest().revision());
    }

    private static long hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
