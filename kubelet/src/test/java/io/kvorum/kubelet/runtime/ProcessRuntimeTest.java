package io.kvorum.kubelet.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.kubelet.logs.LogQuery;
import io.kvorum.kubelet.logs.LogReader;
import io.kvorum.kubelet.testing.SetClock;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The runtime with real processes. */
class ProcessRuntimeTest {
    private record Ended(ContainerId id, ContainerExit exit) {}

    private final BlockingQueue<Ended> ends = new LinkedBlockingQueue<>();
    private final List<Exception> problems = new CopyOnWriteArrayList<>();
    private final List<ProcessRuntime> open = new ArrayList<>();
    private final SetClock clock = new SetClock();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path root;

    @SuppressWarnings("NullAway.Init")
    private ProcessRuntime runtime;

    @BeforeEach
    void open() throws IOException {
        runtime = newRuntime(null);
    }

    @AfterEach
    void leavesNothingBehind() throws Exception {
        // One at a time removes a pod: there is one kubelet to a folder.
        open.stream().filter(other -> other != runtime).forEach(ProcessRuntime::close);
        for (Path pod : ContainerFolder.children(root.resolve("pods"))) {
            runtime.removePod(ContainerFolder.name(pod));
        }
        runtime.killStrays(Set.of());
        runtime.close();
        assertThat(problems).isEmpty();
        awaitNoProcess();
    }

    private ProcessRuntime newRuntime(@Nullable Path lifeline) throws IOException {
        ProcessRuntime next = new ProcessRuntime(
                root, lifeline, clock, 1 << 20, 3, (id, exit) -> ends.add(new Ended(id, exit)), problems::add);
        open.add(next);
        return next;
    }

    private ContainerLaunch shell(String uid, String script) {
        return new ContainerLaunch(
                new ContainerId(uid, "main", 0),
                List.of("sh", "-c", script),
                Map.of("GREETING", "hello"),
                "",
                List.of(),
                List.of(),
                Map.of("image", "busybox"));
    }

    private Ended end() throws InterruptedException {
        return Objects.requireNonNull(ends.poll(10, TimeUnit.SECONDS), "no run ended");
    }

    private String log(ContainerId id) throws IOException {
        LogReader reader = runtime.log(id).open(LogQuery.ALL);
        StringBuilder text = new StringBuilder();
        for (byte[] part = reader.next(); part.length > 0; part = reader.next()) {
            text.append(new String(part, StandardCharsets.UTF_8));
        }
        return text.toString();
    }

    private long processes() throws IOException {
        return ProcFs.marked(ProcessRuntime.ROOT_VARIABLE, root.toString()).size();
    }

    private void awaitNoProcess() throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (processes() > 0 && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        assertThat(ProcFs.marked(ProcessRuntime.ROOT_VARIABLE, root.toString())).isEmpty();
    }

    @Test
    void recordsExitCodeOutputAndEnvironment() throws Exception {
        ContainerRecord run = runtime.start(shell("p1", "echo $GREETING; pwd; echo err >&2; exit 3"));
        Ended end = end();
        assertThat(end.id()).isEqualTo(run.id());
        assertThat(end.exit().code()).isEqualTo(3);
        assertThat(log(run.id())).isEqualTo("hello\n" + runtime.root(run.id()) + "\nerr\n");
    }

    @Test
    void signalsGiveTheirExitCodes() throws Exception {
        ContainerRecord run = runtime.start(shell("p1", "exec sleep 60"));
        runtime.terminate(run.id());
        assertThat(end().exit().code()).isEqualTo(143);
    }

    @Test
    void killEndsWhatIgnoresTerm() throws Exception {
        ContainerRecord run = runtime.start(shell("p1", "trap '' TERM; echo ready; while :; do sleep 1; done"));
        awaitLog(run.id(), "ready");
        runtime.terminate(run.id());
        assertThat(ends.poll(300, TimeUnit.MILLISECONDS)).isNull();
        runtime.kill(run.id());
        assertThat(end().exit().code()).isEqualTo(137);
    }

