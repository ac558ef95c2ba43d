package io.kvorum.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.kvorum.api.ApiException;
import io.kvorum.bus.BusReply;
import io.kvorum.bus.BusRequest;
import io.kvorum.bus.BusStream;
import io.kvorum.bus.BusUnavailableException;
import io.kvorum.bus.StreamLostException;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BusTransportTest {
    private final FakeTimers time = new FakeTimers();
    private final List<String> sent = new ArrayList<>();
    private Future<BusReply> reply = Future.failedFuture("no reply was set");
    private final TransportApiClient client = new TransportApiClient(
            new BusTransport(
                    (address, request) -> {
                        sent.add(address + " " + describe(request));
                        return reply;
                    },
                    "test/1",
                    ""),
            time,
            new SplittableRandom(1));

    private static String describe(BusRequest request) {
        return request.method() + " " + request.uri() + " " + request.headers().get("User-Agent");
    }

    /** A stream that a test feeds. */
    private static final class Fed implements BusStream {
        private @Nullable Handler<Buffer> frames;
        private @Nullable Handler<Throwable> failure;
        private boolean flowing;

        @Override
        public void close() {}

        @Override
        public BusStream exceptionHandler(@Nullable Handler<Throwable> handler) {
            failure = handler;
            return this;
        }

        @Override
        public BusStream handler(@Nullable Handler<Buffer> handler) {
            frames = handler;
            return this;
        }

        @Override
        public BusStream endHandler(@Nullable Handler<Void> handler) {
            return this;
        }

        @Override
        public BusStream pause() {
            flowing = false;
            return this;
        }

        @Override
        public BusStream resume() {
            flowing = true;
            return this;
        }

        @Override
        public BusStream fetch(long amount) {
            return this;
        }

        void feed(String json) {
            if (frames == null || !flowing) {
                throw new AssertionError("nobody reads");
            }
            frames.handle(Buffer.buffer(json));
        }

        void fail(Throwable cause) {
            if (failure == null) {
                throw new AssertionError("nobody hears of a failure");
            }
            failure.handle(cause);
        }
    }

    @Test
    void requestsGoToAnyApiServer() {
        reply = Future.succeededFuture(BusReply.whole(
                200, MultiMap.caseInsensitiveMultiMap(), Buffer.buffer("{\"metadata\":{\"name\":\"a\"}}")));
        assertThat(client.resources(Pod.class)
                        .get("ns", "a")
                        .result()
                        .getMetadata()
                        .getName())
                .isEqualTo("a");
        assertThat(sent).containsExactly("apiserver GET /api/v1/namespaces/ns/pods/a test/1");
    }

    @Test
    void whetherAWriteMayHaveHappenedIsTold() {
        reply = Future.failedFuture(new BusUnavailableException("nobody serves apiserver", false));
        assertThat(codeOfAWrite()).isEqualTo(503);
        reply = Future.failedFuture(new BusUnavailableException("no answer in time", true));
        assertThat(codeOfAWrite()).isEqualTo(504);
    }

    private int codeOfAWrite() {
        return ((ApiException) client.raw("POST", "/x", null, null, Duration.ofSeconds(1))
                        .cause())
                .code();
    }

    @Test
    void streamThatIsLostClosesTheWatchWithItsCause() {
        Fed fed = new Fed();
        reply = Future.succeededFuture(BusReply.stream(200, MultiMap.caseInsensitiveMultiMap(), fed));
        List<String> told = new ArrayList<>();
        ListWatchInformer<Pod> informer = new ListWatchInformer<>(
                "Pod",
                new FakeResource<>(pod -> pod) {
                    @Override
                    public Future<Watch> watch(
                            @Nullable String namespace, ListOptions options, WatchHandler<Pod> handler) {
                        return client.resources(Pod.class).watch(namespace, options, handler);
                    }
                },
                ListOptions.ALL,
                time,
                time,
                new SplittableRandom(1));
        informer.handler(Informer.Handler.each(pod -> told.add(pod.getMetadata().getName())));
        informer.start();
        fed.feed("{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"a\",\"resourceVersion\":\"41\"}}}");
        assertThat(told).containsExactly("a");
        sent.clear();
        fed.fail(new StreamLostException("silent for too long"));
        time.advance(Duration.ofSeconds(6));
        assertThat(sent).hasSize(1);
        assertThat(sent.get(0)).contains("resourceVersion=41");
    }
}
