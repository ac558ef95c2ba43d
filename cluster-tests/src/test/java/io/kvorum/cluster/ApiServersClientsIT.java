package io.kvorum.cluster;

import static io.kvorum.cluster.ClusterFixture.eventually;
import static io.kvorum.cluster.ClusterFixture.eventuallyAsserted;
import static io.kvorum.cluster.ClusterFixture.items;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.testkit.Faults;
import io.kvorum.testkit.InjectedFault;
import io.kvorum.testkit.TestCluster;
import io.kvorum.testkit.collection.ClientLog;
import io.kvorum.testkit.collection.CollectionCheck;
import io.kvorum.testkit.collection.Listing;
import io.kvorum.testkit.collection.Listing.Wanted;
import io.kvorum.testkit.collection.Page;
import io.kvorum.testkit.collection.Recording;
import io.kvorum.testkit.collection.Watch;
import io.kvorum.testkit.history.Write;
import io.kvorum.testkit.history.Write.Fate;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Clients of every kind, each spread over three API servers that are killed, frozen and parted from the stores one after the
 * other, are shown one history of one collection: no gap, no step back, no mixed state.
 */
class ApiServersClientsIT {
    private static final int SERVERS = 3;
    private static final int WRITERS = 3;
    private static final Duration FAULT = Duration.ofSeconds(3);
    private static final Duration BACK = Duration.ofSeconds(60);

    /** With lab timers and several servers; a server looks at the others' Leases three times in that time. */
    private static final Duration ENDPOINT_LEASE = Duration.ofSeconds(6);

    private static TestCluster cluster;
    private static List<Balanced.Server> servers;
    private static int runs;

    @BeforeAll
    static void up() {
        cluster = TestCluster.up(
                ClusterFixture.freshHome(ApiServersClientsIT.class),
                "--stores=1",
                "--apiservers=" + SERVERS,
                "--without=scheduler,controller-manager",
                "--nodes=0",
                "--wait=5m");
        servers = ClusterFixture.launcherStatus(cluster).stream()
                .filter(component -> component.path("role").asText().equals("apiserver"))
                .map(component -> new Balanced.Server(
                        component.path("name").asText(),
                        "https://" + component.path("address").asText() + ":6443"))
                .toList();
    }

    @AfterAll
    static void down() {
        cluster.close();
    }

    @Test
    void clientsOfEveryKindAreShownOneHistory() throws Exception {
        run(Duration.ofSeconds(35), 1);
    }

    @Tag("slow")
    @Test
    void clientsOfEveryKindAreShownOneHistoryForMinutes() throws Exception {
        run(Duration.ofMinutes(4), Long.getLong("seed", 2));
    }

    /** What runs at the same time, and what was told to end. */
    private static final class Clients implements AutoCloseable {
        private final ExecutorService threads = Executors.newCachedThreadPool();
        private final ScheduledExecutorService timers = Executors.newScheduledThreadPool(1);
        private final AtomicBoolean stop = new AtomicBoolean();
        private final AtomicLong end = new AtomicLong();
        private final String configMaps;
        private final long seed;
        private final Map<String, Future<ClientLog>> logs = new LinkedHashMap<>();
        private final List<BalancedWatcher> watchers = new ArrayList<>();
        private final List<BalancedLister> listers = new ArrayList<>();
        private int count;

        Clients(String configMaps, long seed) {
            this.configMaps = configMaps;
            this.seed = seed;
        }

        private Balanced connections() throws Exception {
            return Balanced.of(cluster, servers, seed * 1000 + count++);
        }

        BalancedWriter writer(String name) throws Exception {
            return new BalancedWriter(connections(), configMaps, name);
        }

        void watch(String name, Shown shown, boolean showsState) throws Exception {
            BalancedWatcher watcher = new BalancedWatcher(connections(), configMaps, shown, name, showsState, timers);
            watchers.add(watcher);
            logs.put(name, threads.submit(() -> watcher.watchUntil(end::get)));
        }

        void list(String name, Shown shown, Wanted... wanted) throws Exception {
            Balanced connections = connections();
            BalancedLister lister = new BalancedLister(connections, configMaps, shown, name);
            listers.add(lister);
            Callable<Wanted> choice = () -> wanted[connections.random().nextInt(wanted.length)];
            logs.put(name, threads.submit(() -> lister.listUntil(() -> end.get() > 0, choice)));
        }

        int expired() {
            return watchers.stream().mapToInt(BalancedWatcher::expired).sum()
                    + listers.stream().mapToInt(BalancedLister::expired).sum();
        }

        @Override
        public void close() {
            stop.set(true);
            threads.shutdownNow();
            timers.shutdownNow();
        }
    }

