package io.kvorum.apiserver.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.api.ApiException;
import io.kvorum.apiserver.Samples;
import io.kvorum.apiserver.cache.StoreKeys;
import io.kvorum.apiserver.cache.WatchCache;
import io.kvorum.apiserver.metrics.Meters;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.Credentials;
import io.kvorum.apiserver.request.RequestInfo;
import io.kvorum.apiserver.request.User;
import io.kvorum.component.MetricsText;
import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.MemoryStore;
import io.kvorum.store.client.Op;
import io.kvorum.store.client.Txn;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests of stored schemas and levels: who is let in, who waits, who is refused. */
class FlowControlTest {
    private static final User BOB = new User("bob", List.of("devs", User.AUTHENTICATED));
    private static final User ROOT = new User("root", List.of(User.MASTERS, User.AUTHENTICATED));
    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private final List<Promise<ApiResponse>> served = new ArrayList<>();
    private final Promise<Void> fourth = Promise.promise();
    private MemoryStore store;
    private final PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private FlowControl flows;

    @BeforeEach
    void start() throws Exception {
        store = MemoryStore.create(vertx);
        WatchCache cache = new WatchCache(vertx, store);
        put(
                "prioritylevelconfigurations",
                "narrow",
                "\"type\":\"Limited\",\"limited\":{\"nominalConcurrencyShares\":1,\"limitResponse\":{\"type\":\"Queue\","
                        + "\"queuing\":{\"queues\":1,\"handSize\":1,\"queueLengthLimit\":1}}}");
        put(
                "prioritylevelconfigurations",
                "wide",
                "\"type\":\"Limited\",\"limited\":{\"nominalConcurrencyShares\":94,\"limitResponse\":"
                        + "{\"type\":\"Reject\"}}");
        put("flowschemas", "devs", schema("narrow", "Group", "devs", 500));
        put("flowschemas", "bob-too-late", schema("wide", "User", "bob", 600));
        await(() -> cache.start());
        flows = new FlowControl(vertx, cache, 100, new Meters(metrics.getPrometheusRegistry()));
    }

