package io.kvorum.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrameQueueTest {
    private final FrameQueue queue = new FrameQueue(3, 10);
    private final List<String> seen = new ArrayList<>();

    private static Buffer frame(String text) {
        return Buffer.buffer(text);
    }

    private void read() {
        queue.exceptionHandler(cause -> seen.add("failed: " + cause.getMessage()));
        queue.endHandler(v -> seen.add("end"));
        queue.handler(frame -> seen.add(frame.toString()));
    }

    @Test
    void deliversInOrderAndThenTheEnd() {
        queue.offer(frame("a"));
        read();
        queue.offer(frame("b"));
        queue.end();
        assertThat(seen).containsExactly("a", "b", "end");
        assertThat(queue.offer(frame("c"))).isFalse();
    }

    @Test
    void refusesFramesAboveItsBounds() {
        queue.pause();
        read();
        assertThat(queue.offer(frame("1234567890123")))
                .as("one frame is always taken")
                .isTrue();
        assertThat(queue.offer(frame("x"))).as("too many bytes").isFalse();
        queue.resume();
        queue.pause();
        assertThat(List.of(queue.offer(frame("a")), queue.offer(frame("b")), queue.offer(frame("c"))))
                .containsOnly(true);
        assertThat(queue.offer(frame("d"))).as("too many frames").isFalse();
        queue.resume();
        assertThat(seen).containsExactly("1234567890123", "a", "b", "c");
    }

    @Test
    void deliversOnlyWhatIsFetched() {
        queue.pause();
        read();
        queue.offer(frame("a"));
        queue.offer(frame("b"));
        queue.fetch(1);
        assertThat(seen).containsExactly("a");
        queue.end();
        assertThat(seen).as("the end waits for the frames before it").containsExactly("a");
        queue.fetch(1);
        assertThat(seen).containsExactly("a", "b", "end");
    }

    @Test
    void failsAfterWhatWasOffered() {
        queue.offer(frame("a"));
        queue.fail(new IllegalStateException("broken"));
        queue.end();
        read();
        assertThat(seen).containsExactly("a", "failed: broken");
    }

    @Test
    void tellsTheEndToAHandlerThatComesLate() {
        queue.end();
        queue.handler(frame -> seen.add(frame.toString()));
        queue.endHandler(v -> seen.add("end"));
        assertThat(seen).containsExactly("end");
    }

    @Test
    void closingDropsWhatWaitsAndTellsTheProducerOnce() {
        queue.onClose(() -> seen.add("closed"));
        queue.pause();
        read();
        queue.offer(frame("a"));
        queue.close();
        queue.close();
        queue.resume();
        assertThat(seen).containsExactly("closed");
        assertThat(queue.offer(frame("b"))).isFalse();
        queue.onClose(() -> seen.add("closed already"));
        assertThat(seen).containsExactly("closed", "closed already");
    }

    @Test
    void aReaderMayCloseWhileItReads() {
        queue.pause();
        queue.handler(frame -> {
            seen.add(frame.toString());
            queue.close();
        });
        queue.offer(frame("a"));
        queue.offer(frame("b"));
        queue.resume();
        assertThat(seen).containsExactly("a");
    }
}
