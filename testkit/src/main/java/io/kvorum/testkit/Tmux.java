package io.kvorum.testkit;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A real terminal of 100 columns and 30 rows, held by tmux on a server of its own, which ends with it. */
public final class Tmux implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration WAIT = Duration.ofSeconds(60);

    private final Path socket;

    /**
     * Opens the terminal with a shell in it.
     *
     * @param socket a path that is free and shorter than 100 characters
     */
    public Tmux(Path socket, Map<String, String> environment) {
        this.socket = socket;
        List<String> words = new ArrayList<>(List.of("new-session", "-d", "-x", "100", "-y", "30"));
        environment.forEach((name, value) -> words.addAll(List.of("-e", name + "=" + value)));
        words.add("env PS1=outer: sh");
        tmux(words.toArray(String[]::new)).ok();
    }

    private Run tmux(String... words) {
        List<String> command = new ArrayList<>(List.of("tmux", "-f", "/dev/null", "-S", socket.toString()));
        command.addAll(List.of(words));
        return Run.of(command, Map.of(), null, LIMIT);
    }

    /** Types a line and presses Enter. */
    public void type(String line) {
        tmux("send-keys", "-l", line).ok();
        tmux("send-keys", "Enter").ok();
    }

    /** Presses a key by tmux' name of it, {@code C-c} for example. */
    public void press(String key) {
        tmux("send-keys", key).ok();
    }

    public void resize(int columns, int rows) {
        tmux("resize-window", "-x", Integer.toString(columns), "-y", Integer.toString(rows))
                .ok();
    }

    /** What is on the screen. */
    public String screen() {
        return tmux("capture-pane", "-p").ok().stdout();
    }

    /** Waits for the screen to be as wanted. */
    public String await(String what, Predicate<String> wanted) {
        long until = System.nanoTime() + WAIT.toNanos();
        String screen = screen();
        while (!wanted.test(screen)) {
            if (System.nanoTime() > until) {
                throw new AssertionError(what + " did not come up on the screen:\n" + screen);
            }
            try {
                TimeUnit.MILLISECONDS.sleep(100);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
            screen = screen();
        }
        return screen;
    }

    /** Waits for a line that ends like this; what was typed ahead may stand a prompt before it. */
    public String awaitLine(String end) {
        return await(
                "\"" + end + "\"",
                screen -> screen.lines().anyMatch(shown -> shown.strip().endsWith(end)));
    }

    @Override
    public void close() {
        tmux("kill-server");
    }
}
