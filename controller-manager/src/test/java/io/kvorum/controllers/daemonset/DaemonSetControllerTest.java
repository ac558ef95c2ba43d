package io.kvorum.controllers.daemonset;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatus;
import io.kvorum.client.KubernetesJson;
import io.kvorum.client.PatchType;
import io.kvorum.controllers.testing.ControllerHarness;
import io.kvorum.controllers.testing.FakeClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DaemonSetControllerTest {
    private ControllerHarness harness;

    @BeforeEach
    void start() {
        harness = new ControllerHarness();
    }

    @AfterEach
    void stop() {
        harness.close();
    }

    private static DaemonSet agent() {
        return new DaemonSetBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("agent")
                .endMetadata()
                .withNewSpec()
                .withNewSelector()
                .addToMatchLabels("app", "agent")
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels("app", "agent")
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("c")
                .withImage("agent:1")
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }

    private static Node node(String name) {
        return new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels("disk", "ssd")
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .build();
    }

    private static Node tainted(String name, String key, String effect) {
        return new NodeBuilder(node(name))
                .editSpec()
                .addNewTaint()
                .withKey(key)
                .withEffect(effect)
                .endTaint()
                .endSpec()
                .build();
    }

    private DaemonSet current() {
        return Objects.requireNonNull(harness.api().find(DaemonSet.class, "default", "agent"));
    }

    private void runPods() {
        harness.api().run(() -> {
            for (Pod pod : harness.api().all(Pod.class)) {
                if (pod.getStatus() == null || pod.getStatus().getPhase() == null) {
                    Pod bound = new PodBuilder(pod)
                            .editSpec()
                            .withNodeName(DaemonPods.nodeOf(pod))
                            .endSpec()
                            .build();
                    harness.api()
                            .resources(Pod.class)
                            .update(bound)
                            .compose(stored -> harness.api()
                                    .resources(Pod.class)
                                    .updateStatus(harness.ready(stored, "127.0.0.1")));
                }
            }
            return null;
        });
    }

    private boolean available(int pods) {
        DaemonSetStatus status = current().getStatus();
        return status != null && Objects.equals(status.getNumberAvailable(), pods);
    }

    private List<ControllerRevision> revisions() {
        List<ControllerRevision> all = new ArrayList<>(harness.api().all(ControllerRevision.class));
        all.sort(Comparator.comparingLong(ControllerRevision::getRevision));
        return all;
    }

    private void image(String image) {
        harness.api()
                .run(() -> harness.api()
                        .resources(DaemonSet.class)
                        .patch(
                                "default",
                                "agent",
                                PatchType.MERGE,
                                "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\""
                                        + image + "\"}]}}}}",
                                null));
    }

    @Test
    void putsOnePodOnEveryNodeThatIsMeant() {
        harness.create(node("n1"));
        harness.create(node("n2"));
        harness.create(tainted("master", "dedicated", "NoSchedule"));
        harness.create(tainted("cordoned", "node.kubernetes.io/unschedulable", "NoSchedule"));
        harness.create(agent());
        harness.start(context -> new DaemonSetController(context, 2));
        harness.api().until(() -> harness.api().all(Pod.class).size() == 3);
        assertThat(harness.api().all(Pod.class))
                .extracting(DaemonPods::nodeOf)
                .containsExactlyInAnyOrder("n1", "n2", "cordoned");
        runPods();
        harness.api().until(() -> available(3));
        DaemonSetStatus status = current().getStatus();
        assertThat(status.getDesiredNumberScheduled()).isEqualTo(3);
        assertThat(status.getUpdatedNumberScheduled()).isEqualTo(3);
        assertThat(status.getNumberUnavailable()).isZero();
        assertThat(status.getObservedGeneration()).isEqualTo(1);
        harness.create(node("n3"));
        harness.api().until(() -> harness.api().all(Pod.class).size() == 4);
    }

    @Test
    void withoutNodesThereIsAHistoryAndAStatusAllTheSame() {
        harness.create(agent());
        harness.start(context -> new DaemonSetController(context, 2));
        harness.api().until(() -> available(0) && revisions().size() == 1);
        ControllerRevision first = revisions().get(0);
        assertThat(first.getRevision()).isEqualTo(1);
        assertThat(KubernetesJson.write(first.getData()).toString())
                .contains("\"$patch\":\"replace\"")
                .contains("agent:1");
        image("agent:2");
        harness.api()
                .until(() -> revisions().size() == 2
                        && Objects.equals(current().getStatus().getObservedGeneration(), 2L));
        image("agent:1");
        // The template of before gets the newest number, and no third revision is made.
        harness.api().until(() -> revisions().size() == 2 && revisions().get(1).getRevision() == 3);
        assertThat(revisions().get(1).getMetadata().getUid())
                .isEqualTo(first.getMetadata().getUid());
    }

    @Test
    void rollsANewTemplateOutOneNodeAtATime() {
        harness.create(node("n1"));
        harness.create(node("n2"));
        harness.create(agent());
        harness.start(context -> new DaemonSetController(context, 2));
        harness.api().until(() -> harness.api().all(Pod.class).size() == 2);
        runPods();
        harness.api().until(() -> available(2));
        image("agent:2");
        harness.api().until(() -> leaving().size() == 1);
        assertThat(harness.api().all(Pod.class)).hasSize(2);
        finishLeaving();
        harness.api().until(() -> images("agent:2") == 1);
        assertThat(leaving()).as("the new one is not available yet").isEmpty();
        runPods();
        harness.api().until(() -> leaving().size() == 1);
        finishLeaving();
        harness.api().until(() -> images("agent:2") == 2);
    }

    private List<Pod> leaving() {
        return harness.api().all(Pod.class).stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() != null)
                .toList();
    }

    private void finishLeaving() {
        harness.api().run(() -> {
            leaving().forEach(harness.api()::finishDeletion);
            return null;
        });
    }

    private long images(String image) {
        return harness.api().all(Pod.class).stream()
                .filter(pod -> pod.getSpec().getContainers().get(0).getImage().equals(image))
                .count();
    }

    @Test
    void surgesWithinItsLimitWhenTheOldPodIsOfUse() {
        DaemonSet surging = new DaemonSetBuilder(agent())
                .editSpec()
                .withNewUpdateStrategy()
                .withType("RollingUpdate")
                .withNewRollingUpdate()
                .withMaxSurge(new IntOrString(1))
                .withMaxUnavailable(new IntOrString(0))
                .endRollingUpdate()
                .endUpdateStrategy()
                .endSpec()
                .build();
        Pod old1 = running("old1", "n1");
        Pod old2 = running("old2", "n2");
        DaemonView view =
                DaemonView.of(surging, "new", List.of(node("n1"), node("n2")), List.of(old1, old2), FakeClock.START);
        assertThat(DaemonPlan.placement(view).empty()).isTrue();
        assertThat(DaemonPlan.rollout(view)).isEqualTo(new DaemonPlan(List.of("n1"), List.of(), List.of()));
        Pod fresh = new PodBuilder(running("fresh", "n1"))
                .editMetadata()
                .withLabels(Map.of(DaemonPods.HASH, "new"))
                .endMetadata()
                .build();
        DaemonView surged = DaemonView.of(
                surging, "new", List.of(node("n1"), node("n2")), List.of(old1, old2, fresh), FakeClock.START);
        assertThat(DaemonPlan.placement(surged).delete()).containsExactly(old1);
    }

    private Pod running(String name, String node) {
        return harness.ready(
                new PodBuilder()
                        .withNewMetadata()
                        .withNamespace("default")
                        .withName(name)
                        .withUid(name)
                        .withLabels(Map.of(DaemonPods.HASH, "old"))
                        .endMetadata()
                        .withNewSpec()
                        .withNodeName(node)
                        .endSpec()
                        .build(),
                "127.0.0.1");
    }

    @Test
    void aNoExecuteTaintDrivesDaemonsAwayAndNoScheduleOnlyKeepsNewOnesOff() {
        assertThat(DaemonPods.Placement.of(agent(), tainted("n", "k", "NoSchedule")))
                .isEqualTo(new DaemonPods.Placement(false, true));
        assertThat(DaemonPods.Placement.of(agent(), tainted("n", "k", "NoExecute")))
                .isEqualTo(new DaemonPods.Placement(false, false));
        DaemonSet picky = new DaemonSetBuilder(agent())
                .editSpec()
                .editTemplate()
                .editSpec()
                .addToNodeSelector("disk", "hdd")
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
        assertThat(DaemonPods.Placement.of(picky, node("n")).run()).isFalse();
    }

    @Test
    void failedDaemonsAreReplacedEverMoreSlowly() {
        FailedDaemons failed = new FailedDaemons();
        assertThat(failed.hold("a", FakeClock.START)).isNull();
        assertThat(failed.hold("a", FakeClock.START)).isEqualTo(Duration.ofSeconds(1));
        assertThat(failed.hold("a", FakeClock.START.plusSeconds(1))).isNull();
        assertThat(failed.hold("a", FakeClock.START.plusSeconds(1))).isEqualTo(Duration.ofSeconds(2));
        assertThat(failed.hold("b", FakeClock.START)).isNull();
    }
}
