package io.kvorum.cluster;

import static io.kvorum.cluster.ClusterFixture.eventually;
import static io.kvorum.cluster.ClusterFixture.eventuallyAsserted;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.testkit.Run;
import io.kvorum.testkit.TestCluster;
import io.kvorum.testkit.history.History;
import io.kvorum.testkit.history.HistoryCheck;
import io.kvorum.testkit.history.Read;
import io.kvorum.testkit.history.WatchLog;
import io.kvorum.testkit.history.Write;
import io.kvorum.testkit.history.Write.Fate;
import io.kvorum.testkit.history.Write.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Three API servers behind the balancer, schedulers and controller managers in twos: any of them may be lost. */
class ApiServersFaultIT {
    private static final int SERVERS = 3;
    private static final int WRITERS = 4;
    private static final int WATCHERS = 4;
    private static final long KILL_EVERY_MILLIS = 5_000;
    private static final Duration FAILOVER = Duration.ofSeconds(15);
    private static TestCluster cluster;
    private static int runs;

    @BeforeAll
    static void up() {
        cluster = TestCluster.up(
                ClusterFixture.freshHome(ApiServersFaultIT.class),
                "--stores=1",
                "--apiservers=" + SERVERS,
                "--schedulers=2",
                "--controller-managers=2",
                "--nodes=1",
                "--wait=5m");
    }

    @AfterAll
    static void down() {
        cluster.close();
    }

    @AfterEach
    void heal() {
        cluster.kvorum("fault", "heal").ok();
        eventually(
                Duration.ofSeconds(60),
                "everything is ready again",
                () -> cluster.components().stream()
                        .allMatch(component -> component.path("ready").asBoolean()));
    }

    @Test
    void nothingIsLostOrDoubledAndNoWatchHasAGapWhileServersAreKilled() throws Exception {
        killUnderLoad(Duration.ofSeconds(25));
    }

    @Tag("slow")
    @Test
    void nothingIsLostOrDoubledAndNoWatchHasAGapForTwoMinutes() throws Exception {
        killUnderLoad(Duration.ofMinutes(2));
    }

    private static String server() {
        return cluster.ask("config", "view", "-o", "jsonpath={.clusters[0].cluster.server}");
    }

