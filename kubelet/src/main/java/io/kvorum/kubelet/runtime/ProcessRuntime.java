package io.kvorum.kubelet.runtime;

import io.kvorum.kubelet.logs.ContainerLog;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Containers as process groups of the host. Each main process runs below a small shell script ({@code shim.sh}) in a
 * session of its own, which outlives the kubelet and records the exit code; the script dies with the container.
 *
 * <p>A process belongs to a container if it is in the main process's group or carries the container's mark in its
 * environment. The end of a run is seen through the shim's own end, through its file {@code exit} (a folder watch), and
 * at last by a look at every run once a second.
 */
public final class ProcessRuntime implements PodRuntime, ContainerStreams {
    /** Marks every process of a container; see {@link ContainerId#toString}. */
    public static final String ID_VARIABLE = "KVORUM_CONTAINER_ID";
    /** The container's own folder, which tells too whose kubelet a process belongs to. */
    public static final String ROOT_VARIABLE = "KVORUM_ROOT";

    /** A file a program may create to say that it can serve. */
    public static final String READY_VARIABLE = "KVORUM_READY_FILE";

    private static final String READY_FILE = "ready";
    private static final String STDIN_FIFO = "stdin";
    private static final Duration START_LIMIT = Duration.ofSeconds(10);
    private static final int KILL_ROUNDS = 20;
    private static final Duration END_LIMIT = Duration.ofSeconds(10);

    private final Path rootDir;
    private final @Nullable Path lifeline;
    private final Clock clock;
    private final long maxLogSize;
    private final int maxLogFiles;
    private final ExitListener listener;
    private final Consumer<Exception> problems;
    private final FolderWatcher watcher;
    private final ScheduledThreadPoolExecutor threads;
    private final Executions executions;
    private final Map<ContainerId, Run> runs = new ConcurrentHashMap<>();

    /** A run whose end has not been told yet. */
    private static final class Run {
        final ContainerFolder folder;
        final ContainerFolder.Processes processes;
        final ContainerLog log;
        /** Completed when the listener has been told. */
        final CompletableFuture<Void> over = new CompletableFuture<>();

        Run(ContainerFolder folder, ContainerFolder.Processes processes, ContainerLog log) {
            this.folder = folder;
            this.processes = processes;
            this.log = log;
        }
    }

