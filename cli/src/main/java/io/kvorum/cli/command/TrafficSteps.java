package io.kvorum.cli.command;

import io.kvorum.cli.cluster.CommandFailure;
import io.kvorum.traffic.Load;
import io.kvorum.traffic.Mark;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The commands that are run while a load runs, each at its time. */
final class TrafficSteps implements AutoCloseable {
    /** A command that is slower than this is ended, so that it cannot outlive the load for long. */
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** One of them. */
    record Step(Duration at, String command) {
        static Step parse(String text) {
            int equals = text.indexOf('=');
            if (equals <= 0 || text.substring(equals + 1).isBlank()) {
                throw new CommandFailure(
                        "--at \"" + text + "\" must be TIME=COMMAND, for example 5s='kubectl apply -f v2.yaml'", 2);
            }
            return new Step(DurationArgument.parse("--at", text.substring(0, equals)), text.substring(equals + 1));
        }
    }

    private final Load load;
    private final @Nullable TrafficTimeline timeline;
    private final List<Thread> threads = new ArrayList<>();
    private final List<String> failures = new CopyOnWriteArrayList<>();

    private TrafficSteps(Load load, @Nullable TrafficTimeline timeline) {
        this.load = load;
        this.timeline = timeline;
    }

    static TrafficSteps start(Load load, List<Step> steps, @Nullable TrafficTimeline timeline) {
        TrafficSteps running = new TrafficSteps(load, timeline);
        steps.stream().sorted(Comparator.comparing(Step::at)).forEach(step -> {
            Thread thread = new Thread(() -> running.run(step), "step");
            thread.setDaemon(true);
            thread.start();
            running.threads.add(thread);
        });
        return running;
    }

    /** One line for each command that failed. */
    List<String> failures() {
        return failures;
    }

    private void run(Step step) {
        @Nullable Process process = null;
        try {
            Thread.sleep(Math.max(0, step.at().minus(load.elapsed()).toMillis()));
            Mark mark = load.mark(step.command());
            if (timeline != null) {
                timeline.step(load.elapsed(), step.command());
            }
            // The command's own output must not get between the lines of a JSON report.
            process = new ProcessBuilder("sh", "-c", "exec >&2; " + step.command())
                    .inheritIO()
                    .start();
            if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                failures.add("step \"" + step.command() + "\" did not end within " + LIMIT.toSeconds() + " s");
            } else if (process.exitValue() == 0) {
                load.done(mark);
            } else {
                failures.add("step \"" + step.command() + "\" ended with exit code " + process.exitValue());
            }
        } catch (IOException e) {
            failures.add("step \"" + step.command() + "\": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (process != null && process.isAlive()) {
                process.descendants().forEach(ProcessHandle::destroy);
                process.destroy();
            }
        }
    }

    /** Ends what still runs; a command that has not begun is not run any more. */
    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
            try {
                thread.join(5_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
