package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Bodies in protobuf, written by hand: in messages as short as these all bytes are ASCII. */
class ProtobufComponentTest {
    private static final String[] PROTOBUF = {"Content-Type", "application/vnd.kubernetes.protobuf"};

    @RegisterExtension
    private static final OwnApiServer server = new OwnApiServer();

    private static final Http http = server.http();

    /** A field with a text or a message; of less than 128 bytes. */
    private static String field(int number, String value) {
        return "" + (char) (number << 3 | 2) + (char) value.length() + value;
    }

    private static String body(String apiVersion, String kind, String message) {
        return "k8s\0" + field(1, field(1, apiVersion) + field(2, kind)) + field(2, message);
    }

    private static String configMap(String name) {
        return body("v1", "ConfigMap", field(1, field(1, name)) + field(2, field(1, "a") + field(2, "1")));
    }

    @Test
    void createsReplacesAndDeletes() {
        String path = "/api/v1/namespaces/default/configmaps";
        Http.Answer created = http.send("POST", path + "?fieldValidation=Strict", configMap("one"), PROTOBUF);
        assertThat(created.status()).as(created.text()).isEqualTo(201);
        assertThat(created.json().at("/data/a").asText()).isEqualTo("1");

        Http.Answer replaced =
                http.send("PUT", path + "/one", body("v1", "ConfigMap", field(1, field(1, "one"))), PROTOBUF);
        assertThat(replaced.status()).as(replaced.text()).isEqualTo(200);
        assertThat(replaced.json().has("data")).isFalse();

        // preconditions.uid does not hold
        String options = body("v1", "DeleteOptions", field(2, field(1, "another")));
        assertThat(http.send("DELETE", path + "/one", options, PROTOBUF).status())
                .isEqualTo(409);
        String any = body("apps/v1", "DeleteOptions", field(4, "Background"));
        Http.Answer deleted = http.send("DELETE", path + "/one", any, PROTOBUF);
        assertThat(deleted.status()).as(deleted.text()).isEqualTo(200);
        assertThat(http.get(path + "/one").status()).isEqualTo(404);
    }

    @Test
    void refusesWhatItCannotRead() {
        String path = "/api/v1/namespaces/default/configmaps";
        assertThat(http.send("POST", path, "{}", PROTOBUF).status()).isEqualTo(400);
        Http.Answer cut = http.send("POST", path, body("v1", "ConfigMap", "\n\u0005x"), PROTOBUF);
        assertThat(cut.status()).isEqualTo(400);
        assertThat(cut.json().path("message").asText())
                .isEqualTo("ConfigMap in version \"v1\" cannot be handled as a ConfigMap: unexpected EOF");
        assertThat(http.send("POST", path, body("v1", "Secret", ""), PROTOBUF).status())
                .isEqualTo(400);
    }

    @Test
    void deleteOptionsMayBeOfAnyVersion() {
        String path = "/api/v1/namespaces/default/configmaps";
        for (String version : new String[] {"meta.k8s.io/v1", "stable.example.com/v1"}) {
            assertThat(http.send("POST", path, configMap("any"), PROTOBUF).status())
                    .isEqualTo(201);
            String options = body(version, "DeleteOptions", field(4, "Background"));
            Http.Answer deleted = http.send("DELETE", path + "/any", options, PROTOBUF);
            assertThat(deleted.status()).as(deleted.text()).isEqualTo(200);
        }
    }

    @Test
    void patchesHaveNoProtobufForm() {
        assertThat(http.send("PATCH", "/api/v1/namespaces/default", configMap("x"), PROTOBUF)
                        .status())
                .isEqualTo(415);
    }
}
