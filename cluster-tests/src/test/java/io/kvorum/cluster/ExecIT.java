package io.kvorum.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.testkit.Kubectl;
import io.kvorum.testkit.Run;
import io.kvorum.testkit.TestCluster;
import io.kvorum.testkit.Tmux;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Into the pod: exec, attach, cp and port-forward, as the versions of kubectl ask for them. */
class ExecIT {
    private static final int COPY_BYTES = 50 << 20;
    private static TestCluster cluster;

    @TempDir
    Path temporary;

    /** SPDY only; WebSockets for exec; WebSockets for port-forward too; the newest. */
    static List<Kubectl> versions() {
        return Kubectl.versions("1.27", "1.30", "1.31", "1.33");
    }

    /** One of each transport: the copies are large. */
    static List<Kubectl> copiers() {
        return Kubectl.versions("1.27", "1.33");
    }

    @BeforeAll
    static void up() {
        cluster = TestCluster.up(ClusterFixture.freshHome(ExecIT.class), "--stores", "1", "--nodes", "1");
        cluster.kubectl("run", "box", "--image=busybox", "--restart=Never", "--", "sleep", "100000")
                .ok();
        cluster.kubectl("create", "deployment", "web", "--image=nginx").ok();
        cluster.kubectl("expose", "deployment", "web", "--port=8080", "--target-port=80")
                .ok();
        cluster.kubectl("wait", "--for=condition=Ready", "pod/box", "--timeout=60s")
                .ok();
        cluster.kubectl("rollout", "status", "deployment/web", "--timeout=60s").ok();
    }

    @AfterAll
    static void down() {
        cluster.close();
    }

    @ParameterizedTest
    @MethodSource("versions")
    void execKeepsOutputsApartAndHandsTheExitCodeOn(Kubectl kubectl) {
        Run run = cluster.kubectl(
                kubectl, "exec", "box", "--", "sh", "-c", "echo out $POD_IP; echo err >&2; pwd; exit 7");
        assertThat(run.exitCode()).as(run.toString()).isEqualTo(7);
        String ip = cluster.ask("get", "pod", "box", "-o", "jsonpath={.status.podIP}");
        assertThat(run.stdout()).startsWith("out " + ip + "\n").endsWith("/rootfs\n");
        assertThat(run.stderr()).contains("err\n").contains("command terminated with exit code 7");
        assertThat(shell(kubectl, "echo typed | kubectl exec -i box -- tr a-z A-Z")
                        .stdout())
                .isEqualTo("TYPED\n");
        Run missing = cluster.kubectl(kubectl, "exec", "box", "--", "no-such-program");
        assertThat(missing.exitCode()).isNotZero();
        assertThat(missing.stderr()).contains("\"no-such-program\": executable file not found in $PATH");
        assertThat(cluster.kubectl(kubectl, "exec", "box", "-c", "other", "--", "true")
                        .stderr())
                .contains("other");
    }

    /** Runs a line of shell in which {@code kubectl} is this version. */
    private Run shell(Kubectl kubectl, String line) {
        return Run.of(
                List.of("sh", "-c", "kubectl() { " + kubectl.program() + " \"$@\"; }; " + line),
                Map.of(
                        "KUBECONFIG",
                        cluster.kubeconfig().toString(),
                        "HOME",
                        cluster.home().toString()),
                temporary,
                Duration.ofSeconds(90));
    }

