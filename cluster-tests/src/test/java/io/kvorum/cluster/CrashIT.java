package io.kvorum.cluster;

import static io.kvorum.cluster.ClusterFixture.awaitReadyReplicas;
import static io.kvorum.cluster.ClusterFixture.eventually;
import static io.kvorum.cluster.ClusterFixture.pods;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.testkit.TestCluster;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** SIGKILL for one, for all of a kind and for everything: nothing acknowledged is lost, nothing healthy restarted, nothing left behind. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CrashIT {
    private static TestCluster cluster;
    private static final Set<String> ACKNOWLEDGED = new ConcurrentSkipListSet<>();

    @BeforeAll
    static void up() {
        // Pods of a node that is silent for 5 s, the lab's patience, are replaced: a new kubelet may need longer
        // on a busy machine.
        cluster = TestCluster.up(
                ClusterFixture.freshHome(CrashIT.class), "--controller-manager-arg", "node-monitor-grace-period=50s");
        cluster.kubectl("create", "deployment", "web", "--image=nginx", "--replicas=2")
                .ok();
        awaitReadyReplicas(cluster, "web", 2);
    }

    @AfterAll
    static void down() {
        cluster.close();
        assertThat(cluster.processes()).isEmpty();
        assertThat(cluster.containerProcesses()).isEmpty();
    }

    @Test
    @Order(1)
    void anyOneComponentMayDie() {
        List<String> before = containerIds();
        for (JsonNode component : cluster.components()) {
            String name = component.path("name").asText();
            whileWriting(name, () -> cluster.killNine(name));
        }
        assertThat(containerIds()).as("no healthy container was restarted").isEqualTo(before);
        assertNothingLost();
    }

    @Test
    @Order(2)
    void allOfAKindMayDie() {
        List<String> before = containerIds();
        for (String role : List.of("store", "apiserver", "scheduler", "controller-manager", "kubelet", "kube-proxy")) {
            whileWriting("role " + role, () -> {
                for (JsonNode component : cluster.components()) {
                    if (component.path("role").asText().equals(role)) {
                        cluster.killNine(component.path("name").asText());
                    }
                }
            });
        }
        assertThat(containerIds()).as("no healthy container was restarted").isEqualTo(before);
        assertNothingLost();
    }

    @Test
    @Order(3)
    void everythingMayDieAtOnce() {
        write("before-the-end");
        List<ProcessHandle> all = cluster.processes();
        assertThat(all.size()).isGreaterThan(10);
        all.forEach(ProcessHandle::destroyForcibly);
        eventually(
                Duration.ofSeconds(20),
                "no process is left, pods included",
                () -> cluster.processes().isEmpty());
        cluster.kvorum("up").ok();
        awaitReadyReplicas(cluster, "web", 2);
        assertNothingLost();
        eventually(
                Duration.ofSeconds(20),
                "as many container processes as pods",
                () -> cluster.containerProcesses().stream()
                                .filter(process ->
                                        process.info().command().orElse("").endsWith("java"))
                                .count()
                        == pods(cluster, "app=web").size());
    }

    /** Breaks something while a client writes, then waits until all components are ready again. */
    private static void whileWriting(String what, Runnable breakage) {
        AtomicBoolean writing = new AtomicBoolean(true);
        Thread writer = new Thread(
                () -> {
                    for (int i = 0; writing.get(); i++) {
                        write("w-" + what.replace(' ', '-') + "-" + i);
                    }
                },
                "writer");
        writer.start();
        try {
            breakage.run();
            eventually(
                    Duration.ofSeconds(60),
                    "all ready again after SIGKILL of " + what,
                    () -> cluster.components().stream()
                            .allMatch(c -> c.path("ready").asBoolean()));
        } finally {
            writing.set(false);
            join(writer);
        }
        int before = ACKNOWLEDGED.size();
        eventually(Duration.ofSeconds(30), "writes succeed after SIGKILL of " + what, () -> {
            write("after-" + what.replace(' ', '-') + "-" + System.nanoTime());
            return ACKNOWLEDGED.size() > before;
        });
        awaitReadyReplicas(cluster, "web", 2);
    }

    private static void write(String name) {
        if (cluster.kubectl("create", "configmap", name, "--request-timeout=3s").exitCode() == 0) {
            ACKNOWLEDGED.add(name);
        }
    }

    private static void assertNothingLost() {
        Set<String> stored =
                new TreeSet<>(List.of(cluster.ask("get", "configmaps", "-o", "jsonpath={.items[*].metadata.name}")
                        .split(" ")));
        assertThat(stored).containsAll(ACKNOWLEDGED);
        System.out.println("acknowledged writes checked: " + ACKNOWLEDGED.size());
    }

    private static List<String> containerIds() {
        return pods(cluster, "app=web").stream()
                .map(pod -> pod.at("/metadata/name").asText() + " "
                        + pod.at("/status/containerStatuses/0/restartCount").asInt() + " "
                        + pod.at("/status/containerStatuses/0/containerID").asText())
                .sorted()
                .toList();
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
