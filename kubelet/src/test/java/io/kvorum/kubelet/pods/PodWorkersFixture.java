package io.kvorum.kubelet.pods;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Secret;
import io.kvorum.client.ObjectKey;
import io.kvorum.kubelet.images.ImageCatalogue;
import io.kvorum.kubelet.probes.ProbeMetrics;
import io.kvorum.kubelet.probes.Prober;
import io.kvorum.kubelet.runtime.ContainerExit;
import io.kvorum.kubelet.runtime.ContainerId;
import io.kvorum.kubelet.runtime.PodRuntime;
import io.kvorum.kubelet.runtime.ProcessRuntime;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Pod workers of one node with real processes and an API in memory, for tests to extend. */
abstract class PodWorkersFixture {
    static final ObjectKey KEY = new ObjectKey("default", "web");
    /** For messages of failures too. */
    private static final List<String> LAST_EVENTS = new CopyOnWriteArrayList<>();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path root;

    final Vertx vertx = Vertx.vertx();
    final Context loop = vertx.getOrCreateContext();
    final WorkerExecutor work = vertx.createSharedWorkerExecutor("work", 4);
    final MemoryClient<Pod> pods = new MemoryClient<>(Pod.class);
    final MemoryClient<ConfigMap> configMaps = new MemoryClient<>(ConfigMap.class);
    final MemoryClient<Secret> secrets = new MemoryClient<>(Secret.class);
    final List<String> events = LAST_EVENTS;
    final ProbeMetrics probeMetrics = new ProbeMetrics();
    final List<Exception> problems = new CopyOnWriteArrayList<>();

    @SuppressWarnings("NullAway.Init")
    ProcessRuntime runtime;

    @SuppressWarnings("NullAway.Init")
    PodWorkers workers;

    @SuppressWarnings("NullAway.Init")
    Prober prober;

    @BeforeEach
    void open() throws Exception {
        events.clear();
        start();
    }

    void start() throws Exception {
        runtime = new ProcessRuntime(root, null, Clock.systemUTC(), 1 << 20, 3, new Ends(), problems::add);
        prober = new Prober(vertx, "127.0.0.1", runtime, work);
        PodEnvironment environment = new PodEnvironment(
                vertx,
                Clock.systemUTC(),
                runtime,
                work,
                new ImageCatalogue(null, imagesClassPath(), root.resolve("images")),
                new NodeImages(),
                prober,
                probeMetrics,
                (about, type, reason, note) -> events.add(type + " " + reason + " " + note),
                pods,
                configMaps,
                secrets,
                new PodTokens(
                        (namespace, account, request) -> Future.succeededFuture(Map.of("token", "of-" + account)),
                        Clock.systemUTC()),
                List::of,
                Map.of("cpu", new Quantity("2"), "memory", new Quantity("1Gi")),
                "node-1",
                "127.0.0.1",
                Duration.ofMillis(600),
                Duration.ofSeconds(2),
                Duration.ofMillis(100));
        workers = new PodWorkers(environment, new PodIps("127.99.64.0/24"), 10);
        onLoop(() -> workers.adopt()).toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    final class Ends implements PodRuntime.ExitListener {
        @Override
        public void exited(ContainerId id, ContainerExit exit) {
            loop.runOnContext(v -> workers.exited(id, exit));
        }

        @Override
        public void announced(ContainerId id) {
            loop.runOnContext(v -> workers.announced(id));
        }
    }

    @AfterEach
    void close() throws Exception {
        for (Pod pod : onLoop(() -> workers.pods())) {
            onLoop(() -> {
                workers.deleted(pod);
                return true;
            });
        }
        await("no pod", () -> onLoop(() -> workers.pods()), List::isEmpty);
        await("no folder", () -> Files.list(root.resolve("pods")).toList(), List::isEmpty);
        runtime.close();
        assertThat(problems).isEmpty();
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    <R> R onLoop(Callable<R> call) throws Exception {
        CompletableFuture<R> result = new CompletableFuture<>();
        loop.runOnContext(v -> {
            try {
                result.complete(call.call());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
        return result.get(10, TimeUnit.SECONDS);
    }

    static <R> R await(String what, Callable<R> value, Predicate<R> holds) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
        R last = value.call();
        while (!holds.test(last)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not reached: " + what + ", events: " + LAST_EVENTS + ", last: " + last);
            }
            TimeUnit.MILLISECONDS.sleep(5);
            last = value.call();
        }
        return last;
    }

    static Container shell(String name, String script) {
        return new ContainerBuilder()
                .withName(name)
                .withImage("busybox")
                .withCommand("sh", "-c", script)
                .build();
    }

    static Pod pod(String policy, Container... containers) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("web")
                .withUid("uid-1")
                .addToLabels("app", "web")
                .endMetadata()
                .withNewSpec()
                .withRestartPolicy(policy)
                .withTerminationGracePeriodSeconds(5L)
                .withContainers(containers)
                .endSpec()
                .build();
    }

    void add(Pod pod) throws Exception {
        pods.put(pod);
        onLoop(() -> {
            workers.added(pod);
            return true;
        });
    }

    @Nullable
    Pod current() {
        return pods.objects.get(KEY);
    }

    Pod awaitPod(String what, Predicate<Pod> holds) throws Exception {
        return Objects.requireNonNull(
                await(what, this::current, pod -> pod != null && pod.getStatus() != null && holds.test(pod)));
    }

    static boolean phase(Pod pod, String phase) {
        return phase.equals(pod.getStatus().getPhase());
    }

    static boolean ready(Pod pod) {
        return pod.getStatus().getConditions().stream()
                .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"));
    }

    static ContainerStatus status(Pod pod, int index) {
        return pod.getStatus().getContainerStatuses().get(index);
    }

    /** The pod's object changes, as the informer would tell it. */
    void change(UnaryOperator<Pod> edit) throws Exception {
        add(edit.apply(Objects.requireNonNull(current())));
    }

    /** The kubelet ends and another one begins, while the containers go on. */
    void restart() throws Exception {
        Pod before = Objects.requireNonNull(current());
        runtime.close();
        start();
        events.clear();
        add(before);
    }

    void delete() throws Exception {
        Pod pod = new PodBuilder(Objects.requireNonNull(current()))
                .editMetadata()
                .withDeletionTimestamp("2026-01-01T00:00:00Z")
                .withDeletionGracePeriodSeconds(5L)
                .endMetadata()
                .build();
        pods.put(pod);
        onLoop(() -> {
            workers.added(pod);
            return true;
        });
    }

    /** The images module is on the class path of the tests, as it is on the kubelet's. */
    static String imagesClassPath() {
        String marker = "io/kvorum/images/WebServer.class";
        String url = Objects.requireNonNull(
                        PodWorkersFixture.class.getClassLoader().getResource(marker))
                .toString();
        return url.startsWith("jar:file:")
                ? url.substring("jar:file:".length(), url.indexOf('!'))
                : url.substring("file:".length(), url.length() - marker.length());
    }

    /** A ConfigMap with one key. */
    static ConfigMap settings(String value) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("settings")
                .endMetadata()
                .addToData("key", value)
                .build();
    }
}
