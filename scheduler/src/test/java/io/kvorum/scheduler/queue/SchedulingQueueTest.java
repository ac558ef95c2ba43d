package io.kvorum.scheduler.queue;

import static io.kvorum.scheduler.Objects.pod;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.kvorum.scheduler.framework.ClusterEvent;
import io.kvorum.scheduler.framework.Plugin;
import io.kvorum.scheduler.framework.PodInfo;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SchedulingQueueTest {
    private long now;
    private final SchedulingQueue queue = new SchedulingQueue(() -> now);

    private void pass(Duration time) {
        now += time.toNanos();
    }

    private static final ClusterEvent EVENT = ClusterEvent.ofNamespace();

    /** A plugin of which a test says whom its events help. */
    private record Named(String name, Predicate<PodInfo> helped) implements Plugin {
        @Override
        public Set<ClusterEvent.Kind> eventsToRegister() {
            return Set.of();
        }

        @Override
        public boolean mayHelp(PodInfo waiting, ClusterEvent event) {
            return helped.test(waiting);
        }
    }

    private static List<Plugin> plugins(String... names) {
        return Arrays.stream(names)
                .<Plugin>map(name -> new Named(name, pod -> true))
                .toList();
    }

    private static PodInfo info(String name) {
        return PodInfo.of(pod(name).build());
    }

    private SchedulingQueue.Entry take() {
        return Objects.requireNonNull(queue.poll(), "no pod is active");
    }

    private String next() {
        SchedulingQueue.@Nullable Entry entry = queue.poll();
        return entry == null ? "nothing" : entry.pod().key().name();
    }

    @Test
    void higherPriorityFirstThenOlderFirst() {
        queue.add(info("first"));
        queue.add(info("second"));
        Pod urgent = pod("urgent").editSpec().withPriority(1000).endSpec().build();
        queue.add(PodInfo.of(urgent));
        assertThat(next()).isEqualTo("urgent");
        assertThat(next()).isEqualTo("first");
        assertThat(next()).isEqualTo("second");
        assertThat(next()).isEqualTo("nothing");
    }

    @Test
    void failedPodComesBackAfterADoublingBackoff() {
        queue.add(info("p"));
        for (int seconds : new int[] {1, 2, 4, 8, 10, 10}) {
            SchedulingQueue.Entry entry = take();
            queue.failed(entry);
            assertThat(queue.nextBackoffNanos())
                    .isEqualTo(Duration.ofSeconds(seconds).toNanos());
            pass(Duration.ofSeconds(seconds).minusNanos(1));
            assertThat(queue.poll()).isNull();
            pass(Duration.ofNanos(1));
        }
        assertThat(next()).isEqualTo("p");
    }

    @Test
    void unschedulablePodWaitsForAnEventOfAPluginThatRejectedIt() {
        queue.add(info("p"));
        queue.unschedulable(take(), Set.of("NodeResourcesFit"));
        pass(Duration.ofSeconds(30));
        assertThat(next()).isEqualTo("nothing");
        assertThat(queue.move(plugins("NodeAffinity"), EVENT)).isFalse();
        assertThat(next()).isEqualTo("nothing");
        assertThat(queue.move(plugins("NodeResourcesFit", "NodePorts"), EVENT)).isTrue();
        assertThat(next()).isEqualTo("p");
    }

    @Test
    void eventDuringTheBackoffMovesThePodToTheBackoff() {
        queue.add(info("p"));
        queue.unschedulable(take(), Set.of("NodeResourcesFit"));
        pass(Duration.ofMillis(300));
        queue.move(plugins("NodeResourcesFit"), EVENT);
        assertThat(queue.backoffPods()).isEqualTo(1);
        assertThat(queue.nextBackoffNanos()).isEqualTo(Duration.ofMillis(700).toNanos());
        queue.add(info("other"));
        assertThat(next()).as("the active ones come first").isEqualTo("other");
        assertThat(next()).as("it holds up nobody").isEqualTo("p");
    }

    @Test
    void eventMovesOnlyThosePodsThatThePluginThinksItHelps() {
        queue.add(info("p"));
        queue.add(info("q"));
        queue.add(info("r"));
        queue.unschedulable(take(), Set.of("NodeResourcesFit"));
        queue.unschedulable(take(), Set.of("NodeResourcesFit", "NodePorts"));
        queue.unschedulable(take(), Set.of("NodePorts"));
        pass(Duration.ofSeconds(2));
        Plugin picky = new Named("NodeResourcesFit", pod -> pod.key().name().equals("q"));
        assertThat(queue.move(List.of(picky), EVENT)).isTrue();
        assertThat(next()).isEqualTo("q");
        assertThat(next()).isEqualTo("nothing");
        assertThat(queue.holdingUp()).containsExactlyInAnyOrder("NodeResourcesFit", "NodePorts");
        assertThat(queue.move(plugins("NodePorts"), EVENT)).isTrue();
        assertThat(next()).isEqualTo("r");
    }

    @Test
    void podCanBeToldToTryAgain() {
        queue.add(info("p"));
        queue.unschedulable(take(), Set.of("NodeResourcesFit"));
        pass(Duration.ofSeconds(2));
        assertThat(queue.retry(info("p").key())).isTrue();
        assertThat(queue.retry(info("p").key())).isFalse();
        assertThat(next()).isEqualTo("p");
    }

    @Test
    void podThatFoundNoNodesIsHelpedByAnyEvent() {
        queue.add(info("p"));
        queue.unschedulable(take(), Set.of());
        assertThat(queue.move(plugins("NodeName"), EVENT)).isTrue();
    }

    @Test
    void withoutAnyEventItIsTriedAgainAfterFiveMinutes() {
        queue.add(info("p"));
        queue.unschedulable(take(), Set.of("NodeAffinity"));
        pass(Duration.ofMinutes(5).minusSeconds(1));
        assertThat(queue.flushUnschedulable()).isFalse();
        pass(Duration.ofSeconds(1));
        assertThat(queue.flushUnschedulable()).isTrue();
        assertThat(next()).isEqualTo("p");
    }

    @Test
    void changedSpecBringsAPodBackAChangedStatusDoesNot() {
        queue.add(info("p"));
        queue.unschedulable(take(), Set.of("TaintToleration"));
        pass(Duration.ofSeconds(2));
        queue.update(PodInfo.of(
                pod("p").editOrNewStatus().withPhase("Pending").endStatus().build()));
        assertThat(next()).isEqualTo("nothing");
        queue.update(PodInfo.of(
                pod("p").editSpec().addToNodeSelector("a", "b").endSpec().build()));
        assertThat(next()).isEqualTo("p");
    }

    @Test
    void removedPodDoesNotComeBack() {
        queue.add(info("active"));
        queue.remove(info("active").key());
        queue.add(info("flying"));
        SchedulingQueue.Entry flying = take();
        queue.remove(flying.pod().key());
        queue.failed(flying);
        pass(Duration.ofMinutes(1));
        assertThat(next()).isEqualTo("nothing");
    }

    @Test
    void successorOfADeletedPodIsNotConfusedWithIt() {
        queue.add(info("p"));
        SchedulingQueue.Entry old = take();
        queue.remove(old.pod().key());
        queue.add(info("p"));
        queue.bound(old);
        assertThat(next()).isEqualTo("p");
    }
}
