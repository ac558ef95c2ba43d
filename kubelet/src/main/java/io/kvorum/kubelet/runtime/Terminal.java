package io.kvorum.kubelet.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A pseudo terminal held by {@code script(1)}, which copies between it and its own standard input and output. So it needs
 * no native code here, and the terminal of a container outlives the kubelet. See {@code tty.sh} for the files.
 *
 * @param folder where {@code tty} and {@code size} are
 * @param helper the script {@code tty.sh}
 */
record Terminal(Path folder, Path helper) {
    private static final Path SCRIPT = Path.of("/usr/bin/script");

    /** The first process on the terminal and the terminal's device. */
    record Line(long pid, String device) {}

    /** The command that runs {@code command} on a new terminal; adds to its environment what that needs. */
    List<String> wrap(List<String> command, Map<String, String> environment) throws StartFailedException {
        if (!Files.isExecutable(SCRIPT)) {
            throw new StartFailedException("a terminal needs " + SCRIPT + " of util-linux 2.35 or newer");
        }
        environment.putIfAbsent("TERM", "xterm");
        String shell = environment.put("SHELL", "/bin/sh");
        List<String> inner = new ArrayList<>(
                List.of("/bin/sh", helper.toString(), folder.toString(), shell == null ? "-" : "=" + shell));
        inner.addAll(command);
        StringBuilder line = new StringBuilder("exec");
        inner.forEach(word -> line.append(' ').append(quoted(word)));
        return List.of(SCRIPT.toString(), "-q", "-e", "--echo", "always", "-c", line.toString(), "/dev/null");
    }

    static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }

    void resize(int columns, int rows) throws IOException {
        String size = "rows " + rows + " cols " + columns;
        Files.writeString(folder.resolve("size.new"), size + "\n");
        Files.move(folder.resolve("size.new"), folder.resolve("size"), StandardCopyOption.ATOMIC_MOVE);
        Line line = line();
        if (line == null) {
            return;
        }
        Process stty = new ProcessBuilder(
                        "/bin/stty",
                        "-F",
                        line.device(),
                        "rows",
                        Integer.toString(rows),
                        "cols",
                        Integer.toString(columns))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (!stty.waitFor(5, TimeUnit.SECONDS)) {
                stty.destroyForcibly();
            }
        } catch (InterruptedException e) {
            stty.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while resizing " + line.device(), e);
        }
    }

    /** Null until the first process is there. */
    @Nullable
    Line line() throws IOException {
        try {
            String[] parts = Files.readString(folder.resolve("tty")).trim().split(" ", 2);
            return new Line(Long.parseLong(parts[0]), parts[1]);
        } catch (NoSuchFileException e) {
            return null;
        }
    }
}
