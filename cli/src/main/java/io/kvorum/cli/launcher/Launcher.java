package io.kvorum.cli.launcher;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.cli.cluster.AddressPlan;
import io.kvorum.cli.cluster.ClusterFolder;
import io.kvorum.cli.cluster.ClusterSpec;
import io.kvorum.cli.cluster.NodeGroup;
import io.kvorum.cli.cluster.Role;
import io.kvorum.faults.ControlSocket;
import io.kvorum.faults.Fault;
import io.kvorum.faults.FaultSyntax;
import io.kvorum.faults.Member;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The launcher's process: {@code Launcher CLUSTER_FOLDER LIB_FOLDER}. Holds the cluster until it is told to go down.
 * Exit codes: 0 taken down, 1 failed.
 */
public final class Launcher {
    private static final String FORMAT = "%1$tFT%1$tT.%1$tL%1$tz %4$s %5$s%6$s%n";
    private static final System.Logger LOG;

    static {
        // One line an event; the formatter reads it once, when the first logger is made.
        System.setProperty("java.util.logging.SimpleFormatter.format", FORMAT);
        LOG = System.getLogger(Launcher.class.getName());
    }

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration BALANCER_TIMEOUT = Duration.ofSeconds(5);

    private final ClusterFolder folder;
    private final ScheduledExecutorService loop;
    private final ExecutorService blocking;
    private final Lifelines lifelines;
    private final FaultEngine faults;
    private final ClusterTimeline timeline;
    private final Supervisor supervisor;
    private final BackupSchedule backups;
    private final Reshape reshape;
    private final CountDownLatch down = new CountDownLatch(1);

    private Launcher(ClusterSpec spec, ClusterFolder folder, JavaCommand java) {
        this.folder = folder;
        this.loop = Executors.newSingleThreadScheduledExecutor(daemon("loop"));
        this.blocking = Executors.newCachedThreadPool(daemon("blocking"));
        this.lifelines = new Lifelines(folder);
        this.timeline = new ClusterTimeline(folder);
        this.faults = new FaultEngine(folder, timeline.file(), loop, blocking);
        this.supervisor = new Supervisor(spec, folder, java, lifelines, loop, blocking, new Processes());
        this.backups = new BackupSchedule(spec, folder, loop, blocking, Clock.systemUTC());
        this.reshape = new Reshape(folder, supervisor);
    }

    /** What follows from the lives of processes. */
    private final class Processes implements Supervisor.Listener {
        @Override
        public void started(ManagedProcess process) {
            timeline.started(process);
        }

        @Override
        public void answering(ManagedProcess process) {
            faults.answering(process, supervisor);
        }

        @Override
        public void ready(ManagedProcess process) {
            timeline.ready(process, supervisor::spec);
        }

        @Override
        public void ended(ManagedProcess process, int exitCode, long restartInMillis) {
            faults.ended(process);
            timeline.ended(process, exitCode, restartInMillis);
        }
    }

