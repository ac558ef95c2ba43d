package io.kvorum.torture.run;

import io.kvorum.torture.check.Bounds;
import io.kvorum.torture.check.Checks;
import io.kvorum.torture.check.Report;
import io.kvorum.torture.history.FaultMark;
import io.kvorum.torture.history.History;
import io.kvorum.torture.history.HistoryReader;
import io.kvorum.torture.history.HistoryWriter;
import io.kvorum.torture.load.Endpoint;
import io.kvorum.torture.load.Load;
import io.kvorum.torture.load.Profile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One torture. What clients ask and which faults come when follows from the seed; what happens then also depends on the
 * moment, so a seed that once found something finds it again with some probability only. The recorded history, however,
 * is checked again with the same result.
 */
public final class Torture {
    private static final Duration SETTLING = Duration.ofSeconds(30);

    private final Settings settings;
    private final FaultInjector faults;
    private final Consumer<String> progress;

    /**
     * What to do.
     *
     * @param lasting how long faults come; a healthy phase follows
     * @param kinds of faults that come; empty for none
     * @param callsPerSecond of each worker, at most
     * @param history the file to record in; must not exist
     * @param pace how long everything else takes
     */
    public record Settings(
            List<Endpoint> endpoints,
            long seed,
            Duration lasting,
            List<Profile> profiles,
            List<FaultKind> kinds,
            int workers,
            double callsPerSecond,
            Path history,
            Pace pace) {
        /** At full length. */
        public Settings(
                List<Endpoint> endpoints,
                long seed,
                Duration lasting,
                List<Profile> profiles,
                List<FaultKind> kinds,
                int workers,
                double callsPerSecond,
                Path history) {
            this(endpoints, seed, lasting, profiles, kinds, workers, callsPerSecond, history, Pace.FULL);
        }
    }

    /** What came of it. */
    public record Result(History history, Report report) {}

    /** @param progress is told what happens, a line each */
    public Torture(Settings settings, FaultInjector faults, Consumer<String> progress) {
        this.settings = settings;
        this.faults = faults;
        this.progress = progress;
    }

    /**
     * Runs and checks.
     *
     * @throws IOException the history cannot be recorded, or no fault can be set
     */
    public Result run() throws IOException, InterruptedException {
        SplittableRandom random = new SplittableRandom(settings.seed());
        SplittableRandom clients = random.split();
        try (HistoryWriter history = HistoryWriter.create(settings.history())) {
            history.base(History.Base.EMPTY);
            Load load = new Load(settings.endpoints(), history, settings.pace().deadline());
            load.start(clients, settings.profiles(), settings.workers(), settings.callsPerSecond());
            try {
                torture(load, history, random);
                faults.heal();
                settle(load);
                long healthy = System.nanoTime();
                pause(load, settings.pace().healthy());
                load.stopWorking();
                pause(load, settings.pace().rest());
                List<String> silent = load.readAll();
                if (!silent.isEmpty()) {
                    progress.accept("no answer of " + String.join(", ", silent) + " after all faults were healed");
                }
                history.healthy(new History.Healthy(healthy, System.nanoTime()));
            } finally {
                load.stop();
            }
        }
        progress.accept("checking");
        History seen = HistoryReader.read(settings.history());
        return new Result(seen, Checks.run(seen, bounds()));
    }

    /** How exactly the store is expected to keep its times. */
    public static Bounds bounds() {
        return new Bounds(Duration.ofSeconds(15), Duration.ZERO, Duration.ofSeconds(10), false);
    }

    private void torture(Load load, HistoryWriter history, SplittableRandom random)
            throws IOException, InterruptedException {
        List<String> members =
                settings.endpoints().stream().map(Endpoint::member).toList();
        long until = System.nanoTime() + settings.lasting().toNanos();
        pause(load, settings.pace().calm());
        while (System.nanoTime() < until) {
            if (settings.kinds().isEmpty()) {
                pause(load, Duration.ofNanos(Math.max(1, until - System.nanoTime())));
                return;
            }
            FaultKind kind =
                    settings.kinds().get(random.nextInt(settings.kinds().size()));
            Duration lasting = Duration.ZERO;
            for (FaultKind.Step full : kind.steps(new FaultKind.Cast(members, load.leader()), random.split())) {
                FaultKind.Step step = settings.pace().of(full);
                set(kind, step, history);
                pause(load, step.pause());
                lasting = step.lasting().compareTo(lasting) > 0 ? step.lasting() : lasting;
            }
            // One time in four the next fault comes while this one lasts.
            pause(
                    load,
                    random.nextInt(4) == 0
                            ? lasting.dividedBy(2)
                            : lasting.plus(settings.pace().of(Duration.ofMillis(random.nextInt(4000)))));
        }
    }

    private void set(FaultKind kind, FaultKind.Step step, HistoryWriter history) throws IOException {
        long from = System.nanoTime();
        try {
            faults.inject(step.words(), step.lasting());
        } catch (IOException e) {
            // A member that another fault has stopped cannot be struck by this one.
            progress.accept(step.words() + ": " + e.getMessage());
            return;
        }
        progress.accept(step.words());
        history.fault(new FaultMark(
                kind.name(), step.words(), from, from + step.lasting().toNanos()));
    }

    /** Waits until every member answers again. */
    private void settle(Load load) throws IOException, InterruptedException {
        long until = System.nanoTime() + SETTLING.toNanos();
        while (System.nanoTime() < until && !load.readAll().isEmpty()) {
            pause(load, Duration.ofMillis(500));
        }
    }

    private static void pause(Load load, Duration time) throws InterruptedException {
        long until = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = until - System.nanoTime()) {
            TimeUnit.NANOSECONDS.sleep(Math.min(left, TimeUnit.MILLISECONDS.toNanos(200)));
            @Nullable Throwable broken = load.broken();
            if (broken != null) {
                throw new IllegalStateException("a client of the torture ended: " + broken.getMessage(), broken);
            }
        }
    }
}
