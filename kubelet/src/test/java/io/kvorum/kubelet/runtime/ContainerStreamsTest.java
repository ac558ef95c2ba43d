package io.kvorum.kubelet.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.kubelet.logs.LogQuery;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands and terminals in containers, with real processes. */
class ContainerStreamsTest {
    private static final ContainerId ID = new ContainerId("uid-1", "main", 0);
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final CompletableFuture<ContainerExit> end = new CompletableFuture<>();
    private final List<Exception> problems = new CopyOnWriteArrayList<>();
    private final List<ProcessRuntime> open = new ArrayList<>();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path root;

    @SuppressWarnings("NullAway.Init")
    private ProcessRuntime runtime;

    @BeforeEach
    void open() throws IOException {
        runtime = newRuntime();
    }

    private ProcessRuntime newRuntime() throws IOException {
        ProcessRuntime next = new ProcessRuntime(
                root, null, Clock.systemUTC(), 1 << 20, 3, (id, exit) -> end.complete(exit), problems::add);
        open.add(next);
        return next;
    }

    @AfterEach
    void leavesNothingBehind() throws Exception {
        // One at a time removes a pod: there is one kubelet to a folder.
        open.stream().filter(other -> other != runtime).forEach(ProcessRuntime::close);
        runtime.removePod(ID.podUid());
        runtime.killStrays(Set.of());
        runtime.close();
        assertThat(problems).isEmpty();
        eventually("no process is left", () -> marked(".*") == 0);
    }

    private long marked(String command) throws IOException {
        return ProcFs.marked(ProcessRuntime.ROOT_VARIABLE, root.toString()).stream()
                .filter(process -> ProcessHandle.of(process.pid())
                        .flatMap(handle -> handle.info().commandLine())
                        .orElse("")
                        .matches("(\\S*/)?" + command))
                .count();
    }

