package io.kvorum.apiserver.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GatheredWritesTest {
    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() throws Exception {
        await(vertx.close());
    }

    /** Whatever is shared: every stream gets what was written to it, in order. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void everyStreamGetsItsOwnFramesInOrder(long seed) throws Exception {
        Random random = new Random(seed);
        List<Sink> sinks = new ArrayList<>();
        List<StringBuilder> wanted = new ArrayList<>();
        List<WriteStream<Buffer>> streams = new ArrayList<>();
        GatheredWrites gathered = new GatheredWrites(vertx);
        for (int i = 0; i < 30; i++) {
            Sink sink = new Sink();
            sinks.add(sink);
            wanted.add(new StringBuilder());
            streams.add(gathered.to(sink));
        }
        for (int turn = 0; turn < 20; turn++) {
            onLoop(() -> {
                for (int frame = 0; frame < 10; frame++) {
                    // Some are far larger than what a stream keeps for the end of the turn.
                    Buffer bytes = Buffer.buffer((seed + "-" + random.nextInt(1000) + "\n")
                            .repeat(1 + random.nextInt(frame == 3 ? 60_000 : 3)));
                    for (int i = 0; i < streams.size(); i++) {
                        // The first ten are shown everything, as watchers without a selector.
                        if (i < 10 || random.nextInt(4) > 0) {
                            streams.get(i).write(bytes);
                            wanted.get(i).append(bytes);
                        }
                    }
                }
            });
        }
        onLoop(() -> streams.forEach(WriteStream::end));
        for (int i = 0; i < sinks.size(); i++) {
            assertThat(sinks.get(i).text()).isEqualTo(wanted.get(i).toString());
        }
    }

    @Test
    void streamsWithTheSameFramesShareOneBuffer() throws Exception {
        GatheredWrites gathered = new GatheredWrites(vertx);
        List<Sink> sinks = List.of(new Sink(), new Sink(), new Sink());
        List<WriteStream<Buffer>> streams = sinks.stream().map(gathered::to).toList();
        Buffer one = Buffer.buffer("one\n");
        Buffer two = Buffer.buffer("two\n");
        onLoop(() -> {
            streams.forEach(stream -> stream.write(one));
            streams.get(0).write(two);
            streams.get(1).write(two);
        });
        onLoop(() -> streams.forEach(WriteStream::end));
        assertThat(sinks).allSatisfy(sink -> assertThat(sink.written).hasSize(1));
        assertThat(sinks.get(0).written.get(0)).isSameAs(sinks.get(1).written.get(0));
        assertThat(sinks.get(0).text()).isEqualTo("one\ntwo\n");
        assertThat(sinks.get(2).written.get(0)).isSameAs(one);
        assertThat(one.toString()).isEqualTo("one\n");
    }

    /** A frame so large that it is sent at once must not be kept for others who might send it too. */
    @Test
    void nothingIsKeptAfterTheTurn() throws Exception {
        GatheredWrites gathered = new GatheredWrites(vertx);
        WriteStream<Buffer> stream = gathered.to(new Sink());
        onLoop(() -> stream.write(Buffer.buffer(new byte[300_000])));
        onLoop(() -> stream.write(Buffer.buffer(new byte[300_000])));
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        boolean[] empty = {false};
        while (!empty[0] && System.nanoTime() < until) {
            onLoop(() -> empty[0] = gathered.isEmpty());
        }
        assertThat(empty[0]).isTrue();
    }

    /** Whoever writes sees that the reader does not keep up, and that it does again. */
    @Test
    void isFullWhileWhatItSendsToIs() throws Exception {
        GatheredWrites gathered = new GatheredWrites(vertx);
        Sink sink = new Sink();
        WriteStream<Buffer> stream = gathered.to(sink);
        boolean[] full = new boolean[3];
        onLoop(() -> {
            stream.write(Buffer.buffer("one\n"));
            full[0] = stream.writeQueueFull();
            sink.full = true;
        });
        onLoop(() -> {});
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (!full[1] && System.nanoTime() < until) {
            onLoop(() -> full[1] = stream.writeQueueFull());
        }
        onLoop(() -> {
            sink.full = false;
            full[2] = stream.writeQueueFull();
        });
        assertThat(full).containsExactly(false, true, false);
    }

    private void onLoop(Runnable action) throws Exception {
        Promise<Void> done = Promise.promise();
        vertx.getOrCreateContext().runOnContext(v -> {
            action.run();
            done.complete();
        });
        await(done.future());
    }

    private static void await(Future<?> future) throws Exception {
        future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static final class Sink implements WriteStream<Buffer> {
        private final List<Buffer> written = new ArrayList<>();
        private boolean full;

        private String text() {
            StringBuilder all = new StringBuilder();
            written.forEach(all::append);
            return all.toString();
        }

        @Override
        public Future<Void> write(Buffer data) {
            written.add(data);
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> end() {
            return Future.succeededFuture();
        }

        @Override
        public boolean writeQueueFull() {
            return full;
        }

        @Override
        public Sink exceptionHandler(@Nullable Handler<Throwable> handler) {
            return this;
        }

        @Override
        public Sink setWriteQueueMaxSize(int size) {
            return this;
        }

        @Override
        public Sink drainHandler(@Nullable Handler<Void> handler) {
            return this;
        }
    }
}
