package io.kvorum.apiserver.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.bus.FrameQueue;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EndingStreamTest {
    private final FrameQueue source = new FrameQueue(3, 10);
    private final AtomicInteger over = new AtomicInteger();
    private final EndingStream stream = new EndingStream(source, over::incrementAndGet);
    private final StringBuilder read = new StringBuilder();

    private void read() {
        stream.exceptionHandler(cause -> read.append(cause.getMessage()));
        stream.endHandler(end -> read.append(over.get() == 1 ? "end" : "not told before its reader"));
        stream.handler(read::append);
    }

    @Test
    void itsEndIsToldOnce() {
        read();
        source.offer(Buffer.buffer("a"));
        assertThat(over).hasValue(0);
        source.end();
        stream.close();
        assertThat(over).hasValue(1);
        assertThat(read).hasToString("aend");
    }

    @Test
    void soIsItsFailure() {
        read();
        source.fail(new IllegalStateException("lost"));
        assertThat(over).hasValue(1);
        assertThat(read).hasToString("lost");
    }

    @Test
    void whoGivesItUpGivesTheSourceUp() {
        read();
        stream.pause();
        source.offer(Buffer.buffer("a"));
        stream.close();
        stream.close();
        assertThat(over).hasValue(1);
        assertThat(source.isClosed()).isTrue();
        assertThat(read).isEmpty();
    }
}
