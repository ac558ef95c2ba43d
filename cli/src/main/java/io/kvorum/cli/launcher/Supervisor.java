package io.kvorum.cli.launcher;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.cli.cluster.AddressPlan;
import io.kvorum.cli.cluster.ClusterFolder;
import io.kvorum.cli.cluster.ClusterSpec;
import io.kvorum.cli.cluster.CommandLine;
import io.kvorum.cli.cluster.Instance;
import io.kvorum.cli.cluster.Role;
import io.kvorum.faults.ControlSocket;
import io.kvorum.faults.Member;
import io.kvorum.faults.Topology;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Starts the components, restarts those that crash (with backoff) and stops them in order. All methods run on the loop,
 * unless they say otherwise.
 */
final class Supervisor {
    private static final System.Logger LOG = System.getLogger(Supervisor.class.getName());
    private static final Duration STATUS_TIMEOUT = Duration.ofSeconds(1);
    private static final long POLL_MILLIS = 40;
    private static final long POLL_LATER_MILLIS = 250;
    private static final Duration WAIT_FOR_READY = Duration.ofSeconds(2);
    private static final Duration STOP_GRACE = Duration.ofSeconds(6);
    private static final Duration POD_END = Duration.ofSeconds(5);
    private static final int CRASHES_THAT_FAIL_THE_START = 3;
    private static final long LOG_ROTATION_BYTES = 16L << 20;

    private static final int START_STAGES =
            1 + Arrays.stream(Role.values()).mapToInt(Role::startStage).max().orElseThrow();
    private static final int STOP_STAGES =
            1 + Arrays.stream(Role.values()).mapToInt(Role::stopStage).max().orElseThrow();

    private final ClusterFolder folder;
    private final JavaCommand java;
    private final ScheduledExecutorService loop;
    private final ExecutorService blocking;
    private final Map<String, ManagedProcess> processes = new LinkedHashMap<>();
    private final Lifelines lifelines;
    private final Listener listener;
    private volatile ClusterSpec spec;
    private boolean stopping;
    private @Nullable StartFailure startFailure;

    /** Why the first start did not succeed, and whose log says more. */
    record StartFailure(String component, String reason) {}

    /** Told of the lives of processes, on the loop. */
    interface Listener {
        void started(ManagedProcess process);

        /** It answers for the first time since it was started, so that active faults can be set in it. */
        void answering(ManagedProcess process);

        void ready(ManagedProcess process);

        /** @param restartInMillis when it will be started again, negative if it will not */
        void ended(ManagedProcess process, int exitCode, long restartInMillis);
    }

    Supervisor(
            ClusterSpec spec,
            ClusterFolder folder,
            JavaCommand java,
            Lifelines lifelines,
            ScheduledExecutorService loop,
            ExecutorService blocking,
            Listener listener) {
        this.spec = spec;
        this.folder = folder;
        this.java = java;
        this.lifelines = lifelines;
        this.loop = loop;
        this.blocking = blocking;
        this.listener = listener;
    }

    /** Any thread. */
    ClusterSpec spec() {
        return spec;
    }

    Collection<ManagedProcess> processes() {
        return processes.values();
    }

    ManagedProcess process(String name) {
        ManagedProcess process = processes.get(name);
        if (process == null) {
            throw new IllegalArgumentException(
                    "no component is named \"" + name + "\"; known: " + String.join(", ", processes.keySet()));
        }
        return process;
    }

    @Nullable
    ManagedProcess find(String name) {
        return processes.get(name);
    }

    /** Why the first start did not succeed, or null. */
    @Nullable
    StartFailure startFailure() {
        return startFailure;
    }

