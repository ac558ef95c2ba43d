package io.kvorum.labs;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How far a student has come; a file in the cluster's state.
 *
 * @param startedMillis when the lab was started, since the epoch
 * @param passed steps passed, from the first on
 * @param hints hints given by step index
 * @param scaledFrom counts by role from before the lab, for reset
 */
public record Progress(
        long startedMillis, int passed, Map<Integer, Integer> hints, Map<String, Integer> scaledFrom, boolean ready) {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    public Progress {
        hints = Map.copyOf(hints);
        scaledFrom = Map.copyOf(scaledFrom);
    }

    static Progress started(long millis, Map<String, Integer> scaledFrom) {
        return new Progress(millis, 0, Map.of(), scaledFrom, false);
    }

    Progress set() {
        return new Progress(startedMillis, passed, hints, scaledFrom, true);
    }

    Progress passing(int steps) {
        return new Progress(startedMillis, steps, hints, scaledFrom, ready);
    }

    Progress hinted(int step) {
        Map<Integer, Integer> next = new TreeMap<>(hints);
        next.merge(step, 1, Integer::sum);
        return new Progress(startedMillis, passed, next, scaledFrom, ready);
    }

    static Optional<Progress> read(Path file) {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(file.toFile(), Progress.class));
        } catch (IOException e) {
            throw new LabException(
                    file + " cannot be read (" + e.getMessage() + "); delete it and start the lab again", e);
        }
    }

    /** Written by atomic rename. */
    void write(Path file) {
        try {
            Files.createDirectories(file.getParent());
            Path next = file.resolveSibling(file.getFileName() + ".tmp");
            Files.write(next, JSON.writeValueAsBytes(this));
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new LabException("cannot write " + file + ": " + e.getMessage(), e);
        }
    }
}
