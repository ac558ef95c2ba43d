package io.kvorum.cli.launcher;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.cli.cluster.ClusterFolder;
import io.kvorum.faults.ControlSocket;
import io.kvorum.faults.Fault;
import io.kvorum.faults.FaultException;
import io.kvorum.faults.LinkRules;
import io.kvorum.faults.Topology;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The faults that are active: installs their rules in the processes through the control sockets, signals processes,
 * heals. Runs on the loop. A process that starts while a fault is active gets its rules as soon as it answers.
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
    private final Map<String, Active> active = new LinkedHashMap<>();
    private int lastId;

    /**
     * An active fault.
     *
     * @param expiresNanos on the {@link System#nanoTime} scale, 0 for never
     */
    private record Active(
            String id,
            String description,
            Fault fault,
            List<LinkRules.Rule> rules,
            long sinceMillis,
            long expiresNanos) {
        String ruleId(int ordinal) {
            return id + "/" + ordinal;
        }

        long remainingMillis() {
            return expiresNanos == 0 ? 0 : Math.max(1, (expiresNanos - System.nanoTime()) / 1_000_000);
        }
    }

    FaultEngine(ClusterFolder folder, ScheduledExecutorService loop, ExecutorService blocking) {
        this.folder = folder;
        this.loop = loop;
        this.blocking = blocking;
    }

    /**
     * Starts a fault.
     *
     * @param duration zero: until healed
     * @return its id, once every process concerned has its rules
     */
    CompletableFuture<String> add(Fault fault, String description, Duration duration, Supervisor supervisor) {
        String id = "f" + ++lastId;
        long expires = duration.isZero() ? 0 : System.nanoTime() + duration.toNanos();
        Active entry = new Active(id, description, fault, LinkRules.of(fault), System.currentTimeMillis(), expires);
        active.put(id, entry);
        if (!duration.isZero()) {
            loop.schedule(() -> heal(id, supervisor), duration.toMillis(), TimeUnit.MILLISECONDS);
        }
        if (fault instanceof Fault.Kill kill) {
            for (String name : kill.members()) {
                ManagedProcess managed = supervisor.process(name);
                managed.heldDownBy.add(id);
                Process process = managed.process;
                if (process != null) {
                    process.destroyForcibly();
                }
            }
        } else if (fault instanceof Fault.Pause pause) {
            for (String name : pause.members()) {
                ManagedProcess managed = supervisor.process(name);
                if (managed.pausedBy.isEmpty()) {
                    signal(managed, "STOP");
                }
                managed.pausedBy.add(id);
            }
        }
        List<CompletableFuture<@Nullable Void>> installs = new ArrayList<>();
        for (int i = 0; i < entry.rules().size(); i++) {
            ManagedProcess managed = supervisor.process(entry.rules().get(i).member());
            if (managed.running()) {
                installs.add(install(entry, i, managed, supervisor.topology()));
            }
        }
        return CompletableFuture.allOf(installs.toArray(CompletableFuture[]::new))
                .thenApply(done -> id);
    }

    /** Installs the rules of all active faults in a process that has just started. */
    void answering(ManagedProcess managed, Supervisor supervisor) {
        for (Active entry : active.values()) {
            for (int i = 0; i < entry.rules().size(); i++) {
                if (entry.rules().get(i).member().equals(managed.instance.name())) {
                    install(entry, i, managed, supervisor.topology());
                }
            }
        }
    }

    /** Ends one fault; does nothing if there is none of that id. */
    CompletableFuture<@Nullable Void> heal(String id, Supervisor supervisor) {
        Active entry = active.remove(id);
        if (entry == null) {
            return CompletableFuture.completedFuture(null);
        }
        for (ManagedProcess managed : supervisor.processes()) {
            if (managed.pausedBy.remove(id) && managed.pausedBy.isEmpty()) {
                signal(managed, "CONT");
            }
            if (managed.heldDownBy.remove(id) && managed.heldDownBy.isEmpty()) {
                managed.restarts++;
                supervisor.start(managed);
            }
        }
        List<CompletableFuture<@Nullable Void>> clears = new ArrayList<>();
        for (int i = 0; i < entry.rules().size(); i++) {
            String member = entry.rules().get(i).member();
            String ruleId = entry.ruleId(i);
            supervisor.processes().stream()
                    .filter(managed -> managed.instance.name().equals(member) && managed.running())
                    .findFirst()
                    .ifPresent(managed -> clears.add(clear(managed, managed.generation, ruleId, 1)));
        }
        return CompletableFuture.allOf(clears.toArray(CompletableFuture[]::new));
    }

    /** Ends all faults. */
    CompletableFuture<@Nullable Void> healAll(Supervisor supervisor) {
        return CompletableFuture.allOf(List.copyOf(active.keySet()).stream()
                .map(id -> heal(id, supervisor))
                .toArray(CompletableFuture[]::new));
    }

    /** Ends the pauses and kills of {@code members}, whichever faults they came from. */
    CompletableFuture<@Nullable Void> resume(List<String> members, Supervisor supervisor) {
        for (String name : members) {
            ManagedProcess managed = supervisor.process(name);
            if (!managed.pausedBy.isEmpty()) {
                managed.pausedBy.clear();
                signal(managed, "CONT");
            }
            if (!managed.heldDownBy.isEmpty()) {
                managed.heldDownBy.clear();
                managed.restarts++;
                supervisor.start(managed);
            }
        }
        active.values()
                .removeIf(entry -> entry.rules().isEmpty()
                        && supervisor.processes().stream()
                                .noneMatch(managed -> managed.pausedBy.contains(entry.id())
                                        || managed.heldDownBy.contains(entry.id())));
        return CompletableFuture.completedFuture(null);
    }

    ArrayNode list() {
        ArrayNode all = JSON.createArrayNode();
        for (Active entry : active.values()) {
            all.addObject()
                    .put("id", entry.id())
                    .put("kind", entry.fault().getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT))
                    .put("description", entry.description())
                    .put("sinceMillis", entry.sinceMillis())
                    .put("remainingMillis", entry.remainingMillis());
        }
        return all;
    }

    private CompletableFuture<@Nullable Void> install(
            Active entry, int ordinal, ManagedProcess managed, Topology topology) {
        LinkRules.Rule rule = entry.rules().get(ordinal);
        ObjectNode request = ControlSocket.request("fault.set")
                .put("id", entry.ruleId(ordinal))
                .put("direction", rule.direction())
                .put("cut", rule.cut())
                .put("delayMillis", rule.delayMillis())
                .put("jitterMillis", rule.jitterMillis());
        if (entry.expiresNanos() != 0) {
            request.put("expiresInMillis", entry.remainingMillis());
        }
        ArrayNode peers = request.putArray("peers");
        rule.peers().forEach(peer -> peers.add(topology.member(peer).address()));
        Path socket = folder.socket(managed.instance.name());
        boolean paused = !managed.pausedBy.isEmpty();
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        ControlSocket.call(socket, request, CONTROL_TIMEOUT);
                    } catch (IOException e) {
                        if (paused) {
                            // It reads the request when it is resumed; its peers have their half already.
                            return;
                        }
                        throw new FaultException("cannot install the rule in " + managed.instance.name() + ": "
                                + e.getMessage() + "; see kvorum status");
                    }
                },
                blocking);
    }

    /** Clears a rule; a process that does not answer at once (just resumed, say) is asked again. */
    private CompletableFuture<@Nullable Void> clear(
            ManagedProcess managed, int generation, String ruleId, int attempt) {
        Path socket = folder.socket(managed.instance.name());
        ObjectNode request = ControlSocket.request("fault.clear").put("id", ruleId);
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
                        LOG.log(Level.WARNING, "rule not cleared name={0} rule={1}", managed.instance.name(), ruleId);
                        return CompletableFuture.completedFuture(null);
                    }
                    return CompletableFuture.supplyAsync(
                                    () -> attempt,
                                    CompletableFuture.delayedExecutor(
                                            CLEAR_BACKOFF_MILLIS << attempt, TimeUnit.MILLISECONDS, loop))
                            .thenCompose(n -> clear(managed, generation, ruleId, n + 1));
                });
    }

    private static void signal(ManagedProcess managed, String name) {
        Process process = managed.process;
        if (process == null || !process.isAlive()) {
            return;
        }
        try {
            Process kill = new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid())
                    .redirectErrorStream(true)
                    .start();
            if (!kill.waitFor(5, TimeUnit.SECONDS) || kill.exitValue() != 0) {
                throw new FaultException("cannot send SIG" + name + " to " + managed.instance.name());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FaultException("interrupted while signalling " + managed.instance.name());
        }
    }
}