    private static void run(Duration length, long seed) throws Exception {
        String namespace = "clients-" + ++runs;
        cluster.kubectl("create", "namespace", namespace).ok();
        try (Clients clients = new Clients("/api/v1/namespaces/" + namespace + "/configmaps", seed)) {
            clients.watch("watch-json", Shown.JSON, false);
            clients.watch("watch-protobuf", Shown.PROTOBUF, false);
            clients.watch("watch-table", Shown.TABLE, false);
            clients.watch("watch-metadata", Shown.METADATA, false);
            clients.watch("state-json", Shown.JSON, true);
            clients.watch("state-protobuf", Shown.PROTOBUF, true);
            clients.watch("state-table", Shown.TABLE, true);
            clients.list("pages-json", Shown.JSON, Wanted.NEWEST);
            clients.list("pages-protobuf", Shown.PROTOBUF, Wanted.NEWEST);
            clients.list("pages-table", Shown.TABLE, Wanted.NEWEST);
            clients.list("versions", Shown.JSON, Wanted.NEWEST, Wanted.ANY, Wanted.NOT_OLDER_THAN, Wanted.EXACT);
            List<Future<List<Write>>> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                BalancedWriter writer = clients.writer("w" + i);
                writers.add(clients.threads.submit(() -> writer.writeUntil(clients.stop::get)));
            }
            Map<String, Integer> faults = breakServers(length, seed);
            clients.stop.set(true);
            List<Write> writes = new ArrayList<>();
            for (Future<List<Write>> writer : writers) {
                writes.addAll(writer.get(30, TimeUnit.SECONDS));
            }
            BalancedWriter last = clients.writer("z");
            clients.end.set(last.last());
            writes.addAll(last.writes());
            List<ClientLog> logs = new ArrayList<>();
            for (Future<ClientLog> log : clients.logs.values()) {
                logs.add(log.get(60, TimeUnit.SECONDS));
            }
            CollectionCheck.Report report = CollectionCheck.of(new Recording(writes, logs));
            System.out.println(summary(length, seed, faults, writes, logs, clients.expired()));
            assertThat(report.clean()).as(report.toString()).isTrue();
            assertContent(faults, writes, logs);
        }
    }

    /** One server after the other is killed, frozen or parted from the stores, and is back before the next is. */
    private static Map<String, Integer> breakServers(Duration length, long seed) {
        Random random = new Random(seed);
        Map<String, BiConsumer<Faults, String>> kinds = new LinkedHashMap<>();
        kinds.put("kill", (faults, server) -> faults.kill(server));
        kinds.put("pause", (faults, server) -> faults.pause(server));
        kinds.put("part", (faults, server) -> faults.partition(server, "role:store"));
        List<String> order = new ArrayList<>(kinds.keySet());
        Collections.shuffle(order, random);
        Map<String, Integer> made = new TreeMap<>();
        Faults faults = cluster.faults().lasting(FAULT);
        long end = System.nanoTime() + length.toNanos();
        for (int i = 0; System.nanoTime() < end || made.size() < kinds.size(); i++) {
            String kind = order.get(i % order.size());
            String server = servers.get(random.nextInt(SERVERS)).name();
            kinds.get(kind).accept(faults, server);
            made.merge(kind, 1, Integer::sum);
            if (i % order.size() == 1) {
                // What was is forgotten: lists in pages and watches of old versions are over.
                cluster.kvorum("store", "compact").ok();
            }
            eventually(
                    BACK,
                    server + " is well again",
                    () -> cluster.faults().active().isEmpty()
                            && ClusterFixture.launcherStatus(cluster).stream()
                                    .allMatch(
                                            component -> component.path("ready").asBoolean()));
        }
        return made;
    }

    private static void assertContent(Map<String, Integer> faults, List<Write> writes, List<ClientLog> logs) {
        assertThat(faults).containsOnlyKeys("kill", "pause", "part");
        assertThat(writes)
                .filteredOn(write -> write.fate() == Fate.ACKNOWLEDGED)
                .as("writes")
                .hasSizeGreaterThan(200);
        for (ClientLog log : logs) {
            if (log.client().startsWith("watch") || log.client().startsWith("state")) {
                assertThat(log.events()).as("events of " + log.client()).isGreaterThan(100);
                assertThat(log.watches()).as("connections of " + log.client()).hasSizeGreaterThan(5);
                assertThat(log.watches().stream().map(Watch::server).distinct())
                        .as("servers of " + log.client())
                        .hasSize(SERVERS);
            }
            if (log.client().startsWith("state")) {
                assertThat(log.listings()).as("states of " + log.client()).hasSizeGreaterThan(1);
            }
            if (log.client().startsWith("pages")) {
                assertThat(log.listings())
                        .filteredOn(listing -> listing.whole()
                                && listing.pages().size() > 2
                                && listing.pages().stream()
                                                .map(Page::server)
                                                .distinct()
                                                .count()
                                        > 1)
                        .as("lists of " + log.client() + " whose pages came from several servers")
                        .hasSizeGreaterThan(10);
            }
            if (log.client().equals("versions")) {
                assertThat(log.listings().stream().map(Listing::wanted).distinct())
                        .hasSize(Wanted.values().length);
            }
        }
    }

    private static String summary(
            Duration length,
            long seed,
            Map<String, Integer> faults,
            List<Write> writes,
            List<ClientLog> logs,
            int expired) {
        Map<Fate, Long> fates =
                writes.stream().collect(Collectors.groupingBy(Write::fate, TreeMap::new, Collectors.counting()));
        StringBuilder text = new StringBuilder("clients of three API servers, seed " + seed + ", " + length.toSeconds()
                + " s: faults " + faults + ", writes " + fates + ", expired " + expired);
        for (ClientLog log : logs) {
            text.append("\n  ").append(log.client()).append(": ");
            if (!log.watches().isEmpty()) {
                text.append(log.events())
                        .append(" events over ")
                        .append(log.watches().size())
                        .append(" connections, ");
            }
            text.append(log.listings().size()).append(" lists, ");
            text.append(log.listings().stream()
                            .mapToInt(listing -> listing.pages().size())
                            .sum())
                    .append(" pages");
        }
        return text.toString();
    }

    private static List<JsonNode> identities() {
        return items(cluster.json(
                "get", "leases", "-n", "kube-system", "-l", "apiserver.kubernetes.io/identity=kube-apiserver"));
    }

    private static JsonNode identity(String server) {
        return identities().stream()
                .filter(lease -> lease.path("metadata")
                        .path("labels")
                        .path("kubernetes.io/hostname")
                        .asText()
                        .equals(server))
                .findFirst()
                .orElseThrow(() -> new AssertionError(server + " has no identity Lease"));
    }

    private static Instant renewed(String server) {
        return Instant.parse(identity(server).at("/spec/renewTime").asText());
    }

    /** What the Service kubernetes leads to: its EndpointSlice and its Endpoints say the same. */
    private static List<String> endpoints() {
        String slice = cluster.ask("get", "endpointslice", "kubernetes", "-o", "jsonpath={.endpoints[*].addresses[0]}");
        String legacy = cluster.ask("get", "endpoints", "kubernetes", "-o", "jsonpath={.subsets[*].addresses[*].ip}");
        return slice.equals(legacy) && !slice.isEmpty() ? List.of(slice.split(" ")) : List.of();
    }

    private static List<String> addresses(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> URI.create(servers.get(i).url()).getHost())
                .toList();
    }

    /** A server that dies is taken out of the Service within its lease; its identity stays, and it comes back under it. */
    @Test
    void theKubernetesServiceAndTheIdentitiesFollowTheServers() {
        eventuallyAsserted(
                ENDPOINT_LEASE,
                "all servers are endpoints",
                () -> assertThat(endpoints()).containsExactlyElementsOf(addresses(SERVERS)));
        assertThat(identities()).hasSize(SERVERS).allSatisfy(lease -> {
            assertThat(lease.at("/metadata/name").asText()).matches("apiserver-[a-z2-7]{26}");
            assertThat(lease.at("/spec/holderIdentity").asText())
                    .startsWith(lease.at("/metadata/name").asText() + "_");
            assertThat(lease.at("/spec/leaseDurationSeconds").asInt()).isEqualTo(3600);
        });
        String victim = servers.get(SERVERS - 1).name();
        for (Balanced.Server server : servers) {
            Instant before = renewed(server.name());
            eventually(
                    ENDPOINT_LEASE,
                    server.name() + " renews its Lease",
                    () -> renewed(server.name()).isAfter(before));
        }
        JsonNode identity = identity(victim);
        try (InjectedFault dead = cluster.faults().kill(victim)) {
            long killed = System.nanoTime();
            eventuallyAsserted(
                    ENDPOINT_LEASE.plusSeconds(6),
                    "the dead server is no endpoint",
                    () -> assertThat(endpoints()).containsExactlyElementsOf(addresses(SERVERS - 1)));
            System.out.printf(
                    "the Service kubernetes is without a dead API server after %.1f s (%s)%n",
                    (System.nanoTime() - killed) / 1e9, dead);
            // It runs out an hour after it was renewed last.
            Instant last = renewed(victim);
            assertThat(last)
                    .isAfterOrEqualTo(
                            Instant.parse(identity.at("/spec/renewTime").asText()));
            assertThat(renewed(victim)).isEqualTo(last);
        }
        eventuallyAsserted(
                BACK,
                "the server is an endpoint again",
                () -> assertThat(endpoints()).containsExactlyElementsOf(addresses(SERVERS)));
        JsonNode again = identity(victim);
        assertThat(again.at("/metadata/uid")).isEqualTo(identity.at("/metadata/uid"));
        assertThat(again.at("/spec/holderIdentity").asText())
                .isNotEqualTo(identity.at("/spec/holderIdentity").asText());
    }
}
