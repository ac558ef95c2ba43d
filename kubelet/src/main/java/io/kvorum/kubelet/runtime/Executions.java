package io.kvorum.kubelet.runtime;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Further commands in running containers: short ones for probes and hooks, and such with their streams connected. The
 * latter lead a session of their own; they carry the container's mark, so that they end with it, and a mark of their own,
 * by which a kubelet finds those of one that was killed.
 */
final class Executions {
    /** Marks what belongs to a command with streams. */
    static final String EXEC_VARIABLE = "KVORUM_EXEC";

    private static final int MAX_OUTPUT = 10 * 1024;
    private static final Duration HANG_UP_GRACE = Duration.ofSeconds(2);

    private final Path rootDir;
    private final ScheduledExecutorService threads;
    private final Path terminalHelper;
    private final Consumer<Exception> problems;
    private final AtomicLong numbers = new AtomicLong();

    Executions(Path rootDir, ScheduledExecutorService threads, Path terminalHelper, Consumer<Exception> problems) {
        this.rootDir = rootDir;
        this.threads = threads;
        this.terminalHelper = terminalHelper;
        this.problems = problems;
    }

    ExecResult run(ContainerId id, List<String> command, Duration timeout) throws IOException {
        ContainerFolder.Launch launch = ContainerFolder.of(rootDir, id).readLaunch();
        Path workingDir = Path.of(launch.workingDir());
        List<String> resolved = new ArrayList<>(command);
        resolved.set(0, ProgramPath.find(command.get(0), launch.environment(), workingDir));
        ProcessBuilder builder = new ProcessBuilder(resolved)
                .directory(workingDir.toFile())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        builder.environment().clear();
        builder.environment().putAll(launch.environment());
        Process process = builder.start();
        AtomicBoolean expired = new AtomicBoolean();
        var timer = threads.schedule(
                () -> {
                    expired.set(true);
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                    // Not Process.destroyForcibly, which would close the stream under its reader.
                    process.toHandle().destroyForcibly();
                },
                timeout.toMillis(),
                TimeUnit.MILLISECONDS);
        try (InputStream out = process.getInputStream()) {
            byte[] output = out.readNBytes(MAX_OUTPUT);
            out.transferTo(OutputStream.nullOutputStream());
            int code = process.waitFor();
            return new ExecResult(expired.get() ? -1 : code, new String(output, StandardCharsets.UTF_8));
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            timer.cancel(false);
        }
    }

    ExecSession open(ContainerId id, ExecRequest request) throws IOException {
        ContainerFolder container = ContainerFolder.of(rootDir, id);
        ContainerFolder.Launch launch = container.readLaunch();
        Path workingDir = Path.of(launch.workingDir());
        Map<String, String> environment = new HashMap<>(launch.environment());
        List<String> command = new ArrayList<>(request.command());
        command.set(0, ProgramPath.find(command.get(0), environment, workingDir));
        String number = Long.toString(numbers.incrementAndGet());
        environment.put(EXEC_VARIABLE, number);
        Path folder = container.path().resolve("exec-" + number);
        ContainerFolder.delete(folder);
        Files.createDirectory(folder);
        Terminal terminal = null;
        if (request.tty()) {
            terminal = new Terminal(folder, terminalHelper);
            command = terminal.wrap(command, environment);
        }
        List<String> line = new ArrayList<>(Signals.newSession());
        line.addAll(Signals.defaults());
        line.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(line).directory(workingDir.toFile());
        if (!request.tty() && !request.stdin()) {
            builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        }
        builder.environment().clear();
        builder.environment().putAll(environment);
        List<OutputPipe> outputs = new ArrayList<>(List.of(OutputPipe.make(folder.resolve("stdout"))));
        builder.redirectOutput(outputs.get(0).file());
        if (request.tty()) {
            builder.redirectErrorStream(true);
        } else {
            outputs.add(OutputPipe.make(folder.resolve("stderr")));
            builder.redirectError(outputs.get(1).file());
        }
        try {
            return new Session(builder.start(), folder, terminal, outputs);
        } catch (IOException e) {
            outputs.forEach(OutputPipe::abandon);
            throw e;
        }
    }

    /** Ends what an earlier kubelet's commands left running; background processes of ended commands stay. */
    void killLeftOver() throws IOException {
        Map<Long, String> mine = new HashMap<>();
        for (ProcFs.Marked process : ProcFs.marked(ProcessRuntime.ROOT_VARIABLE, rootDir.resolve("pods") + "/")) {
            mine.put(process.pid(), process.value());
        }
        for (ProcFs.Marked process : ProcFs.marked(EXEC_VARIABLE, "")) {
            if (mine.containsKey(process.pid()) && ProcFs.leadsSession(process.pid())) {
                Signals.group("KILL", process.pid());
            }
        }
    }

    private final class Session implements ExecSession {
        private final Process process;
        private final Path folder;
        private final @Nullable Terminal terminal;
        private final List<InputStream> outputs = new ArrayList<>();
        private final CompletableFuture<Integer> exit;

        Session(Process process, Path folder, @Nullable Terminal terminal, List<OutputPipe> outputs)
                throws IOException {
            this.process = process;
            this.folder = folder;
            this.terminal = terminal;
            for (OutputPipe output : outputs) {
                this.outputs.add(output.open());
            }
            this.exit = process.onExit().thenApply(ended -> {
                clear();
                return ended.exitValue();
            });
        }

        private void clear() {
            try {
                ContainerFolder.delete(folder);
            } catch (IOException e) {
                problems.accept(e);
            }
        }

        @Override
        public OutputStream stdin() {
            return process.getOutputStream();
        }

        @Override
        public InputStream stdout() {
            return outputs.get(0);
        }

        @Override
        public InputStream stderr() {
            return outputs.size() > 1 ? outputs.get(1) : InputStream.nullInputStream();
        }

        @Override
        public CompletableFuture<Integer> exit() {
            return exit;
        }

        @Override
        public void resize(int columns, int rows) throws IOException {
            if (terminal != null && process.isAlive()) {
                terminal.resize(columns, rows);
            }
        }

        @Override
        public void hangUp() {
            for (InputStream output : outputs) {
                try {
                    output.close();
                } catch (IOException e) {
                    problems.accept(e);
                }
            }
            try {
                threads.execute(this::signal);
            } catch (RejectedExecutionException e) {
                // The kubelet ends; the next one finds the command by its mark.
            }
        }

        private void signal() {
            try {
                Terminal.Line line = terminal == null ? null : terminal.line();
                Optional<ProcessHandle> first = line == null ? Optional.empty() : ProcessHandle.of(line.pid());
                if (!process.isAlive()) {
                    return;
                }
                // On a terminal: the end of its holder hangs up whoever is in the foreground.
                Signals.group("HUP", process.pid());
                threads.schedule(() -> kill(first), HANG_UP_GRACE.toMillis(), TimeUnit.MILLISECONDS);
            } catch (IOException | RejectedExecutionException e) {
                problems.accept(e);
            }
        }

        private void kill(Optional<ProcessHandle> first) {
            try {
                if (process.isAlive()) {
                    Signals.group("KILL", process.pid());
                }
                if (first.isPresent() && first.get().isAlive()) {
                    Signals.group("KILL", first.get().pid());
                }
            } catch (IOException e) {
                problems.accept(e);
            }
        }
    }
}
