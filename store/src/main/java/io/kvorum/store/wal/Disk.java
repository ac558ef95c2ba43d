package io.kvorum.store.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** The effects on files that can be slow or fail; replaced to inject faults. */
public interface Disk {
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
        return new RealDisk();
    }
}
