package io.kvorum.cluster;

import static io.kvorum.cluster.ClusterFixture.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.testkit.Faults;
import io.kvorum.testkit.InjectedFault;
import io.kvorum.testkit.KvorumTest;
import io.kvorum.testkit.Run;
import io.kvorum.testkit.TestCluster;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The store's leader and the bus under partitions: writes go on, and after the heal everything works within seconds. */
@KvorumTest
class StoreFaultIT {
    /** Bounds that a loaded machine keeps; how long it took is printed, and is 1 to 5 s on a quiet one. */
    private static final Duration WRITES_GO_ON_WITHIN = Duration.ofSeconds(15);

    private static final Duration WORKS_AGAIN_WITHIN = Duration.ofSeconds(30);
    private static TestCluster cluster;
    private static int writes;

    @BeforeAll
    static void use(TestCluster running) {
        cluster = running;
    }

    @Test
    void writesGoOnWithoutThePartedLeader() {
        String leader = cluster.leader("store");
        InjectedFault parted = cluster.faults().partition(leader);
        long started = System.nanoTime();
        eventually(WRITES_GO_ON_WITHIN, "a write succeeds", StoreFaultIT::write);
        System.out.printf("partition of %s: first write after %.1f s%n", leader, (System.nanoTime() - started) / 1e9);
        parted.heal();
        long healed = System.nanoTime();
        eventually(
                WORKS_AGAIN_WITHIN,
                "all components are ready and work",
                () -> cluster.components().stream()
                                .allMatch(c -> c.path("ready").asBoolean())
                        && write());
        assertTheWholeChainWorks(healed);
    }

    @ParameterizedTest
    @CsvSource({"2, two-way", "2, one-way", "15, two-way", "15, one-way"})
    void everythingWorksAfterASplit(int seconds, String direction) {
        split(seconds, direction);
    }

    @Tag("slow")
    @ParameterizedTest
    @CsvSource({"60, two-way", "60, one-way"})
    void everythingWorksAfterALongSplit(int seconds, String direction) {
        split(seconds, direction);
    }

    /** The API server and a minority of the stores on one side, everything else on the other. */
    private static void split(int seconds, String direction) {
        String here = "apiserver-0,store-0";
        String there = "store-1,store-2,role:scheduler,role:controller-manager,role:kubelet,role:kube-proxy";
        Faults lasting = cluster.faults().lasting(Duration.ofSeconds(seconds));
        InjectedFault split = direction.equals("two-way") ? lasting.partition(here, there) : lasting.cut(here, there);
        eventually(Duration.ofSeconds(seconds + 20), "the fault ends by itself", () -> !split.active());
        assertTheWholeChainWorks(System.nanoTime());
    }

    /** A new pod passes through API server, store, scheduler, controller manager and a kubelet. */
    private static void assertTheWholeChainWorks(long healed) {
        String name = "chain-" + ++writes;
        eventually(WORKS_AGAIN_WITHIN, "a deployment can be created", () -> {
            Run run = cluster.kubectl("create", "deployment", name, "--image=pause", "--request-timeout=2s");
            return run.exitCode() == 0 || run.stderr().contains("already exists");
        });
        Duration left = WORKS_AGAIN_WITHIN.minusNanos(System.nanoTime() - healed);
        eventually(
                left.isNegative() ? Duration.ofMillis(1) : left.plusSeconds(1),
                "its pod runs",
                () -> cluster.ask("get", "deployment", name, "-o", "jsonpath={.status.readyReplicas}")
                        .equals("1"));
        System.out.printf("after heal: whole chain works after %.1f s%n", (System.nanoTime() - healed) / 1e9);
        for (JsonNode component : cluster.components()) {
            assertThat(component.path("restarts").asInt())
                    .as(component.toString())
                    .isZero();
        }
    }

    private static boolean write() {
        return cluster.kubectl("create", "configmap", "write-" + ++writes, "--request-timeout=1s")
                        .exitCode()
                == 0;
    }
}
