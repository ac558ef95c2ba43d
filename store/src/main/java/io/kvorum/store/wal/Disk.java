package io.kvorum.store.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** The effects on files that can be slow or fail; replaced to inject faults. */
public interface Disk {
    /** What is written at a time where there is nothing yet. */
    ByteBuffer ZEROS = ByteBuffer.allocateDirect(1 << 16).asReadOnlyBuffer();

    /** Writes all of {@code bytes} at the channel's position. */
    void write(FileChannel channel, ByteBuffer bytes) throws IOException;

    /**
     * Makes the file reach up to {@code to}, with zeros from {@code from} on, so that what is written there later changes
     * nothing but the bytes. Leaves the channel's position.
     */
    void allocate(FileChannel channel, long from, long to) throws IOException;

    /** Returns when everything written to the channel is on the medium. */
    void sync(FileChannel channel) throws IOException;

    /** The machine's own disk. */
    static Disk real() {
        return new Disk() {
            @Override
            public void write(FileChannel channel, ByteBuffer bytes) throws IOException {
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            }

            @Override
            public void allocate(FileChannel channel, long from, long to) throws IOException {
                long at = from;
                while (at < to) {
                    ByteBuffer zeros = ZEROS.duplicate();
                    zeros.limit((int) Math.min(zeros.capacity(), to - at));
                    at += channel.write(zeros, at);
                }
            }

            @Override
            public void sync(FileChannel channel) throws IOException {
                channel.force(false);
            }
        };
    }
}
