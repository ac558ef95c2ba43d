package io.kvorum.controllers.nodelifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeConditionBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.kvorum.controllers.pods.PodStates;
import io.kvorum.controllers.testing.ControllerHarness;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NodeLifecycleControllerTest {
    private ControllerHarness harness;
    private int renewals;
    private long nanos;
    private int looks;

    @BeforeEach
    void start() {
        harness = new ControllerHarness();
    }

    @AfterEach
    void stop() {
        harness.close();
    }

    private void node(String name) {
        harness.create(new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .withNewStatus()
                .addNewCondition()
                .withType("Ready")
                .withStatus("True")
                .endCondition()
                .endStatus()
                .build());
        harness.create(new LeaseBuilder()
                .withNewMetadata()
                .withNamespace("kube-node-lease")
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withRenewTime(harness.clock().instant().atZone(ZoneOffset.UTC))
                .endSpec()
                .build());
    }

    private void pod(String name, String node) {
        harness.create(harness.ready(
                new PodBuilder()
                        .withNewMetadata()
                        .withNamespace("default")
                        .withName(name)
                        .endMetadata()
                        .withNewSpec()
                        .withNodeName(node)
                        .addNewToleration()
                        .withKey(NodeTaints.UNREACHABLE)
                        .withOperator("Exists")
                        .withEffect("NoExecute")
                        .withTolerationSeconds(1L)
                        .endToleration()
                        .endSpec()
                        .build(),
                "127.7.64.9"));
    }

    private boolean renew(String node) {
        Lease lease = Objects.requireNonNull(harness.api().find(Lease.class, "kube-node-lease", node));
        harness.api()
                .resources(Lease.class)
                .update(new LeaseBuilder(lease)
                        .editSpec()
                        .withRenewTime(harness.clock()
                                .instant()
                                .plusNanos(++renewals * 1000L)
                                .atZone(ZoneOffset.UTC))
                        .endSpec()
                        .build());
        return true;
    }

    private Node current(String name) {
        return Objects.requireNonNull(harness.api().find(Node.class, "", name));
    }

    /** Asked once by every look at all nodes. */
    private long nanos() {
        looks++;
        return nanos;
    }

    private void pass(Duration time) {
        harness.api().run(() -> nanos += time.toNanos());
    }

    /** The first look may come before the watch has told the renewal, the second has seen it. */
    private void renewedAndSeen(String node) {
        int seen = harness.api().run(() -> {
            renew(node);
            return looks;
        });
        harness.api().until(() -> looks >= seen + 2);
    }

    /** Node n2 goes silent, n1 keeps renewing. */
    @Test
    void aSilentNodeLosesItsPodsAndComesBackClean() {
        node("n1");
        node("n2");
        pod("stays", "n1");
        pod("goes", "n2");
        NodeLifecycleController.Settings settings = new NodeLifecycleController.Settings(
                Duration.ofMillis(20), Duration.ofSeconds(40), Duration.ofSeconds(40), 0.1, 0.01, 50, 0.55);
        harness.start(
                context -> new NodeLifecycleController(context, settings, this::nanos), TaintEvictionController::new);
        long heartbeat = harness.api().run(() -> harness.api().vertx().setPeriodic(50, id -> renew("n1")));
        renewedAndSeen("n1");
        pass(Duration.ofSeconds(25));
        renewedAndSeen("n1");
        pass(Duration.ofSeconds(25));
        harness.api().until(() -> NodeTaints.hasNoExecute(current("n2"), NodeTaints.UNREACHABLE));
        assertThat(NodeTaints.readiness(current("n2"))).isEqualTo("Unknown");
        assertThat(NodeTaints.taints(current("n2")))
                .extracting(Taint::getEffect)
                .containsExactlyInAnyOrder("NoSchedule", "NoExecute");
        harness.api()
                .until(() ->
                        !PodStates.ready(Objects.requireNonNull(harness.api().find(Pod.class, "default", "goes"))));
        harness.clock().advance(Duration.ofSeconds(2));
        harness.api()
                .until(() -> PodStates.terminating(
                        Objects.requireNonNull(harness.api().find(Pod.class, "default", "goes"))));
        assertThat(PodStates.condition(
                        Objects.requireNonNull(harness.api().find(Pod.class, "default", "goes")), "DisruptionTarget"))
                .isNotNull();
        assertThat(NodeTaints.taints(current("n1"))).isEmpty();
        assertThat(PodStates.ready(Objects.requireNonNull(harness.api().find(Pod.class, "default", "stays"))))
                .isTrue();
        harness.api()
                .until(() -> harness.api().all(Event.class).stream()
                        .anyMatch(event -> event.getMessage().equals("Node n2 status is now: NodeNotReady")));

        harness.api().run(() -> {
            harness.api().vertx().setPeriodic(50, id -> renew("n2"));
            return harness.api()
                    .resources(Node.class)
                    .updateStatus(new NodeBuilder(current("n2"))
                            .editStatus()
                            .withConditions(new NodeConditionBuilder()
                                    .withType("Ready")
                                    .withStatus("True")
                                    .withLastHeartbeatTime(
                                            harness.clock().instant().toString())
                                    .build())
                            .endStatus()
                            .build());
        });
        harness.api()
                .until(() -> NodeTaints.taints(current("n2")).isEmpty()
                        && NodeTaints.readiness(current("n2")).equals("True"));
        harness.api().run(() -> harness.api().vertx().cancelTimer(heartbeat));
    }
}
