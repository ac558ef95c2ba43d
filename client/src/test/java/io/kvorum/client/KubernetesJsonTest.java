package io.kvorum.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.kvorum.api.ApiException;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;

/** The lean mapper reads what the full one would: the model's own deserializers, nested and recursive classes, the rest. */
class KubernetesJsonTest {
    @Test
    void deeplyNestedFieldsOfAPodSurviveTheRoundTrip() {
        String json =
                "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"labels\":{\"app\":\"web\"},\"name\":\"a\"},"
                        + "\"spec\":{\"containers\":[{\"env\":[{\"name\":\"IP\",\"valueFrom\":{\"fieldRef\":{\"fieldPath\":"
                        + "\"status.podIP\"}}}],\"livenessProbe\":{\"httpGet\":{\"path\":\"/\",\"port\":\"http\"}},\"name\":\"c\","
                        + "\"resources\":{\"requests\":{\"cpu\":\"100m\"}}}]}}";
        Pod pod = KubernetesJson.read(Buffer.buffer(json), Pod.class);
        assertThat(pod.getSpec()
                        .getContainers()
                        .get(0)
                        .getLivenessProbe()
                        .getHttpGet()
                        .getPort()
                        .getStrVal())
                .isEqualTo("http");
        assertThat(pod.getSpec().getContainers().get(0).getResources().getRequests())
                .containsEntry("cpu", new Quantity("100m"));
        assertThat(KubernetesJson.mapper().readTree(KubernetesJson.write(pod).getBytes()))
                .isEqualTo(KubernetesJson.mapper().readTree(json));
    }

    @Test
    void portIsNumberOrName() {
        String json = "{\"spec\":{\"ports\":[{\"port\":80,\"targetPort\":8080},{\"port\":81,\"targetPort\":\"web\"}]}}";
        Service service = KubernetesJson.read(Buffer.buffer(json), Service.class);
        assertThat(service.getSpec().getPorts().get(0).getTargetPort().getIntVal())
                .isEqualTo(8080);
        assertThat(service.getSpec().getPorts().get(1).getTargetPort().getStrVal())
                .isEqualTo("web");
    }

    @Test
    void fieldsThatTheModelDoesNotKnowAreKept() {
        String json =
                "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"a\"},\"spec\":{\"future\":{\"x\":[1]}}}";
        Pod pod = KubernetesJson.read(Buffer.buffer(json), Pod.class);
        assertThat(KubernetesJson.write(pod).toString()).contains("\"future\":{\"x\":[1]}");
    }

    /** As API servers write lists that are not optional. */
    @Test
    void nullListsAndMapsAreEmpty() {
        String json = "{\"metadata\":{\"labels\":null,\"ownerReferences\":null},\"ports\":null,\"endpoints\":null}";
        EndpointSlice slice = KubernetesJson.read(Buffer.buffer(json), EndpointSlice.class);
        assertThat(slice.getPorts()).isEmpty();
        assertThat(slice.getEndpoints()).isEmpty();
        assertThat(slice.getMetadata().getOwnerReferences()).isEmpty();
    }

    @Test
    void genericResourceKeepsItsTree() {
        String json = "{\"apiVersion\":\"x/v1\",\"kind\":\"Thing\",\"metadata\":{\"name\":\"a\"},\"spec\":{\"n\":1}}";
        GenericKubernetesResource thing = KubernetesJson.read(Buffer.buffer(json), GenericKubernetesResource.class);
        assertThat(thing.getMetadata().getName()).isEqualTo("a");
        assertThat(KubernetesJson.mapper().readTree(KubernetesJson.write(thing).getBytes()))
                .isEqualTo(KubernetesJson.mapper().readTree(json));
    }

    @Test
    void whatIsNotOfTheTypeIsAnApiException() {
        assertThatThrownBy(() -> KubernetesJson.read(Buffer.buffer("{\"spec\":7}"), Pod.class))
                .isInstanceOf(ApiException.class)
                .hasMessageContaining("cannot decode an answer as Pod");
        assertThatThrownBy(() -> KubernetesJson.read(Buffer.buffer("<html>"), Pod.class))
                .isInstanceOf(ApiException.class);
    }
}
