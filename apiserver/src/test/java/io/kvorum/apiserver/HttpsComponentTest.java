package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS, client certificates and HTTP/2. */
class HttpsComponentTest {
    @TempDir
    Path folder;

    private final TestAuthority ours = new TestAuthority("CN=ours");
    private final TestAuthority theirs = new TestAuthority("CN=theirs");
    private TestApiServer server;

    @BeforeEach
    void start() throws Exception {
        server = TestApiServer.start(0, ours.serving(folder));
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private HttpResponse<String> whoAmI(TestAuthority.@Nullable Identity client) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(
                        "https://127.0.0.1:" + server.port() + "/apis/authentication.k8s.io/v1/selfsubjectreviews"))
                .timeout(Duration.ofSeconds(20))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build();
        return HttpClient.newBuilder()
                .sslContext(ours.client(client))
                .build()
                .send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void certificateNamesUserAndGroupsOverHttp2() throws Exception {
        HttpResponse<String> answer = whoAmI(ours.issue("O=team,CN=jane"));
        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(answer.body()).contains("\"username\":\"jane\"").contains("[\"team\",\"system:authenticated\"]");
    }

    @Test
    void noCertificateIsUnauthorized() throws Exception {
        HttpResponse<String> answer = whoAmI(null);
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).contains("\"reason\":\"Unauthorized\"");
    }

    @Test
    void certificateOfAnotherAuthorityGetsNoAnswer() throws Exception {
        TestAuthority.Identity stranger = theirs.issue("O=system:masters,CN=mallory");
        boolean refused;
        try {
            refused = whoAmI(stranger).statusCode() == 401;
        } catch (IOException handshake) {
            refused = true;
        }
        assertThat(refused).isTrue();
    }
}
