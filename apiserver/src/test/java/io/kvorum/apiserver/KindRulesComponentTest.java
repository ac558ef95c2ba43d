package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Rules of kinds that depend on the request. */
class KindRulesComponentTest {
    private static final String ODD = "\"metadata\":{\"name\":\"Odd_Name\",\"namespace\":\"default\"}";

    @RegisterExtension
    private static final OwnApiServer server = new OwnApiServer();

    private static final Http http = server.http();

    @Test
    void eventsOfTheNewGroupAreHeldToMoreThanThoseOfTheCore() {
        String core = "{\"apiVersion\":\"v1\",\"kind\":\"Event\"," + ODD
                + ",\"involvedObject\":{\"namespace\":\"default\"},\"type\":\"Odd\"}";
        assertThat(http.post("/api/v1/namespaces/default/events", core).status())
                .isEqualTo(201);
        String fresh = "{\"apiVersion\":\"events.k8s.io/v1\",\"kind\":\"Event\"," + ODD
                + ",\"regarding\":{\"namespace\":\"default\"},\"eventTime\":\"2026-01-01T00:00:00.000000Z\","
                + "\"reportingController\":\"c\",\"reportingInstance\":\"i\",\"action\":\"a\",\"reason\":\"r\",\"type\":\"Odd\"}";
        Http.Answer refused = http.post("/apis/events.k8s.io/v1/namespaces/default/events", fresh);
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.json().at("/details/causes").findValuesAsText("field"))
                .containsExactly("metadata.name", "type");
        Http.Answer changed =
                http.merge("/apis/events.k8s.io/v1/namespaces/default/events/Odd_Name", "{\"note\":\"new\"}");
        assertThat(changed.json().path("message").asText())
                .isEqualTo("Event.events.k8s.io \"Odd_Name\" is invalid: message: Invalid value: \"new\": field is"
                        + " immutable");
    }
}
