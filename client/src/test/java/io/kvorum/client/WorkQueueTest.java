package io.kvorum.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkQueueTest {
    private final FakeTimers time = new FakeTimers();
    private final WorkQueue<String> queue = new WorkQueue<>(time, time);

    @Test
    void keysComeOutInTheOrderTheyCameIn() {
        queue.add("a");
        queue.add("b");
        queue.add("a");
        assertThat(queue.poll()).isEqualTo("a");
        assertThat(queue.poll()).isEqualTo("b");
        assertThat(queue.poll()).isNull();
    }

    @Test
    void reAddWhileProcessingRunsOnceMoreAfterDone() {
        queue.add("a");
        queue.poll();
        queue.add("a");
        queue.add("a");
        assertThat(queue.poll()).as("never twice at once").isNull();
        queue.done("a");
        assertThat(queue.poll()).isEqualTo("a");
        queue.done("a");
        assertThat(queue.poll()).isNull();
    }

    @Test
    void doneWithoutPollIsADefect() {
        assertThatThrownBy(() -> queue.done("a")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void addAfterWaits() {
        queue.addAfter("a", Duration.ofSeconds(1));
        time.advance(Duration.ofMillis(999));
        assertThat(queue.depth()).isZero();
        time.advance(Duration.ofMillis(1));
        assertThat(queue.poll()).isEqualTo("a");
    }

    @Test
    void ofTwoDelaysTheShorterCounts() {
        queue.addAfter("a", Duration.ofSeconds(10));
        queue.addAfter("a", Duration.ofSeconds(1));
        queue.addAfter("a", Duration.ofSeconds(5));
        time.advance(Duration.ofSeconds(1));
        assertThat(queue.poll()).isEqualTo("a");
        queue.done("a");
        time.advance(Duration.ofSeconds(20));
        assertThat(queue.poll()).as("the longer delays are forgotten").isNull();
    }

    @Test
    void failuresDoubleTheDelayUpToTheCapAndForgetStartsAnew() {
        assertThat(delayOfNextFailure()).isEqualTo(Duration.ofMillis(5));
        assertThat(delayOfNextFailure()).isEqualTo(Duration.ofMillis(10));
        assertThat(delayOfNextFailure()).isEqualTo(Duration.ofMillis(20));
        for (int i = 0; i < 60; i++) {
            delayOfNextFailure();
        }
        assertThat(delayOfNextFailure()).isEqualTo(Duration.ofSeconds(30));
        queue.forget("a");
        assertThat(delayOfNextFailure()).isEqualTo(Duration.ofMillis(5));
    }

    private Duration delayOfNextFailure() {
        long before = time.nanos();
        queue.addRateLimited("a");
        while (queue.poll() == null) {
            time.advance(Duration.ofMillis(1));
        }
        queue.done("a");
        return Duration.ofNanos(time.nanos() - before);
    }

    @Test
    void listenerHearsOfEveryKeyThatCanBePolled() {
        List<Integer> depths = new ArrayList<>();
        queue.onReady(() -> depths.add(queue.depth()));
        queue.add("a");
        queue.add("a");
        queue.poll();
        queue.add("a");
        queue.done("a");
        assertThat(depths).containsExactly(1, 1);
    }

    @Test
    void closedQueueDropsItsDelays() {
        queue.addAfter("a", Duration.ofSeconds(1));
        queue.close();
        assertThat(time.waiting()).isZero();
        queue.add("b");
        assertThat(queue.poll()).isNull();
    }
}
