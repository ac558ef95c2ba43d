package io.kvorum.store.backup;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.CRC32C;

/** The parts that writer and reader of a backup share. */
final class BackupFormat {
    static final String KIND = "KVORUM BACKUP ";
    static final int VERSION = 1;
    static final byte[] MAGIC = (KIND + VERSION + "\n").getBytes(StandardCharsets.US_ASCII);

    static final int HEADER = 1;
    static final int LEASES = 2;
    static final int KEYS = 3;
    static final int END = 4;

    /** Length, checksum and type in front of each payload. */
    static final int FRAME_BYTES = 9;

    static final int HASH_BYTES = 32;

    /** A record holds keys until it has this many bytes; one value may have more. */
    static final int BATCH_BYTES = 64 << 10;

    /** No record is longer: the largest value and its key, with room to spare. */
    static final int MAX_RECORD_BYTES = 16 << 20;

    private BackupFormat() {}

    static int checksum(int type, byte[] payload) {
        CRC32C crc = new CRC32C();
        crc.update(payload.length >>> 24);
        crc.update(payload.length >>> 16);
        crc.update(payload.length >>> 8);
        crc.update(payload.length);
        crc.update(type);
        crc.update(payload, 0, payload.length);
        return (int) crc.getValue();
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
