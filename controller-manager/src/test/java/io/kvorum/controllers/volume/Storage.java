package io.kvorum.controllers.volume;

import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;

/** Volumes and claims of tests. */
final class Storage {
    private Storage() {}

    /** One of a host's directory, ReadWriteOnce, that is kept when its claim goes. */
    static PersistentVolumeBuilder volume(String name, String size) {
        return new PersistentVolumeBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .addToCapacity("storage", new Quantity(size))
                .withAccessModes("ReadWriteOnce")
                .withPersistentVolumeReclaimPolicy("Retain")
                .withNewHostPath("/tmp/kvorum-test/" + name, "")
                .endSpec()
                .withNewStatus()
                .withPhase("Available")
                .endStatus();
    }

    /** One that wishes no class. */
    static PersistentVolumeClaimBuilder claim(String name, String size) {
        return new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName(name)
                .withUid("uid-of-" + name)
                .endMetadata()
                .withNewSpec()
                .withAccessModes("ReadWriteOnce")
                .withStorageClassName("")
                .withNewResources()
                .addToRequests("storage", new Quantity(size))
                .endResources()
                .endSpec()
                .withNewStatus()
                .withPhase("Pending")
                .endStatus();
    }
}