    private static void eventually(String what, Callable<Boolean> condition) throws Exception {
        long until = System.nanoTime() + LIMIT.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as(what).isLessThan(until);
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    private void start(boolean stdin, boolean tty, String script) throws IOException {
        runtime.start(new ContainerLaunch(
                ID,
                List.of("sh", "-c", script),
                Map.of("GREETING", "hello"),
                "/work",
                List.of(),
                List.of(),
                Map.of(),
                stdin,
                tty));
    }

    private ExecSession exec(boolean stdin, boolean tty, String... command) throws IOException {
        return runtime.open(ID, new ExecRequest(List.of(command), stdin, tty));
    }

    private static String text(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /** Reads until {@code wanted} has come. */
    private static String await(InputStream in, String wanted) throws IOException {
        StringBuilder all = new StringBuilder();
        byte[] chunk = new byte[4096];
        while (all.indexOf(wanted) < 0) {
            int count = in.read(chunk);
            assertThat(count).as("end before \"%s\" in: %s", wanted, all).isPositive();
            all.append(new String(chunk, 0, count, StandardCharsets.UTF_8));
        }
        return all.toString();
    }

    private String log() throws IOException {
        return new String(
                runtime.log(ID).open(new LogQuery(null, null, false, null)).next(), StandardCharsets.UTF_8);
    }

    private static int code(ExecSession session) throws Exception {
        return session.exit().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void aCommandRunsInTheContainersContextWithSeparateOutputs() throws Exception {
        start(false, false, "sleep 1000");
        ExecSession session = exec(true, false, "sh", "-c", "pwd; echo $GREETING; cat; echo err >&2; exit 7");
        write(session.stdin(), "typed");
        session.stdin().close();
        assertThat(text(session.stdout())).isEqualTo(runtime.root(ID).resolve("work") + "\nhello\ntyped");
        assertThat(text(session.stderr())).isEqualTo("err\n");
        assertThat(code(session)).isEqualTo(7);
    }

    @Test
    void aCommandThatASignalEndedAndOneThatIsMissing() throws Exception {
        start(false, false, "sleep 1000");
        assertThat(code(exec(false, false, "sh", "-c", "kill -9 $$"))).isEqualTo(137);
        assertThatThrownBy(() -> exec(false, false, "no-such-program"))
                .isInstanceOf(StartFailedException.class)
                .hasMessage("exec: \"no-such-program\": executable file not found in $PATH");
    }

    @Test
    void onATerminalItHasASizeAndAnInterruptAndItsExitCode() throws Exception {
        start(false, false, "sleep 1000");
        ExecSession session = exec(
                true,
                true,
                "sh",
                "-c",
                // Short sleeps: one that has just been forked may miss the interrupt, which the shell then acts on when
                // it ends.
                "trap 'echo interrupted; exit 9' INT; tty; read _; stty size;"
                        + " echo waiting; while :; do sleep 0.1; done");
        await(session.stdout(), "/dev/pts/");
        session.resize(123, 45);
        write(session.stdin(), "\n");
        assertThat(await(session.stdout(), "waiting")).contains("45 123");
        write(session.stdin(), "\003");
        assertThat(await(session.stdout(), "interrupted")).contains("^C");
        assertThat(code(session)).isEqualTo(9);
    }

    @Test
    void aSizeGivenBeforeTheTerminalIsThereCounts() throws Exception {
        start(false, false, "sleep 1000");
        ExecSession session = exec(true, true, "sh", "-c", "stty size; echo over");
        session.resize(77, 33);
        // Either the first look or, after the program began, none: the file or the device has it.
        assertThat(text(session.stdout())).contains("over");
        assertThat(code(session)).isZero();
    }

    @Test
    void nobodyThereAnyMoreEndsTheCommandAndItsChildren() throws Exception {
        start(false, false, "sleep 1000");
        ExecSession plain = exec(true, false, "sh", "-c", "sleep 1001 & trap '' HUP; sleep 1002; sleep 1003");
        ExecSession terminal = exec(true, true, "sh", "-c", "trap '' HUP; sleep 1004; sleep 1005");
        eventually("all run", () -> marked("sleep 1002") == 1 && marked("sleep 1004") == 1);
        plain.hangUp();
        terminal.hangUp();
        assertThat(code(plain)).isNotZero();
        assertThat(code(terminal)).isNotZero();
        eventually(
                "the children end",
                () -> marked("sleep 1001") + marked("sleep 1002") + marked("sleep 1004") + marked("sleep 1005") == 0);
        assertThat(marked("sleep 1000")).isPositive();
    }

    @Test
    void aKilledKubeletsCommandsAreEndedByTheNext() throws Exception {
        start(false, false, "sleep 1000");
        ExecSession session = exec(true, false, "sh", "-c", "sleep 1006; true");
        eventually("it runs", () -> marked("sleep 1006") == 1);
        ProcessRuntime next = newRuntime();
        next.adopt();
        assertThat(code(session)).isEqualTo(137);
        eventually("it ends", () -> marked("sleep 1006") == 0);
        assertThat(marked("sleep 1000")).isPositive();
    }

    @Test
    void aContainerReadsItsInputOverSeveralClientsUntilItIsClosed() throws Exception {
        start(true, false, "cat; echo end of file; sleep 1000");
        try (OutputStream first = runtime.stdin(ID)) {
            write(first, "one\n");
        }
        ProcessRuntime next = newRuntime();
        next.adopt();
        try (OutputStream second = next.stdin(ID)) {
            write(second, "two\n");
        }
        eventually("both came", () -> log().equals("one\ntwo\n"));
        next.closeStdin(ID);
        eventually("the end came", () -> log().equals("one\ntwo\nend of file\n"));
        assertThatThrownBy(() -> runtime.stdin(ID)).hasMessageContaining("is closed");
        runtime.kill(ID);
        assertThat(end.get(LIMIT.toSeconds(), TimeUnit.SECONDS).code()).isEqualTo(137);
    }

    @Test
    void aContainersExitCodeIsExactAfterItsInputWasClosed() throws Exception {
        start(true, false, "cat; exit 5");
        runtime.closeStdin(ID);
        assertThat(end.get(LIMIT.toSeconds(), TimeUnit.SECONDS).code()).isEqualTo(5);
    }

    @Test
    void aWriteThatNobodyReadsEndsWhenItIsClosed() throws Exception {
        start(true, false, "sleep 1000");
        OutputStream stdin = runtime.stdin(ID);
        CompletableFuture<@Nullable IOException> outcome = CompletableFuture.supplyAsync(() -> {
            try {
                stdin.write(new byte[1 << 20]);
                return null;
            } catch (IOException e) {
                return e;
            }
        });
        TimeUnit.MILLISECONDS.sleep(100);
        assertThat(outcome).isNotDone();
        stdin.close();
        assertThat(outcome.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isInstanceOf(IOException.class);
    }

    @Test
    void aContainersTerminalOutlivesTheKubelet() throws Exception {
        start(true, true, "echo ready; while read line; do echo \"got $line\"; stty size; done; exit 3");
        eventually("it runs", () -> log().contains("ready"));
        ProcessRuntime next = newRuntime();
        next.adopt();
        next.resize(ID, 111, 22);
        try (OutputStream stdin = next.stdin(ID)) {
            write(stdin, "it\n");
            eventually("it answers", () -> log().contains("got it") && log().contains("22 111"));
            write(stdin, "\004");
        }
        assertThat(end.get(LIMIT.toSeconds(), TimeUnit.SECONDS).code()).isEqualTo(3);
    }

    @Test
    void aContainerOnATerminalTerminates() throws Exception {
        start(true, true, "trap 'exit 4' TERM; echo ready; while :; do sleep 0.1; done");
        eventually("it runs", () -> log().contains("ready"));
        runtime.terminate(ID);
        end.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(Files.exists(runtime.podFolder(ID.podUid()))).isTrue();
    }
}
