package io.kvorum.store.wal;

import io.kvorum.store.codec.BinaryReader;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Framing of a record: length of the payload (4 bytes, big endian), CRC32C of everything else (4 bytes), type (1 byte),
 * payload.
 */
final class Records {
    static final int HEADER_BYTES = 9;

    /** A disk's unit of writing: a crash leaves each one old (zero, in a new part of a file) or new. */
    static final int SECTOR_BYTES = 512;

    private Records() {}

    /**
     * One record read. Its payload is a part of what was read and not copied; nobody writes to that.
     *
     * @param from offset of the payload in {@code bytes}
     * @param end offset of the byte after it
     */
    record Found(int type, byte[] bytes, int from, int end) {
        /** Reads the payload. */
        BinaryReader reader() {
            return new BinaryReader(bytes, from, end);
        }

        /** How many bytes the payload has. */
        int length() {
            return end - from;
        }
    }

    static byte[] frame(int type, byte[] payload) {
        ByteBuffer record = ByteBuffer.allocate(HEADER_BYTES + payload.length);
        record.putInt(payload.length);
        record.putInt(checksum(type, payload, 0, payload.length));
        record.put((byte) type).put(payload);
        return record.array();
    }

    private static int checksum(int type, byte[] bytes, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(length >>> 24);
        crc.update(length >>> 16);
        crc.update(length >>> 8);
        crc.update(length);
        crc.update(type);
        crc.update(bytes, from, length);
        return (int) crc.getValue();
    }

    /** The record at {@code offset}, null when there is no intact one. */
    static @Nullable Found at(byte[] file, int offset) {
        if (file.length - offset < HEADER_BYTES) {
            return null;
        }
        ByteBuffer header = ByteBuffer.wrap(file, offset, HEADER_BYTES);
        int length = header.getInt();
        int crc = header.getInt();
        int type = header.get() & 0xff;
        int from = offset + HEADER_BYTES;
        if (type == 0 || length < 0 || length > file.length - from || checksum(type, file, from, length) != crc) {
            return null;
        }
        return new Found(type, file, from, from + length);
    }

    /** Receives a record; the exception it throws ends the scan. */
    interface Reader {
        void record(Found record, long offset) throws IOException;
    }

    /**
     * Reads intact records from {@code offset} on.
     *
     * @return offset of the first byte that belongs to no intact record; the file's length when all do
     */
    static int readAll(byte[] file, int offset, Reader reader) throws IOException {
        int at = offset;
        while (at < file.length) {
            Found found = at(file, at);
            if (found == null) {
                return at;
            }
            reader.record(found, at);
            at = found.end();
        }
        return at;
    }

    /**
     * Reads a file of whole records, one at a time.
     *
     * <p>Errors: {@link CorruptFileException} when a record is not intact.
     *
     * @return false when there is no such file
     */
    static boolean readFile(Path file, Reader reader) throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
            long left = Files.size(file);
            long offset = 0;
            while (left > 0) {
                Found found = next(in, left);
                if (found == null) {
                    throw new CorruptFileException(file, offset, "its checksum does not match");
                }
                reader.record(found, offset);
                long length = HEADER_BYTES + found.length();
                offset += length;
                left -= length;
            }
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static @Nullable Found next(DataInputStream in, long left) throws IOException {
        if (left < HEADER_BYTES) {
            return null;
        }
        int length = in.readInt();
        int crc = in.readInt();
        int type = in.readUnsignedByte();
        if (type == 0 || length < 0 || length > left - HEADER_BYTES) {
            return null;
        }
        byte[] payload = new byte[length];
        in.readFully(payload);
        boolean intact = checksum(type, payload, 0, length) == crc;
        return intact ? new Found(type, payload, 0, length) : null;
    }

    /**
     * Whether the bytes from {@code offset} to the end can be a write that a crash cut off, as opposed to damage to what
     * was written whole: the record reaches beyond the end of the file, or a sector of it was never written; and nothing
     * intact follows.
     */
    static boolean isTorn(byte[] file, int offset) {
        boolean whole = file.length - offset >= HEADER_BYTES
                && endOf(file, offset) <= file.length
                && !hasZeroSector(file, offset, (int) endOf(file, offset));
        if (whole) {
            return false;
        }
        for (int at = offset + 1; at <= file.length - HEADER_BYTES; at++) {
            if (at(file, at) != null) {
                return hasZeroSector(file, offset, at);
            }
        }
        return true;
    }

    private static long endOf(byte[] file, int offset) {
        int length = ByteBuffer.wrap(file, offset, 4).getInt();
        return length < 0 ? Long.MAX_VALUE : (long) offset + HEADER_BYTES + length;
    }

    private static boolean hasZeroSector(byte[] file, int from, int to) {
        int sector = from;
        while (sector < to) {
            int end = Math.min(to, (sector / SECTOR_BYTES + 1) * SECTOR_BYTES);
            boolean zero = true;
            for (int at = sector; at < end && zero; at++) {
                zero = file[at] == 0;
            }
            if (zero) {
                return true;
            }
            sector = end;
        }
        return false;
    }
}
