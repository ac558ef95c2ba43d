package io.kvorum.labs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** One lab on one cluster, from start to reset. */
public final class LabSession {
    private static final Duration COMMAND_LIMIT = Duration.ofSeconds(60);
    private static final Duration SCALE_LIMIT = Duration.ofSeconds(90);
    private static final Duration WAIT_LIMIT = Duration.ofSeconds(90);
    private static final long READY_POLL_MILLIS = 300;
    private static final String PROGRESS = "progress.json";

    private final Lab lab;
    private final LabCluster cluster;
    private final Path state;
    private final Clock clock;
    private final Consumer<String> say;

    /**
     * @param state the folder of this lab in the cluster's state
     * @param say takes progress, line by line
     */
    public LabSession(Lab lab, LabCluster cluster, Path state, Clock clock, Consumer<String> say) {
        this.lab = lab;
        this.cluster = cluster;
        this.state = state;
        this.clock = clock;
        this.say = say;
    }

    /** How a lab stands after a check. */
    public record Grade(int passed, int steps, List<Verdict> verdicts) {
        public boolean solved() {
            return passed == steps;
        }
    }

    public Optional<Progress> progress() {
        return Progress.read(state.resolve(PROGRESS));
    }

    public boolean solved() {
        return progress()
                .filter(progress -> progress.passed() == lab.steps().size())
                .isPresent();
    }

    /** Sets the lab up. A start that fails leaves a lab that reset cleans up. */
    public void start() {
        if (progress().filter(Progress::ready).isPresent()) {
            throw new LabException("lab " + lab.id() + " is started already; kvorum lab check " + lab.id()
                    + " grades it, kvorum lab reset " + lab.id() + " takes it back");
        }
        if (progress().isPresent()) {
            throw new LabException(
                    "the last start of lab " + lab.id() + " did not end; kvorum lab reset " + lab.id() + " first");
        }
        Map<String, Integer> before = cluster.counts();
        Map<String, Integer> scaledFrom = new HashMap<>();
        lab.needs().forEach((role, least) -> {
            if (before.getOrDefault(role, 0) < least) {
                scaledFrom.put(role, before.getOrDefault(role, 0));
            }
        });
        save(Progress.started(clock.millis(), scaledFrom));
        for (String role : scaledFrom.keySet()) {
            say.accept("scaling " + role + " to " + lab.needs().get(role));
            required(
                    cluster.kvorum(
                            List.of("scale", role, String.valueOf(lab.needs().get(role))), SCALE_LIMIT),
                    "scale " + role);
        }
        awaitReady();
        LabRun run = run();
        say.accept("creating namespace " + lab.namespace());
        required(
                cluster.kubectl(run, List.of("create", "namespace", lab.namespace()), COMMAND_LIMIT),
                "create the namespace");
        Lab.Setup setup = lab.setup();
        for (String manifest : setup.manifests()) {
            say.accept("applying " + manifest);
            required(
                    cluster.kubectl(
                            run,
                            List.of(
                                    "apply",
                                    "-f",
                                    lab.folder().resolve(manifest).toString()),
                            COMMAND_LIMIT),
                    "apply " + manifest);
        }
        for (String wait : setup.waits()) {
            List<String> words = new ArrayList<>(List.of("wait", "--timeout=" + WAIT_LIMIT.toSeconds() + "s"));
            words.addAll(List.of(wait.strip().split("\\s+")));
            required(cluster.kubectl(run, words, WAIT_LIMIT.plusSeconds(10)), "wait for " + wait);
        }
        if (!setup.script().isEmpty()) {
            required(cluster.script(run, setup.script(), List.of(), setup.limit()), setup.script());
        }
        save(requiredProgress().set());
    }

