package io.kvorum.store.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** The two effects on files that can be slow or fail; replaced to inject faults. */
public interface Disk {
    /** Writes all of {@code bytes} at the channel's position. */
    void write(FileChannel channel, ByteBuffer bytes) throws IOException;

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
            public void sync(FileChannel channel) throws IOException {
                channel.force(false);
            }
        };
    }
}
