package io.kvorum.controllers.quota;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.kvorum.controllers.testing.ControllerHarness;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ResourceQuotaControllerTest {
    private ControllerHarness harness;

    @BeforeEach
    void start() {
        harness = new ControllerHarness();
    }

    @AfterEach
    void stop() {
        harness.close();
    }

    private void run() {
        harness.start(context -> new ResourceQuotaController(context, 5, Duration.ofMinutes(5)));
    }

    private void quota(Map<String, Quantity> hard) {
        harness.create(new ResourceQuotaBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("q")
                .endMetadata()
                .withNewSpec()
                .withHard(hard)
                .endSpec()
                .build());
    }

    private void configMap(String namespace, String name) {
        harness.create(new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .build());
    }

    private void awaitUsed(Map<String, Quantity> used) {
        harness.api()
                .until(() -> harness.api().all(ResourceQuota.class).stream()
                        .anyMatch(quota -> quota.getStatus() != null
                                && used.equals(quota.getStatus().getUsed())
                                && quota.getSpec()
                                        .getHard()
                                        .equals(quota.getStatus().getHard())));
    }

    @Test
    void whatIsThereIsCountedAndWhatGoesIsGivenBack() {
        configMap("default", "a");
        configMap("default", "b");
        configMap("other", "c");
        quota(Map.of("configmaps", new Quantity("5"), "count/secrets", new Quantity("1")));
        run();
        awaitUsed(Map.of("configmaps", new Quantity("2"), "count/secrets", new Quantity("0")));
        ControllerHarness.await(harness.api()
                .run(() -> harness.api()
                        .resources(ConfigMap.class)
                        .delete("default", "a", new DeleteOptionsBuilder().build())));
        awaitUsed(Map.of("configmaps", new Quantity("1"), "count/secrets", new Quantity("0")));
    }

    @Test
    void podsCountForTheirRequests() {
        quota(Map.of("pods", new Quantity("5"), "requests.cpu", new Quantity("2")));
        run();
        awaitUsed(Map.of("pods", new Quantity("0"), "requests.cpu", new Quantity("0")));
        harness.create(new PodBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("p")
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("c")
                .withNewResources()
                .addToRequests("cpu", new Quantity("250m"))
                .endResources()
                .endContainer()
                .endSpec()
                .build());
        awaitUsed(Map.of("pods", new Quantity("1"), "requests.cpu", new Quantity("250m")));
    }

    @Test
    void aClaimThatHasChangedItsClassIsGivenBackToTheQuotaOfTheOld() {
        harness.create(new ResourceQuotaBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("gold")
                .endMetadata()
                .withNewSpec()
                .addToHard("persistentvolumeclaims", new Quantity("1"))
                .withNewScopeSelector()
                .addNewMatchExpression()
                .withOperator("In")
                .withScopeName("VolumeAttributesClass")
                .withValues("gold")
                .endMatchExpression()
                .endScopeSelector()
                .endSpec()
                .build());
        PersistentVolumeClaim claim = harness.create(new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("c")
                .endMetadata()
                .withNewSpec()
                .withVolumeAttributesClassName("silver")
                .endSpec()
                .withNewStatus()
                .withCurrentVolumeAttributesClassName("gold")
                .endStatus()
                .build());
        run();
        awaitUsed(Map.of("persistentvolumeclaims", new Quantity("1")));
        ControllerHarness.await(harness.api()
                .run(() -> harness.api()
                        .resources(PersistentVolumeClaim.class)
                        .updateStatus(new PersistentVolumeClaimBuilder(claim)
                                .editStatus()
                                .withCurrentVolumeAttributesClassName("silver")
                                .endStatus()
                                .build())));
        awaitUsed(Map.of("persistentvolumeclaims", new Quantity("0")));
    }
}
