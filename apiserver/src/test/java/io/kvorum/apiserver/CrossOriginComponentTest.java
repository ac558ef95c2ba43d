package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.apiserver.edge.CrossOrigin;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What web pages of other origins are told. */
class CrossOriginComponentTest {
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final String MINE = "https://app.example.com:8443";

    @TempDir
    static Path folder;

    private static GuardedServer guarded;
    private static Http nobody;

    @BeforeAll
    static void start() throws Exception {
        guarded = new GuardedServer(
                folder,
                vertx -> ServingOptions.plain(vertx)
                        .withOrigins(CrossOrigin.of(List.of("^https://app[.]example[.]com(:|$)", "//localhost(:|$)"))));
        nobody = new Http(guarded.server, guarded.authority.client(null));
    }

    @AfterAll
    static void stop() throws Exception {
        guarded.close();
    }

    private static List<String> told(Http.Answer answer) {
        return answer.headers().map().entrySet().stream()
                .filter(header -> header.getKey().startsWith("access-control-"))
                .sorted(Map.Entry.comparingByKey())
                .map(header -> header.getKey().substring("access-control-".length()) + ": "
                        + String.join("|", header.getValue()))
                .toList();
    }

    @Test
    void aBrowserIsToldBeforeAnybodyIsNamed() {
        Http.Answer preflight =
                nobody.send("OPTIONS", MAPS, "", "Origin", MINE, "Access-Control-Request-Method", "PUT");
        assertThat(preflight.status()).isEqualTo(204);
        assertThat(preflight.text()).isEmpty();
        assertThat(told(preflight))
                .containsExactly(
                        "allow-credentials: true",
                        "allow-headers: Content-Type, Content-Length, Accept-Encoding, X-CSRF-Token, Authorization,"
                                + " X-Requested-With, If-Modified-Since",
                        "allow-methods: POST, GET, OPTIONS, PUT, DELETE, PATCH",
                        "allow-origin: " + MINE,
                        "expose-headers: Date");
    }

    @Test
    void everyAnswerTellsIt() throws Exception {
        assertThat(told(guarded.admin.get(MAPS, "Origin", MINE))).hasSize(5).contains("allow-origin: " + MINE);
        Http.Answer refused = nobody.get(MAPS, "Origin", "http://localhost");
        assertThat(refused.status()).isEqualTo(401);
        assertThat(told(refused)).contains("allow-origin: http://localhost");
        assertThat(told(guarded.jane.get(MAPS, "Origin", MINE))).hasSize(5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://app.example.com.evil.org",
                "http://app.example.com",
                "https://evil.org/https://app.example.com",
                "https://appXexample.com",
                "https://APP.example.com",
                "http://evil-localhost",
                "null"
            })
    void nobodyElseIsToldAnything(String origin) {
        assertThat(told(guarded.admin.get(MAPS, "Origin", origin))).isEmpty();
        Http.Answer preflight = nobody.send("OPTIONS", MAPS, "", "Origin", origin);
        assertThat(preflight.status()).isEqualTo(401);
        assertThat(told(preflight)).isEmpty();
    }

    @Test
    void requestsWithoutAnOriginAreAsEver() {
        assertThat(told(guarded.admin.get(MAPS))).isEmpty();
        assertThat(nobody.send("OPTIONS", MAPS, "").status()).isEqualTo(401);
    }

    @Test
    void whatDoesNotSayWhereTheHostBeginsAndEndsIsRefused() {
        for (String loose : List.of("example.com", "^https.*example", "example.com$")) {
            assertThatThrownBy(() -> CrossOrigin.of(List.of(loose)))
                    .hasMessage("--cors-allowed-origins has an invalid regular expression: " + loose
                            + ": regular expression does not pin to start/end of host in the origin header");
        }
        assertThatThrownBy(() -> CrossOrigin.of(List.of("^a(:$")))
                .hasMessageStartingWith("--cors-allowed-origins has an invalid regular expression: ^a(:$: error parsing"
                        + " regexp: missing closing ): ");
    }
}