    /**
     * @param rootDir absolute; created when missing
     * @param lifeline a FIFO held open for writing as long as containers may live; null for none
     * @param maxLogSize bytes after which a log file is rotated
     * @param problems told of failures in the background
     */
    public ProcessRuntime(
            Path rootDir,
            @Nullable Path lifeline,
            Clock clock,
            long maxLogSize,
            int maxLogFiles,
            ExitListener listener,
            Consumer<Exception> problems)
            throws IOException {
        this.rootDir = rootDir.toAbsolutePath().normalize();
        this.lifeline = lifeline;
        this.clock = clock;
        this.maxLogSize = maxLogSize;
        this.maxLogFiles = maxLogFiles;
        this.listener = listener;
        this.problems = problems;
        Files.createDirectories(
                this.rootDir.resolve("pods"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        unpack("shim.sh");
        unpack("tty.sh");
        this.watcher = new FolderWatcher(this::changed);
        this.threads = new ScheduledThreadPoolExecutor(2, task -> {
            Thread thread = new Thread(task, "container-reaper");
            thread.setDaemon(true);
            return thread;
        });
        this.threads.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        this.executions = new Executions(this.rootDir, threads, terminalHelper(), problems);
        this.threads.scheduleWithFixedDelay(this::lookAtAll, 1, 1, TimeUnit.SECONDS);
    }

    private Path shim() {
        return rootDir.resolve("shim.sh");
    }

    private Path terminalHelper() {
        return rootDir.resolve("tty.sh");
    }

    private void unpack(String script) throws IOException {
        // Running shims still read the old file, so it is replaced, never written over.
        Path next = rootDir.resolve(script + ".new");
        try (InputStream in = Objects.requireNonNull(ProcessRuntime.class.getResourceAsStream(script))) {
            Files.copy(in, next, StandardCopyOption.REPLACE_EXISTING);
        }
        Files.move(next, rootDir.resolve(script), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public Map<String, List<ContainerRecord>> adopt() throws IOException {
        Map<String, List<ContainerRecord>> found = new HashMap<>();
        Set<ContainerId> alive = new HashSet<>();
        List<ContainerId> undone = new ArrayList<>();
        for (ContainerId id : ContainerFolder.list(rootDir)) {
            ContainerFolder folder = ContainerFolder.of(rootDir, id);
            ContainerFolder.Processes processes = folder.processes();
            if (processes == null) {
                undone.add(id);
                continue;
            }
            ContainerExit exit = folder.exit();
            if (exit == null && !processes.main().alive() && !processes.shim().alive()) {
                // The shim may have written it just now; it died with the machine otherwise.
                exit = folder.exit();
                if (exit == null) {
                    folder.writeExit(255);
                    exit = new ContainerExit(255, clock.instant(), false);
                }
            }
            if (exit == null) {
                alive.add(id);
                watch(id, new Run(folder, processes, newLog(folder)));
            }
            found.computeIfAbsent(id.podUid(), uid -> new ArrayList<>()).add(record(id, folder, processes, exit));
        }
        killStrays(alive);
        executions.killLeftOver();
        for (ContainerId id : undone) {
            ContainerFolder.delete(ContainerFolder.of(rootDir, id).path());
        }
        for (Path pod : ContainerFolder.children(rootDir.resolve("pods"))) {
            found.computeIfAbsent(ContainerFolder.name(pod), uid -> new ArrayList<>());
        }
        found.values().forEach(list -> list.sort(Comparator.comparing(ContainerRecord::startedAt)));
        return found;
    }

    private ContainerRecord record(
            ContainerId id, ContainerFolder folder, ContainerFolder.Processes processes, @Nullable ContainerExit exit)
            throws IOException {
        Instant started =
                Files.getLastModifiedTime(folder.path().resolve("pid")).toInstant();
        return new ContainerRecord(
                id, processes.main().pid(), started, folder.readLaunch().details(), exit);
    }

    private ContainerLog newLog(ContainerFolder folder) throws IOException {
        return new ContainerLog(folder.path(), clock, maxLogSize, maxLogFiles);
    }

    private void watch(ContainerId id, Run run) throws IOException {
        runs.put(id, run);
        watcher.watch(id, run.folder.path());
        // What happened before the watch stood.
        if (run.folder.exit() != null) {
            threads.execute(() -> look(id));
        }
    }

    @Override
    public ContainerRecord start(ContainerLaunch launch) throws IOException {
        ContainerId id = launch.id();
        ContainerFolder folder = ContainerFolder.of(rootDir, id);
        ContainerFolder.delete(folder.path());
        folder.create();
        Map<String, String> environment = environment(launch, folder);
        Path workingDir = folder.workingDir(launch.workingDir());
        Files.createDirectories(folder.rootfs().resolve("tmp"));
        mount(folder, launch.mounts());
        for (String path : launch.files()) {
            Path file = folder.workingDir(path);
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
            if (!Files.exists(file)) {
                Files.createFile(file);
            }
        }
        Files.createDirectories(workingDir);
        String found = ProgramPath.find(launch.command().get(0), environment, workingDir);
        folder.writeLaunch(
                new ContainerFolder.Launch(launch.command(), environment, workingDir.toString(), launch.details()));

        List<String> program = new ArrayList<>(launch.command());
        program.set(0, found);
        if (launch.tty()) {
            List<String> onTerminal = new Terminal(folder.path(), terminalHelper()).wrap(program, environment);
            program = new ArrayList<>(Signals.defaults());
            program.addAll(onTerminal);
        }
        List<String> command = new ArrayList<>(Signals.newSession());
        command.add("/bin/sh");
        command.add(shim().toString());
        command.add(folder.path().toString());
        command.add(lifeline == null ? "-" : lifeline.toString());
        // A terminal that nobody may write to must not read an end of file either, which would be typed into it.
        command.add(
                launch.stdin() || launch.tty()
                        ? folder.path().resolve(STDIN_FIFO).toString()
                        : "-");
        command.addAll(program);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.directory(workingDir.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        builder.redirectError(
                ProcessBuilder.Redirect.to(folder.path().resolve("shim.log").toFile()));
        Process process = builder.start();
        ContainerFolder.Processes processes = started(process, folder);
        Run run = new Run(folder, processes, newLog(folder));
        watch(id, run);
        process.onExit().thenRun(() -> execute(() -> look(id)));
        return record(id, folder, processes, null);
    }

    /** Waits for the shim's word. */
    private ContainerFolder.Processes started(Process process, ContainerFolder folder) throws IOException {
        var timeout = threads.schedule(process::destroyForcibly, START_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
            String line = out.readLine();
            if (line == null || !line.startsWith("started ")) {
                process.destroyForcibly();
                throw new IOException("the container's shim did not start: "
                        + Files.readString(folder.path().resolve("shim.log")).trim());
            }
            return ContainerFolder.Processes.parse(line.substring("started ".length()));
        } finally {
            timeout.cancel(false);
        }
    }

    private static Map<String, String> environment(ContainerLaunch launch, ContainerFolder folder) {
        Map<String, String> environment = new HashMap<>();
        environment.put("PATH", ProgramPath.DEFAULT_PATH);
        environment.put("HOME", folder.rootfs().toString());
        environment.putAll(launch.environment());
        environment.put(ID_VARIABLE, launch.id().toString());
        environment.put(ROOT_VARIABLE, folder.rootfs().toString());
        environment.put(READY_VARIABLE, folder.path().resolve(READY_FILE).toString());
        return environment;
    }

    /** Puts links to the mounts' sources below the container's own folder. */
    private static void mount(ContainerFolder folder, List<ContainerLaunch.Mount> mounts) throws IOException {
        for (ContainerLaunch.Mount mount : mounts) {
            Path target = folder.workingDir(mount.mountPath());
            if (target.equals(folder.rootfs())) {
                throw new StartFailedException("a volume cannot be mounted at " + mount.mountPath());
            }
            Files.createDirectories(Objects.requireNonNull(target.getParent()));
            if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
                ContainerFolder.delete(target);
            }
            Files.createSymbolicLink(target, mount.source());
        }
    }

    @Override
    public void terminate(ContainerId id) {
        Run run = runs.get(id);
        if (run != null && run.processes.main().alive()) {
            ProcessHandle.of(run.processes.main().pid()).ifPresent(ProcessHandle::destroy);
        }
    }

    @Override
    public void kill(ContainerId id) throws IOException {
        Run run = runs.get(id);
        if (run == null) {
            return;
        }
        if (run.processes.main().alive()) {
            Signals.group("KILL", run.processes.main().pid());
        }
        killMarked(id);
        // Without a shim nobody records the end.
        look(id);
    }

    /**
     * Kills what carries the run's mark, its shim aside, which ends by itself once it has recorded the end. By the folder,
     * not by the name alone, which another kubelet on this machine may have given too.
     */
    private void killMarked(ContainerId id) throws IOException {
        String root = root(id).toString();
        int killed;
        int round = 0;
        do {
            killed = 0;
            for (ProcFs.Marked process : ProcFs.marked(ROOT_VARIABLE, root)) {
                if (process.value().equals(root) && !isShim(process.pid())) {
                    ProcessHandle.of(process.pid()).ifPresent(ProcessHandle::destroyForcibly);
                    killed++;
                }
            }
            // Again, for those that were started by one while the others were looked at.
        } while (killed > 0 && ++round < KILL_ROUNDS);
    }

    private boolean isShim(long pid) {
        try {
            return new String(Files.readAllBytes(Path.of("/proc/" + pid + "/cmdline")), StandardCharsets.UTF_8)
                    .contains('\0' + shim().toString() + '\0');
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public int killStrays(Set<ContainerId> alive) throws IOException {
        Set<String> known = new HashSet<>();
        alive.forEach(id -> known.add(id.toString()));
        Set<Long> mine = new HashSet<>();
        ProcFs.marked(ROOT_VARIABLE, rootDir.resolve("pods") + "/").forEach(process -> mine.add(process.pid()));
        int killed = 0;
        for (ProcFs.Marked process : ProcFs.marked(ID_VARIABLE, "")) {
            if (mine.contains(process.pid()) && !known.contains(process.value())) {
                ProcessHandle.of(process.pid()).ifPresent(ProcessHandle::destroyForcibly);
                killed++;
            }
        }
        return killed;
    }

    @Override
    public ExecResult exec(ContainerId id, List<String> command, Duration timeout) throws IOException {
        return executions.run(id, command, timeout);
    }

    @Override
    public ExecSession open(ContainerId id, ExecRequest request) throws IOException {
        if (!runs.containsKey(id)) {
            throw new IOException("container " + id + " is not running");
        }
        return executions.open(id, request);
    }

    @Override
    public boolean runs(ContainerId id) {
        Run run = runs.get(id);
        return run != null && run.processes.main().alive();
    }

    @Override
    public OutputStream stdin(ContainerId id) throws IOException {
        Path fifo = ContainerFolder.of(rootDir, id).path().resolve(STDIN_FIFO);
        if (!runs.containsKey(id) || !Files.exists(fifo)) {
            throw new IOException("the standard input of container " + id + " is closed");
        }
        // The shim holds a reading end, so that this does not block; it removes the file before it lets go.
        return Channels.newOutputStream(FileChannel.open(fifo, StandardOpenOption.WRITE));
    }

    @Override
    public void closeStdin(ContainerId id) throws IOException {
        Run run = runs.get(id);
        // Without the FIFO there is no input to close any more, and the signal would end the shim.
        if (run != null
                && Files.exists(run.folder.path().resolve(STDIN_FIFO))
                && run.processes.shim().alive()) {
            Signals.process("USR1", run.processes.shim().pid());
        }
    }

    @Override
    public void resize(ContainerId id, int columns, int rows) throws IOException {
        if (runs.containsKey(id)) {
            new Terminal(ContainerFolder.of(rootDir, id).path(), terminalHelper()).resize(columns, rows);
        }
    }

    private void changed(ContainerId id, Set<String> files) {
        Run run = runs.get(id);
        if (run == null) {
            return;
        }
        if (files.contains(READY_FILE)) {
            listener.announced(id);
        }
        if (files.contains("exit")) {
            execute(() -> look(id));
        } else if (files.contains("log")) {
            try {
                run.log.observe();
            } catch (IOException e) {
                problems.accept(e);
            }
        }
    }

    private void lookAtAll() {
        for (Map.Entry<ContainerId, Run> entry : runs.entrySet()) {
            look(entry.getKey());
            try {
                entry.getValue().log.observe();
            } catch (IOException e) {
                problems.accept(e);
            }
        }
    }

    private void execute(Runnable task) {
        try {
            threads.execute(task);
        } catch (RejectedExecutionException e) {
            // Closed: the next runtime finds the end in the folder.
        }
    }

    /** Looks whether a run has ended, and if so cleans up after it and tells the listener, once. */
    private void look(ContainerId id) {
        Run run = runs.get(id);
        if (run == null) {
            return;
        }
        try {
            ContainerExit exit;
            synchronized (run) {
                exit = run.folder.exit();
                if (exit == null) {
                    exit = lost(run);
                }
                if (exit == null || !runs.remove(id, run)) {
                    return;
                }
            }
            watcher.forget(id);
            try {
                killMarked(id);
                run.log.end();
            } catch (IOException e) {
                problems.accept(e);
            }
            listener.exited(id, exit);
            run.over.complete(null);
        } catch (IOException e) {
            problems.accept(e);
        }
    }

    /**
     * The end of a main process that no shim recorded: the shim itself was killed. As long as it is there, however slow or
     * stopped, the word is its own.
     */
    private @Nullable ContainerExit lost(Run run) throws IOException {
        if (run.processes.main().alive() || run.processes.shim().alive()) {
            return null;
        }
        // Its last word may have come between the two looks.
        ContainerExit exit = run.folder.exit();
        if (exit != null) {
            return exit;
        }
        Instant now = clock.instant();
        try {
            run.folder.writeExit(137);
        } catch (NoSuchFileException e) {
            // The folder was taken away, and with it the last word: nobody will ask for it again.
        }
        return new ContainerExit(137, now, false);
    }

    @Override
    public Path root(ContainerId id) {
        return ContainerFolder.of(rootDir, id).rootfs();
    }

    @Override
    public ContainerLog log(ContainerId id) throws IOException {
        Run run = runs.get(id);
        if (run != null) {
            return run.log;
        }
        ContainerFolder folder = ContainerFolder.of(rootDir, id);
        if (!Files.isDirectory(folder.path())) {
            throw new IOException("the logs of " + id + " are gone");
        }
        ContainerLog log = newLog(folder);
        log.end();
        return log;
    }

    @Override
    public boolean announced(ContainerId id) {
        return Files.exists(ContainerFolder.of(rootDir, id).path().resolve(READY_FILE));
    }

    @Override
    public void remove(ContainerId id) throws IOException {
        ContainerFolder.delete(ContainerFolder.of(rootDir, id).path());
    }

    @Override
    public Path podFolder(String podUid) {
        return rootDir.resolve("pods").resolve(podUid);
    }

    @Override
    public void removePod(String podUid) throws IOException {
        for (Map.Entry<ContainerId, Run> entry : Map.copyOf(runs).entrySet()) {
            if (entry.getKey().podUid().equals(podUid)) {
                kill(entry.getKey());
                awaitEnd(entry.getKey(), entry.getValue());
            }
        }
        for (ProcFs.Marked process : ProcFs.marked(ROOT_VARIABLE, podFolder(podUid) + "/")) {
            if (!isShim(process.pid())) {
                ProcessHandle.of(process.pid()).ifPresent(ProcessHandle::destroyForcibly);
            }
        }
        ContainerFolder.delete(podFolder(podUid));
    }

    /** The folder may go only after the shim has written its last word into it. */
    private void awaitEnd(ContainerId id, Run run) throws IOException {
        try {
            run.over.get(END_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + id + " ended", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException(id + " did not end", e);
        }
    }

    @Override
    public void close() {
        // Without an interrupt, by which a look at a process would fail. What is being cleaned up is not left half
        // done, nor
        // done to what a next runtime starts.
        threads.shutdown();
        try {
            if (!threads.awaitTermination(END_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                problems.accept(new IOException("work on containers in " + rootDir + " did not end"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            watcher.close();
        } catch (IOException e) {
            problems.accept(e);
        }
    }
}
