package io.kvorum.controllers.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.kvorum.controllers.testing.ControllerHarness;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProtectionTest {
    private ControllerHarness harness;

    @BeforeEach
    void start() {
        harness = new ControllerHarness();
    }

    @AfterEach
    void stop() {
        harness.close();
    }

    private void startBoth() {
        harness.start(ClaimProtectionController::new, VolumeProtectionController::new);
    }

    private void claim(String name) {
        harness.create(new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName(name)
                .addToFinalizers(ClaimProtectionController.FINALIZER)
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .build());
    }

    private void pod(String name, String claim, @Nullable String node) {
        harness.create(new PodBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withNodeName(node)
                .addNewVolume()
                .withName("data")
                .withNewPersistentVolumeClaim()
                .withClaimName(claim)
                .endPersistentVolumeClaim()
                .endVolume()
                .endSpec()
                .build());
    }

    private <T extends HasMetadata> void delete(Class<T> type, String namespace, String name) {
        harness.api().run(() -> harness.api().resources(type).delete(namespace, name, new DeleteOptions()));
    }

    private boolean there(String claim) {
        return harness.api().find(PersistentVolumeClaim.class, "default", claim) != null;
    }

    @Test
    void aDeletedClaimStaysUntilTheLastPodOnANodeIsGone() {
        claim("used");
        claim("free");
        pod("holder", "used", "node-1");
        pod("waiting", "free", null);
        startBoth();
        delete(PersistentVolumeClaim.class, "default", "used");
        delete(PersistentVolumeClaim.class, "default", "free");
        harness.api().until(() -> !there("free"));
        assertThat(there("used")).isTrue();

        harness.api()
                .run(() -> harness.api()
                        .resources(Pod.class)
                        .delete(
                                "default",
                                "holder",
                                new DeleteOptionsBuilder()
                                        .withGracePeriodSeconds(0L)
                                        .build()));
        harness.api().until(() -> !there("used"));
    }

    @Test
    void whatWasMadeWithoutAFinalizerGetsOne() {
        harness.create(new PersistentVolumeBuilder()
                .withNewMetadata()
                .withName("old")
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .build());
        startBoth();
        harness.api()
                .until(() -> Objects.requireNonNull(harness.api().find(PersistentVolume.class, "", "old"))
                        .getMetadata()
                        .getFinalizers()
                        .contains(VolumeProtectionController.FINALIZER));
    }

    @Test
    void aDeletedVolumeStaysWhileItIsBound() {
        PersistentVolume volume = new PersistentVolumeBuilder()
                .withNewMetadata()
                .withName("v")
                .addToFinalizers(VolumeProtectionController.FINALIZER)
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .withNewStatus()
                .withPhase("Bound")
                .endStatus()
                .build();
        harness.create(volume);
        startBoth();
        delete(PersistentVolume.class, "", "v");
        harness.api()
                .until(() -> Objects.requireNonNull(harness.api().find(PersistentVolume.class, "", "v"))
                                .getMetadata()
                                .getDeletionTimestamp()
                        != null);

        harness.api().run(() -> {
            PersistentVolume now = Objects.requireNonNull(harness.api().find(PersistentVolume.class, "", "v"));
            return harness.api()
                    .resources(PersistentVolume.class)
                    .updateStatus(new PersistentVolumeBuilder(now)
                            .withNewStatus()
                            .withPhase("Released")
                            .endStatus()
                            .build());
        });
        harness.api().until(() -> harness.api().find(PersistentVolume.class, "", "v") == null);
    }
}
