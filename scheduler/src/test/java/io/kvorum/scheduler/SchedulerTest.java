package io.kvorum.scheduler;

import static io.kvorum.scheduler.Objects.node;
import static io.kvorum.scheduler.Objects.pod;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSchedulingGate;
import io.kvorum.api.ApiException;
import io.kvorum.client.EventRecorder;
import io.kvorum.scheduler.framework.Framework;
import io.kvorum.scheduler.plugins.DefaultBinder;
import io.kvorum.scheduler.plugins.NodeResourcesFit;
import io.kvorum.scheduler.plugins.NodeUnschedulable;
import io.kvorum.scheduler.plugins.TaintToleration;
import io.vertx.core.Promise;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SchedulerTest {
    private static final Duration MOMENT = Duration.ofMillis(20);

    private final FakeCluster cluster = new FakeCluster();
    private boolean leading = true;
    private final Clock clock = Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);
    private final Scheduler scheduler = new Scheduler(new Scheduler.Parts(
            "default-scheduler",
            cluster,
            cluster.resources(Pod.class),
            new Framework(
                    List.of(new NodeUnschedulable(), new TaintToleration(), new NodeResourcesFit()),
                    new SplittableRandom(2)),
            List.of(),
            new DefaultBinder(cluster.resources(Pod.class)),
            EventRecorder.create(cluster, "default-scheduler", "", clock, cluster),
            cluster,
            clock,
            () -> leading));

    private Promise<Void> binding(String pod) {
        return java.util.Objects.requireNonNull(
                java.util.Objects.requireNonNull(cluster.heldBindings).get(pod));
    }

    @Test
    void podIsBoundAndTheEventSaysWhere() {
        scheduler.resume();
        cluster.put(node("n1").build());
        cluster.put(pod("p").build());
        cluster.advance(MOMENT);
        assertThat(cluster.bindings).containsExactly("p->n1");
        assertThat(cluster.events).containsExactly("p Scheduled: Successfully assigned ns/p to n1");
    }

    @Test
    void podsOfOthersDeletedOnesAndGatedOnesAreLeftAlone() {
        scheduler.resume();
        cluster.put(node("n1").build());
        cluster.put(pod("other").editSpec().withSchedulerName("mine").endSpec().build());
        cluster.put(pod("gone")
                .editMetadata()
                .withDeletionTimestamp("2026-01-01T00:00:00Z")
                .endMetadata()
                .build());
        Pod gated = pod("gated")
                .editSpec()
                .withSchedulingGates(new PodSchedulingGate("wait"))
                .endSpec()
                .build();
        cluster.put(gated);
        cluster.advance(MOMENT);
        assertThat(cluster.bindings).isEmpty();
        cluster.put(new PodBuilder(gated)
                .editSpec()
                .withSchedulingGates(List.of())
                .endSpec()
                .build());
        cluster.advance(MOMENT);
        assertThat(cluster.bindings).containsExactly("gated->n1");
    }

    @Test
    void unschedulablePodIsToldWhyAndComesBackWhenARoomIsFree() {
        scheduler.resume();
        cluster.put(node("n1").build());
        Pod big = pod("big", "3", "1Gi").editSpec().withNodeName("n1").endSpec().build();
        cluster.put(big);
        cluster.put(pod("p", "2", "1Gi").build());
        cluster.advance(MOMENT);
        assertThat(cluster.events).containsExactly("p FailedScheduling: 0/1 nodes are available: 1 Insufficient cpu.");
        assertThat(cluster.patches).hasSize(1);
        assertThat(cluster.patches.get(0))
                .startsWith("p/status")
                .contains("\"type\":\"PodScheduled\"", "\"status\":\"False\"", "\"reason\":\"Unschedulable\"");
        cluster.advance(Duration.ofSeconds(20));
        assertThat(cluster.events).hasSize(1);
        cluster.remove(big);
        cluster.advance(MOMENT);
        assertThat(cluster.bindings).containsExactly("p->n1");
    }

    @Test
    void withoutNodesItWaitsForTheFirst() {
        scheduler.resume();
        cluster.put(pod("p").build());
        cluster.advance(MOMENT);
        assertThat(cluster.events).containsExactly("p FailedScheduling: no nodes available to schedule pods");
        cluster.put(node("n1").editSpec().withUnschedulable(true).endSpec().build());
        cluster.advance(Duration.ofSeconds(2));
        assertThat(cluster.bindings).isEmpty();
        cluster.put(node("n1").build());
        cluster.advance(Duration.ofSeconds(5));
        assertThat(cluster.bindings).containsExactly("p->n1");
    }

    @Test
    void assumedPodsFillANodeBeforeAnyBindingIsAnswered() {
        cluster.heldBindings = new HashMap<>();
        scheduler.resume();
        cluster.put(node("n1").build());
        for (int i = 0; i < 3; i++) {
            cluster.put(pod("p" + i, "2", "1Gi").build());
        }
        cluster.advance(MOMENT);
        assertThat(cluster.bindings).containsExactly("p0->n1", "p1->n1");
        assertThat(cluster.events).hasSize(1).first().asString().contains("p2 FailedScheduling");
    }

    @Test
    void failedBindingGivesTheRoomBackAndIsTriedAgain() {
        cluster.heldBindings = new HashMap<>();
        scheduler.resume();
        cluster.put(node("n1").build());
        cluster.put(pod("p", "4", "1Gi").build());
        cluster.advance(MOMENT);
        binding("p").fail(ApiException.unavailable("no API server"));
        cluster.heldBindings = null;
        cluster.advance(Duration.ofMillis(500));
        assertThat(cluster.bindings).hasSize(1);
        cluster.advance(Duration.ofSeconds(1));
        assertThat(cluster.bindings).containsExactly("p->n1", "p->n1");
    }

    /** The binding was carried out, its answer lost: the watch decides. */
    @Test
    void podThatTheWatchShowsBoundIsNotBoundAgain() {
        cluster.heldBindings = new HashMap<>();
        scheduler.resume();
        cluster.put(node("n1").build());
        cluster.put(pod("p").build());
        cluster.advance(MOMENT);
        cluster.showBound("p", "n1");
        binding("p").fail(ApiException.timeout("no answer"));
        cluster.advance(Duration.ofMinutes(1));
        assertThat(cluster.bindings).hasSize(1);
        assertThat(scheduler.queue().backoffPods()).isZero();
    }

    @Test
    void pausedSchedulerDecidesNothing() {
        cluster.put(node("n1").build());
        cluster.put(pod("p").build());
        cluster.advance(MOMENT);
        assertThat(cluster.bindings).isEmpty();
        scheduler.resume();
        scheduler.pause();
        cluster.advance(Duration.ofMinutes(1));
        assertThat(cluster.bindings).isEmpty();
        scheduler.resume();
        cluster.advance(MOMENT);
        assertThat(cluster.bindings).hasSize(1);
    }

    @Test
    void instanceThatLeadsNoMoreBindsNothing() {
        scheduler.resume();
        leading = false;
        cluster.put(node("n1").build());
        cluster.put(pod("p").build());
        cluster.advance(MOMENT);
        assertThat(cluster.bindings).isEmpty();
        leading = true;
        cluster.advance(Duration.ofSeconds(2));
        assertThat(cluster.bindings).containsExactly("p->n1");
    }

    @Test
    void manyPodsAreSpreadOverTheNodes() {
        scheduler.resume();
        cluster.put(node("n1").build());
        cluster.put(node("n2").build());
        for (int i = 0; i < 40; i++) {
            cluster.put(pod("p" + i).build());
        }
        cluster.advance(MOMENT);
        assertThat(cluster.bindings).hasSize(40);
        assertThat(cluster.bindings.stream().filter(binding -> binding.endsWith("n1")))
                .hasSize(20);
    }
}
