package io.kvorum.kubelet.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the machine has and how much of it is free. Reads small files. */
final class Machine {
    private final Path storage;

    /** @param storage a folder on the disk that pods use */
    Machine(Path storage) {
        this.storage = storage;
    }

    int cpus() {
        return Runtime.getRuntime().availableProcessors();
    }

    long memoryBytes() {
        long total = meminfo("MemTotal:");
        return total > 0 ? total : Runtime.getRuntime().maxMemory() * 4;
    }

    /** -1 when it is not known. */
    long memoryAvailableBytes() {
        return meminfo("MemAvailable:");
    }

    private static long meminfo(String field) {
        for (String line : lines("/proc/meminfo")) {
            if (line.startsWith(field)) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
            }
        }
        return -1;
    }

    long storageBytes() throws IOException {
        return Files.getFileStore(storage).getTotalSpace();
    }

    long storageAvailableBytes() throws IOException {
        return Files.getFileStore(storage).getUsableSpace();
    }

    /** Processes that may still be started; -1 when it is not known. */
    long pidsAvailable() {
        List<String> max = lines("/proc/sys/kernel/pid_max");
        List<String> load = lines("/proc/loadavg");
        if (max.isEmpty() || load.isEmpty()) {
            return -1;
        }
        String[] fields = load.get(0).split(" ", -1);
        long tasks = Long.parseLong(fields[3].substring(fields[3].indexOf('/') + 1));
        return Long.parseLong(max.get(0).trim()) - tasks;
    }

    String osImage() {
        for (String line : lines("/etc/os-release")) {
            if (line.startsWith("PRETTY_NAME=")) {
                return line.substring("PRETTY_NAME=".length()).replace("\"", "");
            }
        }
        return System.getProperty("os.name", "unknown");
    }

    String operatingSystem() {
        return System.getProperty("os.name", "").startsWith("Mac") ? "darwin" : "linux";
    }

    /** In Go's words. */
    String architecture() {
        String arch = System.getProperty("os.arch", "");
        return arch.equals("x86_64") ? "amd64" : arch.equals("aarch64") ? "arm64" : arch;
    }

    String machineId() {
        List<String> lines = lines("/etc/machine-id");
        return lines.isEmpty() ? "" : lines.get(0).trim();
    }

    String bootId() {
        List<String> lines = lines("/proc/sys/kernel/random/boot_id");
        return lines.isEmpty() ? "" : lines.get(0).trim();
    }

    private static List<String> lines(String file) {
        try {
            @Nullable Path path = Path.of(file);
            return Files.isReadable(path) ? Files.readAllLines(path) : List.of();
        } catch (IOException e) {
            return List.of();
        }
    }
}
