package io.kvorum.cli.launcher;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.cli.cluster.ClusterFolder;
import io.kvorum.cli.timeline.TimelineEvent;
import io.kvorum.cli.timeline.TimelineFile;
import io.kvorum.faults.ControlSocket;
import io.kvorum.faults.Fault;
import io.kvorum.faults.FaultException;
import io.kvorum.faults.FaultSyntax;
import io.kvorum.faults.Instruction;
import io.kvorum.faults.Instructions;
import io.kvorum.faults.Topology;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The faults that are active: has their rules set in the processes through the control sockets, signals processes, heals.
 * Runs on the loop. A process that starts while a fault is active gets its rules as soon as it answers. Rules expire in
 * the processes themselves, and pauses have a {@link PauseWatchdog}, so that nothing depends on the launcher's life.
 */
final class FaultEngine {
    private static final System.Logger LOG = System.getLogger(FaultEngine.class.getName());
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration CONTROL_TIMEOUT = Duration.ofSeconds(2);
    private static final int CLEAR_ATTEMPTS = 5;
    private static final long CLEAR_BACKOFF_MILLIS = 200;

    private final ClusterFolder folder;
    private final ScheduledExecutorService loop;
    private final ExecutorService blocking;
    private final ProcessSignals signals = new ProcessSignals();
    private final TimelineFile timeline;
    private final Map<String, Active> active = new LinkedHashMap<>();
    private int lastId;

    /**
     * An active fault.
     *
     * @param description as it was asked for, with expressions
     * @param fault with names
     * @param expiresNanos on the {@link System#nanoTime} scale, 0 for never
     */
    private record Active(
            String id,
            String description,
            Fault fault,
            List<Instruction> instructions,
            long sinceMillis,
            long expiresNanos) {
        String ruleId(int ordinal) {
            return id + "/" + ordinal;
        }

        long remainingMillis() {
            return expiresNanos == 0 ? 0 : Math.max(1, (expiresNanos - System.nanoTime()) / 1_000_000);
        }

        /** The processes it is about. */
        Set<String> members() {
            Set<String> names = new LinkedHashSet<>();
            if (fault instanceof Fault.OfProcesses processes) {
                names.addAll(processes.members());
            }
            instructions.forEach(instruction -> names.add(instruction.member()));
            return names;
        }
    }

    FaultEngine(ClusterFolder folder, TimelineFile timeline, ScheduledExecutorService loop, ExecutorService blocking) {
        this.folder = folder;
        this.timeline = timeline;
        this.loop = loop;
        this.blocking = blocking;
    }

    /**
     * Starts a fault. What does not succeed everywhere is taken back everywhere.
     *
     * @param asked with expressions, which are resolved now
     * @param duration zero: until healed
     * @return what {@link #list} says of it, once every process concerned has its rules
     */
    CompletableFuture<ObjectNode> add(Fault asked, Duration duration, Supervisor supervisor) {
        Topology topology = supervisor.topology();
        Fault fault = asked.resolve(topology);
        if (fault instanceof Fault.Restart && !duration.isZero()) {
            throw new FaultException("a restart happens at once and cannot last; kill with a duration keeps down");
        }
        boolean lasting = !fault.momentary() || !duration.isZero();
        String id = "f" + ++lastId;
        long expires = duration.isZero() ? 0 : System.nanoTime() + duration.toNanos();
        Active entry = new Active(
                id,
                asked.describe(),
                fault,
                Instructions.of(fault, lasting, topology),
                System.currentTimeMillis(),
                expires);
        if (lasting) {
            active.put(id, entry);
        }
        return send(entry, false, supervisor)
                .thenComposeAsync(done -> send(entry, true, supervisor), loop)
                .thenApplyAsync(
                        done -> {
                            act(entry, supervisor);
                            begun(entry, duration, lasting, supervisor);
                            return node(entry);
                        },
                        loop)
                .exceptionallyComposeAsync(
                        failure -> withdraw(entry, supervisor)
                                .thenCompose(done -> CompletableFuture.failedFuture(failure)),
                        loop);
    }

