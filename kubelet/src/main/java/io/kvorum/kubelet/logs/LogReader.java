package io.kvorum.kubelet.logs;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;

/** A place in a container's log that moves forward, across rotations. Not thread-safe; calls block on files. */
public final class LogReader {
    private static final int CHUNK = 32 * 1024;
    /** RFC 3339 with nanoseconds, all nine digits, as container runtimes write it. */
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.nnnnnnnnn'Z'").withZone(ZoneOffset.UTC);

    private final ContainerLog log;
    private final boolean timestamps;
    private long position;
    private long budget;
    private boolean lineStart = true;

    LogReader(ContainerLog log, long position, LogQuery query) {
        this.log = log;
        this.position = position;
        this.timestamps = query.timestamps();
        this.budget = query.limitBytes() == null ? Long.MAX_VALUE : query.limitBytes();
    }

    /** The next bytes; empty when there is nothing more for now, or the limit is reached. */
    public byte[] next() throws IOException {
        if (budget <= 0) {
            return new byte[0];
        }
        position = log.skipTo(position);
        byte[] chunk = new byte[CHUNK];
        int count = log.read(position, chunk);
        if (count <= 0) {
            return new byte[0];
        }
        byte[] part = timestamps ? stamped(chunk, count) : Arrays.copyOf(chunk, count);
        position += count;
        if (part.length > budget) {
            part = Arrays.copyOf(part, (int) budget);
        }
        budget -= part.length;
        return part;
    }

    /** Whether {@link #next} will never give anything again because the limit is reached. */
    public boolean exhausted() {
        return budget <= 0;
    }

    private byte[] stamped(byte[] chunk, int count) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(count + count / 2);
        int from = 0;
        while (from < count) {
            if (lineStart) {
                out.writeBytes(TIME.format(log.timeAt(position + from)).getBytes(StandardCharsets.US_ASCII));
                out.write(' ');
                lineStart = false;
            }
            int to = from;
            while (to < count && chunk[to] != '\n') {
                to++;
            }
            if (to < count) {
                to++;
                lineStart = true;
            }
            out.write(chunk, from, to - from);
            from = to;
        }
        return out.toByteArray();
    }
}