    /** Components that were added must be ready before the set-up counts on them. */
    private void awaitReady() {
        long deadline = System.nanoTime() + SCALE_LIMIT.toNanos();
        List<String> missing = cluster.notReady();
        while (!missing.isEmpty()) {
            if (System.nanoTime() >= deadline) {
                throw new LabException("not ready: " + String.join(", ", missing)
                        + "; kvorum fault list tells whether a fault is left over, kvorum status what runs");
            }
            Pause.of(READY_POLL_MILLIS, TimeUnit.MILLISECONDS);
            missing = cluster.notReady();
        }
    }

    /** Grades the steps from the first that was not passed yet on, up to one that is not passed now. */
    public Grade check() {
        Progress progress = startedProgress();
        List<Verdict> verdicts = new ArrayList<>();
        int passed = progress.passed();
        while (passed < lab.steps().size()) {
            boolean all = true;
            for (Check check : lab.steps().get(passed).checks()) {
                Verdict verdict = check.evaluate(cluster, new LabRun(lab, progress, state));
                verdicts.add(verdict);
                if (!verdict.passed()) {
                    all = false;
                    break;
                }
            }
            if (!all) {
                break;
            }
            passed++;
            progress = progress.passing(passed);
            save(progress);
        }
        return new Grade(passed, lab.steps().size(), List.copyOf(verdicts));
    }

    /** The next hint of the current step; the last one again when there are no more. */
    public String hint() {
        Progress progress = startedProgress();
        if (progress.passed() == lab.steps().size()) {
            return "Lab " + lab.id() + " is solved; no hint is needed.";
        }
        Lab.Step step = lab.steps().get(progress.passed());
        if (step.hints().isEmpty()) {
            return "No hint for \"" + step.title() + "\": " + step.text().strip();
        }
        int given = progress.hints().getOrDefault(progress.passed(), 0);
        String hint = step.hints().get(Math.min(given, step.hints().size() - 1));
        if (given < step.hints().size()) {
            save(progress.hinted(progress.passed()));
        }
        return hint;
    }

    /** Takes back everything the lab and its student left: faults, the namespace, what the lab's reset script knows, counts. */
    public void reset() {
        Optional<Progress> progress = progress();
        if (progress.isEmpty()) {
            return;
        }
        LabRun run = run();
        say.accept("healing all faults");
        required(cluster.kvorum(List.of("fault", "heal"), COMMAND_LIMIT), "heal the faults");
        if (!lab.setup().reset().isEmpty()) {
            say.accept("running " + lab.setup().reset());
            required(
                    cluster.script(
                            run, lab.setup().reset(), List.of(), lab.setup().limit()),
                    lab.setup().reset());
        }
        say.accept("deleting namespace " + lab.namespace());
        required(
                cluster.kubectl(
                        run,
                        List.of("delete", "namespace", lab.namespace(), "--ignore-not-found", "--timeout=60s"),
                        WAIT_LIMIT),
                "delete the namespace");
        progress.get().scaledFrom().forEach((role, count) -> {
            say.accept("scaling " + role + " back to " + count);
            required(cluster.kvorum(List.of("scale", role, String.valueOf(count)), SCALE_LIMIT), "scale " + role);
        });
        try (Stream<Path> files = Files.walk(state)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private LabRun run() {
        return new LabRun(lab, requiredProgress(), state);
    }

    private Progress requiredProgress() {
        return progress()
                .orElseThrow(() -> new LabException(
                        "lab " + lab.id() + " is not started; kvorum lab start " + lab.id() + " does that"));
    }

    private Progress startedProgress() {
        Progress progress = requiredProgress();
        if (!progress.ready()) {
            throw new LabException("the start of lab " + lab.id() + " did not end; kvorum lab reset " + lab.id()
                    + ", then start it again");
        }
        return progress;
    }

    private void save(Progress progress) {
        progress.write(state.resolve(PROGRESS));
    }

    private static void required(LabCluster.Output output, String what) {
        if (!output.ok()) {
            throw new LabException("could not " + what + ": " + output.lastErrors());
        }
    }
}
