package io.kvorum.bench.etcd;

import io.kvorum.testkit.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the numbers were taken on. */
final class Machine {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private Machine() {}

    /** @param dir where the data goes; exists */
    static Map<String, String> describe(Path dir, Path etcd) throws IOException {
        Map<String, String> about = new LinkedHashMap<>();
        about.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
        about.put("java", Runtime.version().toString());
        about.put("etcd", version(etcd));
        about.put("file system", Files.getFileStore(dir).type());
        return about;
    }

    private static String version(Path etcd) {
        Run run = Run.of(List.of(etcd.toString(), "--version"), Map.of(), null, LIMIT)
                .ok();
        return run.stdout()
                .lines()
                .findFirst()
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .orElse("unknown");
    }

    /** Refuses a folder in memory, where fsync costs nothing. */
    static void requireDisk(Path dir) throws IOException {
        String type = Files.getFileStore(dir).type();
        if (type.equals("tmpfs") || type.equals("ramfs")) {
            throw new IOException(dir + " is in memory (" + type
                    + "), where fsync costs nothing; name a folder on a disk" + " with --dir");
        }
    }
}
