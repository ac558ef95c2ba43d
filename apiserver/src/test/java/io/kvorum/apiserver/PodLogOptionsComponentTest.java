package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The options of {@code pods/log}. */
class PodLogOptionsComponentTest {
    private static final String LOG = "/api/v1/namespaces/default/pods/p/log";

    @RegisterExtension
    private final OwnApiServer server = new OwnApiServer();

    private final Http http = server.http();

    @Test
    void optionsThatMakeNoSenseAreRefusedByName() {
        Http.Answer answer = http.get(LOG + "?tailLines=-1&limitBytes=0&sinceSeconds=0");
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().path("message").asText())
                .startsWith("PodLogOptions \"p\" is invalid: ")
                .contains("tailLines: Invalid value: -1: must be greater than or equal to 0")
                .contains("limitBytes: Invalid value: 0: must be greater than 0")
                .contains("sinceSeconds: Invalid value: 0: must be greater than 0");
        assertThat(http.get(LOG + "?sinceSeconds=1&sinceTime=2026-01-01T00:00:00Z")
                        .json()
                        .path("message")
                        .asText())
                .contains("at most one of `sinceTime` or `sinceSeconds` may be specified");
        assertThat(http.get(LOG + "?tailLines=x").status()).isEqualTo(400);
        assertThat(http.get(LOG + "?tailLines=1").status()).isEqualTo(404);
    }
}
