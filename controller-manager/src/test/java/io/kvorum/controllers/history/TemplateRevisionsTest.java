package io.kvorum.controllers.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.kvorum.client.KubernetesJson;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TemplateRevisionsTest {
    @Test
    void dataIsInTheOrderKubectlComparesItWith() {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("z", "1");
        labels.put("a", "2");
        PodTemplateSpec template = new PodTemplateSpecBuilder()
                .withNewMetadata()
                .withLabels(labels)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("c")
                .withImage("i")
                .endContainer()
                .endSpec()
                .build();
        assertThat(KubernetesJson.mapper().writeValueAsString(TemplateRevisions.data(template)))
                .isEqualTo(
                        "{\"spec\":{\"template\":{\"$patch\":\"replace\",\"metadata\":{\"labels\":{\"a\":\"2\",\"z\":\"1\"}},"
                                + "\"spec\":{\"containers\":[{\"image\":\"i\",\"name\":\"c\"}]}}}}");
    }
}
