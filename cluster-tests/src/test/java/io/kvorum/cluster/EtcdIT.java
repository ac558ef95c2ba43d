package io.kvorum.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvorum.testkit.Run;
import io.kvorum.testkit.TestCluster;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The store as etcd, driven by the real etcdctl. */
class EtcdIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration SOON = Duration.ofSeconds(30);

    private static TestCluster cluster;
    private static Etcdctl etcdctl;

    private final List<Process> running = new ArrayList<>();

    @BeforeAll
    static void up() throws IOException {
        cluster = TestCluster.up(
                ClusterFixture.freshHome(EtcdIT.class),
                "--nodes",
                "0",
                "--without",
                "apiserver,scheduler,controller-manager",
                "--store-arg",
                "listen-client=2379");
        etcdctl = Etcdctl.at(endpoints(cluster));
    }

    /** The members' client endpoints, from what {@code kvorum store status} says. */
    static List<String> endpoints(TestCluster of) throws IOException {
        JsonNode status =
                JSON.readTree(of.kvorum("store", "status", "-o", "json").ok().stdout());
        List<String> endpoints = new ArrayList<>();
        status.path("members")
                .forEach(member -> endpoints.add(member.path("clientEndpoint").asText()));
        assertThat(endpoints).hasSize(3).allMatch(endpoint -> endpoint.startsWith("http://127."));
        return endpoints;
    }

    @AfterAll
    static void down() {
        cluster.close();
    }

    @AfterEach
    void endProcesses() throws InterruptedException {
        for (Process process : running) {
            process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
    }

    private Path background(String name, String... words) throws IOException {
        Path output = cluster.home().resolve(name + ".out");
        running.add(etcdctl.start(output, words));
        return output;
    }

    private static void prints(Path output, String... lines) {
        ClusterFixture.eventuallyAsserted(
                SOON,
                output + " has all lines",
                () -> assertThat(Files.readAllLines(output)).containsSubsequence(lines));
    }

    private static String inRange(String prefix) {
        return etcdctl.ask("get", "--prefix", prefix, "--print-value-only");
    }

    @Test
    void keysArePutReadAndDeleted() throws IOException {
        assertThat(etcdctl.ask("put", "kv/a", "one")).isEqualTo("OK");
        assertThat(etcdctl.ask("put", "--prev-kv", "kv/a", "two")).isEqualTo("OK\nkv/a\none");
        etcdctl.ask("put", "kv/b", "three");
        assertThat(inRange("kv/")).isEqualTo("two\nthree");
        assertThat(etcdctl.ask("get", "kv/a", "kv/b", "--keys-only")).isEqualTo("kv/a");
        assertThat(etcdctl.ask("get", "--prefix", "kv/", "--sort-by=VALUE", "--order=ASCEND", "--limit=1"))
                .isEqualTo("kv/b\nthree");
        JsonNode json = JSON.readTree(etcdctl.ask("get", "kv/a", "-w", "json"));
        long revision = json.path("kvs").path(0).path("create_revision").asLong();
        assertThat(etcdctl.ask("get", "kv/a", "--rev=" + revision, "--print-value-only"))
                .isEqualTo("one");
        assertThat(etcdctl.ask("del", "--prefix", "kv/", "--prev-kv")).isEqualTo("2\nkv/a\ntwo\nkv/b\nthree");
        assertThat(inRange("kv/")).isEmpty();
    }

    @Test
    void transactionsChooseTheirBranch() {
        etcdctl.ask("put", "txn/a", "1");
        String txn = "value(\"txn/a\") = \"1\"\n\nput txn/b yes\nget txn/a\n\nput txn/b no\n\n";
        assertThat(etcdctl.tell(txn, "txn")).isEqualTo("SUCCESS\n\nOK\n\ntxn/a\n1");
        etcdctl.ask("put", "txn/a", "2");
        assertThat(etcdctl.tell(txn, "txn")).isEqualTo("FAILURE\n\nOK");
        assertThat(inRange("txn/b")).isEqualTo("no");
    }

    @Test
    void watchesSeeThePastAndWhatComes() throws IOException {
        etcdctl.ask("put", "watch/a", "1");
        long revision = JSON.readTree(etcdctl.ask("get", "watch/a", "-w", "json"))
                .path("kvs")
                .path(0)
                .path("mod_revision")
                .asLong();
        etcdctl.ask("put", "watch/a", "2");
        Path seen = background("watch", "watch", "--prefix", "watch/", "--prev-kv", "--rev=" + revision);
        prints(seen, "PUT", "watch/a", "1", "PUT", "watch/a", "1", "watch/a", "2");
        etcdctl.ask("del", "watch/a");
        prints(seen, "DELETE", "watch/a", "2");
    }

    @Test
    void progressIsToldWhenAskedFor() throws IOException {
        String revision = revisionOf("progress/a");
        Path told = background("watch-interactive", "watch", "-i");
        OutputStream commands = running.get(0).getOutputStream();
        commands.write("watch progress/a\n".getBytes(StandardCharsets.UTF_8));
        // a request that comes before the watch is open is answered with nothing, as by etcd
        ClusterFixture.eventually(SOON, "progress is told", () -> {
            commands.write("progress\n".getBytes(StandardCharsets.UTF_8));
            commands.flush();
            return Files.readString(told).contains("progress notify: ");
        });
        String said = Files.readString(told);
        long seen = Long.parseLong(said.substring(said.indexOf(':') + 1)
                .lines()
                .findFirst()
                .orElseThrow()
                .strip());
        assertThat(seen).isGreaterThanOrEqualTo(Long.parseLong(revision));
    }

    /** The store's revision. */
    private static String revisionOf(String key) throws IOException {
        return JSON.readTree(etcdctl.ask("get", key, "-w", "json"))
                .path("header")
                .path("revision")
                .asText();
    }

    @Test
    void leasesAreGrantedKeptAndRevoked() {
        String lease = etcdctl.ask("lease", "grant", "100").split(" ")[1];
        etcdctl.ask("put", "--lease=" + lease, "lease/a", "1");
        assertThat(etcdctl.ask("lease", "list")).contains(lease);
        assertThat(etcdctl.ask("lease", "timetolive", "--keys", lease))
                .contains("granted with TTL(100s)")
                .contains("lease/a");
        assertThat(etcdctl.ask("lease", "keep-alive", "--once", lease)).contains("keepalived with TTL(100)");
        assertThat(etcdctl.ask("lease", "revoke", lease)).contains("revoked");
        assertThat(inRange("lease/")).isEmpty();
        assertThat(etcdctl.ask("lease", "timetolive", lease)).contains("already expired");
        Run unknown = etcdctl.run("put", "--lease=" + lease, "lease/a", "1");
        assertThat(unknown.exitCode()).isNotZero();
        assertThat(unknown.stderr()).contains("etcdserver: requested lease not found");
    }

    @Test
    void whatIsCompactedIsGone() throws IOException {
        etcdctl.ask("put", "compact/a", "1");
        etcdctl.ask("put", "compact/a", "2");
        String revision = revisionOf("compact/a");
        assertThat(etcdctl.ask("compaction", "--physical", revision)).isEqualTo("compacted revision " + revision);
        Run gone = etcdctl.run("get", "compact/a", "--rev=1");
        assertThat(gone.exitCode()).isNotZero();
        assertThat(gone.stderr()).contains("etcdserver: mvcc: required revision has been compacted");
        assertThat(etcdctl.ask("defrag")).contains("Finished defragmenting etcd member");
    }

    @Test
    void membersTellWhoAndHowTheyAre() throws IOException {
        JsonNode members = JSON.readTree(etcdctl.ask("member", "list", "-w", "json"));
        assertThat(members.path("members")).hasSize(3);
        members.path("members")
                .forEach(member -> assertThat(etcdctl.endpoints())
                        .contains(member.path("clientURLs").path(0).asText()));
        JsonNode status = JSON.readTree(etcdctl.ask("endpoint", "status", "--cluster", "-w", "json"));
        assertThat(status).hasSize(3);
        long leader = status.path(0).path("Status").path("leader").asLong();
        status.forEach(one -> {
            assertThat(one.path("Status").path("version").asText()).isEqualTo("3.5.21");
            assertThat(one.path("Status").path("leader").asLong()).isEqualTo(leader);
        });
        Run health = etcdctl.run("endpoint", "health").ok();
        assertThat(health.stdout() + health.stderr()).contains("is healthy").doesNotContain("unhealthy");
        assertThat(etcdctl.ask("alarm", "list")).isEmpty();
        assertThat(etcdctl.ask("alarm", "disarm")).isEmpty();
        Run add = etcdctl.run("member", "add", "more", "--peer-urls=http://127.0.0.1:2380");
        assertThat(add.exitCode()).isNotZero();
        assertThat(add.stderr()).contains("kvorum store scale");
    }

    @Test
    void theLeaderIsMoved() throws IOException {
        JsonNode status = JSON.readTree(etcdctl.ask("endpoint", "status", "--cluster", "-w", "json"));
        long leader = status.path(0).path("Status").path("leader").asLong();
        long other = leader;
        for (JsonNode one : status) {
            long member = one.path("Status").path("header").path("member_id").asLong();
            other = member == leader ? other : member;
        }
        assertThat(etcdctl.ask("move-leader", Long.toHexString(other)))
                .isEqualTo(
                        "Leadership transferred from " + Long.toHexString(leader) + " to " + Long.toHexString(other));
        Run unknown = etcdctl.run("move-leader", "1");
        assertThat(unknown.exitCode()).isNotZero();
        assertThat(unknown.stderr()).contains("etcdserver: bad leader transferee");
    }

    @Test
    void allMembersHashTheSameContent() throws IOException {
        etcdctl.ask("put", "hash/a", "1");
        String revision = revisionOf("hash/a");
        // other tests write meanwhile, so the hash is of one revision
        ClusterFixture.eventuallyAsserted(SOON, "every member has revision " + revision, () -> {
            JsonNode hashes = JSON.readTree(etcdctl.ask("endpoint", "hashkv", "--rev=" + revision, "-w", "json"));
            assertThat(hashes).hasSize(3);
            List<Long> found = new ArrayList<>();
            hashes.forEach(one -> found.add(one.path("HashKV").path("hash").asLong()));
            assertThat(found).containsOnly(found.get(0));
        });
    }

    @Test
    void aSnapshotIsABackupThatKvorumReads() throws IOException {
        etcdctl.ask("put", "snapshot/a", "1");
        Path file = cluster.home().resolve("snapshot.db");
        Files.deleteIfExists(file);
        new Etcdctl(etcdctl.program(), etcdctl.endpoints().subList(1, 2))
                .run("snapshot", "save", file.toString())
                .ok();
        assertThat(cluster.kvorum("store", "check", file.toString()).ok().stdout())
                .contains("intact");
    }

    @Test
    void locksAndElectionsPassOn() throws IOException {
        assertThat(etcdctl.ask("lock", "it", "echo", "held")).isEqualTo("held");
        Path first = background("lock-1", "lock", "contended");
        ClusterFixture.eventually(
                SOON, "the first has the lock", () -> Files.readString(first).contains("contended/"));
        Path second = background("lock-2", "lock", "contended");
        ClusterFixture.eventually(
                SOON,
                "the second waits",
                () -> etcdctl.ask("get", "--prefix", "contended/", "--keys-only")
                                .lines()
                                .filter(line -> !line.isBlank())
                                .count()
                        == 2);
        assertThat(Files.readString(second)).isEmpty();
        running.get(0).destroy();
        ClusterFixture.eventually(
                SOON, "the second has the lock", () -> Files.readString(second).contains("contended/"));

        background("elect", "elect", "chair", "one");
        Path listener = background("elect-listen", "elect", "-l", "chair");
        ClusterFixture.eventually(
                SOON, "the leader is known", () -> Files.readString(listener).contains("one"));
    }

    @Tag("slow") // a minute, whatever the machine
    @Test
    void theClientsOwnLoadTestRunsToItsEnd() throws IOException, InterruptedException {
        Path output = background("perf", "check", "perf", "--load=s", "--auto-compact");
        assertThat(running.get(0).waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(output)).contains("Throughput");
        assertThat(inRange("/etcdctl-check-perf/")).isEmpty();
    }
}