    @AfterEach
    void stop() throws Exception {
        store.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private void put(String resource, String name, String spec) throws Exception {
        String json = "{\"metadata\":{\"name\":\"" + name + "\",\"uid\":\"uid-" + name + "\"},\"spec\":{" + spec + "}}";
        ByteSequence key = StoreKeys.key("flowcontrol.apiserver.k8s.io/" + resource, name);
        await(() -> store.commit(Txn.of(new Op.Put(key, ByteSequence.utf8(json), 0, false))));
    }

    private static String schema(String level, String kind, String name, int precedence) {
        return "\"matchingPrecedence\":" + precedence + ",\"priorityLevelConfiguration\":{\"name\":\"" + level
                + "\"},\"rules\":[{\"subjects\":[{\"kind\":\"" + kind + "\",\""
                + kind.toLowerCase(Locale.ROOT)
                + "\":{\"name\":\"" + name + "\"}}],\"resourceRules\":[{\"verbs\":[\"*\"],\"apiGroups\":[\"\"],"
                + "\"resources\":[\"pods\"],\"namespaces\":[\"*\"]}]}]";
    }

    private <T> T await(Supplier<Future<T>> work) throws Exception {
        CompletableFuture<T> done = new CompletableFuture<>();
        context.runOnContext(go -> work.get().onSuccess(done::complete).onFailure(done::completeExceptionally));
        return done.get(10, TimeUnit.SECONDS);
    }

    private Future<ApiResponse> ask(User user, String path) {
        ApiRequest request = ApiRequest.of(
                "GET",
                path,
                MultiMap.caseInsensitiveMultiMap(),
                Buffer.buffer(),
                Credentials.NONE,
                Duration.ofSeconds(60));
        RequestInfo info = RequestInfo.parse("GET", request.path(), request.query());
        try {
            return flows.serve(info, request, user, () -> {
                Promise<ApiResponse> promise = Promise.promise();
                served.add(promise);
                if (served.size() == 4) {
                    fourth.complete();
                }
                return promise.future();
            });
        } catch (ApiException refused) {
            return Future.failedFuture(refused);
        }
    }

    @Test
    void aFullLevelQueuesThenRefusesAndNobodyElseIsTouched() throws Exception {
        String pod = "/api/v1/namespaces/default/pods/p";
        await(() -> {
            Future<ApiResponse> first = ask(BOB, pod);
            Future<ApiResponse> second = ask(BOB, pod);
            Future<ApiResponse> third = ask(BOB, pod);
            assertThat(served).as("one seat").hasSize(1);
            assertThat(second.isComplete()).isFalse();
            assertThat(third.cause()).isInstanceOfSatisfying(ApiException.class, refused -> {
                assertThat(refused.code()).isEqualTo(429);
                assertThat(refused.getMessage()).isEqualTo("Too many requests, please try again later.");
            });
            ask(BOB, "/api/v1/namespaces/default/secrets/s");
            ask(ROOT, pod);
            assertThat(served).as("other levels").hasSize(3);
            served.get(0).complete(ApiResponse.text(200, ""));
            assertThat(first.result().headers().get("X-Kubernetes-PF-FlowSchema-UID"))
                    .isEqualTo("uid-devs");
            assertThat(first.result().headers().get("X-Kubernetes-PF-PriorityLevel-UID"))
                    .isEqualTo("uid-narrow");
            return Future.<Void>succeededFuture();
        });
        await(fourth::future);
        assertThat(served).as("the seat went on").hasSize(4);
        assertThat(sample("nominal_limit_seats", "priority_level=narrow")).isEqualTo(1);
        assertThat(ofDevs("current_executing_seats")).isEqualTo(1);
        assertThat(ofDevs("current_executing_requests")).isEqualTo(1);
        assertThat(ofDevs("current_inqueue_requests")).isZero();
        assertThat(ofDevs("dispatched_requests_total")).isEqualTo(2);
        assertThat(ofDevs("rejected_requests_total", "reason=queue-full")).isEqualTo(1);
        assertThat(ofDevs("request_wait_duration_seconds_bucket", "execute=true", "le=0"))
                .as("one did not wait")
                .isEqualTo(1);
        assertThat(ofDevs("request_wait_duration_seconds_count", "execute=true"))
                .isEqualTo(2);
    }

    private double ofDevs(String name, String... labels) {
        List<String> all = new ArrayList<>(List.of(labels));
        all.add("flow_schema=devs");
        all.add("priority_level=narrow");
        return sample(name, all.toArray(String[]::new));
    }

    private double sample(String name, String... labels) {
        return new Samples(MetricsText.of(metrics)).of("apiserver_flowcontrol_" + name, labels);
    }

    /** Netty runs dozens of tasks between two looks at its sockets: a turn that is a task would be no turn. */
    @Test
    void betweenTwoTurnsTheLoopLooksAtItsSockets() throws Exception {
        put(
                "prioritylevelconfigurations",
                "narrow",
                "\"type\":\"Limited\",\"limited\":{\"nominalConcurrencyShares\":1,\"limitResponse\":{\"type\":\"Queue\","
                        + "\"queuing\":{\"queues\":1,\"handSize\":1,\"queueLengthLimit\":50}}}");
        AtomicInteger servedByThen = new AtomicInteger();
        Promise<Integer> seen = Promise.promise();
        NetServer server = await(() -> vertx.createNetServer()
                .connectHandler(socket -> socket.handler(data -> seen.tryComplete(servedByThen.get())))
                .listen(0, "127.0.0.1"));
        try (Socket client = new Socket("127.0.0.1", server.actualPort())) {
            client.setTcpNoDelay(true);
            await(() -> {
                for (int i = 0; i < 40; i++) {
                    serveSlowly(servedByThen, client);
                }
                return Future.<Void>succeededFuture();
            });
            assertThat(await(seen::future))
                    .as("served before the byte was seen")
                    .isLessThan(10);
        }
    }

    /** Takes more than a turn; the third one that is served sends something to the loop's own socket. */
    private void serveSlowly(AtomicInteger number, Socket client) {
        ApiRequest request = ApiRequest.of(
                "GET",
                "/api/v1/namespaces/default/pods/p",
                MultiMap.caseInsensitiveMultiMap(),
                Buffer.buffer(),
                Credentials.NONE,
                Duration.ofSeconds(60));
        RequestInfo info = RequestInfo.parse("GET", request.path(), request.query());
        flows.serve(info, request, BOB, () -> {
            long begin = System.nanoTime();
            if (number.incrementAndGet() == 3) {
                try {
                    client.getOutputStream().write(1);
                } catch (IOException broken) {
                    throw new UncheckedIOException(broken);
                }
            }
            while (System.nanoTime() - begin < TimeUnit.MILLISECONDS.toNanos(6)) {
                Thread.onSpinWait();
            }
            return Future.succeededFuture(ApiResponse.text(200, ""));
        });
    }
}
