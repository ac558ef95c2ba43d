package io.kvorum.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvorum.testkit.Run;
import io.kvorum.testkit.TestCluster;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Members come, go and are replaced while writes go on, none of which fails or is lost. */
@TestMethodOrder(OrderAnnotation.class)
final class StoreMembersIT {
    private static TestCluster cluster;
    private static final List<String> written = new ArrayList<>();
    private static Thread writer;
    private static volatile @Nullable Run failed;
    private static volatile boolean writing = true;

    @BeforeAll
    static void start() {
        cluster = TestCluster.up(
                ClusterFixture.freshHome(StoreMembersIT.class),
                "--nodes",
                "0",
                "--without",
                "scheduler,controller-manager");
        writer = new Thread(StoreMembersIT::write, "writer");
        writer.start();
    }

    /** One write after the other; the first that fails ends it. */
    private static void write() {
        for (int i = 0; writing; i++) {
            String name = "written-" + i;
            Run run = cluster.kubectl("create", "configmap", name, "--request-timeout=20s");
            if (run.exitCode() != 0) {
                failed = run;
                return;
            }
            synchronized (written) {
                written.add(name);
            }
        }
    }

    @AfterAll
    static void stop() throws InterruptedException {
        writing = false;
        if (writer != null) {
            writer.join(Duration.ofSeconds(30).toMillis());
        }
        if (cluster != null) {
            cluster.close();
        }
    }

    private static List<String> members() throws IOException {
        String status = cluster.kvorum("store", "status", "-o", "json").ok().stdout();
        return StreamSupport.stream(
                        new ObjectMapper().readTree(status).path("members").spliterator(), false)
                .map(member -> member.path("name").asText())
                .toList();
    }

    @Test
    @Order(1)
    void aStoreOfThreeGrowsToFiveOfWhichTwoMayBeLost() throws IOException {
        cluster.kvorum("store", "scale", "5").ok();
        assertThat(members()).containsExactly("store-0", "store-1", "store-2", "store-3", "store-4");
        String leader = cluster.leader("store");
        String other = leader.equals("store-1") ? "store-2" : "store-1";
        cluster.faults().kill(leader, other);
        cluster.kubectl("create", "configmap", "with-three-of-five", "--request-timeout=20s")
                .ok();
        cluster.faults().heal();
        ClusterFixture.eventually(
                Duration.ofSeconds(30),
                "all are back",
                () -> cluster.components().stream()
                        .allMatch(component -> component.path("ready").asBoolean()));
    }

    @Test
    @Order(2)
    void aMemberIsReplacedByOneWithAnEmptyDisk() {
        Run run = cluster.kvorum("store", "replace", "store-1").ok();
        assertThat(run.stderr()).contains("store-1 has everything");
        Run unknown = cluster.kvorum("store", "replace", "store-7");
        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.stderr()).contains("no store member is named \"store-7\"");
    }

    @Test
    @Order(3)
    void itShrinksAgainAndHasEverything() throws IOException, InterruptedException {
        assertThat(cluster.kvorum("store", "scale", "4").exitCode()).isEqualTo(2);
        cluster.kvorum("store", "scale", "3").ok();
        assertThat(members()).containsExactly("store-0", "store-1", "store-2");
        writing = false;
        writer.join(Duration.ofSeconds(30).toMillis());
        assertThat(writer.isAlive()).isFalse();
        assertThat(failed).as("the write that failed").isNull();
        List<String> there =
                cluster.ask("get", "configmaps", "-o", "name").lines().toList();
        synchronized (written) {
            assertThat(written).hasSizeGreaterThan(10);
            System.out.println("members changed under " + written.size() + " writes, none failed");
            for (String name : written) {
                assertThat(there).contains("configmap/" + name);
            }
        }
        Run check = cluster.kvorum("store", "check").ok();
        assertThat(check.stdout()).contains("equal content");
    }
}
