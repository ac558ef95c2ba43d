package io.kvorum.cli.store;

import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** Passes bytes on and checks that the last 32 of them are the SHA-256 of all before. */
final class HashedTail extends OutputStream {
    private static final int HASH_BYTES = 32;

    private final OutputStream out;
    private final MessageDigest digest;
    private final byte[] tail = new byte[HASH_BYTES];
    private int held;
    private long count;

    HashedTail(OutputStream out) {
        this.out = out;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public void write(int single) throws IOException {
        write(new byte[] {(byte) single}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        out.write(bytes, from, length);
        count += length;
        byte[] joined = Arrays.copyOf(tail, held + length);
        System.arraycopy(bytes, from, joined, held, length);
        int hashed = Math.max(0, joined.length - HASH_BYTES);
        digest.update(joined, 0, hashed);
        held = joined.length - hashed;
        System.arraycopy(joined, hashed, tail, 0, held);
    }

    long count() {
        return count;
    }

    /** The hash, in hexadecimal; used once. Fails when the bytes do not end with it. */
    String verified() throws IOException {
        byte[] hash = digest.digest();
        if (held < HASH_BYTES || !Arrays.equals(hash, tail)) {
            throw new IOException("the transfer was cut off after " + count + " bytes");
        }
        return HexFormat.of().formatHex(hash);
    }
}
