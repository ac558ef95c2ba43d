package io.kvorum.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvorum.testkit.TestCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** {@code bench/run}: start-up times, footprint and throughput of the default cluster. */
public final class ClusterBench {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int START_RUNS = 3;
    private static final Duration SETTLE = Duration.ofSeconds(20);
    private static final Duration IDLE_WINDOW = Duration.ofSeconds(30);
    private static final double TICKS_PER_SECOND = 100;

    private static final String[] CONTROL_PLANE = {"--nodes", "0"};
    private static final int WATCHERS = 1000;
    private static final int CHANGES = 500;
    private static final Duration WATCH_WINDOW = Duration.ofSeconds(10);
    private static final int OBJECTS = 100_000;
    private static final int OBJECT_BYTES = 1024;

    private ClusterBench() {}

    public static void main(String[] args) throws Exception {
        Set<String> parts = args.length == 0 ? Set.of("start", "footprint", "load") : Set.of(args);
        System.out.printf(
                "machine: %d cores, Java %s%n", Runtime.getRuntime().availableProcessors(), Runtime.version());
        if (parts.contains("start")) {
            for (int run = 1; run <= START_RUNS; run++) {
                inFreshHome(ClusterBench::start);
            }
        }
        if (parts.contains("watchers")) {
            inFreshHome(ClusterBench::watchers);
        }
        if (parts.contains("objects")) {
            inFreshHome(ClusterBench::objects);
        }
        if (parts.contains("footprint") || parts.contains("load")) {
            inFreshHome(home -> {
                try (TestCluster cluster = TestCluster.up(home)) {
                    if (parts.contains("footprint")) {
                        footprint(cluster);
                    }
                    if (parts.contains("load")) {
                        load(cluster);
                    }
                }
            });
        }
    }

    /** One measurement in a folder of its own. */
    private interface Part {
        void run(Path home) throws Exception;
    }

