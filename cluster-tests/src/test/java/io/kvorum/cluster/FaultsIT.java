package io.kvorum.cluster;

import static io.kvorum.cluster.ClusterFixture.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.vertx5.Vertx5HttpClientFactory;
import io.kvorum.testkit.Faults;
import io.kvorum.testkit.InjectedFault;
import io.kvorum.testkit.KvorumTest;
import io.kvorum.testkit.Run;
import io.kvorum.testkit.TestCluster;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Each fault has an effect between two real components that can be measured, and none once it is healed. With a fault the
 * quickest of several attempts must be slower than the fault says; without it one of many must be quicker.
 */
@KvorumTest(flags = {"--stores", "3", "--nodes", "1"})
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FaultsIT {
    private static final int RAFT_PORT = 2380;
    private static final Duration GONE_WITHIN = Duration.ofSeconds(20);

    private static TestCluster cluster;
    private static Faults faults;
    private static KubernetesClient client;
    private static int names;

    @BeforeAll
    static void connect(TestCluster running) throws IOException {
        cluster = running;
        faults = running.faults();
        Config config = Config.fromKubeconfig(Files.readString(running.kubeconfig()));
        client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(config)
                        .withRequestTimeout(20_000)
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .withHttpClientFactory(new Vertx5HttpClientFactory())
                .build();
        write("");
    }

    @AfterAll
    static void disconnect() {
        client.close();
    }

    private static long millis(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1_000_000;
    }

    /** A write goes from the client to the API server, from there to the store's leader and to a majority of disks. */
    private static String write(String content) {
        String name = "w-" + ++names;
        ConfigMap unused = client.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace("default")
                        .withName(name)
                        .endMetadata()
                        .withData(Map.of("content", content))
                        .build())
                .create();
        return name;
    }

    private static long quickestOf(int attempts, String content) {
        long quickest = Long.MAX_VALUE;
        for (int i = 0; i < attempts; i++) {
            quickest = Math.min(quickest, millis(() -> write(content)));
        }
        return quickest;
    }

    private static void eventuallyQuickerThan(long millis, String content) {
        eventually(
                GONE_WITHIN, "a write takes less than " + millis + " ms", () -> millis(() -> write(content)) < millis);
    }

    private static void report(String fault, long with, String unit) {
        System.out.printf("%-60s %d %s%n", fault, with, unit);
    }

    private static String address(String component) {
        return cluster.component(component).path("address").asText();
    }

    @Test
    void delaysHoldUpRequestsAddUpAndGo() {
        try (InjectedFault first = faults.delay("apiserver-0", "role:store", Duration.ofMillis(200))) {
            long one = quickestOf(3, "");
            report(first.toString(), one, "ms a write");
            assertThat(one).isGreaterThanOrEqualTo(400);
            try (InjectedFault second = faults.inject("delay apiserver-0 -> role:store 300ms --jitter 20ms")) {
                long both = quickestOf(3, "");
                report("and " + second, both, "ms a write");
                assertThat(both).isGreaterThanOrEqualTo(680);
            }
            eventuallyQuickerThan(680, "");
            assertThat(quickestOf(2, "")).isGreaterThanOrEqualTo(400);
        }
        eventuallyQuickerThan(400, "");
    }

    @Test
    void rateStretchesATransfer() {
        String large = "x".repeat(120_000);
        try (InjectedFault fault = faults.rate("apiserver-0", "role:store", "2400kbit")) {
            long millis = quickestOf(1, large);
            report(fault.toString(), millis, "ms for 120 kB");
            assertThat(millis).isGreaterThanOrEqualTo(400);
        }
        eventuallyQuickerThan(400, large);
    }

    @Test
    void lossStallsAShareOfTheRequests() {
        try (InjectedFault fault = faults.loss("apiserver-0", "role:store", 30)) {
            int stalled = 0;
            for (int i = 0; i < 16; i++) {
                stalled += millis(() -> write("")) >= 200 ? 1 : 0;
            }
            report(fault.toString(), stalled, "of 16 writes stalled by 200 ms or more");
            // Half of them stall in at least one direction.
            assertThat(stalled).isGreaterThanOrEqualTo(2);
        }
        eventually(GONE_WITHIN, "four writes in a row do not stall", () -> {
            for (int i = 0; i < 4; i++) {
                if (millis(() -> write("")) >= 200) {
                    return false;
                }
            }
            return true;
        });
    }

    @Test
    void aCutOneWayIsEnoughToStopWrites() {
        try (InjectedFault fault = faults.cut("role:store", "apiserver-0")) {
            assertThat(cluster.kubectl("create", "configmap", "cut-off", "--request-timeout=2s")
                            .exitCode())
                    .as(fault.toString())
                    .isNotZero();
        }
        eventually(GONE_WITHIN, "writes work again", () -> millis(() -> write("")) < 2_000);
    }

    @Test
    void resetReplacesConnectionsAndRefusalKeepsThemAway() {
        String one = address("store-0");
        String other = address("store-1");
        eventually(
                GONE_WITHIN,
                "the stores are connected",
                () -> !TcpConnections.between(one, other, RAFT_PORT).isEmpty());
        Set<String> before = TcpConnections.between(one, other);
        InjectedFault reset = faults.reset("store-0", "store-1");
        eventually(
                GONE_WITHIN,
                "none of the old connections is left",
                () -> TcpConnections.between(one, other).stream().noneMatch(before::contains));
        eventually(
                GONE_WITHIN,
                "they are connected anew",
                () -> !TcpConnections.between(one, other, RAFT_PORT).isEmpty());
        report(reset.toString(), before.size(), "connections ended");
        assertThat(reset.active()).isFalse();

        try (InjectedFault refuse = faults.refuse("store-0", "store-1")) {
            assertThat(TcpConnections.between(one, other, RAFT_PORT))
                    .as("those that exist are left alone")
                    .isNotEmpty();
            InjectedFault unused = faults.reset("store-0", "store-1");
            eventually(
                    GONE_WITHIN,
                    "they are parted",
                    () -> TcpConnections.between(one, other, RAFT_PORT).isEmpty());
            long until = System.nanoTime() + Duration.ofSeconds(3).toNanos();
            while (System.nanoTime() < until) {
                assertThat(TcpConnections.between(one, other, RAFT_PORT))
                        .as(refuse.toString())
                        .isEmpty();
                LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
            }
        }
        eventually(
                GONE_WITHIN,
                "they are connected again",
                () -> !TcpConnections.between(one, other, RAFT_PORT).isEmpty());
    }

    @Test
    void aLastingResetEndsNewConnectionsToo() throws IOException {
        String server = address("apiserver-0");
        InjectedFault fault = faults.lasting(Duration.ofSeconds(5)).reset("clients", "apiserver-0");
        assertThat(brokenOff(server)).as(fault.toString()).isTrue();
        eventually(GONE_WITHIN, "it ends by itself", () -> !fault.active());
        assertThat(brokenOff(server)).isFalse();
    }

    /** Whether a new connection ends; one that is left alone waits for the client to speak. */
    private static boolean brokenOff(String server) throws IOException {
        try (Socket socket = new Socket(server, 6443)) {
            socket.setSoTimeout(1_000);
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (SocketException e) {
            return true;
        }
    }

    @Test
    void aHalfOpenConnectionSwallowsARequestAndIsReplaced() {
        eventuallyQuickerThan(500, "");
        try (InjectedFault fault = faults.halfOpen("apiserver-0", "role:store")) {
            long swallowed = quickestOf(1, "");
            report(fault.toString(), swallowed, "ms until the first write got through");
            assertThat(swallowed).isGreaterThanOrEqualTo(500);
            eventuallyQuickerThan(500, "");
        }
        eventuallyQuickerThan(500, "");
    }

    @Test
    void clientsCanBeHeldUpThoughTheyHaveNoHook() {
        Runnable read = () -> cluster.kubectl("get", "--raw", "/livez").ok();
        try (InjectedFault fault = faults.delay("clients", "apiserver-0", Duration.ofMillis(500))) {
            // TCP and TLS and the request: at least two round trips.
            long millis = Math.min(millis(read), millis(read));
            report(fault.toString(), millis, "ms a kubectl");
            assertThat(millis).isGreaterThanOrEqualTo(1_900);
        }
        eventually(GONE_WITHIN, "kubectl is quick again", () -> millis(read) < 1_900);
    }

    @Test
    void aServiceLosesItsPodsWhenTheProxyIsCutOffThem() {
        cluster.kubectl("create", "deployment", "web", "--image=nginx").ok();
        cluster.kubectl("expose", "deployment", "web", "--port=80").ok();
        ClusterFixture.awaitReadyReplicas(cluster, "web", 1);
        String ip = cluster.ask("get", "service", "web", "-o", "jsonpath={.spec.clusterIP}");
        eventually(GONE_WITHIN, "the service answers", () -> answers(ip));
        try (InjectedFault fault = faults.cut("kube-proxy-node-1", "pods:node-1")) {
            assertThat(answers(ip)).as(fault.toString()).isFalse();
        }
        eventually(GONE_WITHIN, "the service answers again", () -> answers(ip));
    }

    private static boolean answers(String ip) {
        try {
            return ClusterFixture.httpGet(ip, 80).contains("nginx");
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void skewedClocksShowInWhatComponentsWrite() {
        try (InjectedFault ahead = faults.skew("kubelet-node-1", Duration.ofMinutes(10));
                InjectedFault back = faults.skew("apiserver-0", Duration.ofHours(-1))) {
            eventually(GONE_WITHIN, ahead + " shows in the lease", () -> offset(leaseTime()) > 500);
            long behind = offset(createdTime(write("")));
            report(back.toString(), behind, "s in a creationTimestamp");
            assertThat(behind).isBetween(-3_700L, -3_500L);
        }
        eventually(GONE_WITHIN, "the lease's time is right again", () -> Math.abs(offset(leaseTime())) < 60);
        assertThat(offset(createdTime(write("")))).isBetween(-60L, 60L);
    }

    private static long offset(String time) {
        return Duration.between(Instant.now(), Instant.parse(time)).toSeconds();
    }

    private static String leaseTime() {
        return cluster.ask("get", "lease", "-n", "kube-node-lease", "node-1", "-o", "jsonpath={.spec.renewTime}");
    }

    private static String createdTime(String name) {
        return client.configMaps()
                .inNamespace("default")
                .withName(name)
                .get()
                .getMetadata()
                .getCreationTimestamp();
    }

    @Test
    void aSlowDiskDelaysTheAcknowledgement() {
        try (InjectedFault fault = faults.slowDisk("role:store", Duration.ofMillis(200))) {
            long millis = quickestOf(2, "");
            report(fault.toString(), millis, "ms a write");
            assertThat(millis).as("a write and an fsync").isGreaterThanOrEqualTo(400);
        }
        eventuallyQuickerThan(400, "");
    }

    @ParameterizedTest
    @CsvSource({"fsync", "full"})
    void whatNoMajorityCanPersistIsNotAcknowledged(String what) {
        String kept = write("kept");
        try (InjectedFault fault = faults.failingDisk("role:store", what)) {
            assertThatThrownBy(() -> write("lost")).as(fault.toString()).isInstanceOf(KubernetesClientException.class);
            eventually(
                    GONE_WITHIN,
                    "the members stop",
                    () -> cluster.components().stream()
                            .filter(component -> component.path("role").asText().equals("store"))
                            .allMatch(component -> component.path("restarts").asInt() > 0));
        }
        eventually(Duration.ofSeconds(40), "writes are acknowledged again", () -> {
            try {
                write("");
                return true;
            } catch (KubernetesClientException e) {
                return false;
            }
        });
        assertThat(client.configMaps()
                        .inNamespace("default")
                        .withName(kept)
                        .get()
                        .getData())
                .containsEntry("content", "kept");
    }

    @Test
    void processesAreStoppedKilledAndComeBack() {
        long pid = pid("scheduler-0");
        try (InjectedFault pause = faults.pause("scheduler-0")) {
            assertThat(state(pid)).as(pause.toString()).isEqualTo("T");
        }
        eventually(GONE_WITHIN, "it runs again", () -> !state(pid).equals("T"));

        try (InjectedFault kill = faults.kill("role:scheduler")) {
            eventually(GONE_WITHIN, "it is gone", () -> pid("scheduler-0") == 0);
            assertThat(cluster.component("scheduler-0").path("state").asText())
                    .as(kill.toString())
                    .isEqualTo("killed");
        }
        eventually(GONE_WITHIN, "it is back", () -> ready("scheduler-0"));
        long second = pid("scheduler-0");
        assertThat(second).isNotEqualTo(pid);

        InjectedFault unused = faults.restart("scheduler-0");
        eventually(GONE_WITHIN, "another process is ready", () -> pid("scheduler-0") != second && ready("scheduler-0"));
    }

    private static boolean ready(String component) {
        return cluster.component(component).path("ready").asBoolean();
    }

    private static long pid(String component) {
        return cluster.component(component).path("pid").asLong();
    }

    private static String state(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            return stat.substring(stat.lastIndexOf(')') + 2).split(" ")[0];
        } catch (IOException e) {
            return "";
        }
    }

    @Test
    void aFaultWithADurationHealsAlthoughItsCommandIsGone() throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                TestCluster.script().toString(), "fault", "run", "src/test/resources/faults/long-pause.yaml");
        builder.environment().put("KVORUM_HOME", cluster.home().toString());
        Process command = builder.redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        eventually(GONE_WITHIN, "the fault is in force", () -> !faults.active().isEmpty());
        command.destroyForcibly().waitFor();
        assertThat(state(pid("scheduler-0"))).isEqualTo("T");
        eventually(GONE_WITHIN, "it heals by itself", () -> faults.active().isEmpty());
        assertThat(state(pid("scheduler-0"))).isNotEqualTo("T");
    }

    @Test
    void aPlanRunsIsRecordedAndCanBeReplayedAndInterrupted() throws Exception {
        Path recording = cluster.home().resolve("run.jsonl");
        String plan = "src/test/resources/faults/three-picks.yaml";
        Run run = cluster.kvorum("fault", "run", plan, "--seed", "7", "--record", recording.toString())
                .ok();
        List<String> first = faultsOf(recording);
        assertThat(first).as(run.stderr()).hasSize(3);
        Path again = cluster.home().resolve("again.jsonl");
        cluster.kvorum("fault", "run", "--replay", recording.toString(), "--record", again.toString())
                .ok();
        assertThat(faultsOf(again)).isEqualTo(first);
        assertThat(faults.active()).isEmpty();

        ProcessBuilder builder = new ProcessBuilder(
                TestCluster.script().toString(), "fault", "run", "src/test/resources/faults/until-interrupted.yaml");
        builder.environment().put("KVORUM_HOME", cluster.home().toString());
        Process command = builder.redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            eventually(
                    GONE_WITHIN, "the fault is in force", () -> !faults.active().isEmpty());
            // As Ctrl-C does it, but INT is ignored by all that was started in the background.
            new ProcessBuilder("kill", "-TERM", Long.toString(command.pid()))
                    .start()
                    .waitFor();
            assertThat(command.waitFor(20, TimeUnit.SECONDS)).isTrue();
        } finally {
            command.destroyForcibly();
        }
        assertThat(faults.active()).isEmpty();
    }

    private static List<String> faultsOf(Path recording) throws IOException {
        return Files.readAllLines(recording).stream()
                .filter(line -> line.contains("\"action\":\"fault\""))
                .map(line -> line.replaceAll(".*(\"fault\":\"[^\"]*\",\"forMillis\":\\d+).*", "$1"))
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kill store-9 | 1 | nothing is named \"store-9\"; known: apiserver-0, clients",
                "cut store-0 store-0 | 1 | store-0 has no link to itself",
                "delay clients pods:node-1 5ms | 1 | neither clients nor pods:node-1 is a process",
                "loss store-0 store-1 300% | 2 | loss \"300%\" is not a share",
                "skew scheduler-0 1s | 2 | \"1s\" is not an offset",
                "heal f9999 | 1 | no fault has the id \"f9999\"",
                "run no-such-plan.yaml | 2 | no-such-plan.yaml cannot be read"
            })
    void whatCannotBeIsRefusedInALineAndChangesNothing(String words, int exitCode, String message) {
        Run run = cluster.kvorum(("fault " + words).split(" "));
        assertThat(run.exitCode()).as(run.toString()).isEqualTo(exitCode);
        assertThat(run.stderr()).startsWith("kvorum: " + message).hasLineCount(1);
        assertThat(faults.active()).isEmpty();
        for (JsonNode component : cluster.components()) {
            assertThat(component.path("state").asText()).isEqualTo("running");
        }
    }

    @Test
    void theTimelineTellsWhatHappenedInItsOrder() throws IOException {
        String before = Instant.now().toString();
        String leader = cluster.leader("store");
        InjectedFault fault = faults.lasting(Duration.ofSeconds(3)).partition(leader);
        eventually(
                GONE_WITHIN,
                "another leads",
                () -> cluster.components().stream()
                        .anyMatch(component -> component.path("role").asText().equals("store")
                                && component.path("leader").asBoolean()
                                && !component.path("name").asText().equals(leader)));
        eventually(GONE_WITHIN, "the fault ends", () -> !fault.active());
        cluster.kubectl("create", "deployment", "told", "--image=pause").ok();
        ClusterFixture.awaitReadyReplicas(cluster, "told", 1);
        cluster.kubectl("delete", "deployment", "told", "--wait=false").ok();
        List<String> wanted = List.of(
                "fault FaultSet faults",
                "election LeaderElected store-",
                "fault FaultExpired faults",
                "rollout RolloutStarted deployment/default/told",
                "pod PodScheduled pod/default/told-",
                "pod PodReady pod/default/told-",
                "pod PodDeleted pod/default/told-");
        eventually(
                GONE_WITHIN,
                "all of it is told",
                () -> missing(wanted, timeline(before)).isEmpty());
        List<JsonNode> events = timeline("");
        assertThat(events.stream().map(event -> event.path("reason").asText()))
                .contains("ProcessStarted", "ProcessReady");
        for (int i = 1; i < events.size(); i++) {
            assertThat(Instant.parse(events.get(i).path("time").asText()))
                    .isAfterOrEqualTo(
                            Instant.parse(events.get(i - 1).path("time").asText()));
        }
        Path page = cluster.home().resolve("timeline.html");
        cluster.kvorum("timeline", "-o", "html", "--out", page.toString()).ok();
        assertThat(Files.readString(page)).startsWith("<!DOCTYPE html>").contains("pod/default/told-");
    }

    private static List<JsonNode> timeline(String since) {
        List<JsonNode> events = new ArrayList<>();
        try {
            new ObjectMapper()
                    .readTree(cluster.kvorum("timeline", "-o", "json").ok().stdout())
                    .forEach(events::add);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
        events.removeIf(event -> event.path("time").asText().compareTo(since) < 0);
        return events;
    }

    /** What does not occur, each after the one before. */
    private static List<String> missing(List<String> wanted, List<JsonNode> events) {
        int found = 0;
        for (JsonNode event : events) {
            String line = event.path("kind").asText() + " "
                    + event.path("reason").asText() + " " + event.path("lane").asText();
            if (found < wanted.size() && line.startsWith(wanted.get(found))) {
                found++;
            }
        }
        return wanted.subList(found, wanted.size());
    }

    /** A stopped process cannot notice that its lifeline ended. */
    @Test
    @Order(Integer.MAX_VALUE)
    void nothingStaysStoppedWhenTheLauncherIsKilled() throws IOException {
        InjectedFault unused = faults.pause("scheduler-0", "store-2");
        String pid =
                Files.readString(cluster.folder().resolve("run/launcher.pid")).split(" ")[0];
        ProcessHandle launcher = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
        launcher.destroyForcibly();
        eventually(
                GONE_WITHIN,
                "no process of the cluster is left",
                () -> cluster.processes().isEmpty());
    }
}
