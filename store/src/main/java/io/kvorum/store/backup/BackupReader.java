package io.kvorum.store.backup;

import io.kvorum.store.client.KeyValue;
import io.kvorum.store.codec.BinaryReader;
import io.kvorum.store.codec.BinaryReader.MalformedException;
import io.kvorum.store.codec.ValueCodec;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Reads a backup and checks everything in it: each record's checksum and form, the counts, both hashes, the end. */
public final class BackupReader {
    /** Receives what a backup holds: the header, then the leases, then the keys. */
    public interface Sink {
        default void header(BackupHeader header) {}

        default void lease(long id, long seconds) {}

        default void key(KeyValue kv) {}
    }

    /**
     * What was read.
     *
     * @param contentHash see {@link ContentHash}
     * @param fileHash SHA-256 of the file but its last 32 bytes, which are this hash, in hexadecimal
     * @param bytes length of the file
     */
    public record Result(BackupHeader header, String contentHash, String fileHash, long bytes) {}

    private record Found(int type, byte[] payload) {}

    private final InputStream in;
    private final Sink sink;
    private final MessageDigest digest = BackupFormat.sha256();
    private final ContentHash content = new ContentHash();
    private long offset;
    private long keys;
    private long leases;
    private @Nullable KeyValue last;

    private BackupReader(InputStream in, Sink sink) {
        this.in = new BufferedInputStream(in, BackupFormat.BATCH_BYTES);
        this.sink = sink;
    }

    /**
     * Reads all of it; what the sink was given counts only if this returns.
     *
     * <p>Errors: {@link BackupException} when it is no intact backup of this version.
     */
    public static Result read(InputStream in, Sink sink) throws IOException {
        return new BackupReader(in, sink).readAll();
    }

    private Result readAll() throws IOException {
        readMagic();
        Found first = record();
        if (first.type() != BackupFormat.HEADER) {
            throw damaged("the header is missing");
        }
        BackupHeader header = decoded(() -> BackupHeader.decode(first.payload()));
        sink.header(header);
        String contentHash = readContent(header);
        byte[] computed = digest.digest();
        byte[] written = in.readNBytes(BackupFormat.HASH_BYTES);
        offset += written.length;
        if (written.length < BackupFormat.HASH_BYTES) {
            throw cutOff();
        }
        if (!Arrays.equals(written, computed)) {
            throw new BackupException("is damaged: its SHA-256 does not match its content");
        }
        if (in.read() >= 0) {
            throw new BackupException("is damaged: more follows after its end at byte " + offset);
        }
        return new Result(header, contentHash, HexFormat.of().formatHex(computed), offset);
    }

    private void readMagic() throws IOException {
        byte[] magic = in.readNBytes(BackupFormat.MAGIC.length);
        String text = new String(magic, StandardCharsets.US_ASCII);
        if (!text.startsWith(BackupFormat.KIND)) {
            throw new BackupException(magic.length == 0 ? "is empty" : "is not a backup of a Kvorum store");
        }
        if (!Arrays.equals(magic, BackupFormat.MAGIC)) {
            throw new BackupException("has version "
                    + text.substring(BackupFormat.KIND.length()).strip()
                    + " of the backup format; this kvorum reads version "
                    + BackupFormat.VERSION);
        }
        digest.update(magic);
        offset = magic.length;
    }

    /** Returns the content's hash. */
    private String readContent(BackupHeader header) throws IOException {
        while (true) {
            Found record = record();
            switch (record.type()) {
                case BackupFormat.LEASES -> decoded(() -> readLeases(new BinaryReader(record.payload())));
                case BackupFormat.KEYS -> decoded(() -> readKeys(new BinaryReader(record.payload())));
                case BackupFormat.END -> {
                    return readEnd(header, record.payload());
                }
                default -> throw damaged("there is no record type " + record.type());
            }
        }
    }

    private boolean readLeases(BinaryReader record) {
        while (!record.atEnd()) {
            sink.lease(record.number(), record.number());
            leases++;
        }
        return true;
    }

    private boolean readKeys(BinaryReader record) {
        while (!record.atEnd()) {
            KeyValue kv = ValueCodec.keyValue(record);
            if (last != null && last.key().compareTo(kv.key()) >= 0) {
                throw new MalformedException("key " + kv.key() + " does not come after " + last.key());
            }
            last = kv;
            content.add(kv);
            sink.key(kv);
            keys++;
        }
        return true;
    }

    private String readEnd(BackupHeader header, byte[] payload) throws BackupException {
        BinaryReader end = new BinaryReader(payload);
        long written = decoded(end::number);
        String hash = decoded(end::text);
        if (written != keys || header.keys() != keys || header.leases() != leases) {
            throw damaged("it should hold " + header.keys() + " keys and " + header.leases() + " leases, but holds "
                    + keys + " and " + leases);
        }
        if (!hash.equals(content.hex())) {
            throw damaged("the hash of its keys does not match");
        }
        return hash;
    }

    private interface Step<T> {
        T run();
    }

    private <T> T decoded(Step<T> step) throws BackupException {
        try {
            return step.run();
        } catch (MalformedException | IllegalArgumentException e) {
            throw damaged(String.valueOf(e.getMessage()));
        }
    }

    private Found record() throws IOException {
        long start = offset;
        byte[] frame = bytes(BackupFormat.FRAME_BYTES);
        ByteBuffer header = ByteBuffer.wrap(frame);
        int length = header.getInt();
        int checksum = header.getInt();
        int type = header.get();
        if (length < 0 || length > BackupFormat.MAX_RECORD_BYTES) {
            offset = start;
            throw damaged("a record cannot have " + length + " bytes");
        }
        byte[] payload = bytes(length);
        if (BackupFormat.checksum(type, payload) != checksum) {
            offset = start;
            throw damaged("a checksum does not match");
        }
        return new Found(type, payload);
    }

    private byte[] bytes(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        offset += bytes.length;
        if (bytes.length < length) {
            throw cutOff();
        }
        digest.update(bytes);
        return bytes;
    }

    private BackupException cutOff() {
        return new BackupException("is cut off after " + offset + " bytes");
    }

    private BackupException damaged(String what) {
        return new BackupException("is damaged at byte " + offset + ": " + what);
    }
}
