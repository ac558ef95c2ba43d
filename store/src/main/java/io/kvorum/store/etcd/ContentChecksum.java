package io.kvorum.store.etcd;

import io.kvorum.store.codec.BinaryWriter;
import io.kvorum.store.codec.ValueCodec;
import io.kvorum.store.mvcc.Snapshot;
import java.util.zip.CRC32C;

/**
 * CRC32C over the keys that are live at a revision, with their values and numbers, in key order: equal on all members
 * that are right, whatever they have compacted.
 */
final class ContentChecksum {
    private ContentChecksum() {}

    /** @param revision one that the snapshot can be read at */
    static int of(Snapshot snapshot, long revision) {
        CRC32C crc = new CRC32C();
        snapshot.visitLive(revision, kv -> {
            BinaryWriter out = new BinaryWriter(kv.key().length() + kv.value().length() + 32);
            ValueCodec.write(out, kv);
            crc.update(out.toByteArray());
            return true;
        });
        return (int) crc.getValue();
    }
}
