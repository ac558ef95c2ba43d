package io.kvorum.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.kvorum.cli.cluster.ClusterFolder;
import io.kvorum.faults.ControlSocket;
import io.kvorum.testkit.TestCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;

/** What the cluster tests share: fresh folders, waiting for the state of the world, a request to a service. */
final class ClusterFixture {
    private static final Duration POLL = Duration.ofMillis(100);

    private ClusterFixture() {}

    /** An empty {@code KVORUM_HOME} under the build's folder, kept after the test for its logs. */
    static Path freshHome(Class<?> test) {
        Path home = Path.of("target", "clusters", test.getSimpleName()).toAbsolutePath();
        try {
            if (Files.exists(home)) {
                try (Stream<Path> files = Files.walk(home)) {
                    for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(file);
                    }
                }
            }
            return Files.createDirectories(home);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The components as {@code kvorum status} shows them, without a process for each look. */
    static List<JsonNode> launcherStatus(TestCluster cluster) {
        Path socket = new ClusterFolder(cluster.folder()).socket("launcher");
        try {
            List<JsonNode> components = new ArrayList<>();
            ControlSocket.call(socket, ControlSocket.request("status").put("cached", true), Duration.ofSeconds(10))
                    .path("components")
                    .forEach(components::add);
            return components;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until the condition holds; a failure shows the condition's own last failure. */
    static void eventually(Duration limit, String what, Callable<Boolean> condition) {
        Awaitility.await(what)
                .pollInterval(POLL)
                .pollDelay(Duration.ZERO)
                .atMost(limit)
                .until(condition);
    }

    static void eventuallyAsserted(Duration limit, String what, ThrowingRunnable assertion) {
        Awaitility.await(what)
                .pollInterval(POLL)
                .pollDelay(Duration.ZERO)
                .atMost(limit)
                // A Service whose endpoints have not come yet resets connections, or nobody listens there yet.
                .ignoreExceptionsInstanceOf(IOException.class)
                .untilAsserted(assertion);
    }

    static void awaitReadyReplicas(TestCluster cluster, String deployment, int replicas) {
        cluster.kubectl("rollout", "status", "deployment/" + deployment, "--timeout=60s")
                .ok();
        eventually(
                Duration.ofSeconds(30),
                deployment + " has " + replicas + " ready replicas",
                () -> cluster.json("get", "deployment", deployment)
                                .path("status")
                                .path("readyReplicas")
                                .asInt()
                        == replicas);
    }

    static List<JsonNode> pods(TestCluster cluster, String selector) {
        return items(cluster.json("get", "pods", "-l", selector));
    }

    static List<JsonNode> items(JsonNode list) {
        return StreamSupport.stream(list.path("items").spliterator(), false).toList();
    }

    static boolean nodeReady(TestCluster cluster, String node) {
        return cluster.ask("get", "node", node, "-o", "jsonpath={.status.conditions[?(@.type==\"Ready\")].status}")
                .equals("True");
    }

    /** fabric8's client by one of its transports: whichever else is on the class path, it is this one. */
    static KubernetesClient fabric8(Path kubeconfig, HttpClient.Factory transport) throws IOException {
        return new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(Files.readString(kubeconfig)))
                .withHttpClientFactory(transport)
                .build();
    }

    /** Afterwards nobody can follow from a revision before this call: the changes since then show in lists only. */
    static void forgetHistory(TestCluster cluster) {
        cluster.kvorum("store", "compact").ok();
        // What the server itself still remembers goes with its process.
        cluster.kvorum("restart", "apiserver-0").ok();
        eventually(
                Duration.ofSeconds(30),
                "the API server is back",
                () -> cluster.kubectl("get", "--raw", "/readyz").exitCode() == 0);
    }

    /** What a watch that begins at a revision is told within a second. */
    static String watchFrom(TestCluster cluster, String namespace, String resource, String revision) {
        return cluster.ask(
                "get",
                "--raw",
                "/api/v1/namespaces/" + namespace + "/" + resource + "?watch=true&timeoutSeconds=1&resourceVersion="
                        + revision);
    }

    /** The environment a process was started with; empty when it is gone. */
    static String environment(ProcessHandle process) {
        try {
            return Files.readString(
                    Path.of("/proc", Long.toString(process.pid()), "environ"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    /** Body of {@code GET /} on a connection of its own. */
    static String httpGet(String host, int port) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(5_000);
            socket.connect(new InetSocketAddress(host, port), 5_000);
            socket.getOutputStream()
                    .write(("GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    static void assertServes(String host, int port, String content) throws IOException {
        assertThat(httpGet(host, port)).contains(" 200 ").contains(content);
    }
}
