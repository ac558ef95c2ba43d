package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Namespaces that come back. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SystemNamespacesComponentTest {
    private static final String LEASES = "/api/v1/namespaces/kube-node-lease";

    @RegisterExtension
    private final OwnApiServer server = new OwnApiServer();

    private final Http http = server.http();

    @Test
    void aNamespaceOfTheSystemThatWasDeletedIsMadeAgain() throws Exception {
        JsonNode first = http.get(LEASES).json();
        server.get().keepNamespaces(Duration.ofMillis(50));
        try (Http.Watch watch = http.watch("/api/v1/namespaces?watch=1&timeoutSeconds=20"
                + "&fieldSelector=metadata.name%3Dkube-node-lease&resourceVersion="
                + first.at("/metadata/resourceVersion").asText())) {
            assertThat(http.delete(LEASES, "").status()).isEqualTo(200);
            Http.Answer finalized =
                    http.put(LEASES + "/finalize", "{\"metadata\":{\"name\":\"kube-node-lease\"},\"spec\":{}}");
            assertThat(finalized.status()).as(finalized.text()).isEqualTo(200);
            JsonNode event = watch.next();
            while (!event.isMissingNode() && !event.path("type").asText().equals("ADDED")) {
                event = watch.next();
            }
            assertThat(event.at("/object/metadata/name").asText()).isEqualTo("kube-node-lease");
            assertThat(event.at("/object/metadata/uid").asText())
                    .isNotEqualTo(first.at("/metadata/uid").asText());
        }
    }

    @Test
    void finalizeChangesAllButTheStatus() {
        String spaces = "/api/v1/namespaces";
        http.post(spaces, "{\"metadata\":{\"name\":\"team\"}}");
        Http.Answer wrong = http.put(
                spaces + "/team/finalize",
                "{\"metadata\":{\"name\":\"team\"},\"spec\":{\"finalizers\":[\"kubernetes\",\"mine\"]}}");
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(wrong.json().path("message").asText())
                .isEqualTo(
                        "Namespace \"team\" is invalid: spec.finalizers[1]: Invalid value: \"mine\": name is neither a"
                                + " standard finalizer name nor is it fully qualified");
        JsonNode changed = http.put(
                        spaces + "/team/finalize",
                        "{\"metadata\":{\"name\":\"team\",\"labels\":{\"a\":\"b\"}},\"spec\":{\"finalizers\":"
                                + "[\"kubernetes\",\"a.b/c\"]},\"status\":{\"phase\":\"Terminating\"}}")
                .json();
        assertThat(changed.at("/metadata/labels/a").asText()).isEqualTo("b");
        assertThat(changed.at("/spec/finalizers")).hasSize(2);
        assertThat(changed.at("/status/phase").asText()).isEqualTo("Active");
        http.delete(spaces + "/team", "");
        // Content is cleaned by others; the namespace goes with the last of them.
        assertThat(http.put(
                                spaces + "/team/finalize",
                                "{\"metadata\":{\"name\":\"team\"},\"spec\":{\"finalizers\":[\"a.b/c\"]}}")
                        .status())
                .isEqualTo(200);
        assertThat(http.get(spaces + "/team").status()).isEqualTo(200);
        http.put(spaces + "/team/finalize", "{\"metadata\":{\"name\":\"team\"},\"spec\":{}}");
        assertThat(http.get(spaces + "/team").status()).isEqualTo(404);
    }
}