    private void begun(Active entry, Duration duration, boolean lasting, Supervisor supervisor) {
        String message = entry.description() + (duration.isZero() ? "" : " for " + FaultSyntax.text(duration));
        TimelineEvent event = TimelineEvent.of(
                        TimelineFile.now(), "fault", lasting ? "FaultSet" : "FaultDone", "faults", message)
                .asWarning(true)
                .concerning(List.copyOf(entry.members()))
                .with(Map.of("id", entry.id(), "fault", entry.fault().describe()));
        timeline.append(lasting ? event.begins(entry.id()) : event);
        if (!duration.isZero()) {
            loop.schedule(
                    () -> heal(entry.id(), "FaultExpired", supervisor), entry.remainingMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** What no process can do to itself. */
    private void act(Active entry, Supervisor supervisor) {
        if (entry.fault() instanceof Fault.Kill kill) {
            for (String name : kill.members()) {
                ManagedProcess managed = supervisor.process(name);
                managed.heldDownBy.add(entry.id());
                signals.kill(managed);
            }
        } else if (entry.fault() instanceof Fault.Restart restart) {
            for (String name : restart.members()) {
                ManagedProcess managed = supervisor.process(name);
                if (managed.running()) {
                    signals.kill(managed);
                }
            }
        } else if (entry.fault() instanceof Fault.Pause pause) {
            for (String name : pause.members()) {
                ManagedProcess managed = supervisor.process(name);
                managed.pausedBy.add(entry.id());
                signals.pause(managed, longestPause(managed));
            }
        }
    }

    /** Until when a process stays paused by all faults together; zero: until one is healed that has no end. */
    private Duration longestPause(ManagedProcess managed) {
        long most = 1;
        for (String id : managed.pausedBy) {
            Active entry = active.get(id);
            if (entry != null && entry.expiresNanos() == 0) {
                return Duration.ZERO;
            }
            most = Math.max(most, entry == null ? 0 : entry.remainingMillis());
        }
        return Duration.ofMillis(most);
    }

    /** Sets the rules of all active faults in a process that has just started. */
    void answering(ManagedProcess managed, Supervisor supervisor) {
        for (Active entry : active.values()) {
            for (int i = 0; i < entry.instructions().size(); i++) {
                Instruction instruction = entry.instructions().get(i);
                if (instruction.member().equals(managed.instance.name()) && instruction.clearOp() != null) {
                    send(entry, i, managed).exceptionally(failure -> {
                        LOG.log(Level.WARNING, "rule not set in a new process: {0}", failure.getMessage());
                        return null;
                    });
                }
            }
        }
    }

    /** Ends one fault; does nothing if it has ended already. Fails for an id that was never given out. */
    CompletableFuture<Boolean> heal(String id, Supervisor supervisor) {
        if (!id.matches("f[1-9]\\d{0,8}") || Integer.parseInt(id.substring(1)) > lastId) {
            throw new FaultException("no fault has the id \"" + id + "\"; see kvorum fault list");
        }
        return heal(id, "FaultHealed", supervisor);
    }

    private CompletableFuture<Boolean> heal(String id, String reason, Supervisor supervisor) {
        Active entry = active.get(id);
        if (entry == null) {
            return CompletableFuture.completedFuture(false);
        }
        return withdraw(entry, supervisor).thenApply(done -> {
            ended(entry, reason);
            return true;
        });
    }

    private void ended(Active entry, String reason) {
        timeline.append(TimelineEvent.of(TimelineFile.now(), "fault", reason, "faults", entry.description() + " ends")
                .concerning(List.copyOf(entry.members()))
                .with(Map.of("id", entry.id()))
                .ends(entry.id()));
    }

    /** Takes back all that a fault did. */
    private CompletableFuture<@Nullable Void> withdraw(Active entry, Supervisor supervisor) {
        active.remove(entry.id());
        for (ManagedProcess managed : supervisor.processes()) {
            if (managed.pausedBy.remove(entry.id())) {
                runAgain(managed);
            }
            if (managed.heldDownBy.remove(entry.id()) && managed.heldDownBy.isEmpty()) {
                startAgain(managed, supervisor);
            }
        }
        List<CompletableFuture<@Nullable Void>> clears = new ArrayList<>();
        for (int i = 0; i < entry.instructions().size(); i++) {
            Instruction instruction = entry.instructions().get(i);
            ManagedProcess managed = supervisor.find(instruction.member());
            String op = instruction.clearOp();
            if (managed != null && op != null && managed.running()) {
                clears.add(clear(managed, managed.generation, op, entry.ruleId(i), 1));
            }
        }
        return CompletableFuture.allOf(clears.toArray(CompletableFuture[]::new))
                .thenRunAsync(
                        () -> {
                            if (entry.fault() instanceof Fault.Disk disk) {
                                // A member whose disk failed has ended; it need not wait for its backoff.
                                disk.members().stream()
                                        .map(supervisor::find)
                                        .filter(managed -> managed != null && !managed.running())
                                        .forEach(managed -> startAgain(managed, supervisor));
                            }
                        },
                        loop);
    }

    private void runAgain(ManagedProcess managed) {
        if (managed.pausedBy.isEmpty()) {
            signals.resume(managed);
        } else {
            signals.pause(managed, longestPause(managed));
        }
    }

    private static void startAgain(@Nullable ManagedProcess managed, Supervisor supervisor) {
        if (managed != null && !managed.running()) {
            managed.restarts++;
            managed.crashesInRow = 0;
            supervisor.start(managed);
        }
    }

    /** Ends all faults; how many there were. */
    CompletableFuture<Integer> healAll(Supervisor supervisor) {
        List<String> ids = List.copyOf(active.keySet());
        return CompletableFuture.allOf(ids.stream()
                        .map(id -> heal(id, "FaultHealed", supervisor))
                        .toArray(CompletableFuture[]::new))
                .thenApply(done -> ids.size());
    }

    /** Ends the pauses and kills of {@code members}, whichever faults they came from. */
    void resume(List<String> members, Supervisor supervisor) {
        for (String name : members) {
            ManagedProcess managed = supervisor.process(name);
            managed.pausedBy.clear();
            runAgain(managed);
            if (!managed.heldDownBy.isEmpty()) {
                managed.heldDownBy.clear();
                startAgain(managed, supervisor);
            }
        }
        for (Active entry : List.copyOf(active.values())) {
            boolean holds = supervisor.processes().stream()
                    .anyMatch(managed ->
                            managed.pausedBy.contains(entry.id()) || managed.heldDownBy.contains(entry.id()));
            if ((entry.fault() instanceof Fault.Kill || entry.fault() instanceof Fault.Pause) && !holds) {
                active.remove(entry.id());
                ended(entry, "FaultHealed");
            }
        }
    }

    /** A process that was paused has ended or been replaced. */
    void ended(ManagedProcess managed) {
        signals.forget(managed);
    }

    ArrayNode list() {
        ArrayNode all = JSON.createArrayNode();
        active.values().forEach(entry -> all.add(node(entry)));
        return all;
    }

    private static ObjectNode node(Active entry) {
        ObjectNode node = JSON.createObjectNode()
                .put("id", entry.id())
                .put("kind", entry.fault().kind())
                .put("description", entry.description())
                .put("resolved", entry.fault().describe())
                .put("sinceMillis", entry.sinceMillis())
                .put("remainingMillis", entry.remainingMillis());
        ArrayNode members = node.putArray("members");
        entry.members().forEach(members::add);
        return node;
    }

    private CompletableFuture<@Nullable Void> send(Active entry, boolean late, Supervisor supervisor) {
        List<CompletableFuture<@Nullable Void>> sent = new ArrayList<>();
        for (int i = 0; i < entry.instructions().size(); i++) {
            Instruction instruction = entry.instructions().get(i);
            ManagedProcess managed = supervisor.find(instruction.member());
            if (instruction.late() == late && managed != null && managed.running()) {
                sent.add(send(entry, i, managed));
            }
        }
        return CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<@Nullable Void> send(Active entry, int ordinal, ManagedProcess managed) {
        ObjectNode request = entry.instructions().get(ordinal).set().deepCopy().put("id", entry.ruleId(ordinal));
        if (entry.expiresNanos() != 0) {
            request.put("expiresInMillis", entry.remainingMillis());
        }
        Path socket = folder.socket(managed.instance.name());
        // A paused process reads the request when it is resumed; one that starts is told when it answers.
        boolean later = !managed.pausedBy.isEmpty() || managed.status == null;
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        ControlSocket.call(socket, request, CONTROL_TIMEOUT);
                    } catch (IOException e) {
                        if (later) {
                            return;
                        }
                        throw new FaultException(managed.instance.name() + " cannot be told of the fault: "
                                + e.getMessage() + "; nothing was changed, see kvorum status");
                    }
                },
                blocking);
    }

    /** Clears a rule; a process that does not answer at once (just resumed, say) is asked again. */
    private CompletableFuture<@Nullable Void> clear(
            ManagedProcess managed, int generation, String op, String ruleId, int attempt) {
        Path socket = folder.socket(managed.instance.name());
        ObjectNode request = ControlSocket.request(op).put("id", ruleId);
        return CompletableFuture.<@Nullable Void>supplyAsync(
                        () -> {
                            try {
                                ControlSocket.call(socket, request, CONTROL_TIMEOUT);
                                return null;
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        },
                        blocking)
                .exceptionallyCompose(failure -> {
                    if (attempt >= CLEAR_ATTEMPTS || managed.generation != generation || !managed.running()) {
                        LOG.log(
                                Level.WARNING,
                                "rule not cleared name={0} rule={1}: {2}",
                                managed.instance.name(),
                                ruleId,
                                failure instanceof CompletionException ? failure.getCause() : failure);
                        return CompletableFuture.completedFuture(null);
                    }
                    return CompletableFuture.supplyAsync(
                                    () -> attempt,
                                    CompletableFuture.delayedExecutor(
                                            CLEAR_BACKOFF_MILLIS << attempt, TimeUnit.MILLISECONDS, loop))
                            .thenCompose(n -> clear(managed, generation, op, ruleId, n + 1));
                });
    }
}
