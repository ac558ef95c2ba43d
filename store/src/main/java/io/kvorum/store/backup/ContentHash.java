package io.kvorum.store.backup;

import io.kvorum.store.client.KeyValue;
import io.kvorum.store.codec.BinaryWriter;
import io.kvorum.store.codec.ValueCodec;
import io.kvorum.store.mvcc.Snapshot;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * SHA-256 over the keys that are live at a revision, with their values and numbers, in key order. Members that are right
 * have the same at the same revision, whatever they have compacted; so has a backup of that revision.
 */
public final class ContentHash {
    private final MessageDigest digest = BackupFormat.sha256();

    /** Adds the next key. */
    void add(KeyValue kv) {
        BinaryWriter out = new BinaryWriter(kv.value().length() + kv.key().length() + 32);
        ValueCodec.write(out, kv);
        digest.update(out.toByteArray());
    }

    String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }

    /** The hash of a snapshot's content at {@code revision}, in hexadecimal. */
    public static String of(Snapshot snapshot, long revision) {
        ContentHash hash = new ContentHash();
        snapshot.visitLive(revision, kv -> {
            hash.add(kv);
            return true;
        });
        return hash.hex();
    }
}
