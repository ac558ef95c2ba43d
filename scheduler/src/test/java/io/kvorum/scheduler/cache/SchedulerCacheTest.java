package io.kvorum.scheduler.cache;

import static io.kvorum.scheduler.Objects.node;
import static io.kvorum.scheduler.Objects.pod;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.scheduler.framework.NodeInfo;
import io.kvorum.scheduler.framework.PodInfo;
import org.junit.jupiter.api.Test;

class SchedulerCacheTest {
    private final SchedulerCache cache = new SchedulerCache();
    private final PodInfo pod = PodInfo.of(pod("p", "1", "1Gi").build());

    {
        cache.putNode(node("a").build());
        cache.putNode(node("b").build());
    }

    private long usedOn(String name) {
        return cache.nodes().stream()
                .filter(node -> node.name().equals(name))
                .mapToLong(node -> node.requested().milliCpu())
                .sum();
    }

    @Test
    void assumedPodCountsAtOnceAndIsForgottenWhenBindingFails() {
        cache.assume(pod, "a");
        assertThat(usedOn("a")).isEqualTo(1000);
        cache.forget(pod.key());
        assertThat(usedOn("a")).isZero();
        assertThat(cache.placed(pod.key())).isFalse();
    }

    @Test
    void confirmedPodStaysWhenTheBindingsAnswerIsLost() {
        cache.assume(pod, "a");
        cache.putPod(pod, "a");
        cache.forget(pod.key());
        assertThat(usedOn("a")).isEqualTo(1000);
    }

    @Test
    void whatTheWatchSaysOverrulesTheAssumption() {
        cache.assume(pod, "a");
        cache.putPod(pod, "b");
        assertThat(usedOn("a")).isZero();
        assertThat(usedOn("b")).isEqualTo(1000);
    }

    @Test
    void assumingTwiceIsADefect() {
        cache.assume(pod, "a");
        assertThatThrownBy(() -> cache.assume(pod, "b")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void podsOfANodeThatVanishedCountAgainWhenItComesBack() {
        cache.putPod(pod, "a");
        cache.removeNode("a");
        assertThat(cache.nodes()).extracting(NodeInfo::name).containsExactly("b");
        cache.putNode(node("a").build());
        assertThat(usedOn("a")).isEqualTo(1000);
    }

    @Test
    void podMayBeSeenBeforeItsNode() {
        cache.putPod(pod, "late");
        assertThat(cache.nodes()).hasSize(2);
        cache.putNode(node("late").build());
        assertThat(usedOn("late")).isEqualTo(1000);
        assertThat(cache.removePod(pod.key())).isTrue();
        assertThat(cache.removePod(pod.key())).isFalse();
        assertThat(usedOn("late")).isZero();
    }
}
