package io.kvorum.scheduler;

import static io.kvorum.scheduler.Objects.node;
import static io.kvorum.scheduler.Objects.pod;
import static io.kvorum.scheduler.Specs.on;
import static io.kvorum.scheduler.Specs.priority;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSchedulingGate;
import io.kvorum.api.ApiException;
import io.kvorum.client.EventRecorder;
import io.kvorum.scheduler.framework.Framework;
import io.kvorum.scheduler.plugins.DefaultBinder;
import io.kvorum.scheduler.plugins.DefaultPlugins;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The whole scheduler with its default plugins: pods that make room for others, and explanations. */
class PreemptionTest {
    private static final Duration MOMENT = Duration.ofMillis(20);

    private final FakeCluster cluster = new FakeCluster();
    private final Clock clock = Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);
    private boolean leading = true;
    private final Scheduler scheduler = new Scheduler(new Scheduler.Parts(
            "default-scheduler",
            cluster,
            cluster.resources(Pod.class),
            new Framework(DefaultPlugins.create(new SplittableRandom(2)), new SplittableRandom(2)),
            List.of(),
            new DefaultBinder(cluster.resources(Pod.class)),
            EventRecorder.create(cluster, "default-scheduler", "", clock, cluster),
            cluster,
            clock,
            () -> leading));

    private static PodBuilder wants(String name, String cpu, int priority) {
        return priority(pod(name, cpu, "1Mi"), priority);
    }

    /** One node, filled by a pod of low priority, and then one of high priority. */
    private Pod victimAndPreemptor() {
        scheduler.resume();
        cluster.put(node("n1").build());
        Pod low = on(wants("low", "4", 0), "n1").build();
        cluster.put(low);
        cluster.put(wants("high", "3", 1000).build());
        cluster.advance(MOMENT);
        return low;
    }

    @Test
    void lowerPodIsEndedTheHigherOneNominatedAndThenBound() {
        Pod low = victimAndPreemptor();
        assertThat(cluster.deletions).containsExactly("low: uid-low");
        assertThat(cluster.events)
                .containsExactly(
                        "high FailedScheduling: 0/1 nodes are available: 1 Insufficient cpu.",
                        "low Preempted: Preempted by pod uid-high on node n1");
        assertThat(cluster.patches)
                .anySatisfy(patch -> assertThat(patch)
                        .startsWith("high/status")
                        .contains("\"nominatedNodeName\":\"n1\"", "\"reason\":\"Unschedulable\""))
                .anySatisfy(patch -> assertThat(patch)
                        .startsWith("low/status")
                        .contains(
                                "\"type\":\"DisruptionTarget\"",
                                "\"reason\":\"PreemptionByScheduler\"",
                                "default-scheduler: preempting to accommodate a higher priority pod"));
        cluster.advance(Duration.ofSeconds(20));
        assertThat(cluster.bindings).isEmpty();
        cluster.remove(low);
        cluster.advance(MOMENT);
        assertThat(cluster.bindings).containsExactly("high->n1");
    }

    @Test
    void roomThatIsBeingMadeIsNotTakenByLowerPods() {
        Pod low = victimAndPreemptor();
        cluster.put(wants("sneaky", "2", 5).build());
        cluster.advance(MOMENT);
        cluster.remove(low);
        cluster.advance(Duration.ofSeconds(20));
        assertThat(cluster.bindings).containsExactly("high->n1");
    }

    @Test
    void promisedRoomIsFreeAgainWhenThePodIsDeleted() {
        Pod low = victimAndPreemptor();
        cluster.put(wants("patient", "2", 5).build());
        cluster.advance(MOMENT);
        cluster.remove(low);
        cluster.remove(cluster.pod("high"));
        cluster.advance(Duration.ofSeconds(20));
        assertThat(cluster.bindings).containsExactly("patient->n1");
    }

    @Test
    void higherPodTakesOverAPromise() {
        victimAndPreemptor();
        cluster.put(wants("highest", "4", 5000).build());
        cluster.advance(MOMENT);
        cluster.remove(cluster.pod("low"));
        cluster.advance(Duration.ofSeconds(20));
        assertThat(cluster.bindings).containsExactly("highest->n1");
    }

    @Test
    void failedDeletionTakesThePromiseBackAndIsTriedAgain() {
        cluster.deletionFailure = ApiException.unavailable("no API server");
        victimAndPreemptor();
        assertThat(cluster.patches)
                .anySatisfy(
                        patch -> assertThat(patch).startsWith("high/status").contains("\"nominatedNodeName\":null"));
        cluster.deletionFailure = null;
        cluster.advance(Duration.ofSeconds(20));
        assertThat(cluster.deletions).contains("low: uid-low");
    }

    @Test
    void instanceThatLeadsNoMoreEndsNobody() {
        leading = false;
        victimAndPreemptor();
        assertThat(cluster.deletions).isEmpty();
    }

    @Test
    void promiseInTheStatusIsKnownAfterARestart() {
        scheduler.resume();
        cluster.put(node("n1").build());
        cluster.put(wants("high", "3", 1000)
                .editSpec()
                .withSchedulingGates(List.of())
                .endSpec()
                .editOrNewStatus()
                .withNominatedNodeName("n1")
                .endStatus()
                .build());
        cluster.put(on(wants("leaving", "4", 0), "n1").build());
        cluster.put(wants("low", "2", 0).build());
        cluster.advance(MOMENT);
        cluster.remove(cluster.pod("leaving"));
        cluster.advance(Duration.ofSeconds(20));
        assertThat(cluster.bindings).containsExactly("high->n1");
    }

    private ObjectNode explain(String pod) {
        return scheduler.explainer().explain("ns", pod);
    }

    @Test
    void explanationOfAWaitingPodNamesPluginReasonAndVictims() {
        cluster.put(node("n1").build());
        cluster.put(node("n2").editSpec().withUnschedulable(true).endSpec().build());
        cluster.put(on(wants("low", "4", 0), "n1").build());
        cluster.put(wants("high", "3", 1000).build());
        ObjectNode answer = explain("high");
        assertThat(answer.at("/nodes/0/name").asText()).isEqualTo("n1");
        assertThat(answer.at("/nodes/0/plugin").asText()).isEqualTo("NodeResourcesFit");
        assertThat(answer.at("/nodes/0/reasons/0").asText()).isEqualTo("Insufficient cpu");
        assertThat(answer.at("/nodes/0/preemptionMightHelp").asBoolean()).isTrue();
        assertThat(answer.at("/nodes/1/plugin").asText()).isEqualTo("NodeUnschedulable");
        assertThat(answer.at("/nodes/1/preemptionMightHelp").asBoolean()).isFalse();
        assertThat(answer.at("/preemption/node").asText()).isEqualTo("n1");
        assertThat(answer.at("/preemption/candidates/0/victims/0/name").asText())
                .isEqualTo("low");
        assertThat(answer.at("/result/message").asText())
                .isEqualTo("0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable.");
        assertThat(answer.at("/queue/place").asText()).isEqualTo("active");
        assertThat(answer.has("lastDecision")).isFalse();
        assertThat(cluster.deletions).as("nothing is done").isEmpty();
    }

    @Test
    void explanationOfABoundPodTakesItOffItsNodeForTheRun() {
        scheduler.resume();
        cluster.put(node("n1").build());
        cluster.put(wants("p", "3", 0).build());
        cluster.advance(MOMENT);
        cluster.showBound("p", "n1");
        ObjectNode answer = explain("p");
        assertThat(answer.at("/nodes/0/fits").asBoolean())
                .as("it does not stand in its own way")
                .isTrue();
        assertThat(answer.at("/nodes/0/bound").asBoolean()).isTrue();
        assertThat(answer.at("/result/node").asText()).isEqualTo("n1");
        assertThat(answer.at("/lastDecision/node").asText()).isEqualTo("n1");
        assertThat(answer.at("/notes/0").asText()).contains("bound to n1", "simulated");
        long total = 0;
        for (var score : answer.at("/nodes/0/scores")) {
            assertThat(score.path("weighted").asLong())
                    .isEqualTo(score.path("normalized").asLong()
                            * score.path("weight").asLong());
            total += score.path("weighted").asLong();
        }
        assertThat(answer.at("/nodes/0/total").asLong()).isEqualTo(total).isPositive();
        cluster.put(wants("next", "3", 0).build());
        cluster.advance(MOMENT);
        assertThat(cluster.bindings).as("it still counts there").containsExactly("p->n1");
    }

    @Test
    void explanationsOfGatedForeignEndedAndUnknownPodsSaySo() {
        cluster.put(node("n1").build());
        cluster.put(pod("gated")
                .editSpec()
                .withSchedulingGates(new PodSchedulingGate("example.com/wait"))
                .endSpec()
                .build());
        cluster.put(
                pod("foreign").editSpec().withSchedulerName("mine").endSpec().build());
        cluster.put(on(pod("ended"), "n1")
                .editOrNewStatus()
                .withPhase("Succeeded")
                .endStatus()
                .build());
        assertThat(explain("gated").path("notes").toString()).contains("scheduling gates: example.com/wait");
        assertThat(explain("foreign").path("notes").toString()).contains("\\\"mine\\\"");
        assertThat(explain("ended").path("notes").toString()).contains("has ended");
        assertThatThrownBy(() -> explain("nobody"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("pods \"nobody\" not found in namespace \"ns\"");
    }

    @Test
    void explanationWithoutNodes() {
        cluster.put(pod("p").build());
        assertThat(explain("p").at("/result/message").asText()).isEqualTo("no nodes available to schedule pods");
    }
}
