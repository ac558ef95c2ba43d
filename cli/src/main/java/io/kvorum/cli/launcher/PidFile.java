package io.kvorum.cli.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** A file that names a running process by pid and start time, so that a recycled pid is not taken for it. */
public final class PidFile {
    private PidFile() {}

    static void write(Path file, ProcessHandle process) throws IOException {
        long started = process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
        Files.writeString(file, process.pid() + " " + started + "\n");
    }

    static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The process the file names, if it still runs. */
    public static Optional<ProcessHandle> read(Path file) {
        try {
            String[] words = Files.readString(file).strip().split(" ");
            if (words.length != 2) {
                return Optional.empty();
            }
            long started = Long.parseLong(words[1]);
            return ProcessHandle.of(Long.parseLong(words[0]))
                    .filter(ProcessHandle::isAlive)
                    .filter(process -> process.info()
                            .startInstant()
                            .map(instant -> instant.toEpochMilli() == started)
                            .orElse(false));
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }
}
