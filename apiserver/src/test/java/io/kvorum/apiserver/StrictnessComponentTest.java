package io.kvorum.apiserver;

import static io.kvorum.apiserver.Http.message;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the server says of requests that are not quite right, in upstream's words. */
class StrictnessComponentTest {
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final String TWICE = """
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: twice
              unknownMeta: x
            data:
              b: "1"
              a: one
              a:
                two
            immutable: false
            immutable: false
            unknown: 1
            """;

    @RegisterExtension
    private static final OwnApiServer server = new OwnApiServer();

    private static final Http http = server.http();

    private static Http.Answer yaml(String method, String path, String type, String body) {
        return http.send(method, path, body, "Content-Type", type);
    }

    @Test
    void keysGivenTwiceInYamlAreToldWithTheirLines() {
        Http.Answer strict = yaml("POST", MAPS + "?fieldValidation=Strict", "application/yaml", TWICE);
        assertThat(strict.status()).isEqualTo(400);
        assertThat(message(strict))
                .isEqualTo("ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error: "
                        + "yaml: unmarshal errors:\n  line 10: key \"a\" already set in map\n"
                        + "  line 12: key \"immutable\" already set in map, "
                        + "unknown field \"metadata.unknownMeta\", unknown field \"unknown\"");
        Http.Answer warned = yaml("POST", MAPS + "?fieldValidation=Warn", "application/yaml", TWICE);
        assertThat(warned.status()).isEqualTo(201);
        assertThat(warned.headers().allValues("Warning"))
                .containsExactly(
                        "299 - \"line 10: key \\\"a\\\" already set in map\"",
                        "299 - \"line 12: key \\\"immutable\\\" already set in map\"",
                        "299 - \"unknown field \\\"metadata.unknownMeta\\\"\"",
                        "299 - \"unknown field \\\"unknown\\\"\"");
        assertThat(warned.json().path("data").path("a").asText()).isEqualTo("two");
        assertThat(yaml("PUT", MAPS + "/twice?fieldValidation=Ignore", "application/yaml", TWICE)
                        .status())
                .isEqualTo(200);
    }

    @Test
    void keysGivenTwiceInWhatIsAppliedAreToldAfterTheMerge() {
        String applied = TWICE.replace("  unknownMeta: x\n", "").replace("unknown: 1\n", "");
        String path = MAPS + "/twice-applied?fieldManager=x&fieldValidation=";
        Http.Answer strict = yaml(
                "PATCH",
                path + "Strict",
                "application/apply-patch+yaml",
                applied.replace("name: twice", "name: twice-applied"));
        assertThat(strict.status()).isEqualTo(400);
        assertThat(message(strict))
                .isEqualTo("error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n"
                        + "  line 9: key \"a\" already set in map\n  line 11: key \"immutable\" already set in map");
        assertThat(http.get(MAPS + "/twice-applied").status()).isEqualTo(404);
        Http.Answer unknown = yaml("PATCH", path + "Strict", "application/apply-patch+yaml", TWICE);
        assertThat(message(unknown)).contains(".unknown: field not declared in schema");
    }

    @Test
    void whatCannotBeATableIsNotAcceptableAsOne() {
        String path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
        String body = "{\"spec\":{\"resourceAttributes\":{\"verb\":\"get\",\"resource\":\"pods\"}}}";
        String table = "application/json;as=Table;v=v1;g=meta.k8s.io";
        Http.Answer refused = http.send("POST", path, body, "Content-Type", "application/json", "Accept", table);
        assertThat(refused.status()).isEqualTo(406);
        assertThat(refused.json().path("reason").asText()).isEqualTo("NotAcceptable");
        Http.Answer plain = http.send(
                "POST", path, body, "Content-Type", "application/json", "Accept", table + ",application/json");
        assertThat(plain.status()).isEqualTo(201);
        assertThat(plain.json().path("kind").asText()).isEqualTo("SelfSubjectAccessReview");
    }

    @Test
    void timeOutsAreDurations() {
        Http.Answer refused = http.get(MAPS + "?timeout=abc");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(message(refused))
                .isEqualTo("invalid timeout specified in the request URL: time: invalid duration \"abc\"");
        assertThat(http.get(MAPS + "?timeout=1500ms").status()).isEqualTo(200);
        assertThat(http.get(MAPS + "?timeout=2h").status()).isEqualTo(200);
        assertThat(http.get(MAPS + "?watch=true&timeoutSeconds=1&timeout=abc").status())
                .isEqualTo(200);
    }
}
