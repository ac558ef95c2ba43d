package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The subresources that change a part of a pod: ephemeral containers and resize. */
class PodPartsComponentTest {
    private static final String PODS = "/api/v1/namespaces/default/pods";

    @RegisterExtension
    private final OwnApiServer server = new OwnApiServer();

    private final Http http = server.http();

    @BeforeEach
    void prepare() throws Exception {
        Http.Answer made = http.post(
                PODS,
                "{\"metadata\":{\"name\":\"p\"},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"nginx\","
                        + "\"resources\":{\"requests\":{\"cpu\":\"100m\"}}}]}}");
        assertThat(made.status()).as(made.text()).isEqualTo(201);
    }

    private Http.Answer strategic(String path, String body) {
        return http.send("PATCH", path, body, "Content-Type", "application/strategic-merge-patch+json");
    }

    private static String debugger(String more) {
        return "{\"metadata\":{\"labels\":{\"a\":\"b\"}},\"spec\":{\"ephemeralContainers\":[{\"name\":\"debugger\","
                + "\"image\":\"busybox\"" + more + "}]}}";
    }

    @Test
    void kubectlDebugAddsAContainerAndNothingElse() {
        Http.Answer added =
                strategic(PODS + "/p/ephemeralcontainers", debugger(",\"targetContainerName\":\"c\",\"stdin\":true"));
        assertThat(added.status()).as(added.text()).isEqualTo(200);
        assertThat(added.json()
                        .at("/spec/ephemeralContainers/0/imagePullPolicy")
                        .asText())
                .isEqualTo("Always");
        assertThat(added.json().at("/metadata/labels").isMissingNode()).isTrue();
        assertThat(added.json().at("/metadata/generation").asInt()).isEqualTo(2);
        assertThat(http.get(PODS + "/p/ephemeralcontainers")
                        .json()
                        .at("/spec/ephemeralContainers/0/name")
                        .asText())
                .isEqualTo("debugger");
    }

    @Test
    void ephemeralContainersStayAsTheyAre() {
        strategic(PODS + "/p/ephemeralcontainers", debugger(""));
        Http.Answer changed = strategic(PODS + "/p/ephemeralcontainers", debugger(",\"command\":[\"sh\"]"));
        assertThat(changed.status()).isEqualTo(422);
        assertThat(changed.json().path("message").asText())
                .contains("spec.ephemeralContainers: Forbidden: existing ephemeral containers \"debugger\" may not be"
                        + " changed");
        Http.Answer removed = http.merge(PODS + "/p/ephemeralcontainers", "{\"spec\":{\"ephemeralContainers\":[]}}");
        assertThat(removed.json().path("message").asText()).contains("\"debugger\" may not be removed");
        Http.Answer whole = strategic(
                PODS + "/p", "{\"spec\":{\"ephemeralContainers\":[{\"name\":\"x\"," + "\"image\":\"busybox\"}]}}");
        assertThat(whole.status()).isEqualTo(422);
    }

    @Test
    void anEphemeralContainerHasNoPortsAndAKnownTarget() {
        Http.Answer answer = strategic(
                PODS + "/p/ephemeralcontainers",
                debugger(",\"targetContainerName\":\"gone\",\"ports\":[{\"containerPort\":80}]"));
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().path("message").asText())
                .contains("spec.ephemeralContainers[0].ports: Forbidden: cannot be set for an Ephemeral Container")
                .contains("spec.ephemeralContainers[0].targetContainerName: Not found: \"gone\"");
    }

    private static String size(String resources) {
        return "{\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"other\",\"resources\":" + resources + "}]}}";
    }

    @Test
    void resizeChangesSizesOnly() {
        Http.Answer sized = strategic(PODS + "/p/resize", size("{\"requests\":{\"cpu\":\"200m\"}}"));
        assertThat(sized.status()).as(sized.text()).isEqualTo(200);
        assertThat(sized.json().at("/spec/containers/0/resources/requests/cpu").asText())
                .isEqualTo("200m");
        assertThat(sized.json().at("/spec/containers/0/image").asText()).isEqualTo("nginx");
        assertThat(sized.json().at("/metadata/generation").asInt()).isEqualTo(2);
        Http.Answer removed = http.merge(
                PODS + "/p/resize",
                "{\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"nginx\",\"resources\":{}}]}}");
        assertThat(removed.json().path("message").asText())
                .contains("resource requests cannot be removed")
                .contains("Pod QOS Class may not change as a result of resizing");
    }

    /** What the manager {@code parts} owns of a pod; a missing node for nothing. */
    private static JsonNode owned(JsonNode pod) {
        for (JsonNode entry : pod.at("/metadata/managedFields")) {
            if (entry.path("manager").asText().equals("parts")) {
                return entry.path("fieldsV1");
            }
        }
        return MissingNode.getInstance();
    }

    @Test
    void resizeOwnsNoMoreThanSizes() {
        JsonNode before = http.get(PODS + "/p").json();
        Http.Answer nothing = strategic(
                PODS + "/p/resize?fieldManager=parts",
                "{\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"other\"}]}}");
        assertThat(nothing.json()).isEqualTo(before);
        Http.Answer sized = strategic(PODS + "/p/resize?fieldManager=parts", size("{\"requests\":{\"cpu\":\"200m\"}}"));
        assertThat(owned(sized.json()).toString())
                .isEqualTo("{\"f:spec\":{\"f:containers\":{\"k:{\\\"name\\\":\\\"c\\\"}\":"
                        + "{\"f:resources\":{\"f:requests\":{\"f:cpu\":{}}}}}}}");
    }

    @Test
    void ephemeralContainersAreAllThatTheirSubresourceOwns() {
        Http.Answer added = strategic(PODS + "/p/ephemeralcontainers?fieldManager=parts", debugger(""));
        assertThat(owned(added.json()).path("f:metadata").isMissingNode()).isTrue();
        assertThat(owned(added.json()).at("/f:spec/f:ephemeralContainers").size())
                .isEqualTo(2);
    }
}
