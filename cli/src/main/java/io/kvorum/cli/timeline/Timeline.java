package io.kvorum.cli.timeline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The merged events of all sources, oldest first; of equal times, in the order of their files.
 *
 * @param unreadable lines that were no events
 */
public record Timeline(List<TimelineEvent> events, int unreadable) {
    private static final ObjectMapper JSON = new ObjectMapper();

    private record Timed(Instant time, TimelineEvent event) {}

    /**
     * Reads the files of all sources.
     *
     * @param folder need not exist
     * @param since the oldest that is wanted
     */
    public static Timeline read(Path folder, Instant since) throws IOException {
        List<Timed> events = new ArrayList<>();
        int unreadable = 0;
        if (Files.isDirectory(folder)) {
            List<Path> files;
            try (Stream<Path> found = Files.list(folder)) {
                files = found.filter(file -> file.getFileName().toString().endsWith(".jsonl"))
                        .sorted()
                        .toList();
            }
            for (Path file : files) {
                unreadable += read(file, since, events);
            }
        }
        events.sort(Comparator.comparing(Timed::time));
        return new Timeline(events.stream().map(Timed::event).toList(), unreadable);
    }

    private static int read(Path file, Instant since, List<Timed> events) throws IOException {
        int unreadable = 0;
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isBlank()) {
                    continue;
                }
                try {
                    TimelineEvent event = JSON.readValue(line, TimelineEvent.class);
                    if (!event.isWhole()) {
                        unreadable++;
                        continue;
                    }
                    Instant time = Instant.parse(event.time());
                    if (!time.isBefore(since)) {
                        events.add(new Timed(time, event));
                    }
                } catch (JsonProcessingException | DateTimeException e) {
                    unreadable++;
                }
            }
        }
        return unreadable;
    }
}
