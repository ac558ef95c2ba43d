package io.kvorum.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The bus between a client and a server on one local Vert.x, with messages lost on purpose. */
class BusStreamsTest {
    private static final BusTimings FAST = new BusTimings(
            Duration.ofMillis(50),
            Duration.ofMillis(100),
            Duration.ofMillis(400),
            Duration.ofMillis(800),
            Duration.ofMinutes(5));
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final Vertx vertx = Vertx.vertx();
    private final BusClient client = BusClients.create(vertx, BusTrust.NONE, FAST);
    private final AtomicReference<@Nullable FrameQueue> producer = new AtomicReference<>();
    private final Promise<Void> producerClosed = Promise.promise();

    @AfterEach
    void close() throws Exception {
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) throws InterruptedException, ExecutionException, TimeoutException {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private void serve(Function<BusRequest, Future<BusReply>> endpoint) throws Exception {
        await(BusServer.start(
                vertx, "echo", "echo-0", (request, sender) -> endpoint.apply(request), BusTrust.NONE, FAST));
    }

    /** Answers every request with a stream of {@code count} numbers, some each millisecond. */
    private void serveNumbers(int count) throws Exception {
        serve(request -> {
            FrameQueue queue = new FrameQueue(100, 10_000);
            producer.set(queue);
            boolean[] closed = {false};
            queue.onClose(() -> {
                closed[0] = true;
                producerClosed.tryComplete();
            });
            int[] next = {0};
            vertx.setPeriodic(1, timer -> {
                // In small portions, so that a stream takes many messages.
                int portion = Math.min(count, next[0] + 50);
                while (!closed[0]
                        && next[0] < portion
                        && queue.offer(Buffer.buffer().appendInt(next[0]))) {
                    next[0]++;
                }
                if (closed[0] || next[0] == count) {
                    vertx.cancelTimer(timer);
                    queue.end();
                }
            });
            return Future.succeededFuture(BusReply.stream(200, MultiMap.caseInsensitiveMultiMap(), queue));
        });
    }

    /** Opens the stream on a context of its own and collects its numbers; {@code slow} takes them in sips. */
    private Future<List<Integer>> collect(boolean slow) {
        Promise<List<Integer>> done = Promise.promise();
        Context context = vertx.getOrCreateContext();
        context.runOnContext(v -> client.send("echo", BusRequest.get("/numbers", TIMEOUT))
                .onFailure(done::tryFail)
                .onSuccess(reply -> {
                    List<Integer> numbers = new ArrayList<>();
                    ReadStream<Buffer> stream = streamOf(reply);
                    stream.exceptionHandler(done::tryFail);
                    stream.endHandler(end -> done.tryComplete(numbers));
                    if (slow) {
                        stream.pause();
                        vertx.setPeriodic(1, timer -> stream.fetch(50));
                    }
                    stream.handler(frame -> numbers.add(frame.getInt(0)));
                }));
        return done.future();
    }

    private static ReadStream<Buffer> streamOf(BusReply reply) {
        return Objects.requireNonNull(reply.stream(), "the answer is not a stream");
    }

    private static List<Integer> upTo(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    @Test
    void aRequestIsAnsweredOnceWithItsHeaders() throws Exception {
        serve(request -> Future.succeededFuture(
                BusReply.whole(201, MultiMap.caseInsensitiveMultiMap().add("X-Kind", "answer"), request.body())));
        BusReply reply = await(client.send("echo/echo-0", BusRequest.post("/x", Buffer.buffer("hello"), TIMEOUT)));
        assertThat(reply.status()).isEqualTo(201);
        assertThat(reply.headers().get("x-kind")).isEqualTo("answer");
        assertThat(reply.body().toString()).isEqualTo("hello");
        assertThat(reply.stream()).isNull();
    }

    @Test
    void aFailedEndpointIsStatus500() throws Exception {
        serve(request -> Future.failedFuture(new IllegalStateException("broken inside")));
        BusReply reply = await(client.send("echo", BusRequest.get("/x", TIMEOUT)));
        assertThat(reply.status()).isEqualTo(500);
        assertThat(reply.body().toString()).isEqualTo("broken inside");
    }

    @Test
    void aRefusalIsKnownNotToHaveBeenCarriedOut() throws Exception {
        serve(request -> Future.failedFuture(new BusUnavailableException("starting", false)));
        assertThatThrownBy(() -> await(client.send("echo", BusRequest.get("/x", TIMEOUT))))
                .hasCauseInstanceOf(BusUnavailableException.class)
                .cause()
                .hasMessage("starting")
                .matches(e -> !((BusUnavailableException) e).indeterminate());
    }

    @Test
    void nobodyThereIsKnownAtOnce() {
        assertThatThrownBy(() -> await(client.send("nobody", BusRequest.get("/x", TIMEOUT))))
                .cause()
                .matches(e -> e instanceof BusUnavailableException b && !b.indeterminate());
    }

    @Test
    void noAnswerInTimeLeavesTheOutcomeOpen() throws Exception {
        serve(request -> Promise.<BusReply>promise().future());
        assertThatThrownBy(() -> await(client.send("echo", BusRequest.get("/x", Duration.ofMillis(50)))))
                .cause()
                .matches(e -> e instanceof BusUnavailableException b && b.indeterminate());
    }

    @Test
    void aBodyOfManyMegabytesArrivesWhole() throws Exception {
        byte[] bytes = new byte[9_000_001];
        new Random(1).nextBytes(bytes);
        serve(request ->
                Future.succeededFuture(BusReply.whole(200, MultiMap.caseInsensitiveMultiMap(), Buffer.buffer(bytes))));
        BusReply reply = await(client.send("echo", BusRequest.get("/large", TIMEOUT)));
        assertThat(reply.body().getBytes()).isEqualTo(bytes);
    }

    @Test
    void aSlowReaderGetsEveryFrameInOrder() throws Exception {
        serveNumbers(10_000);
        assertThat(await(collect(true))).isEqualTo(upTo(10_000));
    }

    @Test
    void lostPullsAndLostAnswersCostNoFrameAndDoubleNone() throws Exception {
        serveNumbers(5_000);
        AtomicInteger messages = new AtomicInteger();
        AtomicInteger lost = new AtomicInteger();
        vertx.eventBus().<Buffer>addOutboundInterceptor(delivery -> {
            // The request, its answer and the first pull come through; then every seventh message is lost.
            if (messages.incrementAndGet() > 3 && messages.get() % 7 == 0) {
                lost.incrementAndGet();
            } else {
                delivery.next();
            }
        });
        assertThat(await(collect(false))).isEqualTo(upTo(5_000));
        assertThat(lost).hasPositiveValue();
    }

    @Test
    void silenceBeyondTheLimitLosesTheStream() throws Exception {
        serveNumbers(1_000_000_000);
        AtomicInteger messages = new AtomicInteger();
        vertx.eventBus().<Buffer>addOutboundInterceptor(delivery -> {
            if (messages.incrementAndGet() < 20) {
                delivery.next();
            }
        });
        assertThatThrownBy(() -> await(collect(false))).hasCauseInstanceOf(StreamLostException.class);
        await(producerClosed.future());
    }

    @Test
    void aReaderThatOnlyPausesKeepsItsStream() throws Exception {
        serveNumbers(300);
        Promise<Integer> counted = Promise.promise();
        Context context = vertx.getOrCreateContext();
        context.runOnContext(v -> client.send("echo", BusRequest.get("/numbers", TIMEOUT))
                .onFailure(counted::tryFail)
                .onSuccess(reply -> {
                    ReadStream<Buffer> stream = streamOf(reply);
                    int[] count = {0};
                    stream.pause();
                    stream.exceptionHandler(counted::tryFail);
                    stream.endHandler(end -> counted.tryComplete(count[0]));
                    stream.handler(frame -> count[0]++);
                    // Longer than the silence and the idle limit.
                    vertx.setTimer(1_500, timer -> stream.resume());
                }));
        assertThat(await(counted.future())).isEqualTo(300);
    }

    @Test
    void anIdleStreamKeepsAliveByOneQuestionForAll() throws Exception {
        List<FrameQueue> producers = new CopyOnWriteArrayList<>();
        serve(request -> {
            FrameQueue queue = new FrameQueue(10, 1_000);
            producers.add(queue);
            return Future.succeededFuture(BusReply.stream(200, MultiMap.caseInsensitiveMultiMap(), queue));
        });
        AtomicInteger pulls = new AtomicInteger();
        AtomicInteger checks = new AtomicInteger();
        vertx.eventBus().<Buffer>addOutboundInterceptor(delivery -> {
            Wire.Kind kind = new Wire.Reader(delivery.message().body()).kind();
            pulls.addAndGet(kind == Wire.Kind.PULL ? 1 : 0);
            checks.addAndGet(kind == Wire.Kind.CHECK ? 1 : 0);
            delivery.next();
        });
        List<Promise<Integer>> firsts = List.of(Promise.promise(), Promise.promise(), Promise.promise());
        Context context = vertx.getOrCreateContext();
        context.runOnContext(v -> firsts.forEach(first -> client.send("echo", BusRequest.get("/x", TIMEOUT))
                .onSuccess(reply -> streamOf(reply)
                        .exceptionHandler(first::tryFail)
                        .handler(frame -> first.tryComplete(frame.getInt(0))))));
        // Longer than the silence and the idle limit.
        TimeUnit.MILLISECONDS.sleep(1_200);
        assertThat(pulls).as("pulls").hasValue(3);
        assertThat(checks.get()).as("questions").isPositive();
        context.runOnContext(
                v -> producers.forEach(queue -> queue.offer(Buffer.buffer().appendInt(7))));
        for (Promise<Integer> first : firsts) {
            assertThat(await(first.future())).isEqualTo(7);
        }
    }

    @Test
    void closingTheStreamStopsItsProducer() throws Exception {
        serveNumbers(1_000_000_000);
        Context context = vertx.getOrCreateContext();
        context.runOnContext(v -> client.send("echo", BusRequest.get("/numbers", TIMEOUT))
                .onSuccess(reply -> {
                    BusStream stream = (BusStream) streamOf(reply);
                    stream.handler(frame -> stream.close());
                }));
        await(producerClosed.future());
    }

    @Test
    void aStreamThatNobodyPullsIsGivenUp() throws Exception {
        serveNumbers(1_000_000_000);
        vertx.eventBus().request("echo", Wire.request(BusRequest.get("/numbers", TIMEOUT), "test", Buffer.buffer()));
        await(producerClosed.future());
    }

    @Test
    void theProducersFailureReachesTheReader() throws Exception {
        serve(request -> {
            FrameQueue queue = new FrameQueue(10, 1_000);
            queue.offer(Buffer.buffer().appendInt(1));
            queue.fail(new IllegalStateException("compacted"));
            return Future.succeededFuture(BusReply.stream(200, MultiMap.caseInsensitiveMultiMap(), queue));
        });
        assertThatThrownBy(() -> await(collect(false)))
                .hasCauseInstanceOf(StreamLostException.class)
                .cause()
                .hasMessage("compacted");
    }

    @Test
    void aClosingServerClosesItsProducers() throws Exception {
        BusServer server = await(BusServer.start(
                vertx,
                "short",
                "short-0",
                (request, sender) -> {
                    FrameQueue queue = new FrameQueue(10, 1_000);
                    queue.onClose(producerClosed::tryComplete);
                    return Future.succeededFuture(BusReply.stream(200, MultiMap.caseInsensitiveMultiMap(), queue));
                },
                BusTrust.NONE,
                FAST));
        assertThat(await(client.send("short", BusRequest.get("/x", TIMEOUT))).status())
                .isEqualTo(200);
        await(server.close());
        await(producerClosed.future());
    }

    @Test
    void impossibleTimingsAreRejected() {
        assertThatThrownBy(() -> new BusTimings(
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(8),
                        Duration.ofSeconds(30),
                        Duration.ofMinutes(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
