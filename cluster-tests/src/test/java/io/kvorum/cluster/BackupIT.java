package io.kvorum.cluster;

import static io.kvorum.cluster.ClusterFixture.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvorum.testkit.Run;
import io.kvorum.testkit.TestCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** The backup plan, walked through as its user would: saved while in use, everything lost, restored, in use again. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BackupIT {
    private static TestCluster cluster;
    private static Path backup;

    @BeforeAll
    static void up() {
        Path home = ClusterFixture.freshHome(BackupIT.class);
        backup = home.resolve("a.backup");
        cluster = TestCluster.up(home, "--nodes=1", "--backup-every=2s", "--backup-keep=3");
    }

    @AfterAll
    static void down() {
        cluster.close();
    }

    private static JsonNode parse(Run run) throws IOException {
        return new ObjectMapper().readTree(run.ok().stdout());
    }

    @Test
    @Order(1)
    void aBackupIsTakenWhileWritesGoOn() throws Exception {
        cluster.kubectl("create", "configmap", "precious", "--from-literal=x=1").ok();
        cluster.kubectl("create", "deployment", "web", "--image=pause").ok();
        ClusterFixture.awaitReadyReplicas(cluster, "web", 1);
        AtomicBoolean stop = new AtomicBoolean();
        List<String> written = new ArrayList<>();
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
            while (!stop.get()) {
                String name = "during-" + written.size();
                cluster.kubectl("create", "configmap", name).ok();
                written.add(name);
            }
        });
        eventually(Duration.ofSeconds(20), "writes go on", () -> written.size() > 1);
        cluster.kvorum("store", "save", backup.toString()).ok();
        stop.set(true);
        writing.join();
        assertThat(cluster.kvorum("store", "check", backup.toString()).ok().stdout())
                .contains("is intact");
        Run again = cluster.kvorum("store", "save", backup.toString());
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.stderr()).contains("exists; --force replaces it");
        Run nowhere =
                cluster.kvorum("store", "save", backup.resolveSibling("none/b").toString());
        assertThat(nowhere.exitCode()).isEqualTo(1);
        assertThat(nowhere.stderr()).contains("its folder does not exist");
    }

    @Test
    @Order(2)
    void theMembersAgreeAndSayHowTheyAre() throws Exception {
        JsonNode check = parse(cluster.kvorum("store", "check", "-o", "json"));
        assertThat(check.path("compared").asBoolean()).isTrue();
        assertThat(check.findValuesAsText("contentHash")).hasSize(3);
        JsonNode status = parse(cluster.kvorum("store", "status", "-o", "json"));
        assertThat(status.path("members")).hasSize(3).allSatisfy(member -> {
            assertThat(member.path("revision").asLong()).isPositive();
            assertThat(member.path("dbBytes").asLong()).isPositive();
            assertThat(member.path("term").asLong()).isPositive();
            assertThat(member.path("busEndpoint").asText()).contains(":");
        });
        assertThat(status.findValuesAsText("leader")).filteredOn("true"::equals).hasSize(1);
    }

    @Test
    @Order(3)
    void periodicBackupsAreMadeAndTheOldOnesGo() {
        eventually(Duration.ofSeconds(60), "three backups are kept, and newer ones come", () -> {
            JsonNode backups =
                    parse(cluster.kvorum("store", "backups", "-o", "json")).path("backups");
            return backups.size() == 3 && !backups.path(0).equals(firstSeen(backups));
        });
    }

    private static JsonNode first;

    private static JsonNode firstSeen(JsonNode backups) {
        if (first == null) {
            first = backups.path(0);
        }
        return first;
    }

    @Test
    @Order(4)
    void badFilesAreNamedAndChangeNothing() throws Exception {
        byte[] bytes = Files.readAllBytes(backup);
        Path bad = backup.resolveSibling("bad.backup");
        byte[] flipped = bytes.clone();
        flipped[flipped.length / 2] ^= 4;
        Files.write(bad, flipped);
        assertRefused(bad, "is damaged");
        Files.write(bad, Arrays.copyOf(bytes, bytes.length / 2));
        assertRefused(bad, "is cut off");
        Files.writeString(bad, "hello");
        assertRefused(bad, "is not a backup of a Kvorum store");
        assertThat(cluster.kvorum("store", "restore", backup.toString()).stderr())
                .contains("is up");
        cluster.kubectl("get", "configmap", "precious").ok();
    }

    private static void assertRefused(Path bad, String words) {
        Run check = cluster.kvorum("store", "check", bad.toString());
        assertThat(check.exitCode()).isEqualTo(1);
        assertThat(check.stderr().strip()).contains(words).doesNotContain("\n");
        Run restore = cluster.kvorum("store", "restore", "--yes", bad.toString());
        assertThat(restore.exitCode()).isEqualTo(1);
        assertThat(restore.stderr()).contains(words);
    }

    @Test
    @Order(5)
    void everythingIsLostAndRestored() throws Exception {
        String uid = cluster.ask("get", "configmap", "precious", "-o", "jsonpath={.metadata.uid}");
        long before = new ObjectMapper()
                .readTree(cluster.ask("get", "--raw", "/api/v1/configmaps?limit=1"))
                .path("metadata")
                .path("resourceVersion")
                .asLong();
        cluster.kubectl("delete", "configmap", "precious").ok();
        cluster.kubectl("create", "configmap", "later").ok();
        cluster.kvorum("down").ok();
        for (String member : List.of("store-0", "store-1", "store-2")) {
            destroy(cluster.folder().resolve("data").resolve(member), member.equals("store-0"));
        }
        Run check = cluster.kvorum("store", "check");
        assertThat(check.exitCode()).isEqualTo(1);
        assertThat(check.stdout())
                .contains("store-0: file")
                .contains("is damaged")
                .contains("store-1: no data");
        cluster.kvorum("store", "restore", "--yes", backup.toString()).ok();
        cluster.kvorum("store", "check").ok();
        cluster.kvorum("up").ok();
        assertThat(cluster.ask("get", "configmap", "precious", "-o", "jsonpath={.metadata.uid}"))
                .isEqualTo(uid);
        assertThat(cluster.kubectl("get", "configmap", "later").exitCode()).isEqualTo(1);
        ClusterFixture.awaitReadyReplicas(cluster, "web", 1);
        cluster.kubectl("create", "configmap", "after").ok();
        long after =
                Long.parseLong(cluster.ask("get", "configmap", "after", "-o", "jsonpath={.metadata.resourceVersion}"));
        assertThat(after)
                .as("no client of the former life may think it knows a newer version")
                .isGreaterThan(before + 1_000_000);
        cluster.kvorum("store", "check").ok();
    }

    /** Damages the files of one member, and removes all of another. */
    private static void destroy(Path data, boolean damage) throws IOException {
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                if (!damage) {
                    Files.delete(file);
                } else if (String.valueOf(file.getFileName()).startsWith("log-") && Files.size(file) > 100) {
                    byte[] bytes = Files.readAllBytes(file);
                    bytes[50] ^= 1;
                    Files.write(file, bytes);
                }
            }
        }
    }
}
