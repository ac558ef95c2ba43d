package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.apiserver.TestApiServer.Shape;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What may be chosen of how the API is served. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class HttpsOptionsComponentTest {
    private static final String AES_128 = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
    private static final String AES_256 = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384";

    @TempDir
    Path folder;

    private final TestAuthority authority = new TestAuthority("CN=ours");
    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void stop() throws Exception {
        await(vertx.close());
    }

    private TestApiServer serve(Shape shape) throws Exception {
        return TestApiServer.start(authority.serving(folder), shape);
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private String spoken(TestApiServer server, String version, String... suites) throws Exception {
        try (SSLSocket socket =
                (SSLSocket) authority.client(null).getSocketFactory().createSocket("127.0.0.1", server.port())) {
            socket.setEnabledProtocols(new String[] {version});
            if (suites.length > 0) {
                socket.setEnabledCipherSuites(suites);
            }
            socket.startHandshake();
            return socket.getSession().getProtocol() + " " + socket.getSession().getCipherSuite();
        }
    }

    @Test
    void bothVersionsAreSpokenWhereNothingIsSaid() throws Exception {
        try (TestApiServer server = serve(Shape.USUAL)) {
            assertThat(spoken(server, "TLSv1.2", AES_128)).isEqualTo("TLSv1.2 " + AES_128);
            assertThat(spoken(server, "TLSv1.3")).startsWith("TLSv1.3 ");
        }
    }

    @Test
    void anOldVersionMayBeLeftOut() throws Exception {
        ServingTls tls = new ServingTls("TLSv1.3", List.of(), 0);
        try (TestApiServer server = serve(new Shape(1800, tls, 0, ""))) {
            assertThat(spoken(server, "TLSv1.3")).startsWith("TLSv1.3 ");
            assertThatThrownBy(() -> spoken(server, "TLSv1.2")).isInstanceOf(IOException.class);
        }
    }

    @Test
    void onlyTheCiphersNamedAreSpoken() throws Exception {
        ServingTls tls = new ServingTls("TLSv1.2", List.of(AES_256), 0);
        try (TestApiServer server = serve(new Shape(1800, tls, 0, ""))) {
            assertThat(spoken(server, "TLSv1.2", AES_128, AES_256)).isEqualTo("TLSv1.2 " + AES_256);
            assertThat(spoken(server, "TLSv1.3")).startsWith("TLSv1.3 ");
            assertThatThrownBy(() -> spoken(server, "TLSv1.2", AES_128)).isInstanceOf(IOException.class);
        }
    }

    private HttpClient client() {
        return vertx.createHttpClient(new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setSsl(true)
                .setUseAlpn(true)
                .setTrustAll(true)
                .setVerifyHost(false));
    }

    /** Asks, and tells over which connection. */
    private static HttpConnection asked(HttpClient client, TestApiServer server) throws Exception {
        return await(client.request(HttpMethod.GET, server.port(), "127.0.0.1", "/version")
                .compose(request -> request.send().compose(response -> {
                    assertThat(response.statusCode()).isEqualTo(200);
                    return response.body().map(body -> connection(request));
                })));
    }

    private static HttpConnection connection(HttpClientRequest request) {
        return request.connection();
    }

    @Test
    void someClientsAreSentElsewhere() throws Exception {
        try (TestApiServer server = serve(new Shape(1800, ServingTls.DEFAULT, 1, ""))) {
            HttpClient client = client();
            HttpConnection first = asked(client, server);
            assertThat(asked(client, server)).isNotSameAs(first);
        }
        try (TestApiServer server = serve(Shape.USUAL)) {
            HttpClient client = client();
            HttpConnection first = asked(client, server);
            assertThat(asked(client, server)).isSameAs(first);
        }
    }

    @Test
    void aConnectionHasSoManyRequestsAtATime() throws Exception {
        for (int streams : new int[] {0, 7}) {
            ServingTls tls = new ServingTls("TLSv1.2", List.of(), streams);
            try (TestApiServer server = serve(new Shape(1800, tls, 0, ""))) {
                assertThat(asked(client(), server).remoteSettings())
                        .isInstanceOfSatisfying(
                                Http2Settings.class,
                                settings -> assertThat(settings.getMaxConcurrentStreams())
                                        .isEqualTo(streams == 0 ? 100 : streams));
            }
        }
    }

    @Test
    void browsersAreToldToComeByHttpsOnly() throws Exception {
        try (TestApiServer server = serve(new Shape(1800, ServingTls.DEFAULT, 0, "max-age=31536000; preload"))) {
            Http http = new Http(server, authority.client(null));
            assertThat(http.get("/version").headers().allValues("Strict-Transport-Security"))
                    .containsExactly("max-age=31536000; preload");
            assertThat(http.get("/nowhere").headers().allValues("Strict-Transport-Security"))
                    .hasSize(1);
        }
        try (TestApiServer server = serve(Shape.USUAL)) {
            assertThat(new Http(server, authority.client(null))
                            .get("/version")
                            .headers()
                            .allValues("Strict-Transport-Security"))
                    .isEmpty();
        }
    }

    @Test
    void aWatchLastsAsLongAsItMayAtTheLeastAndTwiceThatAtTheMost() throws Exception {
        try (TestApiServer server = TestApiServer.start(null, new Shape(1, ServingTls.DEFAULT, 0, ""))) {
            long began = System.nanoTime();
            assertThat(new Http(server)
                            .get("/api/v1/namespaces/default/configmaps?watch=1")
                            .status())
                    .isEqualTo(200);
            // A machine with much to do may be late, never early.
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(15));
        }
    }
}
