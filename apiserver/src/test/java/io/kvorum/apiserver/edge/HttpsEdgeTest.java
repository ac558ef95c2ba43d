package io.kvorum.apiserver.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.apiserver.metrics.Meters;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.ResponseBody;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HttpsEdgeTest {
    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() throws Exception {
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @EnumSource(
            value = HttpVersion.class,
            names = {"HTTP_1_1", "HTTP_2"})
    void anAnswerThatIsMadeAfterTheRequestWasReadArrives(HttpVersion version) throws Exception {
        Promise<ApiResponse> later = Promise.promise();
        HttpsEdge edge = new HttpsEdge(
                vertx,
                request -> {
                    // After what is being read, which is all of the request.
                    vertx.runOnContext(v -> later.complete(
                            ApiResponse.json(200, "{\"kind\":\"NodeList\"}".getBytes(StandardCharsets.UTF_8))));
                    return later.future();
                },
                new UpgradeProxy(vertx, new HttpClientOptions()),
                EdgeOptions.DEFAULT,
                new Meters(new PrometheusRegistry()));
        int port = await(edge.listen(new HttpServerOptions(), "127.0.0.1", 0)).actualPort();
        HttpClient client = vertx.createHttpClient(
                new HttpClientOptions().setProtocolVersion(version).setHttp2ClearTextUpgrade(false));
        Future<Buffer> answer = client.request(HttpMethod.GET, port, "127.0.0.1", "/api/v1/nodes")
                .compose(HttpClientRequest::send)
                .compose(HttpClientResponse::body);
        assertThat(await(answer).toString()).isEqualTo("{\"kind\":\"NodeList\"}");
    }

    /** Far more than the process has memory for, as many clients that list everything would make it hold. */
    @Test
    void aLongBodyIsMadeAsFastAsItIsRead() throws Exception {
        byte[] piece = new byte[1 << 20];
        Arrays.fill(piece, (byte) 'x');
        int pieces = 64;
        ResponseBody body = ResponseBody.of(Collections.nCopies(pieces, piece));
        HttpsEdge edge = new HttpsEdge(
                vertx,
                request -> Future.succeededFuture(ApiResponse.of(200, ApiResponse.JSON, body)),
                new UpgradeProxy(vertx, new HttpClientOptions()),
                EdgeOptions.DEFAULT,
                new Meters(new PrometheusRegistry()));
        int port = await(edge.listen(new HttpServerOptions(), "127.0.0.1", 0)).actualPort();
        long room = 2 * Runtime.getRuntime().maxMemory();
        List<Socket> readers = new ArrayList<>();
        try {
            for (long held = 0; held < room; held += body.length()) {
                Socket reader = new Socket("127.0.0.1", port);
                readers.add(reader);
                reader.setSoTimeout(10_000);
                reader.getOutputStream()
                        .write("GET /api/v1/nodes HTTP/1.1\r\nHost: here\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(reader.getInputStream().read())
                        .as("the answer has begun")
                        .isEqualTo('H');
            }
            String head =
                    "TTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n";
            InputStream in = readers.get(0).getInputStream();
            assertThat(new String(in.readNBytes(head.length()), StandardCharsets.US_ASCII))
                    .isEqualTo(head);
            for (int i = 0; i < pieces; i++) {
                assertThat(in.readNBytes(piece.length)).isEqualTo(piece);
            }
        } finally {
            for (Socket reader : readers) {
                reader.close();
            }
        }
    }
}
