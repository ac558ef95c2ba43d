package io.kvorum.store.mvcc;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of a snapshot's {@link SnapshotParts}: equal states, and only they, give equal hashes. */
public final class SnapshotHash {
    private SnapshotHash() {}

    /** In hexadecimal. */
    public static String of(Snapshot snapshot) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        new SnapshotParts(snapshot).forEachRemaining(digest::update);
        return HexFormat.of().formatHex(digest.digest());
    }
}
