package io.kvorum.apiserver.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.api.ApiException;
import io.kvorum.apiserver.cache.ObjectJson;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ReviewTest {
    private static Review.Verdict answer(String version, boolean mutating, String response) {
        return Review.answer(
                version,
                "u",
                mutating,
                Buffer.buffer(("{'kind':'AdmissionReview','apiVersion':'admission.k8s.io/" + version + "','response':"
                                + response + "}")
                        .replace('\'', '"')));
    }

    @Test
    void anAnswerIsToTheQuestion() {
        assertThat(answer("v1", false, "{'uid':'u','allowed':true,'warnings':['w']}")
                        .warnings())
                .containsExactly("w");
        assertThatThrownBy(() -> answer("v1", false, "{'uid':'other','allowed':true}"))
                .hasMessage("received invalid webhook response: expected response.uid=\"u\", got \"other\"");
        assertThatThrownBy(() -> Review.answer("v1", "u", false, Buffer.buffer("no json")))
                .hasMessage("received invalid webhook response: webhook response was absent");
    }

    @Test
    void patchAndTypeGoTogetherAndOnlyWithThoseWhoMutate() {
        // W10= is an empty list.
        assertThat(answer("v1", true, "{'uid':'u','allowed':true,'patch':'W10=','patchType':'JSONPatch'}")
                        .patch()
                        .isArray())
                .isTrue();
        assertThatThrownBy(() -> answer("v1", true, "{'uid':'u','allowed':true,'patch':'W10='}"))
                .hasMessageEndingWith("webhook returned response.patch but not response.patchType");
        assertThatThrownBy(() -> answer("v1", true, "{'uid':'u','allowed':true,'patchType':'JSONPatch'}"))
                .hasMessageEndingWith("webhook returned response.patchType but not response.patch");
        assertThatThrownBy(
                        () -> answer("v1", false, "{'uid':'u','allowed':true,'patch':'W10=','patchType':'JSONPatch'}"))
                .hasMessageEndingWith("validating webhook may not return response.patch");
    }

    @Test
    void theOldReviewVerifiesLess() {
        assertThat(answer("v1beta1", true, "{'allowed':true,'patch':'W10='}").patchType())
                .isEqualTo("JSONPatch");
    }

    @Test
    void aDenialIsNeverASuccess() {
        ApiException denial = Review.denial(
                "x.example.com",
                ObjectJson.parse("{\"code\":200,\"reason\":\"Because\"}".getBytes(StandardCharsets.UTF_8)));
        assertThat(denial.code()).isEqualTo(400);
        assertThat(denial.reason()).isEqualTo("Because");
        assertThat(denial).hasMessage("admission webhook \"x.example.com\" denied the request: Because");
    }
}
