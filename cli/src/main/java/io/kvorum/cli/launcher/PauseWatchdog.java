package io.kvorum.cli.launcher;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Sees to it that a stopped process (SIGSTOP) runs again when its time is over or when the launcher is gone, however that
 * happened: a stopped process can neither count time nor notice that its lifeline ended. A small shell of its own session
 * that waits on a pipe from the launcher; end of file means that the launcher died.
 */
final class PauseWatchdog {
    private static final System.Logger LOG = System.getLogger(PauseWatchdog.class.getName());

    /** Words: pid, its start time (field 22 of /proc/PID/stat, or empty), seconds or 0 for no end. */
    private static final String SCRIPT = """
        same() {
          [ -z "$2" ] && return 0
          [ -r "/proc/$1/stat" ] || return 1
          [ "$(sed 's/.*) //' "/proc/$1/stat" | cut -d' ' -f20)" = "$2" ]
        }
        resume() { same "$1" "$2" && kill -CONT "$1"; }
        timer=
        if [ "$3" != 0 ]; then
          (
            sleep "$3" & nap=$!
            trap 'kill $nap; exit' TERM
            wait $nap
            resume "$1" "$2"
          ) </dev/null & timer=$!
        fi
        read -r word
        [ -n "$timer" ] && kill "$timer" 2>/dev/null
        [ "$word" = done ] || resume "$1" "$2"
        """;

    private final Process shell;

    private PauseWatchdog(Process shell) {
        this.shell = shell;
    }

    /** @param limit zero: until the launcher dies */
    static PauseWatchdog start(long pid, Duration limit) throws IOException {
        List<String> command = new ArrayList<>();
        if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
            command.add("/usr/bin/setsid");
        }
        String seconds = limit.isZero() ? "0" : String.format(Locale.ROOT, "%.3f", limit.toMillis() / 1000.0);
        command.addAll(List.of("sh", "-c", SCRIPT, "kvorum-pause", Long.toString(pid), startTime(pid), seconds));
        return new PauseWatchdog(new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start());
    }

    /** What tells a process from a later one with the same pid; empty where there is no /proc. */
    private static String startTime(long pid) throws IOException {
        Path stat = Path.of("/proc", Long.toString(pid), "stat");
        if (!Files.isReadable(stat)) {
            return "";
        }
        String line = Files.readString(stat, StandardCharsets.ISO_8859_1);
        // After the program's name in parentheses; the third field is the first one there.
        return line.substring(line.lastIndexOf(')') + 2).split(" ")[22 - 3];
    }

    /** No longer needed: the process runs, or another watchdog has taken over. */
    void dismiss() {
        try (OutputStream pipe = pipe()) {
            pipe.write("done\n".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "the watchdog of a pause has ended already", e);
        }
    }

    /** Whose end tells the shell of the launcher's end. */
    OutputStream pipe() {
        return shell.getOutputStream();
    }

    boolean awaitEnd(Duration limit) throws InterruptedException {
        return shell.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    }
}