    /** Everything that faults can name: the components, the pods of each node, and clients. */
    Topology topology() {
        AddressPlan addresses = new AddressPlan(spec.index());
        List<Member> members = new ArrayList<>();
        for (ManagedProcess p : processes.values()) {
            Instance instance = p.instance;
            members.add(
                    new Member(instance.name(), instance.role().id(), instance.node(), instance.address(), p.leader()));
        }
        for (ManagedProcess p : processes.values()) {
            if (p.instance.role() == Role.KUBELET) {
                members.add(Member.pods(p.instance.node(), addresses.podRange(p.instance.ordinal())));
            }
        }
        members.add(Member.clients(AddressPlan.CLIENTS));
        return new Topology(members);
    }

    /**
     * Starts what the specification asks for and is not there, stops what it no longer asks for; completes when that has
     * stopped.
     */
    CompletableFuture<@Nullable Void> converge(ClusterSpec next) {
        spec = next;
        List<CompletableFuture<?>> stops = new ArrayList<>();
        Map<String, Instance> wanted = new LinkedHashMap<>();
        Instance.of(next).forEach(instance -> wanted.put(instance.name(), instance));
        for (ManagedProcess process : List.copyOf(processes.values())) {
            if (!wanted.containsKey(process.instance.name())) {
                processes.remove(process.instance.name());
                stops.add(stop(process).thenRunAsync(() -> removed(process), blocking));
            }
        }
        List<ManagedProcess> added = new ArrayList<>();
        for (Instance instance : wanted.values()) {
            if (!processes.containsKey(instance.name())) {
                ManagedProcess process = new ManagedProcess(instance);
                processes.put(instance.name(), process);
                added.add(process);
            }
        }
        startStages(added, 0);
        return CompletableFuture.allOf(stops.toArray(CompletableFuture[]::new));
    }

    /** From now on processes are started as {@code next} says; those that run are left alone. */
    void adopt(ClusterSpec next) {
        spec = next;
    }

    /**
     * A node or a store member that was taken out of the cluster is gone for good: a new one of its name begins with
     * nothing. Blocks until a node's containers have ended.
     */
    private void removed(ManagedProcess process) {
        if (process.instance.role() == Role.KUBELET) {
            lifelines.close(process.instance.node());
            Leftovers.awaitPods(folder.data(process.instance.name()), POD_END);
        }
        if (process.instance.role().onNode() || process.instance.role() == Role.STORE) {
            try {
                Leftovers.deleteAll(folder.data(process.instance.name()));
            } catch (IOException e) {
                LOG.log(Level.WARNING, "data of a removed component stays name=" + process.instance.name(), e);
            }
        }
    }

    /**
     * Starts a stage, and the next once this one's processes have loaded and answer.
     */
    private void startStages(List<ManagedProcess> added, int stage) {
        if (stopping || stage == START_STAGES) {
            return;
        }
        List<ManagedProcess> now = added.stream()
                .filter(process -> process.instance.role().startStage() == stage)
                .toList();
        now.forEach(this::start);
        awaitAnswers(now, () -> startStages(added, stage + 1));
    }

