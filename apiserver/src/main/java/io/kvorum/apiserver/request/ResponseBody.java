package io.kvorum.apiserver.request;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * What an answer says, of known length: in one piece, or in many that lie in the cache already, as the objects of a list do.
 * Those are copied a chunk at a time, as fast as the client reads: a hundred clients that list everything cost a hundred
 * chunks, not a hundred lists. Immutable.
 */
public final class ResponseBody {
    public static final ResponseBody EMPTY = new ResponseBody(List.of());

    private final List<byte[]> pieces;
    private final long length;

    private ResponseBody(List<byte[]> pieces) {
        this.pieces = pieces;
        long sum = 0;
        for (byte[] piece : pieces) {
            sum += piece.length;
        }
        length = sum;
    }

    /** @param bytes not copied */
    public static ResponseBody of(byte[] bytes) {
        return new ResponseBody(List.of(bytes));
    }

    /** @param pieces one behind the other; neither the list nor what is in it is copied */
    public static ResponseBody of(List<byte[]> pieces) {
        return new ResponseBody(pieces);
    }

    /** In bytes. */
    public long length() {
        return length;
    }

    /**
     * All of it, as an array of the caller's own or the one that was given.
     *
     * @throws IllegalStateException if it is longer than an array may be
     */
    public byte[] bytes() {
        if (pieces.size() == 1) {
            return pieces.get(0);
        }
        if (length > Integer.MAX_VALUE - Long.BYTES) {
            throw new IllegalStateException("a body of " + length + " bytes does not fit into an array");
        }
        byte[] all = new byte[(int) length];
        int at = 0;
        for (byte[] piece : pieces) {
            System.arraycopy(piece, 0, all, at, piece.length);
            at += piece.length;
        }
        return all;
    }

    /** All of it, see {@link #bytes}. */
    public Buffer whole() {
        return Buffer.buffer(bytes());
    }

    public void writeTo(OutputStream out) throws IOException {
        for (byte[] piece : pieces) {
            out.write(piece);
        }
    }

    /**
     * All of it a chunk at a time, each made when it is asked for.
     *
     * @param most bytes of a chunk; the last may have fewer
     */
    public Iterator<Buffer> chunks(int most) {
        return new Chunks(most);
    }

    @Override
    public String toString() {
        return whole().toString();
    }

    private final class Chunks implements Iterator<Buffer> {
        private final int most;
        private final Iterator<byte[]> rest = pieces.iterator();
        private byte[] piece = new byte[0];
        private int at;
        private long left = length;

        Chunks(int most) {
            this.most = most;
        }

        @Override
        public boolean hasNext() {
            return left > 0;
        }

        @Override
        public Buffer next() {
            if (left == 0) {
                throw new NoSuchElementException("the body is over");
            }
            byte[] chunk = new byte[(int) Math.min(most, left)];
            int filled = 0;
            while (filled < chunk.length) {
                if (at == piece.length) {
                    piece = rest.next();
                    at = 0;
                }
                int count = Math.min(chunk.length - filled, piece.length - at);
                System.arraycopy(piece, at, chunk, filled, count);
                at += count;
                filled += count;
            }
            left -= chunk.length;
            return Buffer.buffer(chunk);
        }
    }
}