    private static void inFreshHome(Part part) throws Exception {
        Path home = Files.createTempDirectory("kvorum-bench");
        try {
            part.run(home);
        } finally {
            try (Stream<Path> files = Files.walk(home)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    /** Seconds from {@code kvorum up} to API ready, to both nodes Ready, to the first pod Running and ready. */
    private static void start(Path home) throws Exception {
        TestCluster cluster = TestCluster.in(home);
        long started = System.nanoTime();
        CompletableFuture<Void> up =
                CompletableFuture.runAsync(() -> cluster.kvorum("up").ok());
        Path spec = cluster.folder().resolve("cluster.json");
        Path key = cluster.folder().resolve("pki/admin.key");
        await(up, () -> Files.exists(spec) && Files.exists(key) && Files.exists(cluster.kubeconfig()));
        try (ApiLoad api = ApiLoad.connect(cluster.folder(), server(cluster), 4)) {
            await(up, () -> api.get("/readyz").isPresent());
            double ready = seconds(started);
            String name = "first";
            api.post(
                    "/api/v1/namespaces/default/pods",
                    "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"" + name
                            + "\"},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"pause\"}]}}");
            double[] nodes = {0};
            double[] pod = {0};
            await(up, () -> {
                if (nodes[0] == 0 && readyNodes(api) == 2) {
                    nodes[0] = seconds(started);
                }
                if (pod[0] == 0
                        && api.get("/api/v1/namespaces/default/pods/" + name)
                                .map(text -> text.contains("\"phase\":\"Running\""))
                                .orElse(false)) {
                    pod[0] = seconds(started);
                }
                return nodes[0] > 0 && pod[0] > 0;
            });
            up.join();
            System.out.printf(
                    "start: API ready %.1f s, nodes Ready %.1f s, first pod running %.1f s, up returned %.1f s%n",
                    ready, nodes[0], pod[0], seconds(started));
        } finally {
            up.exceptionally(failure -> null).join();
            cluster.close();
        }
    }

    private static int readyNodes(ApiLoad api) {
        return api.get("/api/v1/nodes")
                .map(text -> {
                    int ready = 0;
                    for (JsonNode node : parse(text).path("items")) {
                        for (JsonNode condition : node.at("/status/conditions")) {
                            if (condition.path("type").asText().equals("Ready")
                                    && condition.path("status").asText().equals("True")) {
                                ready++;
                            }
                        }
                    }
                    return ready;
                })
                .orElse(0);
    }

    /** Memory by process and in all (proportional), and the CPU that the idle cluster uses. */
    private static void footprint(TestCluster cluster) throws InterruptedException {
        Thread.sleep(SETTLE.toMillis());
        List<JsonNode> components = cluster.components();
        long total = 0;
        for (JsonNode component : components) {
            long bytes = component.path("memoryBytes").asLong();
            total += bytes;
            System.out.printf("memory: %-24s %4d MB%n", component.path("name").asText(), bytes >> 20);
        }
        System.out.printf("memory: %-24s %4d MB (proportional, launcher not counted)%n", "in all", total >> 20);
        long before = ticks(components);
        Thread.sleep(IDLE_WINDOW.toMillis());
        long used = ticks(components) - before;
        System.out.printf("idle CPU: %.1f %% of one core%n", used / TICKS_PER_SECOND / IDLE_WINDOW.toSeconds() * 100);
    }

    private static long ticks(List<JsonNode> components) {
        long ticks = 0;
        for (JsonNode component : components) {
            try {
                String stat =
                        Files.readString(Path.of("/proc", component.path("pid").asText(), "stat"));
                // The command name in parentheses may contain blanks: count fields after it.
                String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
                ticks += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return ticks;
    }

    /** Creates, gets and lists a second at 1, 16 and 64 connections, cold first and then when compilers have done their work. */
    private static void load(TestCluster cluster) throws IOException {
        for (String state : new String[] {"cold", "warm"}) {
            for (int connections : new int[] {1, 16, 64}) {
                try (ApiLoad api = ApiLoad.connect(cluster.folder(), server(cluster), connections)) {
                    System.out.println("load, " + state + ": " + connections + " connections: " + api.measureAll());
                }
            }
        }
    }

    /** Many watchers of objects that change all the time. */
    private static void watchers(Path home) throws Exception {
        try (TestCluster cluster = TestCluster.up(home, CONTROL_PLANE)) {
            try (ApiLoad api = ApiLoad.connect(cluster.folder(), server(cluster), 1)) {
                WatchLoad.create(api);
            }
            // The last one until the compiler, which has the same two cores, is done with what it takes.
            for (int rate :
                    new int[] {50, 200, CHANGES, CHANGES, CHANGES, CHANGES, CHANGES, CHANGES, CHANGES, CHANGES}) {
                try (ApiLoad changes = ApiLoad.connect(cluster.folder(), server(cluster), 16);
                        ApiLoad streams = ApiLoad.connect(cluster.folder(), server(cluster), WATCHERS)) {
                    System.out.println("watch: " + new WatchLoad(changes, streams, WATCHERS, rate, WATCH_WINDOW).run());
                }
            }
        }
    }

    /** The memory of an API server with many objects, before and after one client has listed them all. */
    private static void objects(Path home) throws Exception {
        try (TestCluster cluster = TestCluster.up(home, CONTROL_PLANE)) {
            try (ApiLoad api = ApiLoad.connect(cluster.folder(), server(cluster), 16)) {
                api.fill(OBJECTS, OBJECT_BYTES);
                long filled = memory(cluster);
                api.listAll();
                System.out.printf(
                        "objects: %d ConfigMaps with %d bytes of data: API server %d MB, %d MB after a list in pages%n",
                        OBJECTS, OBJECT_BYTES, filled >> 20, memory(cluster) >> 20);
            }
        }
    }

    private static long memory(TestCluster cluster) {
        return cluster.component("apiserver-0").path("memoryBytes").asLong();
    }

    private static String server(TestCluster cluster) throws IOException {
        for (String line : Files.readAllLines(cluster.kubeconfig())) {
            if (line.strip().startsWith("server: ")) {
                return line.strip().substring("server: https://".length());
            }
        }
        throw new IOException("no server in " + cluster.kubeconfig());
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private static void await(CompletableFuture<Void> up, Condition condition)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (!condition.holds()) {
            if (up.isCompletedExceptionally()) {
                up.join();
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("not reached within two minutes");
            }
            Thread.sleep(25);
        }
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    private static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
