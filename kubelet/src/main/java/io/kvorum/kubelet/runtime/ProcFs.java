package io.kvorum.kubelet.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

/** What the operating system says about processes, from {@code /proc} where it exists. */
final class ProcFs {
    private static final Path PROC = Path.of("/proc");
    /** How often, and how long after, a process without an environment is looked at again. */
    private static final int EXEC_ROUNDS = 10;

    private static final long EXEC_PAUSE_NANOS = 2_000_000;

    /** Linux tells times of processes in hundredths of a second, whatever its own clock does. */
    private static final long NANOS_PER_TICK = 10_000_000;

    private ProcFs() {}

    /** A process found by its environment. */
    record Marked(long pid, String value) {}

    /**
     * Whether the process that had {@code pid} and {@code start} still runs; a zombie does not. One that is there and cannot
     * be looked at, as when too many files are open, is taken for alive: nothing that runs is declared dead by mistake.
     */
    static boolean alive(long pid, String start) {
        if (start.equals("-")) {
            return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
        }
        try {
            String[] fields = stat(pid);
            return !fields[0].equals("Z") && !fields[0].equals("X") && fields[19].equals(start);
        } catch (IOException e) {
            return Files.exists(folder(pid));
        }
    }

    /** Whether a process leads a session, as what is started with a terminal or by {@code setsid} does. */
    static boolean leadsSession(long pid) {
        try {
            return stat(pid)[3].equals(Long.toString(pid));
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * What a process has used and holds.
     *
     * @param cpuNanos processor time since its start, without that of its children
     * @param memoryBytes resident memory
     */
    record Use(long cpuNanos, long memoryBytes) {}

    /** Fails when the process is gone. */
    static Use use(long pid) throws IOException {
        String[] fields = stat(pid);
        long ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        return new Use(ticks * NANOS_PER_TICK, residentBytes(pid));
    }

    private static long residentBytes(long pid) throws IOException {
        for (String line : Files.readAllLines(folder(pid).resolve("status"), StandardCharsets.ISO_8859_1)) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
            }
        }
        // A zombie holds nothing.
        return 0;
    }

    private static Path folder(long pid) {
        return PROC.resolve(Long.toString(pid));
    }

    /** The fields of {@code /proc/PID/stat} from the state on. */
    private static String[] stat(long pid) throws IOException {
        Path file = folder(pid).resolve("stat");
        String line = Files.readString(file, StandardCharsets.ISO_8859_1);
        String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
        if (fields.length <= 19) {
            throw new IOException(file + " cannot be read: \"" + line + "\"");
        }
        return fields;
    }

    /** The processes whose environment has {@code name} with a value that starts with {@code prefix}. */
    static List<Marked> marked(String name, String prefix) throws IOException {
        List<Marked> found = new ArrayList<>();
        if (!Files.isDirectory(PROC)) {
            return found;
        }
        long self = ProcessHandle.current().pid();
        List<Long> unclear = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                long pid = Long.parseLong(
                        Objects.requireNonNull(process.getFileName()).toString());
                if (pid != self && !look(pid, name, prefix, found)) {
                    unclear.add(pid);
                }
            }
        }
        for (int round = 0; round < EXEC_ROUNDS && !unclear.isEmpty(); round++) {
            LockSupport.parkNanos(EXEC_PAUSE_NANOS);
            unclear.removeIf(pid -> look(pid, name, prefix, found));
        }
        return found;
    }

    /**
     * Adds a process if it is marked.
     *
     * @return false if that cannot be told: for a moment in which it becomes another program, a process has no environment
     */
    private static boolean look(long pid, String name, String prefix, List<Marked> found) {
        String environment;
        try {
            environment = new String(Files.readAllBytes(folder(pid).resolve("environ")), StandardCharsets.UTF_8);
            if (environment.isEmpty()) {
                // Threads of the kernel and zombies have no program and never will.
                Files.readSymbolicLink(folder(pid).resolve("exe"));
                return false;
            }
        } catch (IOException e) {
            // It ended meanwhile or belongs to somebody else.
            return true;
        }
        String key = name + "=";
        int at = environment.startsWith(key) ? 0 : environment.indexOf('\0' + key) + 1;
        if (at > 0 || environment.startsWith(key)) {
            int end = environment.indexOf('\0', at);
            String value = environment.substring(at + key.length(), end < 0 ? environment.length() : end);
            if (value.startsWith(prefix)) {
                found.add(new Marked(pid, value));
            }
        }
        return true;
    }
}