    private static void killUnderLoad(Duration length) throws Exception {
        String namespace = "history-" + ++runs;
        cluster.kubectl("create", "namespace", namespace).ok();
        String server = server();
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger relists = new AtomicInteger();
        String lastKey = "last";
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            List<Future<List<Write>>> writers = new ArrayList<>();
            List<Future<WatchLog>> watchers = new ArrayList<>();
            for (int i = 0; i < WATCHERS; i++) {
                RecordingClient client = RecordingClient.of(cluster, server, namespace);
                String name = "watcher-" + i;
                watchers.add(threads.submit(() -> client.watchUntil(name, client.list(), lastKey, relists)));
            }
            for (int i = 0; i < WRITERS; i++) {
                RecordingClient client = RecordingClient.of(cluster, server, namespace);
                String name = "writer-" + i;
                long seed = i;
                writers.add(threads.submit(() -> client.writeUntil(stop::get, name, seed)));
            }
            writers.add(threads.submit(() -> kubectlUntil(stop, namespace)));
            RecordingClient reader = RecordingClient.of(cluster, server, namespace);
            Future<List<Read>> reads = threads.submit(() -> reader.readUntil(stop::get));
            int kills = killFor(length);
            stop.set(true);
            List<Write> writes = new ArrayList<>();
            for (Future<List<Write>> writer : writers) {
                writes.addAll(writer.get(60, TimeUnit.SECONDS));
            }
            List<Write> marks = new ArrayList<>();
            eventually(Duration.ofSeconds(60), "the last write is done", () -> {
                marks.add(reader.create(lastKey, "last-" + marks.size()));
                Write mark = marks.get(marks.size() - 1);
                // refused because one before, whose answer was lost, has been carried out
                return mark.fate() == Fate.ACKNOWLEDGED
                        || mark.fate() == Fate.REFUSED
                                && marks.stream().anyMatch(before -> before.fate() == Fate.UNKNOWN);
            });
            writes.addAll(marks);
            List<WatchLog> logs = new ArrayList<>();
            for (Future<WatchLog> watcher : watchers) {
                logs.add(watcher.get(60, TimeUnit.SECONDS));
            }
            Map<String, String> last = retried(() -> reader.list().objects());
            History history = new History(writes, logs, reads.get(30, TimeUnit.SECONDS), last);
            HistoryCheck.Report report = HistoryCheck.of(history);
            System.out.println(summary(length, kills, history, relists.get()));
            assertThat(report.violations()).isEmpty();
            assertThat(relists).as("watches that had to list again").hasValue(0);
            assertThat(writes)
                    .filteredOn(write -> write.fate() == Fate.ACKNOWLEDGED)
                    .hasSizeGreaterThan(50);
            assertThat(logs).allSatisfy(log -> assertThat(log.events()).hasSizeGreaterThan(50));
            assertThat(logs.stream().mapToInt(WatchLog::connections).sum())
                    .as("watches were cut")
                    .isGreaterThan(WATCHERS);
        } finally {
            stop.set(true);
            threads.shutdownNow();
        }
    }

    private static <T> T retried(Callable<T> call) throws Exception {
        for (int i = 0; ; i++) {
            try {
                return call.call();
            } catch (IOException e) {
                if (i == 20) {
                    throw e;
                }
                Thread.sleep(500);
            }
        }
    }

    private static String summary(Duration length, int kills, History history, int relists) {
        long acknowledged = history.writes().stream()
                .filter(write -> write.fate() == Fate.ACKNOWLEDGED)
                .count();
        long refused = history.writes().stream()
                .filter(write -> write.fate() == Fate.REFUSED)
                .count();
        long longest = 0;
        long before =
                history.writes().stream().mapToLong(Write::sentNanos).min().orElse(0);
        for (long at : history.writes().stream()
                .filter(write -> write.fate() == Fate.ACKNOWLEDGED)
                .mapToLong(Write::endedNanos)
                .sorted()
                .toArray()) {
            longest = Math.max(longest, at - before);
            before = at;
        }
        return "history of " + length.toSeconds() + " s: " + kills + " kills, "
                + history.writes().size() + " writes ("
                + acknowledged + " acknowledged, " + refused + " refused, "
                + (history.writes().size() - acknowledged - refused) + " unknown), longest time without an"
                + " acknowledgement " + longest / 1_000_000 + " ms, "
                + history.reads().size() + " consistent reads, events by watcher "
                + history.watches().stream().map(log -> log.events().size()).toList() + " over connections "
                + history.watches().stream().map(WatchLog::connections).toList() + ", relists " + relists;
    }

    /** kubectl's own retries are its own: a failure leaves the fate unknown. */
    private static List<Write> kubectlUntil(AtomicBoolean stop, String namespace) {
        List<Write> writes = new ArrayList<>();
        while (!stop.get()) {
            String id = "kubectl-" + writes.size();
            long sent = System.nanoTime();
            Run run = cluster.kubectl(
                    "-n",
                    namespace,
                    "create",
                    "configmap",
                    id,
                    "--from-literal=write=" + id,
                    "-o",
                    "jsonpath={.metadata.resourceVersion}",
                    "--request-timeout=10s");
            boolean done = run.exitCode() == 0;
            writes.add(new Write(
                    id,
                    Kind.CREATE,
                    id,
                    done ? Fate.ACKNOWLEDGED : Fate.UNKNOWN,
                    done ? Long.parseLong(run.stdout().strip()) : 0,
                    sent,
                    System.nanoTime()));
        }
        return writes;
    }

    /** Kills one server every five seconds, in turn, whether or not the ones killed before are back. */
    private static int killFor(Duration length) throws InterruptedException {
        long end = System.nanoTime() + length.toNanos();
        long next = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(KILL_EVERY_MILLIS);
        int kills = 0;
        int turn = 0;
        while (System.nanoTime() < end) {
            TimeUnit.NANOSECONDS.sleep(Math.max(0, next - System.nanoTime()));
            next += TimeUnit.MILLISECONDS.toNanos(KILL_EVERY_MILLIS);
            if (kill("apiserver-" + turn++ % SERVERS)) {
                kills++;
            }
        }
        return kills;
    }

    /** SIGKILL, past the launcher, which sees it as a crash. */
    private static boolean kill(String component) {
        return ClusterFixture.launcherStatus(cluster).stream()
                .filter(found -> found.path("name").asText().equals(component)
                        && found.path("pid").asLong() > 0)
                .flatMap(found -> ProcessHandle.of(found.path("pid").asLong()).stream())
                .map(ProcessHandle::destroyForcibly)
                .findFirst()
                .orElse(false);
    }

    /** A paused server accepts connections and says nothing: its clients must be led away from it. */
    @Test
    void aPausedServerIsLeft() {
        cluster.kvorum("fault", "pause", "apiserver-1").ok();
        long paused = System.nanoTime();
        eventually(FAILOVER, "kubectl reaches a server time and again", () -> {
            for (int i = 0; i < SERVERS; i++) {
                if (cluster.kubectl("get", "namespaces", "--request-timeout=2s").exitCode() != 0) {
                    return false;
                }
            }
            return true;
        });
        System.out.printf(
                "paused API server: kubectl is led past it after %.1f s%n", (System.nanoTime() - paused) / 1e9);
        assertPodStarts("paused");
        eventually(
                Duration.ofSeconds(20),
                "the kubernetes Service leaves it out",
                () -> endpoints().size() == SERVERS - 1);
        cluster.kvorum("fault", "resume", "apiserver-1").ok();
        eventually(
                Duration.ofSeconds(20),
                "the kubernetes Service has it back",
                () -> endpoints().size() == SERVERS);
    }

    @Test
    void aServerThatIsCutOffIsLeft() {
        cluster.kvorum("fault", "partition", "apiserver-2").ok();
        long cut = System.nanoTime();
        eventually(FAILOVER, "kubectl reaches a server time and again", () -> {
            for (int i = 0; i < SERVERS; i++) {
                if (cluster.kubectl("get", "namespaces", "--request-timeout=2s").exitCode() != 0) {
                    return false;
                }
            }
            return true;
        });
        System.out.printf("parted API server: kubectl is led past it after %.1f s%n", (System.nanoTime() - cut) / 1e9);
        assertPodStarts("parted");
    }

    private static List<String> endpoints() {
        String addresses =
                cluster.ask("get", "endpointslice", "kubernetes", "-o", "jsonpath={.endpoints[*].addresses[0]}");
        return addresses.isEmpty() ? List.of() : List.of(addresses.split(" "));
    }

    /** A pod passes through controller manager, scheduler and kubelet, each over the bus. */
    private static void assertPodStarts(String name) {
        eventually(FAILOVER, "a deployment can be created", () -> {
            Run run = cluster.kubectl("create", "deployment", name, "--image=pause", "--request-timeout=3s");
            return run.exitCode() == 0 || run.stderr().contains("already exists");
        });
        eventually(
                Duration.ofSeconds(30),
                "its pod runs",
                () -> cluster.kubectl(
                                "get",
                                "deployment",
                                name,
                                "-o",
                                "jsonpath={.status.readyReplicas}",
                                "--request-timeout=3s")
                        .stdout()
                        .equals("1"));
    }

    /** The leaders are paused, so they cannot give their leases back; when they wake they must do nothing more. */
    @Test
    void theSecondOnesTakeOverAndNothingIsDoneTwice() {
        String manager = cluster.leader("controller-manager");
        String scheduler = cluster.leader("scheduler");
        cluster.kvorum("fault", "pause", manager + "," + scheduler).ok();
        long paused = System.nanoTime();
        cluster.kubectl("create", "deployment", "twice", "--image=pause", "--replicas=4")
                .ok();
        eventually(
                FAILOVER,
                "the other controller manager and the other scheduler do the work",
                () -> cluster.ask("get", "deployment", "twice", "-o", "jsonpath={.status.readyReplicas}")
                        .equals("4"));
        System.out.printf(
                "paused leaders: the others had done the work after %.1f s%n", (System.nanoTime() - paused) / 1e9);
        assertThat(cluster.leader("controller-manager")).isNotEqualTo(manager);
        assertThat(cluster.leader("scheduler")).isNotEqualTo(scheduler);
        String pods = podNames();
        cluster.kvorum("fault", "resume", manager + "," + scheduler).ok();
        eventually(
                FAILOVER,
                "the ones that woke follow",
                () -> !cluster.component(manager).path("leader").asBoolean()
                        && !cluster.component(scheduler).path("leader").asBoolean());
        cluster.kubectl("scale", "deployment", "twice", "--replicas=5").ok();
        eventually(
                FAILOVER,
                "the fifth pod runs",
                () -> cluster.ask("get", "deployment", "twice", "-o", "jsonpath={.status.readyReplicas}")
                        .equals("5"));
        assertThat(podNames().split(" ")).hasSize(5).contains(pods.split(" "));
        assertThat(cluster.ask("get", "replicasets", "-l", "app=twice", "-o", "name")
                        .lines())
                .hasSize(1);
        // Events are written beside the work, and again when an API server did not take them.
        eventuallyAsserted(
                Duration.ofSeconds(30),
                "pods that were ever made",
                () -> assertThat(cluster.ask(
                                        "get",
                                        "events",
                                        "--field-selector=reason=SuccessfulCreate,involvedObject.kind=ReplicaSet",
                                        "-o",
                                        "jsonpath={range .items[*]}{.message}{\"\\n\"}{end}")
                                .lines()
                                .filter(line -> line.contains("twice-"))
                                .distinct())
                        .hasSize(5));
    }

    private static String podNames() {
        return cluster.ask("get", "pods", "-l", "app=twice", "-o", "jsonpath={.items[*].metadata.name}");
    }

    private static List<String> identities() {
        return cluster.ask(
                        "get",
                        "leases",
                        "-n",
                        "kube-system",
                        "-l",
                        "apiserver.kubernetes.io/identity=kube-apiserver",
                        "-o",
                        "name")
                .lines()
                .toList();
    }

    /** From three to two and back: the balancer is told, and clients notice nothing; a server that ends takes its identity away. */
    @Test
    void serversAreTakenAwayAndAdded() {
        cluster.kvorum("scale", "apiserver", Integer.toString(SERVERS - 1)).ok();
        for (int i = 0; i < 10; i++) {
            cluster.kubectl("get", "namespaces").ok();
        }
        eventually(
                Duration.ofSeconds(20),
                "the kubernetes Service follows",
                () -> endpoints().size() == SERVERS - 1);
        assertThat(identities()).hasSize(SERVERS - 1);
        cluster.kvorum("scale", "apiserver", Integer.toString(SERVERS)).ok();
        eventually(
                Duration.ofSeconds(60),
                "the kubernetes Service follows",
                () -> endpoints().size() == SERVERS);
    }
}
