package io.kvorum.faults.plan;

import io.kvorum.faults.Fault;
import io.kvorum.faults.FaultException;
import io.kvorum.faults.FaultSyntax;
import io.kvorum.faults.Topology;
import io.kvorum.faults.plan.Step.Text;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One run of a plan, or of a recording. Blocks the thread that runs it; interrupting that thread ends the run. However it
 * ends, {@link #close} heals what it set.
 */
public final class PlanRun implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(250);

    private final PlanTarget target;
    private final PlanTime time;
    private final Recording recording;
    private final Consumer<String> progress;
    private final long started;
    /** Ids of the faults by the names of their steps, oldest first; those that a step healed are gone. */
    private final Map<String, List<String>> set = new LinkedHashMap<>();

    private final Set<String> untimed = new HashSet<>();

    private record Scope(Picks picks, Map<String, String> values, String round) {
        /** Tells the draws of one round of a repeated step from those of the next. */
        String where(Step step) {
            return step.head().place().path() + round;
        }

        Scope inner(Step step) {
            return new Scope(picks, picks.draw(step.head().picks(), values, where(step)), round);
        }

        Duration duration(Text text, Step step) {
            return Range.of(Picks.substitute(text.value(), values))
                    .draw(picks.random(where(step) + "." + text.place().path()));
        }
    }

    /** @param progress told what happens, a line each */
    public PlanRun(PlanTarget target, PlanTime time, Recording recording, Consumer<String> progress) {
        this.target = target;
        this.time = time;
        this.recording = recording;
        this.progress = progress;
        this.started = time.nanos();
    }

    /**
     * Runs a plan that {@link PlanCheck} has accepted, and waits until its faults are over.
     *
     * @throws FaultException if a step fails
     */
    public void run(Plan plan, long seed, Instant now) throws InterruptedException {
        Picks picks = new Picks(seed, target.topology());
        recording.begin(plan.name(), seed, now);
        steps(plan.steps(), new Scope(picks, picks.draw(plan.picks(), Map.of(), ""), ""));
        finish();
    }

    /** Does again what a recording did, at the same times to the same members. */
    public void replay(String source, String recorded, Instant now) throws InterruptedException {
        Topology topology = target.topology();
        List<Recording.Action> actions = Recording.read(source, recorded, topology);
        Map<String, String> ids = new LinkedHashMap<>();
        recording.begin("replay of " + source, 0, now);
        for (Recording.Action action : actions) {
            time.sleepUntil(started + action.offsetMillis() * 1_000_000);
            String step = source + ":" + action.line();
            if (action.heal()) {
                heal(step, String.valueOf(ids.get(action.id())));
            } else {
                ids.put(action.id(), inject(step, Map.of(), action.fault(), action.duration()));
            }
        }
        finish();
    }

    /** Heals what has no end, then waits for the rest. */
    private void finish() throws InterruptedException {
        List<String> active = target.active();
        for (String id : ids()) {
            if (untimed.contains(id) && active.contains(id)) {
                heal("end", id);
            }
        }
        while (target.active().stream().anyMatch(ids()::contains)) {
            time.sleepUntil(time.nanos() + POLL.toNanos());
        }
        recording.end(offsetMillis(), "done");
        say("done");
    }

    private synchronized List<String> ids() {
        return set.values().stream().flatMap(List::stream).toList();
    }

    private long offsetMillis() {
        return (time.nanos() - started) / 1_000_000;
    }

    private void say(String what) {
        progress.accept(String.format(Locale.ROOT, "%7.1f s  %s", offsetMillis() / 1000.0, what));
    }

    private void steps(List<Step> steps, Scope outer) throws InterruptedException {
        long begun = time.nanos();
        for (Step step : steps) {
            Scope scope = outer.inner(step);
            Text at = step.head().at();
            Text after = step.head().after();
            if (at != null) {
                time.sleepUntil(begun + scope.duration(at, step).toNanos());
            } else if (after != null) {
                time.sleepUntil(time.nanos() + scope.duration(after, step).toNanos());
            }
            step(step, scope);
        }
    }

    private void step(Step step, Scope scope) throws InterruptedException {
        if (step instanceof Step.Inject inject) {
            Text duration = inject.duration();
            Fault fault = FaultSyntax.parse(Picks.substitute(inject.fault().value(), scope.values()));
            inject(
                    step.head().name(),
                    scope.values(),
                    fault,
                    duration == null ? Duration.ZERO : scope.duration(duration, step));
        } else if (step instanceof Step.Sleep sleep) {
            time.sleepUntil(
                    time.nanos() + scope.duration(sleep.duration(), step).toNanos());
        } else if (step instanceof Step.Await await) {
            await(await, scope);
        } else if (step instanceof Step.Heal heal) {
            String name = heal.target().value();
            List<String> ids = name.equals("all") ? ids() : List.copyOf(named(name));
            for (String id : ids) {
                heal(step.head().name(), id);
            }
        } else if (step instanceof Step.Repeat repeat) {
            repeat(repeat, scope);
        } else if (step instanceof Step.Parallel parallel) {
            parallel(parallel, scope);
        }
    }

    private void repeat(Step.Repeat repeat, Scope scope) throws InterruptedException {
        for (int i = 0; i < repeat.count(); i++) {
            long begun = time.nanos();
            Scope round = new Scope(scope.picks(), scope.values(), scope.round() + "#" + i);
            steps(repeat.steps(), round);
            Text every = repeat.every();
            if (every != null && i < repeat.count() - 1) {
                time.sleepUntil(begun + round.duration(every, repeat).toNanos());
            }
        }
    }

    private void parallel(Step.Parallel parallel, Scope scope) throws InterruptedException {
        ExecutorService threads =
                Executors.newFixedThreadPool(parallel.branches().size(), task -> {
                    Thread thread = new Thread(task, "plan-branch");
                    thread.setDaemon(true);
                    return thread;
                });
        try {
            List<Future<?>> running = new ArrayList<>();
            for (List<Step> branch : parallel.branches()) {
                running.add(threads.submit(() -> {
                    steps(branch, scope);
                    return null;
                }));
            }
            for (Future<?> branch : running) {
                branch.get();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof FaultException failure) {
                throw failure;
            }
            throw new IllegalStateException("a branch of " + parallel.head().name() + " broke", e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    private void await(Step.Await await, Scope scope) throws InterruptedException {
        Duration limit = scope.duration(await.timeout(), await);
        long begun = time.nanos();
        while (!holds(await.condition())) {
            if (time.nanos() - begun >= limit.toNanos()) {
                throw new FaultException(await.head().place() + ": \"" + await.condition() + "\" did not hold within "
                        + FaultSyntax.text(limit));
            }
            time.sleepUntil(time.nanos() + POLL.toNanos());
        }
        long took = (time.nanos() - begun) / 1_000_000;
        recording.waited(offsetMillis(), await.head().name(), await.condition().toString(), took);
        say(await.condition() + " after " + took + " ms");
    }

    private boolean holds(Step.Condition condition) {
        return switch (condition.kind()) {
            case HEALED -> target.active().stream().noneMatch(ids()::contains);
            case LEADER ->
                target.topology().members().stream()
                        .anyMatch(member -> member.role().equals(condition.members()) && member.leader());
            case READY -> {
                Topology topology = target.topology();
                List<String> wanted = condition.members().isEmpty()
                        ? topology.members().stream()
                                .filter(member -> member.process())
                                .map(member -> member.name())
                                .toList()
                        : topology.resolveProcesses(List.of(condition.members()));
                yield target.ready().containsAll(wanted);
            }
        };
    }

    private String inject(String step, Map<String, String> picks, Fault fault, Duration duration) {
        PlanTarget.Injected injected = target.inject(fault, duration);
        synchronized (this) {
            set.computeIfAbsent(step, name -> new ArrayList<>()).add(injected.id());
            if (duration.isZero()) {
                untimed.add(injected.id());
            }
        }
        recording.fault(offsetMillis(), step, picks, fault, duration, injected);
        say(injected.id() + " " + injected.resolved()
                + (duration.isZero() ? "" : " for " + FaultSyntax.text(duration)));
        return injected.id();
    }

    private synchronized List<String> named(String step) {
        return set.getOrDefault(step, List.of());
    }

    private void heal(String step, String id) {
        target.heal(id);
        synchronized (this) {
            set.values().forEach(ids -> ids.remove(id));
        }
        recording.heal(offsetMillis(), step, id);
        say("healed " + id);
    }

    /** Why the run did not come to its end, for the recording. */
    public void broke(String why) {
        recording.end(offsetMillis(), why);
    }

    /** Heals what the run set and is still active. */
    @Override
    public void close() {
        List<String> active = target.active();
        FaultException failure = null;
        for (String id : ids()) {
            if (active.contains(id)) {
                try {
                    heal("end", id);
                } catch (FaultException e) {
                    failure = e;
                }
            }
        }
        rethrow(failure);
    }

    private static void rethrow(@Nullable FaultException failure) {
        if (failure != null) {
            throw failure;
        }
    }
}
