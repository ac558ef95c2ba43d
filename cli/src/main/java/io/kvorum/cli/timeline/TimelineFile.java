package io.kvorum.cli.timeline;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The timeline file of one source. Appended line by line; one that has grown beyond its bound becomes {@code
 * <source>.1.jsonl}, in place of the one before, so a source never takes more than twice the bound. Thread-safe. A file
 * that cannot be written is reported once and does not stop what is told of.
 */
public final class TimelineFile {
    private static final System.Logger LOG = System.getLogger(TimelineFile.class.getName());
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long ROTATION_BYTES = 4L << 20;

    private final Path file;
    private final Path previous;
    private final long rotationBytes;
    private boolean failed;

    public TimelineFile(Path folder, String source) {
        this(folder, source, ROTATION_BYTES);
    }

    TimelineFile(Path folder, String source, long rotationBytes) {
        this.file = folder.resolve(source + ".jsonl");
        this.previous = folder.resolve(source + ".1.jsonl");
        this.rotationBytes = rotationBytes;
    }

    /** The present moment as events write it. */
    public static String now() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
    }

    public synchronized void append(TimelineEvent event) {
        try {
            if (Files.exists(file) && Files.size(file) > rotationBytes) {
                Files.move(file, previous, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
            Files.createDirectories(file.getParent());
            // One write, so that a reader never sees half a line for long.
            Files.write(
                    file,
                    (JSON.writeValueAsString(event) + "\n").getBytes(StandardCharsets.UTF_8),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
            failed = false;
        } catch (IOException | UncheckedIOException e) {
            if (!failed) {
                LOG.log(Level.WARNING, "the timeline cannot be written file=" + file, e);
            }
            failed = true;
        }
    }
}