    private void awaitAnswers(List<ManagedProcess> started, Runnable next) {
        if (started.stream().allMatch(process -> process.status != null || !process.running())) {
            next.run();
        } else {
            loop.schedule(() -> awaitAnswers(started, next), POLL_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** Starts a process, unless it runs, a fault holds it down or the cluster is going down. */
    void start(ManagedProcess managed) {
        if (stopping || managed.running() || !managed.heldDownBy.isEmpty()) {
            return;
        }
        Instance instance = managed.instance;
        try {
            Files.createDirectories(folder.data(instance.name()));
            if (instance.role() == Role.KUBELET) {
                lifelines.open(instance.node());
            }
            Path log = folder.log(instance.name());
            rotate(log);
            managed.release = spec.release(instance);
            JavaCommand command = java.at(managed.release);
            ProcessBuilder builder = new ProcessBuilder(command.of(
                            instance.name(),
                            instance.role().mainClass(),
                            spec.jvm(instance.role()),
                            new CommandLine(spec, folder).arguments(instance, command.imagesJar())))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().remove("JAVA_TOOL_OPTIONS");
            Process process = builder.start();
            managed.process = process;
            managed.status = null;
            managed.stopping = false;
            managed.startedNanos = System.nanoTime();
            int generation = ++managed.generation;
            PidFile.write(folder.pidFile(instance.name()), process.toHandle());
            process.onExit().thenAcceptAsync(ended -> exited(managed, generation, ended.exitValue()), loop);
            managed.toldReady = false;
            listener.started(managed);
            poll(managed, generation, POLL_MILLIS);
        } catch (IOException e) {
            String reason = "cannot start " + instance.name() + ": " + e.getMessage();
            startFailure = new StartFailure(instance.name(), reason);
            LOG.log(Level.ERROR, reason, e);
        }
    }

    private static void rotate(Path log) throws IOException {
        if (Files.exists(log) && Files.size(log) > LOG_ROTATION_BYTES) {
            Files.move(log, log.resolveSibling(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private void exited(ManagedProcess managed, int generation, int code) {
        if (generation != managed.generation) {
            return;
        }
        managed.lastExitCode = code;
        managed.status = null;
        clear(managed);
        if (stopping || managed.stopping || !managed.heldDownBy.isEmpty()) {
            listener.ended(managed, code, -1);
            return;
        }
        long delay = managed.backoffMillis(System.nanoTime());
        LOG.log(
                Level.WARNING,
                "component ended name={0} exitCode={1} restartInMillis={2}",
                managed.instance.name(),
                code,
                String.valueOf(delay));
        boolean hopeless = code == 2 || managed.crashesInRow >= CRASHES_THAT_FAIL_THE_START;
        if (!managed.everReady && hopeless && startFailure == null) {
            startFailure = new StartFailure(
                    managed.instance.name(),
                    managed.instance.name() + " ended with exit code " + code + "; see "
                            + folder.log(managed.instance.name()));
        }
        managed.restarts++;
        listener.ended(managed, code, delay);
        loop.schedule(() -> start(managed), delay, TimeUnit.MILLISECONDS);
    }

    /**
     * Asks a process that is not ready for its status until it is: once it answers, it keeps the answer back until it is
     * ready, or some time has passed.
     */
    private void poll(ManagedProcess managed, int generation, long delayMillis) {
        managed.polled = generation;
        loop.schedule(
                () -> {
                    if (generation != managed.generation || !managed.running() || stopping) {
                        return;
                    }
                    if (!managed.pausedBy.isEmpty()) {
                        poll(managed, generation, POLL_LATER_MILLIS);
                        return;
                    }
                    if (!Files.exists(folder.socket(managed.instance.name()))) {
                        poll(managed, generation, POLL_MILLIS);
                        return;
                    }
                    refresh(managed, managed.status == null ? Duration.ZERO : WAIT_FOR_READY)
                            .whenCompleteAsync(
                                    (answer, failure) -> {
                                        if (generation != managed.generation) {
                                            return;
                                        }
                                        if (managed.ready()) {
                                            managed.polled = 0;
                                        } else {
                                            poll(
                                                    managed,
                                                    generation,
                                                    managed.everReady ? POLL_LATER_MILLIS : POLL_MILLIS);
                                        }
                                    },
                                    loop);
                },
                delayMillis,
                TimeUnit.MILLISECONDS);
    }

    /** Asks one process for its status; completes on the loop, never fails. */
    CompletableFuture<@Nullable Void> refresh(ManagedProcess managed) {
        return refresh(managed, Duration.ZERO);
    }

    /** @param patience how long the process may keep its answer back while it is not ready */
    private CompletableFuture<@Nullable Void> refresh(ManagedProcess managed, Duration patience) {
        int generation = managed.generation;
        Path socket = folder.socket(managed.instance.name());
        return CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return ControlSocket.call(
                                        socket,
                                        ControlSocket.request("status").put("waitMillis", patience.toMillis()),
                                        STATUS_TIMEOUT.plus(patience));
                            } catch (IOException e) {
                                return null;
                            }
                        },
                        blocking)
                .thenAcceptAsync(
                        answer -> {
                            if (generation != managed.generation) {
                                return;
                            }
                            ObjectNode before = managed.status;
                            managed.status = answer;
                            if (before == null && answer != null) {
                                listener.answering(managed);
                            }
                            if (managed.ready()) {
                                managed.everReady = true;
                                if (!managed.toldReady) {
                                    managed.toldReady = true;
                                    listener.ready(managed);
                                }
                            } else if (managed.polled != generation) {
                                // It was ready once; whoever asks for what is known is to learn when it is again.
                                poll(managed, generation, POLL_LATER_MILLIS);
                            }
                        },
                        loop);
    }

    /** Refreshes all running processes at once. */
    CompletableFuture<@Nullable Void> refreshAll() {
        return CompletableFuture.allOf(processes.values().stream()
                .filter(ManagedProcess::running)
                .map(this::refresh)
                .toArray(CompletableFuture[]::new));
    }

    /** Ends a process orderly (its standard input closes), by force after the grace time; completes when it is gone. */
    CompletableFuture<@Nullable Void> stop(ManagedProcess managed) {
        Process process = managed.process;
        managed.stopping = true;
        if (process == null || !process.isAlive()) {
            return CompletableFuture.completedFuture(null);
        }
        if (!managed.pausedBy.isEmpty()) {
            process.destroyForcibly();
        }
        try {
            OutputStream lifeline = process.getOutputStream();
            lifeline.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "lifeline already closed name=" + managed.instance.name(), e);
        }
        loop.schedule(
                () -> {
                    if (process.isAlive()) {
                        LOG.log(Level.WARNING, "component does not stop, killing name={0}", managed.instance.name());
                        process.destroyForcibly();
                    }
                },
                STOP_GRACE.toMillis(),
                TimeUnit.MILLISECONDS);
        return process.onExit().thenRunAsync(() -> clear(managed), loop);
    }

    /** Removes what a process that ended orderly removes itself. */
    private void clear(ManagedProcess managed) {
        try {
            PidFile.delete(folder.pidFile(managed.instance.name()));
            Files.deleteIfExists(folder.socket(managed.instance.name()));
        } catch (IOException e) {
            LOG.log(Level.WARNING, "leftover files not removed name=" + managed.instance.name(), e);
        }
    }

    /** Stops and starts one process, healing whatever kept it down. */
    CompletableFuture<@Nullable Void> restart(ManagedProcess managed) {
        managed.heldDownBy.clear();
        return stop(managed)
                .thenRunAsync(
                        () -> {
                            managed.restarts++;
                            managed.pausedBy.clear();
                            start(managed);
                        },
                        loop);
    }

    /** Stops a process, deletes its data and starts it with none; completes when it has been started. */
    CompletableFuture<@Nullable Void> replace(ManagedProcess managed) {
        managed.heldDownBy.clear();
        return stop(managed)
                .thenRunAsync(
                        () -> {
                            try {
                                Leftovers.deleteAll(folder.data(managed.instance.name()));
                            } catch (IOException e) {
                                throw new UncheckedIOException(
                                        "the data of " + managed.instance.name() + " cannot be deleted", e);
                            }
                        },
                        blocking)
                .thenRunAsync(
                        () -> {
                            managed.restarts++;
                            managed.pausedBy.clear();
                            start(managed);
                        },
                        loop);
    }

    /** Stops everything, in order. */
    CompletableFuture<@Nullable Void> stopAll() {
        stopping = true;
        CompletableFuture<@Nullable Void> chain = CompletableFuture.completedFuture(null);
        for (int i = 0; i < STOP_STAGES; i++) {
            int stage = i;
            chain = chain.thenComposeAsync(
                    done -> {
                        List<CompletableFuture<@Nullable Void>> stops = new ArrayList<>();
                        for (ManagedProcess process : processes.values()) {
                            if (process.instance.role().stopStage() == stage) {
                                stops.add(stop(process));
                            }
                        }
                        return CompletableFuture.allOf(stops.toArray(CompletableFuture[]::new));
                    },
                    loop);
        }
        return chain;
    }
}
