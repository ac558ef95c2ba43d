package io.kvorum.controllers.volume;

import static io.kvorum.controllers.volume.Storage.claim;
import static io.kvorum.controllers.volume.Storage.volume;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.storage.StorageClassBuilder;
import io.kvorum.component.FileTrees;
import io.kvorum.controllers.testing.ControllerHarness;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PersistentVolumeBinderTest {
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
        harness.start(context -> new PersistentVolumeBinder(context, Duration.ofSeconds(15), FileTrees::delete));
    }

    private PersistentVolume volumeNow(String name) {
        return Objects.requireNonNull(harness.api().find(PersistentVolume.class, "", name));
    }

    private PersistentVolumeClaim claimNow(String name) {
        return Objects.requireNonNull(harness.api().find(PersistentVolumeClaim.class, "default", name));
    }

    private boolean volumeIs(String name, String phase) {
        return Phases.of(volumeNow(name)).equals(phase);
    }

    private boolean claimIs(String name, String phase) {
        return Phases.of(claimNow(name)).equals(phase);
    }

    private void delete(String claim) {
        harness.api()
                .run(() -> harness.api()
                        .resources(PersistentVolumeClaim.class)
                        .delete("default", claim, new DeleteOptions()));
    }

    private boolean told(String reason, String message) {
        return harness.api().all(Event.class).stream()
                .anyMatch(each -> each.getReason().equals(reason)
                        && each.getMessage().equals(message)
                        && each.getSource().getComponent().equals("persistentvolume-controller"));
    }

    private void storageClass(String name, String provisioner, @Nullable String mode) {
        harness.create(new StorageClassBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withProvisioner(provisioner)
                .withVolumeBindingMode(mode)
                .build());
    }

    @Test
    void aClaimIsBoundToTheVolumeThatFits() {
        run();
        harness.create(volume("v", "5Gi").withStatus(null).build());
        harness.api().until(() -> volumeIs("v", "Available"));
        harness.create(claim("c", "2Gi").build());
        harness.api().until(() -> claimIs("c", "Bound") && volumeIs("v", "Bound"));

        PersistentVolumeClaim claim = claimNow("c");
        assertThat(claim.getSpec().getVolumeName()).isEqualTo("v");
        assertThat(claim.getMetadata().getAnnotations())
                .containsOnlyKeys("pv.kubernetes.io/bind-completed", "pv.kubernetes.io/bound-by-controller");
        assertThat(claim.getStatus().getCapacity().get("storage")).hasToString("5Gi");
        assertThat(claim.getStatus().getAccessModes()).containsExactly("ReadWriteOnce");
        PersistentVolume volume = volumeNow("v");
        assertThat(volume.getMetadata().getAnnotations()).containsOnlyKeys("pv.kubernetes.io/bound-by-controller");
        assertThat(volume.getSpec().getClaimRef().getUid())
                .isEqualTo(claim.getMetadata().getUid());
        assertThat(volume.getSpec().getClaimRef().getKind()).isEqualTo("PersistentVolumeClaim");
    }

    @Test
    void twoClaimsNeverGetOneVolume() {
        harness.create(volume("v1", "5Gi").build());
        harness.create(volume("v2", "5Gi").build());
        for (String name : List.of("a", "b", "c")) {
            harness.create(claim(name, "5Gi").build());
        }
        run();
        harness.api()
                .until(() -> harness.api().all(PersistentVolumeClaim.class).stream()
                                .filter(each -> Phases.of(each).equals("Bound"))
                                .count()
                        == 2);
        assertThat(harness.api().all(PersistentVolumeClaim.class).stream()
                        .map(each -> each.getSpec().getVolumeName())
                        .filter(Objects::nonNull))
                .containsExactlyInAnyOrder("v1", "v2");
        harness.api()
                .until(() -> told(
                        "FailedBinding", "no persistent volumes available for this claim and no storage class is set"));
    }

    @Test
    void aRetainedVolumeIsReleasedAndTakenByNobodyElse() {
        harness.create(volume("v", "5Gi").build());
        harness.create(claim("c", "5Gi").build());
        run();
        harness.api().until(() -> claimIs("c", "Bound"));
        delete("c");
        harness.api().until(() -> volumeIs("v", "Released"));
        harness.create(claim("d", "5Gi").build());
        harness.api()
                .until(() -> told(
                        "FailedBinding", "no persistent volumes available for this claim and no storage class is set"));
        assertThat(claimIs("d", "Pending")).isTrue();
    }

    @Test
    void aDeletedVolumeTakesItsDirectoryWithIt() throws Exception {
        Path directory = Files.createTempDirectory(Path.of("/tmp"), "kvorum-volume");
        Files.writeString(Files.createDirectory(directory.resolve("inner")).resolve("file"), "data");
        harness.create(volume("v", "5Gi")
                .editSpec()
                .withPersistentVolumeReclaimPolicy("Delete")
                .withNewHostPath(directory.toString(), "")
                .endSpec()
                .build());
        harness.create(claim("c", "5Gi").build());
        run();
        harness.api().until(() -> claimIs("c", "Bound"));
        delete("c");
        harness.api().until(() -> harness.api().find(PersistentVolume.class, "", "v") == null);
        assertThat(directory).doesNotExist();
    }

    @Test
    void aLinkIsNoWayOutOfTheFolderOfWhatMayBeDeleted() throws Exception {
        Path elsewhere = Files.createTempDirectory(Path.of("/var/tmp"), "kvorum-volume");
        Path kept = Files.createDirectory(elsewhere.resolve("kept"));
        Path directory = Files.createTempDirectory(Path.of("/tmp"), "kvorum-volume");
        Files.createSymbolicLink(directory.resolve("link"), elsewhere);
        harness.create(volume("v", "5Gi")
                .editSpec()
                .withPersistentVolumeReclaimPolicy("Delete")
                .withNewHostPath(directory + "/link/kept", "")
                .endSpec()
                .build());
        harness.create(claim("c", "5Gi").build());
        run();
        harness.api().until(() -> claimIs("c", "Bound"));
        delete("c");
        harness.api().until(() -> volumeIs("v", "Failed"));
        assertThat(kept).exists();
        FileTrees.delete(directory);
        FileTrees.delete(elsewhere);
    }

    @Test
    void whatNobodyCanDeleteFails() {
        harness.create(volume("elsewhere", "5Gi")
                .editSpec()
                .withPersistentVolumeReclaimPolicy("Delete")
                .withNewHostPath("/tmp/../var/data", "")
                .endSpec()
                .build());
        harness.create(claim("c", "5Gi").build());
        run();
        harness.api().until(() -> claimIs("c", "Bound"));
        delete("c");
        harness.api().until(() -> volumeIs("elsewhere", "Failed"));
        harness.api()
                .until(() -> told(
                        "VolumeFailedDelete",
                        "host_path deleter only supports /tmp/.+ but received provided /tmp/../var/data"));
        assertThat(volumeNow("elsewhere").getStatus().getMessage()).startsWith("host_path deleter only supports");
    }

    @Test
    void aClaimWhoseVolumeIsGoneIsLost() {
        harness.create(volume("v", "5Gi").build());
        harness.create(claim("c", "5Gi").build());
        run();
        harness.api().until(() -> claimIs("c", "Bound"));
        harness.api().run(() -> harness.api().resources(PersistentVolume.class).delete(null, "v", new DeleteOptions()));
        harness.api().until(() -> claimIs("c", "Lost"));
        harness.api()
                .until(() ->
                        told("ClaimLost", "Bound claim has lost its PersistentVolume. Data on the volume is lost!"));
        assertThat(claimNow("c").getStatus().getAccessModes()).isEmpty();
    }

    @Test
    void aClaimThatNamesAVolumeThatDoesNotFitIsTold() {
        harness.create(volume("v", "5Gi").build());
        harness.create(
                claim("c", "6Gi").editSpec().withVolumeName("v").endSpec().build());
        run();
        harness.api()
                .until(() ->
                        told("VolumeMismatch", "Cannot bind to requested volume \"v\": requested PV is too small"));
        assertThat(claimIs("c", "Pending")).isTrue();
    }

    @Test
    void theChoicesOfUsersAreNotMarkedAsTheControllers() {
        harness.create(volume("v", "5Gi")
                .editSpec()
                .withNewClaimRef()
                .withNamespace("default")
                .withName("c")
                .endClaimRef()
                .endSpec()
                .build());
        harness.create(
                claim("c", "5Gi").editSpec().withVolumeName("v").endSpec().build());
        run();
        harness.api().until(() -> claimIs("c", "Bound") && volumeIs("v", "Bound"));
        assertThat(claimNow("c").getMetadata().getAnnotations()).containsOnlyKeys("pv.kubernetes.io/bind-completed");
        assertThat(volumeNow("v").getSpec().getClaimRef().getUid())
                .isEqualTo(claimNow("c").getMetadata().getUid());
        harness.create(
                claim("d", "5Gi").editSpec().withVolumeName("v").endSpec().build());
        harness.api().until(() -> told("FailedBinding", "volume \"v\" already bound to a different claim."));
    }

    @Test
    void aClaimThatMayWaitIsNotBoundUntilAPodIsThere() {
        storageClass("late", "kubernetes.io/no-provisioner", "WaitForFirstConsumer");
        harness.create(volume("v", "5Gi")
                .editSpec()
                .withStorageClassName("late")
                .endSpec()
                .build());
        harness.create(claim("c", "5Gi")
                .editSpec()
                .withStorageClassName("late")
                .endSpec()
                .build());
        run();
        harness.api()
                .until(() -> told("WaitForFirstConsumer", "waiting for first consumer to be created before binding"));
        assertThat(volumeNow("v").getSpec().getClaimRef()).isNull();
    }

    @Test
    void theProvisionerOfAClassIsAsked() {
        storageClass("made", "disks.example.com", "Immediate");
        harness.create(claim("c", "5Gi")
                .editSpec()
                .withStorageClassName("made")
                .endSpec()
                .build());
        harness.create(claim("d", "5Gi")
                .editSpec()
                .withStorageClassName("absent")
                .endSpec()
                .build());
        run();
        harness.api()
                .until(() -> told(
                        "ExternalProvisioning",
                        "Waiting for a volume to be created either by the external provisioner 'disks.example.com' or"
                                + " manually by the system administrator. If volume creation is delayed, please verify"
                                + " that the provisioner is running and correctly registered."));
        assertThat(claimNow("c").getMetadata().getAnnotations())
                .containsEntry("volume.kubernetes.io/storage-provisioner", "disks.example.com");
        harness.api().until(() -> told("ProvisioningFailed", "storageclass.storage.k8s.io \"absent\" not found"));
    }

    @Test
    void aClaimWithoutAClassGetsTheDefaultOneWhenThereIsOne() {
        harness.create(claim("c", "5Gi")
                .editSpec()
                .withStorageClassName(null)
                .endSpec()
                .build());
        run();
        harness.api()
                .until(() -> told(
                        "FailedBinding", "no persistent volumes available for this claim and no storage class is set"));
        harness.create(new StorageClassBuilder()
                .withNewMetadata()
                .withName("standard")
                .addToAnnotations("storageclass.kubernetes.io/is-default-class", "true")
                .endMetadata()
                .withProvisioner("disks.example.com")
                .build());
        harness.api().until(() -> "standard".equals(claimNow("c").getSpec().getStorageClassName()));
    }
}
