package io.kvorum.torture.history;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file up to its last line that was written to its end. */
final class WholeLines extends InputStream {
    private static final int BLOCK = 1 << 16;

    private final FileChannel file;
    private final InputStream in;
    private long left;

    WholeLines(Path path) throws IOException {
        this.file = FileChannel.open(path, StandardOpenOption.READ);
        try {
            this.left = length(file);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
        this.in = Channels.newInputStream(file);
    }

    /** Up to the last line feed, included. */
    private static long length(FileChannel file) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(BLOCK);
        for (long end = file.size(); end > 0; end -= BLOCK) {
            long start = Math.max(0, end - BLOCK);
            block.clear().limit((int) (end - start));
            while (block.hasRemaining() && file.read(block, start + block.position()) >= 0) {
                // Until the block is full.
            }
            for (int i = block.position() - 1; i >= 0; i--) {
                if (block.get(i) == '\n') {
                    return start + i + 1;
                }
            }
        }
        return 0;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (left == 0) {
            return -1;
        }
        int read = in.read(bytes, offset, (int) Math.min(length, left));
        left -= Math.max(0, read);
        return read;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
