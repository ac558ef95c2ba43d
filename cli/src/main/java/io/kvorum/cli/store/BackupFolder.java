package io.kvorum.cli.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The folder of the backups that a cluster makes by itself, named by time and revision; other files in it are left alone. */
public record BackupFolder(Path path) {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final Pattern NAME = Pattern.compile("(\\d{8}T\\d{6}Z)-r(\\d+)\\.backup");

    /** One backup. */
    public record Entry(Path file, Instant takenAt, long revision, long bytes) {}

    /** Where a backup taken now goes. */
    public Path file(Instant now, long revision) {
        return path.resolve(TIME.format(now) + "-r" + revision + ".backup");
    }

    /** Oldest first. */
    public List<Entry> entries() throws IOException {
        List<Entry> entries = new ArrayList<>();
        if (Files.isDirectory(path)) {
            try (Stream<Path> files = Files.list(path)) {
                for (Path file : files.toList()) {
                    Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
                    if (name.matches()) {
                        entries.add(entry(file, name));
                    }
                }
            }
        }
        entries.sort(Comparator.comparing(Entry::takenAt).thenComparing(Entry::revision));
        return entries;
    }

    private static Entry entry(Path file, Matcher name) throws IOException {
        try {
            return new Entry(
                    file, TIME.parse(name.group(1), Instant::from), Long.parseLong(name.group(2)), Files.size(file));
        } catch (DateTimeParseException | NumberFormatException e) {
            throw new IOException(file + " has a name like a backup but no time or revision in it", e);
        }
    }

    /** Deletes what a backup that was cut short has left; none may be under way. */
    public void tidy() throws IOException {
        if (Files.isDirectory(path)) {
            try (Stream<Path> files = Files.list(path)) {
                for (Path file : files.toList()) {
                    if (StoreBackup.isPartial(file)) {
                        Files.deleteIfExists(file);
                    }
                }
            }
        }
    }

    /** Deletes the oldest beyond the newest {@code keep}; returns what was deleted. */
    public List<Entry> prune(int keep) throws IOException {
        List<Entry> entries = entries();
        List<Entry> old = entries.subList(0, Math.max(0, entries.size() - keep));
        for (Entry entry : old) {
            Files.deleteIfExists(entry.file());
        }
        return List.copyOf(old);
    }
}
