package io.kvorum.store.backup;

import io.kvorum.store.client.KeyValue;
import io.kvorum.store.codec.BinaryWriter;
import io.kvorum.store.codec.ValueCodec;
import io.kvorum.store.mvcc.Snapshot;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/** Writes the backup of a snapshot, record by record, as fast as the stream takes it; memory use does not grow with the store. */
public final class BackupWriter {
    private final OutputStream out;
    private final MessageDigest digest = BackupFormat.sha256();
    private final ContentHash content = new ContentHash();
    private BinaryWriter batch = new BinaryWriter(BackupFormat.BATCH_BYTES + 1024);
    private long batched;
    private long keys;
    private long written;

    private BackupWriter(OutputStream out) {
        this.out = out;
    }

    /** What the header of a snapshot's backup says. */
    public static BackupHeader header(
            Snapshot snapshot, String cluster, String member, String address, long takenAtMillis) {
        long[] counts = {0, 0};
        snapshot.visitLive(snapshot.revision(), kv -> ++counts[0] > 0);
        snapshot.visitLeases((id, seconds, renewedAt) -> counts[1]++);
        return new BackupHeader(
                cluster,
                snapshot.clusterId(),
                member,
                address,
                snapshot.revision(),
                snapshot.nextLease(),
                counts[0],
                counts[1],
                takenAtMillis);
    }

    /** Writes all of it; the stream stays open. Blocks while the stream does. */
    public static void write(Snapshot snapshot, BackupHeader header, OutputStream out) throws IOException {
        write(snapshot, header, 1, out);
    }

    /**
     * As {@link #write(Snapshot, BackupHeader, OutputStream)}, with empty records so many that what lies before the hash
     * at the end fills whole blocks: etcd's tools tell by the size whether a backup has a hash.
     *
     * @param block bytes of a block; no multiple of 3
     */
    public static void write(Snapshot snapshot, BackupHeader header, int block, OutputStream out) throws IOException {
        BackupWriter writer = new BackupWriter(out);
        try {
            writer.writeAll(snapshot, header, block);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void writeAll(Snapshot snapshot, BackupHeader header, int block) throws IOException {
        emit(BackupFormat.MAGIC);
        record(BackupFormat.HEADER, header.encode());
        snapshot.visitLeases((id, seconds, renewedAt) -> {
            batch.number(id).number(seconds);
            batched(BackupFormat.LEASES);
        });
        flush(BackupFormat.LEASES);
        snapshot.visitLive(header.revision(), kv -> {
            write(kv);
            return true;
        });
        flush(BackupFormat.KEYS);
        byte[] end = new BinaryWriter(80).number(keys).text(content.hex()).toByteArray();
        while ((written + BackupFormat.FRAME_BYTES + end.length) % block != 0) {
            record(BackupFormat.KEYS, new byte[0]); // 9 bytes, which has no divisor in common with a block but 3
        }
        record(BackupFormat.END, end);
        out.write(digest.digest());
        out.flush();
    }

    private void write(KeyValue kv) {
        ValueCodec.write(batch, kv);
        content.add(kv);
        keys++;
        batched(BackupFormat.KEYS);
    }

    private void batched(int type) {
        batched++;
        if (batch.size() >= BackupFormat.BATCH_BYTES) {
            try {
                flush(type);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void flush(int type) throws IOException {
        if (batched > 0) {
            record(type, batch.toByteArray());
            batch = new BinaryWriter(BackupFormat.BATCH_BYTES + 1024);
            batched = 0;
        }
    }

    private void record(int type, byte[] payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(BackupFormat.FRAME_BYTES + payload.length);
        frame.putInt(payload.length)
                .putInt(BackupFormat.checksum(type, payload))
                .put((byte) type);
        frame.put(payload);
        emit(frame.array());
    }

    private void emit(byte[] bytes) throws IOException {
        digest.update(bytes);
        out.write(bytes);
        written += bytes.length;
    }
}
