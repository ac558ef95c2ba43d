package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The Leases of API servers, and what a server makes of those of others. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class IdentityLeasesComponentTest {
    private static final String LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases";
    private static final String OWN = "apiserver-rmpsxx2io7gtdostp4gs4zilly";
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    @RegisterExtension
    private final OwnApiServer server = new OwnApiServer();

    private final Http http = server.http();

    /** Waits for an event about the Lease of that name. */
    private JsonNode lease(String type, String name) throws Exception {
        try (Http.Watch watch =
                http.watch(LEASES + "?watch=1&timeoutSeconds=20&fieldSelector=metadata.name%3D" + name)) {
            JsonNode event = watch.next();
            while (!event.isMissingNode() && !event.path("type").asText().equals(type)) {
                event = watch.next();
            }
            return event.path("object");
        }
    }

    @Test
    void aServerMakesItselfKnown() throws Exception {
        JsonNode lease = lease("MODIFIED", OWN);
        assertThat(lease.at("/metadata/labels").toString())
                .isEqualTo(
                        "{\"apiserver.kubernetes.io/identity\":\"kube-apiserver\",\"kubernetes.io/hostname\":\"apiserver-0\"}");
        assertThat(lease.at("/spec/leaseDurationSeconds").asInt()).isEqualTo(3600);
        assertThat(lease.at("/spec/holderIdentity").asText()).matches(OWN + "_[0-9a-f-]{36}");
        assertThat(Instant.parse(lease.at("/spec/renewTime").asText()))
                .isAfter(Instant.parse(lease.at("/metadata/creationTimestamp").asText()));
    }

    private void other(String name, String label, String address, Duration ago) {
        Http.Answer made = http.post(LEASES, """
                {"metadata":{"name":"%s","labels":{"apiserver.kubernetes.io/identity":"%s"},
                 "annotations":{"apiserver.kvorum.io/address":"%s"}},
                 "spec":{"holderIdentity":"x","leaseDurationSeconds":3600,"renewTime":"%s"}}""".formatted(
                        name, label, address, MICROS.format(Instant.now().minus(ago))));
        assertThat(made.status()).as(made.text()).isEqualTo(201);
    }

    private List<String> endpoints() {
        JsonNode slice = http.get("/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes")
                .json();
        return StreamSupport.stream(slice.path("endpoints").spliterator(), false)
                .map(endpoint -> endpoint.at("/addresses/0").asText())
                .toList();
    }

    /** One that died is no endpoint any more soon after; its Lease goes when it has run out. */
    @Test
    void whatDeadServersLeaveIsTakenAway() throws Exception {
        other("apiserver-live", "kube-apiserver", "127.0.0.2", Duration.ZERO);
        other("apiserver-dead", "kube-apiserver", "127.0.0.3", Duration.ofMinutes(59));
        other("apiserver-another", "another", "127.0.0.4", Duration.ofHours(2));
        other("apiserver-expired", "kube-apiserver", "127.0.0.5", Duration.ofHours(2));
        assertThat(lease("DELETED", "apiserver-expired").at("/metadata/name").asText())
                .isEqualTo("apiserver-expired");
        assertThat(http.get(LEASES).json().path("items").findValuesAsText("name"))
                .contains(OWN, "apiserver-live", "apiserver-dead", "apiserver-another")
                .doesNotContain("apiserver-expired");
        assertThat(endpoints()).containsExactly("127.0.0.1", "127.0.0.2");
        JsonNode legacy =
                http.get("/api/v1/namespaces/default/endpoints/kubernetes").json();
        assertThat(legacy.findValuesAsText("ip")).containsExactly("127.0.0.1", "127.0.0.2");
    }
}
