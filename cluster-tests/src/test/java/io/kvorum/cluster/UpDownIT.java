package io.kvorum.cluster;

import static io.kvorum.cluster.ClusterFixture.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.testkit.Run;
import io.kvorum.testkit.TestCluster;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The life of a cluster as a whole: up, up again, down, up with all its data; and what cannot start says why. */
class UpDownIT {
    private static final TestCluster CLUSTER = TestCluster.in(ClusterFixture.freshHome(UpDownIT.class));

    @AfterAll
    static void down() {
        CLUSTER.close();
    }

    @Test
    void upDownUpKeepsEveryObjectAndLeavesNoProcess() throws IOException {
        CLUSTER.kvorum("up").ok();
        assertThat(CLUSTER.ask("get", "nodes", "--no-headers").lines())
                .hasSize(2)
                .allMatch(line -> line.matches("node-\\d +Ready .*v1\\.36.*"));
        assertThat(CLUSTER.components())
                .hasSize(10)
                .allMatch(component -> component.path("ready").asBoolean());

        Run second = CLUSTER.kvorum("up").ok();
        assertThat(second.stderr()).contains("already up");

        CLUSTER.kubectl("create", "configmap", "kept", "--from-literal=key=value")
                .ok();
        CLUSTER.kubectl("create", "deployment", "web", "--image=nginx", "--replicas=2")
                .ok();
        ClusterFixture.awaitReadyReplicas(CLUSTER, "web", 2);
        List<String> uids = ClusterFixture.pods(CLUSTER, "app=web").stream()
                .map(pod -> pod.path("metadata").path("uid").asText())
                .sorted()
                .toList();
        List<Integer> ports = List.of(5701, 7100);
        String store = CLUSTER.component("store-0").path("address").asText();

        CLUSTER.kvorum("down").ok();
        assertThat(CLUSTER.processes()).isEmpty();
        assertThat(CLUSTER.containerProcesses()).isEmpty();
        try (var files = Files.list(CLUSTER.folder().resolve("run"))) {
            assertThat(files.filter(file -> file.toString().endsWith(".sock"))).isEmpty();
        }
        for (int port : ports) {
            try (ServerSocket free = new ServerSocket()) {
                free.setReuseAddress(true);
                free.bind(new InetSocketAddress(store, port));
            }
        }
        assertThat(CLUSTER.kvorum("status").exitCode()).isEqualTo(1);

        CLUSTER.kvorum("up").ok();
        assertThat(CLUSTER.ask("get", "configmap", "kept", "-o", "jsonpath={.data.key}"))
                .isEqualTo("value");
        eventually(
                Duration.ofSeconds(30),
                "the same pods run again",
                () -> CLUSTER.containerProcesses().size() >= 2
                        && ClusterFixture.pods(CLUSTER, "app=web").stream()
                                .filter(pod -> pod.path("status")
                                        .path("phase")
                                        .asText()
                                        .equals("Running"))
                                .map(pod -> pod.path("metadata").path("uid").asText())
                                .sorted()
                                .toList()
                                .equals(uids));
        ClusterFixture.awaitReadyReplicas(CLUSTER, "web", 2);
    }

    @Test
    void wrongFlagsAreUsageErrors() {
        TestCluster other = TestCluster.in(CLUSTER.home().resolve("none"));
        assertOneLine(other.kvorum("up", "--storse", "3"), 2, "--storse");
        assertOneLine(other.kvorum("up", "--stores", "two"), 2, "--stores");
        assertOneLine(other.kvorum("up", "--stores", "2"), 2, "choose 1, 3 or 5");
        assertOneLine(other.kvorum("up", "--nodes", "-1"), 2, "--nodes -1");
        assertOneLine(other.kvorum("up", "--timers", "slow"), 2, "lab or kubernetes");
        assertOneLine(other.kvorum("up", "--without", "etcd"), 2, "etcd");
        assertOneLine(other.kvorum("nonsense"), 2, "nonsense");
        assertThat(other.processes()).isEmpty();
    }

    /** A flag that only the component knows is refused by it: the whole start fails, and nothing stays. */
    @Test
    void aComponentsUnknownFlagFailsTheStartAndLeavesNothing() {
        TestCluster other = TestCluster.in(CLUSTER.home().resolve("badflag"));
        Run run = other.kvorum("up", "--scheduler-arg", "no-such-flag=1");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.stderr()).contains("no-such-flag");
        assertThat(other.processes()).isEmpty();
    }

    @Test
    void aTakenPortIsNamed() throws IOException {
        TestCluster other = TestCluster.in(CLUSTER.home().resolve("port"));
        other.kvorum("up", "--nodes", "0").ok();
        String address = other.component("apiserver-0").path("address").asText();
        other.kvorum("down").ok();
        try (ServerSocket taken = new ServerSocket(6443, 1, InetAddress.getByName(address))) {
            Run run = other.kvorum("up");
            assertOneLine(run, 1, address + ":" + taken.getLocalPort());
            assertThat(run.stderr()).contains("secure-port");
        }
        assertThat(other.processes()).isEmpty();
    }

    @Test
    void missingOrOldJavaIsNamed() throws IOException {
        TestCluster other = TestCluster.in(CLUSTER.home().resolve("java"));
        assertOneLine(other.kvorum(Map.of("JAVA_HOME", "/nonexistent"), "up"), 1, "JDK 17 or newer");
        Path old = Files.createDirectories(CLUSTER.home().resolve("jdk11"));
        Files.createDirectories(old.resolve("bin"));
        Files.createFile(
                old.resolve("bin/java"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        Files.writeString(old.resolve("release"), "JAVA_VERSION=\"11.0.2\"\n");
        assertOneLine(
                other.kvorum(Map.of("JAVA_HOME", old.toString()), "up"), 1, "version 11.0.2, 17 or newer is needed");
    }

    @Test
    void aFolderThatCannotBeWrittenIsNamed() {
        TestCluster other = TestCluster.in(Path.of("/proc/kvorum"));
        assertOneLine(other.kvorum("up"), 1, "cannot write to /proc/kvorum");
    }

    private static void assertOneLine(Run run, int exitCode, String part) {
        assertThat(run.exitCode()).as(run.toString()).isEqualTo(exitCode);
        assertThat(run.stderr().strip().lines()).as(run.toString()).hasSize(1);
        assertThat(run.stderr()).contains(part);
        assertThat(run.stdout()).isEmpty();
    }
}
