package io.kvorum.cli.command;

import io.kvorum.cli.cluster.CommandFailure;
import io.kvorum.faults.FaultException;
import io.kvorum.faults.plan.Plan;
import io.kvorum.faults.plan.PlanCheck;
import io.kvorum.faults.plan.PlanException;
import io.kvorum.faults.plan.PlanParser;
import io.kvorum.faults.plan.PlanRun;
import io.kvorum.faults.plan.PlanTime;
import io.kvorum.faults.plan.Recording;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kvorum fault run}: carries out a plan of faults, or what an earlier run recorded. */
@Command(
        name = "run",
        description = {
            "Carry out a plan of faults (YAML), or do again what an earlier run recorded.",
            "The plan is checked as a whole first. Ctrl-C ends the run and heals what it set."
        })
final class FaultRunCommand implements Callable<Integer> {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);
    private static final long MOST_DRAWN_SEED = 1_000_000;
    private static final long HEAL_SECONDS = 30;

    @Mixin
    ClusterOption cluster = new ClusterOption();

    @Parameters(arity = "0..1", paramLabel = "PLAN", description = "the file of the plan")
    @Nullable
    Path plan;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "what all picks follow from; the plan's own if left out, else a new one")
    @Nullable
    Long seed;

    @Option(
            names = "--record",
            paramLabel = "FILE",
            description = "where to write what happens (default: the cluster's folder, faults/)")
    @Nullable
    Path record;

    @Option(names = "--replay", paramLabel = "FILE", description = "do what this recording says instead of a plan")
    @Nullable
    Path replay;

    @Option(names = "--check", description = "only check the plan")
    boolean check;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if ((plan == null) == (replay == null)) {
            throw new CommandFailure("give either a PLAN or --replay FILE", 2);
        }
        if (replay != null && seed != null) {
            throw new CommandFailure("--seed means nothing to a recording: what was picked is in it", 2);
        }
        LauncherTarget target = new LauncherTarget(cluster);
        try {
            Plan read = plan == null ? null : PlanParser.parse(plan.toString(), text(plan));
            if (read != null) {
                PlanCheck.check(read, target.topology());
            }
            if (check) {
                System.err.println((read == null ? "recording" : "plan") + " is fine");
                return 0;
            }
            return run(target, read);
        } catch (PlanException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), 2);
        } catch (FaultException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), 1);
        }
    }

    private static String text(Path file) throws IOException {
        if (!Files.isReadable(file)) {
            throw new CommandFailure(file + " cannot be read", 2);
        }
        return Files.readString(file);
    }

    private int run(LauncherTarget target, @Nullable Plan read) throws IOException, InterruptedException {
        Instant now = Instant.now();
        long number = seed != null
                ? seed
                : read != null && read.seed() != null ? read.seed() : new SecureRandom().nextLong(MOST_DRAWN_SEED);
        String recorded = replay == null ? "" : text(replay);
        Path file = record;
        if (file == null) {
            file = cluster.folder().root().resolve("faults").resolve("run-" + STAMP.format(now) + ".jsonl");
            Files.createDirectories(file.getParent());
        }
        System.err.println((read == null ? "replaying " + replay : "seed " + number) + ", recording to " + file);
        Interruption interruption = new Interruption();
        Runtime.getRuntime().addShutdownHook(interruption);
        try (Writer out = Files.newBufferedWriter(file);
                PlanRun run = new PlanRun(target, PlanTime.real(), new Recording(out), System.err::println)) {
            try {
                if (read == null) {
                    run.replay(String.valueOf(replay), recorded, now);
                } else {
                    run.run(read, number, now);
                }
                return 0;
            } catch (InterruptedException | FaultException e) {
                // Healing talks over channels that an interrupted thread may not use.
                boolean unused = Thread.interrupted();
                run.broke(interruption.begun ? "interrupted" : "failed: " + e.getMessage());
                throw e;
            }
        } finally {
            interruption.over.countDown();
        }
    }

    /** Ctrl-C: ends the run, and keeps the process until what it set is healed. */
    private static final class Interruption extends Thread {
        private final Thread runner = Thread.currentThread();
        private final CountDownLatch over = new CountDownLatch(1);
        private volatile boolean begun;

        Interruption() {
            super("interrupted");
        }

        @Override
        public void run() {
            if (over.getCount() == 0) {
                return;
            }
            begun = true;
            runner.interrupt();
            try {
                if (!over.await(HEAL_SECONDS, TimeUnit.SECONDS)) {
                    System.err.println("kvorum: the run does not end; see kvorum fault list");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
