package io.kvorum.store.etcd.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvorum.etcd.api.PutRequest;
import io.kvorum.etcd.api.RangeRequest;
import io.kvorum.store.etcd.EtcdCluster;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.StreamResetException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls that are no gRPC, or no message of the API: an etcd's codes, and nothing else suffers. */
final class MalformedCallsTest {
    private static final String PUT = "/etcdserverpb.KV/Put";
    private static final byte[] MESSAGE = PutRequest.newBuilder()
            .setKey(Tap.SENTINEL)
            .setValue(Tap.SENTINEL)
            .build()
            .toByteArray();

    @TempDir
    Path folder;

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client = vertx.createHttpClient(
            new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false));

    @AfterEach
    void close() throws Exception {
        vertx.close().await(5, TimeUnit.SECONDS);
    }

    /** One call; headers in addition to, or instead of, those that gRPC wants. */
    private record Call(String path, Buffer body, Map<String, String> headers) {
        Call(Buffer body) {
            this(PUT, body, Map.of());
        }
    }

    private static Buffer frame(int flag, int length, byte[] message) {
        return Buffer.buffer().appendByte((byte) flag).appendInt(length).appendBytes(message);
    }

    private static Buffer frame(int... message) {
        byte[] bytes = new byte[message.length];
        for (int i = 0; i < message.length; i++) {
            bytes[i] = (byte) message[i];
        }
        return frame(0, bytes.length, bytes);
    }

    /** Each with gRPC's code that an etcd 3.4 answers, or what else it does. */
    private static Map<Call, String> calls() {
        Buffer good = frame(0, MESSAGE.length, MESSAGE);
        Map<Call, String> calls = new LinkedHashMap<>();
        calls.put(new Call(good), "0");
        // a field that is longer than the message, a wrong wire type, a tag 0
        calls.put(new Call(frame(0x0a, 0x7f, 0x01)), "13");
        calls.put(new Call(frame(0x0b, 0x01, 0x61, 0x0c)), "13");
        calls.put(new Call(frame(0x0a, 0x01, 0x61, 0x00, 0x00)), "13");
        for (String stream : List.of(
                "/etcdserverpb.Watch/Watch",
                "/etcdserverpb.Lease/LeaseKeepAlive",
                "/etcdserverpb.Maintenance/Snapshot",
                "/v3electionpb.Election/Observe")) {
            calls.put(new Call(stream, frame(0x0a, 0x7f, 0x01), Map.of()), "13");
        }
        // compressed with nothing, a flag that is none, a frame that is too large
        calls.put(new Call(frame(1, MESSAGE.length, MESSAGE)), "13");
        calls.put(new Call(frame(2, MESSAGE.length, MESSAGE)), "13");
        calls.put(new Call(frame(0, Integer.MAX_VALUE, MESSAGE)), "8");
        // compressed with something unknown
        calls.put(new Call(PUT, frame(1, MESSAGE.length, MESSAGE), Map.of("grpc-encoding", "nonsense")), "12");
        calls.put(new Call("/etcdserverpb.KV/Nothing", good, Map.of()), "12");
        calls.put(new Call("/nothing.KV/Put", good, Map.of()), "12");
        calls.put(new Call(PUT, good, Map.of("content-type", "application/grpc+proto")), "0");
        calls.put(new Call(PUT, good, Map.of("x-large", "x".repeat(40_000))), "0");
        return calls;
    }

    /** That end otherwise than by a code of gRPC, or by one of the library's own, but end. */
    private static List<Call> refused() {
        Buffer good = frame(0, MESSAGE.length, MESSAGE);
        return List.of(
                new Call(Buffer.buffer()),
                new Call(Buffer.buffer(new byte[] {0, 0})),
                new Call(frame(0, 100, MESSAGE)),
                new Call("/Put", good, Map.of()),
                new Call("/", good, Map.of()),
                new Call(PUT, good, Map.of("content-type", "application/json")),
                new Call(PUT, good, Map.of("content-type", "application/grpcfoo")),
                new Call(PUT, good, Map.of("grpc-timeout", "abc")),
                new Call(PUT, good, Map.of("x-huge", "x".repeat(20_000_000))));
    }

    @Test
    void theStoreRefusesAsEtcdDoes() throws Exception {
        try (EtcdCluster kvorum = EtcdCluster.start(folder, new EtcdCluster.Parts() {})) {
            answersAsEtcd(kvorum.address("store-1"));
        }
    }

    @Test
    void etcdRefusesAsIsWrittenHere() throws Exception {
        Optional<Path> program = EtcdProcess.program();
        assumeTrue(program.isPresent(), "there is no etcd");
        try (EtcdProcess etcd = EtcdProcess.start(program.get(), folder)) {
            answersAsEtcd(etcd.address());
        }
    }

    private void answersAsEtcd(String address) throws Exception {
        try (Caller caller = new Caller(address, 0)) {
            caller.play(Step.of(
                    Verb.PUT,
                    PutRequest.newBuilder()
                            .setKey(Tap.SENTINEL)
                            .setValue(Tap.SENTINEL)
                            .build()));
            List<String> answers = new ArrayList<>();
            for (Call call : calls().keySet()) {
                answers.add(code(address, call));
            }
            assertThat(answers).isEqualTo(List.copyOf(calls().values()));
            long before = caller.revision();
            List<String> codes = new ArrayList<>();
            for (Call call : refused()) {
                codes.add(code(address, call));
            }
            assertThat(codes).as("refused: %s", codes).doesNotContain("0").doesNotContain("silence");
            String read = caller.play(Step.of(
                    Verb.RANGE, RangeRequest.newBuilder().setKey(Tap.SENTINEL).build()));
            assertThat(read).contains("version: 4").contains("revision: " + (before + 3));
        }
    }

    /** The code of gRPC, in the head or the tail of the answer, or what happened instead. */
    private String code(String address, Call call) throws InterruptedException {
        int colon = address.indexOf(':');
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setHost(address.substring(0, colon))
                .setPort(Integer.parseInt(address.substring(colon + 1)))
                .setURI(call.path())
                .putHeader("content-type", "application/grpc")
                .putHeader("te", "trailers");
        call.headers().forEach(options::putHeader);
        Future<String> code = client.request(options)
                .compose(request -> request.send(call.body()))
                .compose(response -> response.end().map(end -> code(response)));
        try {
            return code.toCompletionStage().toCompletableFuture().get(15, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            return e.getCause() instanceof StreamResetException reset ? "reset " + reset.getCode() : "closed";
        } catch (TimeoutException e) {
            return "silence";
        }
    }

    private static String code(HttpClientResponse response) {
        MultiMap tail = response.trailers();
        String code = tail.contains("grpc-status") ? tail.get("grpc-status") : response.getHeader("grpc-status");
        return code == null ? "HTTP " + response.statusCode() : code;
    }
}
