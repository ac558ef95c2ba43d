package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Cluster IPs (10.96.0.0/24) and node ports (30000-30010) of Services. */
class ServicesComponentTest {
    private static final String ROOT = "/api/v1/namespaces/default/services";

    @RegisterExtension
    private final OwnApiServer server = new OwnApiServer();

    private final Http http = server.http();

    private Http.Answer service(String name, String spec) {
        return http.post(
                ROOT, "{\"metadata\":{\"name\":\"" + name + "\"},\"spec\":{\"ports\":[{\"port\":80}]" + spec + "}}");
    }

    @Test
    void addressesAreDistinctAndReturned() {
        Set<String> given = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            JsonNode spec = service("s" + i, "").json().path("spec");
            assertThat(spec.path("clusterIP").asText()).startsWith("10.96.0.");
            assertThat(spec.path("clusterIPs").get(0)).isEqualTo(spec.path("clusterIP"));
            given.add(spec.path("clusterIP").asText());
        }
        assertThat(given).hasSize(20);
        String first =
                http.get(ROOT + "/s0").json().path("spec").path("clusterIP").asText();
        Http.Answer taken = service("again", ",\"clusterIP\":\"" + first + "\"");
        assertThat(taken.status()).isEqualTo(422);
        assertThat(taken.json().path("message").asText()).contains("provided IP is already allocated");
        assertThat(http.delete(ROOT + "/s0", "").status()).isEqualTo(200);
        assertThat(service("again", ",\"clusterIP\":\"" + first + "\"").status())
                .isEqualTo(201);
    }

    @Test
    void anAddressInUseHasAnIpAddress() {
        String ip = service("web", "").json().at("/spec/clusterIP").asText();
        String path = "/apis/networking.k8s.io/v1/ipaddresses/" + ip;
        JsonNode address = http.get(path).json();
        assertThat(address.path("spec"))
                .hasToString(
                        "{\"parentRef\":{\"group\":\"\",\"resource\":\"services\",\"namespace\":\"default\",\"name\":\"web\"}}");
        assertThat(address.at("/metadata/labels"))
                .hasToString("{\"ipaddress.kubernetes.io/ip-family\":\"IPv4\","
                        + "\"ipaddress.kubernetes.io/managed-by\":\"ipallocator.k8s.io\"}");
        http.delete(ROOT + "/web", "");
        assertThat(http.get(path).status()).isEqualTo(404);
    }

    @Test
    void anAddressThatAUserNamesIsNotGivenOut() {
        assertThat(http.post(
                                "/apis/networking.k8s.io/v1/ipaddresses",
                                "{\"metadata\":{\"name\":\"10.96.0.77\"},\"spec\":{\"parentRef\":{\"resource\":\"gateways\","
                                        + "\"group\":\"example.com\",\"name\":\"g\"}}}")
                        .status())
                .isEqualTo(201);
        assertThat(service("web", ",\"clusterIP\":\"10.96.0.77\"")
                        .json()
                        .path("message")
                        .asText())
                .contains("provided IP is already allocated");
    }

    @Test
    void aServiceCidrThatIsReadyHasAddressesToo() {
        String cidrs = "/apis/networking.k8s.io/v1/servicecidrs";
        assertThat(http.post(cidrs, "{\"metadata\":{\"name\":\"more\"},\"spec\":{\"cidrs\":[\"10.97.0.0/29\"]}}")
                        .status())
                .isEqualTo(201);
        assertThat(service("early", ",\"clusterIP\":\"10.97.0.3\"").status()).isEqualTo(422);
        String ready =
                "{\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\",\"reason\":\"\",\"message\":\"\","
                        + "\"lastTransitionTime\":\"2026-01-01T00:00:00Z\"}]}}";
        assertThat(http.merge(cidrs + "/more/status", ready).status()).isEqualTo(200);
        assertThat(service("late", ",\"clusterIP\":\"10.97.0.3\"").status()).isEqualTo(201);
        // The server's own range comes first, 254 addresses of which the Service "kubernetes" may have one; then the
        // other.
        Set<String> given = new HashSet<>();
        Http.Answer last = service("s0", "");
        for (int i = 1; last.status() == 201; i++) {
            given.add(last.json().at("/spec/clusterIP").asText());
            last = service("s" + i, "");
        }
        assertThat(last.json().path("message").asText()).contains("range is full");
        assertThat(given.stream().filter(ip -> ip.startsWith("10.97.0."))).hasSize(5);
    }

    @Test
    void nodePortsRunOutAndComeBack() {
        for (int i = 0; i < 11; i++) {
            int port = service("n" + i, ",\"type\":\"NodePort\"")
                    .json()
                    .path("spec")
                    .path("ports")
                    .get(0)
                    .path("nodePort")
                    .asInt();
            assertThat(port).isBetween(30000, 30010);
        }
        assertThat(service("full", ",\"type\":\"NodePort\"").status()).isEqualTo(500);
        // Turned into a ClusterIP service, one gives its port back.
        JsonNode changed =
                http.merge(ROOT + "/n3", "{\"spec\":{\"type\":\"ClusterIP\"}}").json();
        assertThat(changed.path("spec").path("ports").get(0).has("nodePort")).isFalse();
        assertThat(service("full", ",\"type\":\"NodePort\"").status()).isEqualTo(201);
    }

    @Test
    void headlessAndExternalServicesHaveNoAddress() {
        assertThat(service("headless", ",\"clusterIP\":\"None\"")
                        .json()
                        .path("spec")
                        .path("clusterIP")
                        .asText())
                .isEqualTo("None");
        JsonNode external = service("external", ",\"type\":\"ExternalName\",\"externalName\":\"a.example\"")
                .json();
        assertThat(external.path("spec").has("clusterIP")).isFalse();
    }

    @Test
    void addressOutsideTheRangeIsRefused() {
        Http.Answer answer = service("far", ",\"clusterIP\":\"10.97.0.1\"");
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().path("message").asText()).contains("The range of valid IPs is 10.96.0.0/24");
    }

    @Test
    void portsOfOneNumberShareTheirNodePort() {
        JsonNode ports = http.post(
                        ROOT,
                        "{\"metadata\":{\"name\":\"dns\"},\"spec\":{\"type\":\"NodePort\",\"ports\":["
                                + "{\"name\":\"a\",\"port\":53,\"protocol\":\"TCP\"},{\"name\":\"b\",\"port\":53,\"protocol\":\"UDP\"},"
                                + "{\"name\":\"c\",\"port\":54}]}}")
                .json()
                .path("spec")
                .path("ports");
        int shared = ports.get(0).path("nodePort").asInt();
        assertThat(ports.get(1).path("nodePort").asInt()).isEqualTo(shared).isNotZero();
        assertThat(ports.get(2).path("nodePort").asInt()).isNotEqualTo(shared).isNotZero();
    }

    @Test
    void aLoadBalancerForLocalTrafficHasAPortForHealthChecks() {
        JsonNode spec = service("lb", ",\"type\":\"LoadBalancer\",\"externalTrafficPolicy\":\"Local\"")
                .json()
                .path("spec");
        int port = spec.path("healthCheckNodePort").asInt();
        assertThat(port)
                .isBetween(30000, 30010)
                .isNotEqualTo(spec.path("ports").get(0).path("nodePort").asInt());
        JsonNode kept = http.merge(ROOT + "/lb", "{\"spec\":{\"healthCheckNodePort\":null}}")
                .json();
        assertThat(kept.path("spec").path("healthCheckNodePort").asInt()).isEqualTo(port);
        assertThat(http.merge(
                                ROOT + "/lb",
                                "{\"spec\":{\"healthCheckNodePort\":" + (port == 30000 ? 30001 : 30000) + "}}")
                        .json()
                        .path("message")
                        .asText())
                .contains("spec.healthCheckNodePort: Forbidden: field is immutable");
        JsonNode dropped = http.merge(ROOT + "/lb", "{\"spec\":{\"externalTrafficPolicy\":\"Cluster\"}}")
                .json();
        assertThat(dropped.path("spec").has("healthCheckNodePort")).isFalse();
        assertThat(service(
                                "other",
                                ",\"type\":\"LoadBalancer\",\"externalTrafficPolicy\":\"Local\",\"healthCheckNodePort\":"
                                        + port)
                        .json()
                        .path("spec")
                        .path("healthCheckNodePort")
                        .asInt())
                .isEqualTo(port);
    }

    @Test
    void addressMayNotChange() {
        service("fixed", ",\"clusterIP\":\"10.96.0.76\"");
        Http.Answer answer = http.merge(
                ROOT + "/fixed", "{\"spec\":{\"clusterIP\":\"10.96.0.77\",\"clusterIPs\":[\"10.96.0.77\"]}}");
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().path("message").asText()).contains("may not change once set");
    }

    @Test
    void portsThatMayBeAnyLeaveTheOneThatIsNamed() {
        StringBuilder ports = new StringBuilder();
        for (int i = 0; i < 10; i++) {
            ports.append(i == 0 ? "" : ",").append("{\"name\":\"p" + i + "\",\"port\":" + (80 + i) + "}");
        }
        Http.Answer made = http.post(
                ROOT,
                "{\"metadata\":{\"name\":\"many\"},\"spec\":{\"type\":\"LoadBalancer\",\"externalTrafficPolicy\":\"Local\","
                        + "\"healthCheckNodePort\":30005,\"ports\":[" + ports + "]}}");
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        assertThat(made.json().path("spec").path("healthCheckNodePort").asInt()).isEqualTo(30005);
    }
}
