package io.kvorum.kubelet.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Signals to process groups, which Java cannot send, and the signals that programs start with. */
final class Signals {
    private Signals() {}

    // Not "kill -9 -- -PID": dash takes the second dash for a number.

    /** Sends to the group led by {@code pid}; before that has become a leader, to the process itself. */
    static void group(String signal, long pid) throws IOException {
        run(
                "/bin/sh",
                "-c",
                "kill -s \"$1\" -- -\"$2\" 2>/dev/null || kill -s \"$1\" \"$2\"",
                "sh",
                signal,
                Long.toString(pid));
    }

    static void process(String signal, long pid) throws IOException {
        run("/bin/sh", "-c", "kill -s \"$1\" \"$2\"", "sh", signal, Long.toString(pid));
    }

    private static void run(String... command) throws IOException {
        Process kill = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (!kill.waitFor(5, TimeUnit.SECONDS)) {
                kill.destroyForcibly();
            }
        } catch (InterruptedException e) {
            kill.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while sending a signal", e);
        }
    }

    /** What a command line is put behind to lead a session of its own. */
    static List<String> newSession() {
        return Files.isExecutable(Path.of("/usr/bin/setsid"))
                ? List.of("/usr/bin/setsid")
                : List.of("/usr/bin/perl", "-e", "use POSIX; POSIX::setsid(); exec @ARGV", "--");
    }

    /**
     * What a command line is put behind to start with the signals a user expects: a shell ignores the interrupt for what
     * it starts in the background, and programs inherit that. Coreutils before 8.31 cannot do it.
     */
    static List<String> defaults() {
        return Defaults.PREFIX;
    }

    /** Looked at once, when first needed. */
    private static final class Defaults {
        static final List<String> PREFIX = probe();

        private static List<String> probe() {
            List<String> prefix = List.of("/usr/bin/env", "--default-signal=INT,QUIT,HUP,PIPE");
            try {
                Process env = new ProcessBuilder(prefix.get(0), prefix.get(1), "true")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
                boolean ended = env.waitFor(5, TimeUnit.SECONDS);
                if (!ended) {
                    env.destroyForcibly();
                }
                return ended && env.exitValue() == 0 ? prefix : List.of();
            } catch (IOException e) {
                return List.of();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return List.of();
            }
        }
    }
}
