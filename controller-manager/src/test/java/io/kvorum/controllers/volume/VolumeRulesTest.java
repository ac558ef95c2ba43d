package io.kvorum.controllers.volume;

import static io.kvorum.controllers.volume.Storage.claim;
import static io.kvorum.controllers.volume.Storage.volume;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.util.List;
import org.junit.jupiter.api.Test;

class VolumeRulesTest {
    private static final PersistentVolumeClaim CLAIM = claim("c", "5Gi").build();

    private static List<String> best(PersistentVolumeClaim claim, PersistentVolume... volumes) {
        return VolumeRules.best(claim, List.of(volumes), false)
                .map(found -> found.getMetadata().getName())
                .stream()
                .toList();
    }

    @Test
    void theSmallestThatIsLargeEnoughIsTaken() {
        assertThat(best(
                        CLAIM,
                        volume("large", "50Gi").build(),
                        volume("small", "4Gi").build(),
                        volume("fitting", "6Gi").build()))
                .containsExactly("fitting");
        assertThat(best(CLAIM, volume("small", "4Gi").build())).isEmpty();
    }

    @Test
    void fewerAccessModesGoBeforeLessRoom() {
        PersistentVolume shared = volume("shared", "5Gi")
                .editSpec()
                .withAccessModes("ReadWriteOnce", "ReadWriteMany")
                .endSpec()
                .build();
        assertThat(best(CLAIM, shared, volume("single", "9Gi").build())).containsExactly("single");
        assertThat(best(CLAIM, shared)).containsExactly("shared");
        PersistentVolumeClaim many = claim("c", "5Gi")
                .editSpec()
                .withAccessModes("ReadWriteMany")
                .endSpec()
                .build();
        assertThat(best(many, volume("single", "9Gi").build())).isEmpty();
    }

    @Test
    void classModeSelectorAndPhaseMustFit() {
        PersistentVolume fast = volume("fast", "5Gi")
                .editSpec()
                .withStorageClassName("fast")
                .endSpec()
                .build();
        PersistentVolume block = volume("block", "5Gi")
                .editSpec()
                .withVolumeMode("Block")
                .endSpec()
                .build();
        PersistentVolume released = volume("released", "5Gi")
                .editStatus()
                .withPhase("Released")
                .endStatus()
                .build();
        PersistentVolume leaving = volume("leaving", "5Gi")
                .editMetadata()
                .withDeletionTimestamp("2026-01-01T00:00:00Z")
                .endMetadata()
                .build();
        assertThat(best(CLAIM, fast, block, released, leaving)).isEmpty();
        assertThat(best(
                        claim("c", "1Gi")
                                .editSpec()
                                .withStorageClassName("fast")
                                .endSpec()
                                .build(),
                        fast))
                .containsExactly("fast");

        PersistentVolumeClaim selecting = claim("c", "1Gi")
                .editSpec()
                .withNewSelector()
                .addToMatchLabels("disk", "ssd")
                .endSelector()
                .endSpec()
                .build();
        PersistentVolume ssd = volume("ssd", "5Gi")
                .editMetadata()
                .addToLabels("disk", "ssd")
                .endMetadata()
                .build();
        assertThat(best(selecting, volume("plain", "5Gi").build(), ssd)).containsExactly("ssd");
    }

    @Test
    void oneThatIsKeptForTheClaimComesFirstEvenIfItHasToWait() {
        PersistentVolume kept = volume("kept", "50Gi")
                .editSpec()
                .withNewClaimRef()
                .withNamespace("default")
                .withName("c")
                .endClaimRef()
                .endSpec()
                .build();
        PersistentVolume others = volume("others", "5Gi")
                .editSpec()
                .withNewClaimRef()
                .withNamespace("default")
                .withName("c")
                .withUid("a-former-one")
                .endClaimRef()
                .endSpec()
                .build();
        PersistentVolume free = volume("free", "5Gi").build();
        assertThat(best(CLAIM, free, others, kept)).containsExactly("kept");
        assertThat(VolumeRules.best(CLAIM, List.of(free, others, kept), true)).contains(kept);
        assertThat(VolumeRules.best(CLAIM, List.of(free, others), true)).isEmpty();
    }

    @Test
    void aVolumeThatIsNamedIsRefusedWithAReason() {
        assertThat(VolumeRules.mismatch(volume("v", "1Gi").build(), CLAIM)).contains("requested PV is too small");
        assertThat(VolumeRules.mismatch(
                        volume("v", "9Gi")
                                .editSpec()
                                .withStorageClassName("x")
                                .endSpec()
                                .build(),
                        CLAIM))
                .contains("storageClassName does not match");
        assertThat(VolumeRules.mismatch(
                        volume("v", "9Gi")
                                .editSpec()
                                .withVolumeMode("Block")
                                .endSpec()
                                .build(),
                        CLAIM))
                .contains("incompatible volumeMode");
        assertThat(VolumeRules.mismatch(
                        volume("v", "9Gi")
                                .editSpec()
                                .withAccessModes("ReadOnlyMany")
                                .endSpec()
                                .build(),
                        CLAIM))
                .contains("incompatible accessMode");
        assertThat(VolumeRules.mismatch(volume("v", "9Gi").build(), CLAIM)).isEmpty();
    }
}
