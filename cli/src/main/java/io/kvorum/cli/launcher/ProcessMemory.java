package io.kvorum.cli.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a process costs in memory. */
final class ProcessMemory {
    private ProcessMemory() {}

    /**
     * The proportional set size in bytes (memory shared by n processes counts 1/n for each), from Linux' {@code
     * /proc/PID/smaps_rollup}; 0 where there is no such file or the process is gone.
     */
    static long proportionalBytes(long pid) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "smaps_rollup"))) {
                if (line.startsWith("Pss:")) {
                    return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
                }
            }
        } catch (IOException e) {
            return 0;
        }
        return 0;
    }
}
