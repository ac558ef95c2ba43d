package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Namespaces that hold their pods to a level, over HTTP. */
class PodSecurityComponentTest {
    private static final String PRIVILEGED =
            "{\"serviceAccountName\":\"default\",\"containers\":[{\"name\":\"c\",\"image\":\"nginx\",\"securityContext\":"
                    + "{\"privileged\":true}}]}";

    @RegisterExtension
    private static final OwnApiServer server = new OwnApiServer();

    private static final Http http = server.http();

    private static Http.Answer namespace(String name, String labels) {
        return http.post(
                "/api/v1/namespaces", "{\"metadata\":{\"name\":\"" + name + "\",\"labels\":{" + labels + "}}}");
    }

    private static Http.Answer pod(String namespace, String spec) {
        return http.post(
                "/api/v1/namespaces/" + namespace + "/pods", "{\"metadata\":{\"name\":\"p\"},\"spec\":" + spec + "}");
    }

    private static String warning(Http.Answer answer) {
        return answer.headers().firstValue("Warning").orElse("");
    }

    @Test
    void whatTheLevelForbidsIsRefused() {
        assertThat(namespace("enforced", "\"pod-security.kubernetes.io/enforce\":\"baseline\"")
                        .status())
                .isEqualTo(201);
        Http.Answer refused = pod("enforced", PRIVILEGED);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.json().path("message").asText())
                .isEqualTo("pods \"p\" is forbidden: violates PodSecurity \"baseline:latest\": privileged (container"
                        + " \"c\" must not set securityContext.privileged=true)");
        assertThat(pod("enforced", PRIVILEGED.replace("true", "false")).status())
                .isEqualTo(201);
    }

    @Test
    void templatesAndPodsAreWarned() {
        assertThat(namespace("warned", "\"pod-security.kubernetes.io/warn\":\"baseline\"")
                        .status())
                .isEqualTo(201);
        Http.Answer made = pod("warned", PRIVILEGED);
        assertThat(made.status()).isEqualTo(201);
        assertThat(warning(made)).startsWith("299 - \"would violate PodSecurity \\\"baseline:latest\\\": privileged");
        Http.Answer deployment = http.post(
                "/apis/apps/v1/namespaces/warned/deployments",
                "{\"metadata\":{\"name\":\"d\"},\"spec\":{\"selector\":{\"matchLabels\":{\"a\":\"b\"}},\"template\":"
                        + "{\"metadata\":{\"labels\":{\"a\":\"b\"}},\"spec\":" + PRIVILEGED + "}}}");
        assertThat(deployment.status()).as(deployment.text()).isEqualTo(201);
        assertThat(warning(deployment)).contains("would violate PodSecurity");
    }

    @Test
    void aStricterNamespaceTellsWhichPodsViolate() {
        assertThat(namespace("stricter", "").status()).isEqualTo(201);
        assertThat(pod("stricter", PRIVILEGED).status()).isEqualTo(201);
        Http.Answer labelled = http.merge(
                "/api/v1/namespaces/stricter",
                "{\"metadata\":{\"labels\":{\"pod-security.kubernetes.io/enforce\":\"baseline\"}}}");
        assertThat(labelled.status()).isEqualTo(200);
        assertThat(labelled.headers().allValues("Warning"))
                .containsExactly(
                        "299 - \"existing pods in namespace \\\"stricter\\\" violate the new PodSecurity enforce level"
                                + " \\\"baseline:latest\\\"\"",
                        "299 - \"p: privileged\"");
    }

    @Test
    void aLabelThatIsNoLevelIsRefused() {
        Http.Answer refused = namespace("wrong", "\"pod-security.kubernetes.io/enforce\":\"strict\"");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.json().path("message").asText())
                .contains(
                        "metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: \"strict\": must be one of"
                                + " privileged, baseline, restricted");
    }
}
