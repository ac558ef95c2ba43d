package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Bodies, queries and methods that were found to hang the server, to break it or to cost too much. */
class HostileBodiesComponentTest {
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final String MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: n}\n";

    @RegisterExtension
    private final OwnApiServer server = new OwnApiServer();

    private final Http http = server.http();

    private Http.Answer yaml(String body) {
        return http.send("POST", MAPS, body, "Content-Type", "application/yaml");
    }

    private Http.Answer apply(String body) {
        return http.send("PATCH", MAPS + "/n?fieldManager=m", body, "Content-Type", "application/apply-patch+yaml");
    }

    private String raw(String request) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", server.get().port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    @Test
    void yamlDeeperThanTheStackIsRefused() {
        String deep = MAP + "data: " + "[".repeat(100_000);
        assertThat(yaml(deep).status()).isEqualTo(400);
        assertThat(apply(deep).status()).isEqualTo(400);
        assertThat(yaml(MAP + "data: " + "{a: ".repeat(600) + "1" + "}".repeat(600))
                        .status())
                .isEqualTo(400);
    }

    @Test
    void aliasesThatGrowWithoutMeasureAreRefused() {
        StringBuilder bomb = new StringBuilder(MAP + "a0: &a0 [x,x]\n");
        // Fewer aliases than are allowed: it is what they grow to that counts.
        for (int i = 1; i < 24; i++) {
            bomb.append("a%d: &a%d [*a%d,*a%d]\n".formatted(i, i, i - 1, i - 1));
        }
        assertThat(yaml(bomb.toString()).json().path("message").asText()).contains("excessive aliasing");
        assertThat(apply(bomb.toString()).status()).isEqualTo(400);
    }

    @Test
    void anAliasOfWhatItIsInIsRefused() {
        assertThat(yaml(MAP + "a: &a [*a,*a]\n").status()).isEqualTo(400);
        assertThat(apply(MAP + "a: &a {b: *a}\n").status()).isEqualTo(400);
    }

    @Test
    void aliasesWithinMeasureStand() {
        Http.Answer made = yaml(MAP.replace("{name: n}", "{name: n, labels: &l {a: b}, annotations: *l}"));
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        assertThat(made.json().at("/metadata/annotations/a").asText()).isEqualTo("b");
    }

    @Test
    void whatIsNoNumberInJsonIsRefused() {
        assertThat(yaml(MAP + "x: .nan\n").status()).isEqualTo(400);
        assertThat(yaml(MAP + "x: -.inf\n").status()).isEqualTo(400);
    }

    @Test
    void aWrongEscapeInAQueryOrPathIsAnswered() throws Exception {
        for (String path : List.of(MAPS + "?limit=%zz", MAPS + "?%", MAPS + "/%zz", "/%", MAPS + "?timeout=%")) {
            String answer = raw("GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            assertThat(answer).as(path).startsWith("HTTP/1.1 400").contains("invalid URL escape");
        }
    }

    @Test
    void anExtraWithAWrongEscapeIsTakenAsItIs() {
        Http.Answer who = http.send(
                "POST",
                "/apis/authentication.k8s.io/v1/selfsubjectreviews",
                "{}",
                "Content-Type",
                "application/json",
                "Impersonate-User",
                "jane",
                "Impersonate-Extra-%zz",
                "x");
        assertThat(who.json().at("/status/userInfo/extra/%zz/0").asText())
                .as(who.text())
                .isEqualTo("x");
    }

    @Test
    void aBodyThatDoesNotComeEndsWithTheRequestsTime() throws Exception {
        String answer = raw("POST " + MAPS + "?timeout=1s HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\n{\"meta");
        assertThat(answer).startsWith("HTTP/1.1 504").contains("\"reason\":\"Timeout\"");
    }

    @Test
    void aMethodThatSoundsLikeAVerbIsNone() throws Exception {
        for (String method : List.of("watch", "WATCH", "list", "delete", "deletecollection", "get")) {
            String answer = raw(method + " " + MAPS + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                    + "Content-Length: 0\r\n\r\n");
            assertThat(answer).as(method).startsWith("HTTP/1.1 405");
        }
    }
}
