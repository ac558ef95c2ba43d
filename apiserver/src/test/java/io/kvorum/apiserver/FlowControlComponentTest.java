package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Requests are sorted into priority levels, and their answers say so. */
class FlowControlComponentTest {
    private static final String FLOW = "/apis/flowcontrol.apiserver.k8s.io/v1";

    @RegisterExtension
    private final OwnApiServer server = new OwnApiServer();

    private final Http http = server.http();

    private static String schema(String name, String level, String resource) {
        return "{\"metadata\":{\"name\":\"" + name + "\"},\"spec\":{\"matchingPrecedence\":100,"
                + "\"priorityLevelConfiguration\":{\"name\":\"" + level + "\"},\"rules\":[{\"subjects\":[{\"kind\":"
                + "\"Group\",\"group\":{\"name\":\"system:unauthenticated\"}}],\"resourceRules\":[{\"verbs\":[\"*\"],"
                + "\"apiGroups\":[\"*\"],\"resources\":[\"" + resource
                + "\"],\"clusterScope\":true,\"namespaces\":[\"*\"]}]}]}}";
    }

    private static String level(String name, int shares, String response) {
        return "{\"metadata\":{\"name\":\"" + name + "\"},\"spec\":{\"type\":\"Limited\",\"limited\":{"
                + "\"nominalConcurrencyShares\":" + shares + ",\"limitResponse\":" + response + "}}}";
    }

    @Test
    void anAnswerNamesItsFlowAndLevel() {
        Http.Answer level = http.post(FLOW + "/prioritylevelconfigurations", level("mine", 1, "{\"type\":\"Reject\"}"));
        assertThat(level.status()).as(level.text()).isEqualTo(201);
        Http.Answer schema = http.post(FLOW + "/flowschemas", schema("mine", "mine", "configmaps"));
        assertThat(schema.status()).as(schema.text()).isEqualTo(201);
        Http.Answer answer = http.get("/api/v1/namespaces/default/configmaps");
        assertThat(answer.headers().firstValue("X-Kubernetes-PF-FlowSchema-UID"))
                .contains(schema.json().at("/metadata/uid").asText());
        assertThat(answer.headers().firstValue("X-Kubernetes-PF-PriorityLevel-UID"))
                .contains(level.json().at("/metadata/uid").asText());
        assertThat(http.get("/api/v1/namespaces/default/secrets")
                        .headers()
                        .firstValue("X-Kubernetes-PF-FlowSchema-UID"))
                .isNotEqualTo(answer.headers().firstValue("X-Kubernetes-PF-FlowSchema-UID"));
    }

    @Test
    void schemasAndLevelsThatMakeNoSenseAreRefused() {
        Http.Answer level = http.post(
                FLOW + "/prioritylevelconfigurations",
                level("mine", -1, "{\"type\":\"Queue\",\"queuing\":{\"queues\":2,\"handSize\":3}}"));
        assertThat(level.status()).isEqualTo(422);
        assertThat(level.json().path("message").asText())
                .contains("spec.limited.nominalConcurrencyShares: Invalid value: -1: must be a non-negative integer")
                .contains("handSize: Invalid value: 3: should not be greater than queues (2)");
        Http.Answer schema = http.post(
                FLOW + "/flowschemas",
                "{\"metadata\":{\"name\":\"x\"},\"spec\":{\"matchingPrecedence\":1,"
                        + "\"priorityLevelConfiguration\":{\"name\":\"\"},\"rules\":[{\"subjects\":[]}]}}");
        assertThat(schema.json().path("message").asText())
                .contains("only the schema named 'exempt' may have matchingPrecedence 1")
                .contains("must reference a priority level")
                .contains("subjects must contain at least one value");
    }
}