    /** Starts kubectl; all it prints goes to the file. */
    private static Process start(Kubectl kubectl, Path log, String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(kubectl.program().toString()));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .redirectInput(Path.of("/dev/null").toFile());
        builder.environment().put("KUBECONFIG", cluster.kubeconfig().toString());
        builder.environment().put("HOME", cluster.home().toString());
        return builder.start();
    }

    private static Tmux terminal(Path folder) {
        return new Tmux(
                folder.resolve("t"),
                Map.of(
                        "KUBECONFIG",
                        cluster.kubeconfig().toString(),
                        "HOME",
                        cluster.home().toString()));
    }

    @ParameterizedTest
    @MethodSource("versions")
    void anInteractiveShellInARealTerminal(Kubectl kubectl) {
        try (Tmux terminal = terminal(temporary)) {
            terminal.type(kubectl.program() + " exec -it box -- env PS1=inner: sh");
            terminal.await("the prompt", screen -> screen.contains("inner:"));
            // As with every container runtime, the shell may run before the client has told the size.
            terminal.type("until [ \"$(stty size)\" = '30 100' ]; do sleep 0.1; done; stty size");
            terminal.awaitLine("30 100");
            terminal.resize(120, 40);
            terminal.type("until [ \"$(stty size)\" = '40 120' ]; do sleep 0.1; done; stty size");
            terminal.awaitLine("40 120");
            terminal.type("clear; echo asleep; sleep 4711");
            terminal.awaitLine("asleep");
            terminal.press("C-c");
            terminal.type("echo result=$?");
            terminal.awaitLine("result=130");
            terminal.type("exit 9");
            terminal.await("the outer shell", screen -> screen.contains("outer:") && screen.contains("exit code 9"));
            terminal.type("echo result=$?");
            terminal.awaitLine("result=9");
        }
    }

    @Test
    void aClientThatIsKilledLeavesNoProcessBehind() throws Exception {
        Process client = start(
                Kubectl.standard(), temporary.resolve("log"), "exec", "box", "--", "sh", "-c", "sleep 4712; true");
        ClusterFixture.eventually(Duration.ofSeconds(30), "the command runs", () -> running("sleep 4712"));
        client.destroyForcibly().waitFor();
        ClusterFixture.eventually(Duration.ofSeconds(30), "the command is gone", () -> !running("sleep 4712"));
    }

    private static boolean running(String command) {
        return ProcessHandle.allProcesses()
                .anyMatch(process -> process.info().commandLine().orElse("").matches("(\\S*/)?" + command));
    }

    @Test
    void runningAPodInATerminal() {
        try (Tmux terminal = terminal(temporary)) {
            terminal.type(Kubectl.standard().program()
                    + " run shell -it --rm --image=busybox --restart=Never --env=PS1=pod: -- sh");
            terminal.await(
                    "the hint or the prompt", screen -> screen.contains("command prompt") || screen.contains("pod:"));
            terminal.type("");
            terminal.await("the prompt", screen -> screen.contains("pod:"));
            terminal.type("echo th\"\"ere");
            terminal.awaitLine("there");
            terminal.type("exit 5");
            terminal.await("the end", screen -> screen.contains("deleted"));
            terminal.type("echo result=$?");
            terminal.awaitLine("result=5");
        }
        Run piped = shell(
                Kubectl.standard(),
                "echo through | kubectl run cat -i --rm --image=busybox --restart=Never -- sh -c 'sleep 2; cat'");
        assertThat(piped.stdout()).contains("through");
    }

    @Test
    void attachOutlivesARestartOfTheKubelet() throws Exception {
        Path manifest = Files.writeString(temporary.resolve("echo.yaml"), """
            apiVersion: v1
            kind: Pod
            metadata: {name: echo}
            spec:
              containers:
              - name: main
                image: busybox
                stdin: true
                tty: true
                command: [sh, -c, 'while read line; do echo "got $line"; stty size; done']
            """);
        cluster.kubectl("apply", "-f", manifest.toString()).ok();
        cluster.kubectl("wait", "--for=condition=Ready", "pod/echo", "--timeout=60s")
                .ok();
        for (String round : List.of("one", "two")) {
            try (Tmux terminal = terminal(Files.createDirectory(temporary.resolve(round)))) {
                terminal.type(Kubectl.standard().program() + " attach -it echo");
                terminal.await("the hint", screen -> screen.contains("command prompt"));
                terminal.type(round);
                terminal.awaitLine("got " + round);
                // kubectl first gives another size, to have the screen drawn anew.
                terminal.await("its size", screen -> {
                    boolean there = screen.lines().anyMatch(line -> line.strip().equals("30 100"));
                    if (!there) {
                        terminal.type("again");
                    }
                    return there;
                });
            }
            if (round.equals("one")) {
                cluster.kvorum("restart", "kubelet-node-1").ok();
                ClusterFixture.eventually(
                        Duration.ofSeconds(60),
                        "the kubelet is back",
                        () -> cluster.component("kubelet-node-1").path("ready").asBoolean());
            }
        }
        assertThat(cluster.ask("get", "pod", "echo", "-o", "jsonpath={.status.containerStatuses[0].restartCount}"))
                .isEqualTo("0");
    }

    private static String sha256(Path file) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] chunk = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(file)) {
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                digest.update(chunk, 0, count);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    @ParameterizedTest
    @MethodSource("copiers")
    void fiftyMegabytesThereAndBack(Kubectl kubectl) throws Exception {
        Path there = temporary.resolve("there");
        Random random = new Random(7);
        byte[] block = new byte[1 << 20];
        try (var out = Files.newOutputStream(there)) {
            for (int i = 0; i < COPY_BYTES / block.length; i++) {
                random.nextBytes(block);
                out.write(block);
            }
        }
        shell(kubectl, "kubectl cp there box:copied").ok();
        String inThePod = cluster.kubectl(kubectl, "exec", "box", "--", "sha256sum", "copied")
                .ok()
                .stdout();
        assertThat(inThePod).startsWith(sha256(there));
        shell(kubectl, "kubectl cp box:copied back").ok();
        assertThat(sha256(temporary.resolve("back"))).isEqualTo(sha256(there));
    }

    @ParameterizedTest
    @MethodSource("versions")
    void portForwardCarriesAHundredConnectionsAtATime(Kubectl kubectl) throws Exception {
        List<String> targets = List.of("deployment/web", "service/web");
        for (String target : targets) {
            String port = target.startsWith("service") ? "8080" : "80";
            Path log = temporary.resolve(target.replace('/', '-') + ".log");
            Process forward = start(kubectl, log, "port-forward", target, ":" + port, ":" + port);
            try {
                ClusterFixture.eventually(
                        Duration.ofSeconds(30),
                        "both ports are forwarded",
                        () -> Files.readString(log)
                                        .lines()
                                        .filter(line -> line.startsWith("Forwarding from 127.0.0.1:"))
                                        .count()
                                == 2);
                List<Integer> ports = Files.readString(log)
                        .lines()
                        .filter(line -> line.startsWith("Forwarding from 127.0.0.1:"))
                        .map(line -> Integer.valueOf(line.replaceAll(".*127\\.0\\.0\\.1:(\\d+) -> .*", "$1")))
                        .toList();
                hundred(ports);
            } finally {
                forward.destroy();
                forward.waitFor(10, TimeUnit.SECONDS);
                forward.destroyForcibly();
            }
        }
    }

    private static void hundred(List<Integer> ports) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(100);
        try {
            List<Callable<String>> calls = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                int port = ports.get(i % ports.size());
                calls.add(() -> ClusterFixture.httpGet("127.0.0.1", port));
            }
            for (Future<String> answer : threads.invokeAll(calls)) {
                assertThat(answer.get()).contains(" 200 ").contains("Welcome to nginx!");
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void portForwardSaysThatNobodyListens() throws Exception {
        Path log = temporary.resolve("forward.log");
        Process forward = start(Kubectl.standard(), log, "port-forward", "pod/box", ":81");
        try {
            ClusterFixture.eventually(
                    Duration.ofSeconds(30),
                    "it listens",
                    () -> Files.readString(log).contains("Forwarding from 127"));
            int port = Integer.parseInt(Files.readString(log).replaceAll("(?s).*127\\.0\\.0\\.1:(\\d+) -> .*", "$1"));
            try {
                assertThat(ClusterFixture.httpGet("127.0.0.1", port)).isEmpty();
            } catch (IOException reset) {
                // That is how some versions say it to the local client.
            }
            ClusterFixture.eventually(
                    Duration.ofSeconds(30),
                    "the reason is told",
                    () -> Files.readString(log).contains("an error occurred forwarding"));
            assertThat(Files.readString(log))
                    .contains("error forwarding port 81 to pod box")
                    .contains("refused");
        } finally {
            forward.destroyForcibly();
        }
    }
}