    private void awaitLog(ContainerId id, String text) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!log(id).contains(text) && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        assertThat(log(id)).contains(text);
    }

    @Test
    void theWholeGroupAndRunawaysEndWithTheMainProcess() throws Exception {
        ContainerRecord run =
                runtime.start(shell("p1", "sleep 61 & setsid sleep 62 & echo ready; read -r x < /dev/null; exit 0"));
        end();
        assertThat(log(run.id())).contains("ready");
        awaitNoProcess();
    }

    @Test
    void aMissingProgramIsToldApart() {
        ContainerLaunch launch = new ContainerLaunch(
                new ContainerId("p1", "main", 0),
                List.of("no-such-program"),
                Map.of(),
                "",
                List.of(),
                List.of(),
                Map.of());
        assertThatThrownBy(() -> runtime.start(launch))
                .isInstanceOf(StartFailedException.class)
                .hasMessage("exec: \"no-such-program\": executable file not found in $PATH");
    }

    @Test
    void anotherRuntimeAdoptsWhatRuns() throws Exception {
        ContainerRecord run = runtime.start(shell("p1", "echo one; exec sleep 60"));
        runtime.close();
        runtime = newRuntime(null);
        ContainerRecord adopted =
                Objects.requireNonNull(runtime.adopt().get("p1")).get(0);
        assertThat(adopted.running()).isTrue();
        assertThat(adopted.pid()).isEqualTo(run.pid());
        assertThat(adopted.startedAt()).isEqualTo(run.startedAt());
        assertThat(adopted.details()).containsEntry("image", "busybox");
        assertThat(log(run.id())).isEqualTo("one\n");
        runtime.terminate(run.id());
        assertThat(end().exit().code()).isEqualTo(143);
    }

    @Test
    void anEndWhileNoRuntimeLookedIsFoundLater() throws Exception {
        ContainerRecord run = runtime.start(shell("p1", "exec sleep 60"));
        runtime.close();
        ProcessHandle.of(run.pid()).ifPresent(ProcessHandle::destroy);
        Path exit = root.resolve("pods/p1/containers/main/0/exit");
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!Files.exists(exit) && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        runtime = newRuntime(null);
        ContainerRecord adopted =
                Objects.requireNonNull(runtime.adopt().get("p1")).get(0);
        assertThat(Objects.requireNonNull(adopted.exit()).code()).isEqualTo(143);
        assertThat(adopted.exit().known()).isTrue();
    }

    @Test
    void aRunWhoseShimWasKilledIsLost() throws Exception {
        ContainerRecord run = runtime.start(shell("p1", "exec sleep 60"));
        for (ProcFs.Marked process : ProcFs.marked(ProcessRuntime.ID_VARIABLE, "p1/")) {
            ProcessHandle.of(process.pid()).ifPresent(ProcessHandle::destroyForcibly);
        }
        Ended end = end();
        assertThat(end.id()).isEqualTo(run.id());
        assertThat(end.exit().code()).isEqualTo(137);
    }

    @Test
    void theLastWordIsTheShimsHoweverSlowItIs() throws Exception {
        ContainerId id = runtime.start(shell("p1", "exec sleep 60")).id();
        ContainerFolder.Processes processes =
                Objects.requireNonNull(ContainerFolder.of(root, id).processes());
        Signals.process("STOP", processes.shim().pid());
        for (int look = 0; look < 3; look++) {
            runtime.kill(id);
            clock.advance(Duration.ofMinutes(1));
        }
        assertThat(processes.main().alive()).isFalse();
        assertThat(ends).isEmpty();
        Signals.process("CONT", processes.shim().pid());
        assertThat(end().exit().known()).isTrue();
    }

    /** What the shim does to record the end carries the run's mark too, while the mark's carriers are being killed. */
    @Test
    void killingNeverLosesTheExitCode() throws Exception {
        for (int i = 0; i < 40; i++) {
            ContainerId id = runtime.start(shell("p1", "exec sleep 60")).id();
            runtime.kill(id);
            ContainerExit exit = end().exit();
            assertThat(exit.code()).as("round %d", i).isEqualTo(137);
            assertThat(exit.known()).as("round %d", i).isTrue();
        }
    }

    @Test
    void aContainerOfTheSameNameInAnotherFolderLives(@TempDir Path otherRoot) throws Exception {
        ProcessRuntime other = new ProcessRuntime(
                otherRoot, null, clock, 1 << 20, 3, (id, exit) -> ends.add(new Ended(id, exit)), problems::add);
        try {
            ContainerId id = runtime.start(shell("p1", "exec sleep 60")).id();
            ContainerRecord namesake = other.start(shell("p1", "exec sleep 60"));
            runtime.kill(id);
            assertThat(end().id()).isEqualTo(id);
            runtime.removePod("p1");
            assertThat(ProcessHandle.of(namesake.pid()).filter(ProcessHandle::isAlive))
                    .isPresent();
        } finally {
            other.removePod("p1");
            other.close();
        }
    }

    @Test
    void theBrokenLifelineKillsContainers() throws Exception {
        Path fifo = root.resolve("lifeline");
        Process made = new ProcessBuilder("mkfifo", fifo.toString()).start();
        assertThat(made.waitFor()).isZero();
        runtime.close();
        // Opened for both so that it does not wait for a reader.
        try (RandomAccessFile ignored = new RandomAccessFile(fifo.toFile(), "rw")) {
            runtime = newRuntime(fifo);
            runtime.start(shell("p1", "setsid sleep 63 & exec sleep 60"));
            assertThat(ends.poll(200, TimeUnit.MILLISECONDS)).isNull();
        }
        assertThat(end().exit().code()).isEqualTo(137);
        awaitNoProcess();
    }

    @Test
    void aContainerThatStartsAsTheLifelineBreaksIsKilled() throws Exception {
        Path fifo = root.resolve("lifeline");
        Process made = new ProcessBuilder("mkfifo", fifo.toString()).start();
        assertThat(made.waitFor()).isZero();
        runtime.close();
        runtime = newRuntime(fifo);
        runtime.start(shell("p1", "exec sleep 60"));
        assertThat(end().exit().code()).isEqualTo(137);
        awaitNoProcess();
    }

    @Test
    void straysAreKilled() throws Exception {
        runtime.start(shell("p1", "exec sleep 60"));
        ContainerRecord kept = runtime.start(shell("p2", "exec sleep 60"));
        runtime.close();
        ContainerFolder.delete(root.resolve("pods/p1"));
        runtime = newRuntime(null);
        assertThat(runtime.adopt()).containsOnlyKeys("p2");
        assertThat(ProcFs.marked(ProcessRuntime.ID_VARIABLE, "p2/")).isNotEmpty();
        assertThat(ProcessHandle.of(kept.pid())).isPresent();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!ProcFs.marked(ProcessRuntime.ID_VARIABLE, "p1/").isEmpty() && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        assertThat(ProcFs.marked(ProcessRuntime.ID_VARIABLE, "p1/")).isEmpty();
    }

    @Test
    void volumesAppearInTheWorkingFolder() throws Exception {
        Path volume = Files.createDirectories(root.resolve("config"));
        Files.writeString(volume.resolve("key"), "value");
        ContainerLaunch launch = new ContainerLaunch(
                new ContainerId("p1", "main", 0),
                List.of("cat", "./etc/config/key"),
                Map.of(),
                "",
                List.of(new ContainerLaunch.Mount(volume, "/etc/config")),
                List.of("/dev/termination-log"),
                Map.of());
        ContainerRecord run = runtime.start(launch);
        assertThat(end().exit().code()).isZero();
        assertThat(log(run.id())).isEqualTo("value");
        assertThat(runtime.root(run.id()).resolve("dev/termination-log")).isEmptyFile();
    }

    @Test
    void execRunsInTheContainersEnvironmentAndRunsOutOfTime() throws Exception {
        ContainerRecord run = runtime.start(shell("p1", "exec sleep 60"));
        ExecResult result =
                runtime.exec(run.id(), List.of("sh", "-c", "echo $GREETING; exit 4"), Duration.ofSeconds(5));
        assertThat(result).isEqualTo(new ExecResult(4, "hello\n"));
        assertThat(runtime.exec(run.id(), List.of("sleep", "60"), Duration.ofMillis(100))
                        .timedOut())
                .isTrue();
    }
}