    public static void main(String[] args) throws Exception {
        ClusterFolder folder = new ClusterFolder(Path.of(args[0]));
        Files.createDirectories(folder.run());
        Files.createDirectories(folder.logs());
        Files.createDirectories(folder.socketFolder());
        try (FileChannel lockFile =
                        FileChannel.open(folder.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = lockFile.tryLock()) {
            if (lock == null) {
                LOG.log(Level.ERROR, "another launcher holds " + folder.lock());
                System.exit(1);
            }
            PidFile.write(folder.pidFile("launcher"), ProcessHandle.current());
            ClusterSpec spec = ClusterSpec.read(folder.spec());
            new Launcher(spec, folder, JavaCommand.here(Path.of(args[1]))).run();
            PidFile.delete(folder.pidFile("launcher"));
        }
        System.exit(0);
    }

    private void run() throws IOException, InterruptedException {
        Leftovers.end(folder);
        try (ControlServer control = new ControlServer(folder.socket("launcher"), blocking, this::answer)) {
            Runtime.getRuntime().addShutdownHook(new Thread(this::takeDown, "shutdown"));
            loop.execute(() -> supervisor.converge(supervisor.spec()));
            loop.execute(backups::start);
            down.await();
            LOG.log(Level.INFO, "cluster is down name={0}", supervisor.spec().name());
        }
    }

    /** Stops everything and waits for it; safe to call twice. Runs on any thread but the loop. */
    private void takeDown() {
        if (down.getCount() == 0) {
            return;
        }
        onLoop(supervisor::stopAll).join();
        lifelines.close();
        Leftovers.awaitPods(folder, Duration.ofSeconds(8));
        down.countDown();
    }

    private CompletableFuture<ObjectNode> answer(ObjectNode request) {
        String op = request.path("op").asText();
        if (Reshape.knows(op)) {
            return onLoop(() -> reshape.answer(op, request));
        }
        return switch (op) {
            case "status" ->
                request.path("cached").asBoolean()
                        ? onLoop(() -> CompletableFuture.completedFuture(status(false)))
                        : onLoop(() -> supervisor.refreshAll().thenApplyAsync(done -> status(true), loop));
            case "down" ->
                CompletableFuture.runAsync(this::takeDown, blocking).thenApply(done -> JSON.createObjectNode());
            case "restart" ->
                onLoop(() -> {
                    List<String> names = supervisor
                            .topology()
                            .resolveProcesses(List.of(request.path("component").asText()));
                    return CompletableFuture.allOf(names.stream()
                                    .map(supervisor::process)
                                    .map(supervisor::restart)
                                    .toArray(CompletableFuture[]::new))
                            .thenApply(done -> named(names));
                });
            case "scale" ->
                onLoop(() -> scale(
                        request.path("role").asText(), request.path("count").asInt()));
            case "backup.status" -> onLoop(() -> CompletableFuture.completedFuture(backups.status()));
            case "fault.add" -> onLoop(() -> supervisor.refreshAll().thenComposeAsync(done -> addFault(request), loop));
            case "fault.topology" -> onLoop(() -> supervisor.refreshAll().thenApplyAsync(done -> topology(), loop));
            case "fault.list" ->
                onLoop(() -> {
                    ObjectNode reply = JSON.createObjectNode();
                    reply.set("faults", faults.list());
                    return CompletableFuture.completedFuture(reply);
                });
            case "fault.heal" ->
                onLoop(() -> {
                    String id = request.path("id").asText("");
                    CompletableFuture<Integer> healed = id.isEmpty()
                            ? faults.healAll(supervisor)
                            : faults.heal(id, supervisor).thenApply(was -> was ? 1 : 0);
                    return healed.thenApply(count -> JSON.createObjectNode().put("healed", count));
                });
            case "fault.resume" ->
                onLoop(() -> {
                    List<String> names = supervisor.topology().resolveProcesses(words(request));
                    faults.resume(names, supervisor);
                    return CompletableFuture.completedFuture(named(names));
                });
            default -> CompletableFuture.failedFuture(new IllegalArgumentException("unknown op \"" + op + "\""));
        };
    }

    /** Everything that faults can name, as it is now. */
    private ObjectNode topology() {
        ObjectNode reply = JSON.createObjectNode();
        ArrayNode members = reply.putArray("members");
        for (Member member : supervisor.topology().members()) {
            ManagedProcess managed = supervisor.find(member.name());
            members.addObject()
                    .put("name", member.name())
                    .put("role", member.role())
                    .put("node", member.node())
                    .put("address", member.address())
                    .put("leader", member.leader())
                    .put("process", member.process())
                    .put("ready", managed != null && managed.ready());
        }
        return reply;
    }

    private CompletableFuture<ObjectNode> addFault(ObjectNode request) {
        Fault fault = FaultSyntax.parse(words(request));
        Duration duration = Duration.ofMillis(request.path("forMillis").asLong());
        LOG.log(Level.INFO, "fault {0}", fault.describe());
        return faults.add(fault, duration, supervisor);
    }

    private CompletableFuture<ObjectNode> scale(String name, int count) {
        boolean nodes = name.equals("node");
        Role role = nodes ? Role.KUBELET : Role.find(name).orElseThrow();
        if (role == Role.STORE) {
            throw new IllegalArgumentException("stores are scaled by: kvorum store scale");
        }
        int least = role == Role.APISERVER ? 1 : 0;
        int most = nodes ? AddressPlan.MOST_NODES : AddressPlan.MOST_INSTANCES;
        if (count < least || count > most) {
            throw new IllegalArgumentException(name + " count must be from " + least + " to " + most);
        }
        ClusterSpec spec = supervisor.spec();
        ClusterSpec next = nodes ? spec.withNodes(count) : spec.withCount(role, count);
        try {
            ClusterCertificates.issue(next, folder);
            next.write(folder.spec());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // Before the servers change, so that no client is sent to one that is going.
        return tellBalancer(next)
                .handleAsync(
                        (told, failure) -> {
                            if (failure != null) {
                                LOG.log(Level.WARNING, "the balancer was not told its servers", failure);
                            }
                            supervisor.converge(next);
                            return JSON.createObjectNode().put("role", name).put("count", count);
                        },
                        loop);
    }

    /** Tells a running balancer which API servers there are from now on. */
    private CompletableFuture<@Nullable Void> tellBalancer(ClusterSpec next) {
        List<Path> running = supervisor.processes().stream()
                .filter(process -> process.instance.role() == Role.BALANCER && process.running())
                .map(process -> folder.socket(process.instance.name()))
                .toList();
        ObjectNode request = ControlSocket.request("balancer.servers");
        ArrayNode servers = request.putArray("servers");
        next.apiServers().forEach(servers::add);
        return CompletableFuture.runAsync(
                () -> {
                    for (Path socket : running) {
                        try {
                            ControlSocket.call(socket, request, BALANCER_TIMEOUT);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    }
                },
                blocking);
    }

    /** @param memory whether to measure it too, which takes the kernel milliseconds a process */
    private ObjectNode status(boolean memory) {
        ObjectNode reply = JSON.createObjectNode();
        ClusterSpec spec = supervisor.spec();
        reply.put("name", spec.name()).put("network", spec.network());
        Supervisor.StartFailure failure = supervisor.startFailure();
        if (failure != null) {
            reply.put("startFailure", failure.reason()).put("failedComponent", failure.component());
        }
        ArrayNode components = reply.putArray("components");
        for (ManagedProcess managed : supervisor.processes()) {
            Process process = managed.process;
            long pid = process == null ? 0 : process.pid();
            ObjectNode component = components
                    .addObject()
                    .put("name", managed.instance.name())
                    .put("role", managed.instance.role().id())
                    .put("pid", managed.running() ? pid : 0)
                    .put("address", managed.instance.address())
                    .put("version", managed.release.version())
                    .put("ready", managed.ready())
                    .put("leader", managed.leader())
                    .put("restarts", managed.restarts)
                    .put("memoryBytes", memory && managed.running() ? ProcessMemory.proportionalBytes(pid) : 0);
            component.put(
                    "state",
                    !managed.heldDownBy.isEmpty()
                            ? "killed"
                            : !managed.pausedBy.isEmpty() ? "paused" : managed.running() ? "running" : "ended");
            if (!managed.instance.node().isEmpty()) {
                component
                        .put("node", managed.instance.node())
                        .put(
                                "group",
                                spec.groupOf(managed.instance.node())
                                        .map(NodeGroup::name)
                                        .orElse(""));
            }
            if (!managed.release.dist().isEmpty()) {
                component.put("dist", managed.release.dist());
            }
            ObjectNode answer = managed.status;
            if (answer != null && answer.has("notReady")) {
                component.set("notReady", answer.get("notReady"));
            }
        }
        return reply;
    }

    private static List<String> words(ObjectNode request) {
        List<String> words = new ArrayList<>();
        request.path("words").forEach(word -> words.add(word.asText()));
        return words;
    }

    private static ObjectNode named(List<String> names) {
        ObjectNode reply = JSON.createObjectNode();
        ArrayNode array = reply.putArray("components");
        names.forEach(array::add);
        return reply;
    }

    private <T> CompletableFuture<T> onLoop(Supplier<CompletableFuture<T>> work) {
        return CompletableFuture.supplyAsync(work, loop).thenCompose(future -> future);
    }

    private static ThreadFactory daemon(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }
}
