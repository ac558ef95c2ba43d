package io.kvorum.controllers.volume;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.kvorum.client.EventRecorder;
import io.kvorum.client.Lister;
import io.kvorum.client.ResourceClient;
import io.kvorum.controllers.loop.ControllerContext;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** Has volumes made for claims of a class, by the provisioner that the class names. */
final class Provisioning {
    private static final String BUILT_IN = "kubernetes.io/";

    private final ResourceClient<PersistentVolumeClaim> claims;
    private final Lister<StorageClass> classes;
    private final EventRecorder events;

    Provisioning(ControllerContext context, EventRecorder events) {
        claims = context.client().resources(PersistentVolumeClaim.class);
        classes = context.informers().of(StorageClass.class).lister();
        this.events = events;
    }

    Future<Void> provision(PersistentVolumeClaim claim) {
        String name = VolumeRules.className(claim);
        @Nullable StorageClass type = classes.get(ControllerContext.key(null, name));
        if (type == null) {
            return failed(claim, "storageclass.storage.k8s.io \"" + name + "\" not found");
        }
        String provisioner = type.getProvisioner();
        if (provisioner.startsWith(BUILT_IN)) {
            return failed(claim, "no volume plugin matched name: " + provisioner);
        }
        return ask(claim, provisioner)
                .onSuccess(asked -> events.event(
                        asked,
                        "Normal",
                        "ExternalProvisioning",
                        "Waiting for a volume to be created either by the external provisioner '" + provisioner
                                + "' or manually by the system administrator. If volume creation is delayed, please"
                                + " verify that the provisioner is running and correctly registered."))
                .mapEmpty();
    }

    private Future<Void> failed(PersistentVolumeClaim claim, String message) {
        events.event(claim, "Warning", "ProvisioningFailed", message);
        return Future.succeededFuture();
    }

    /** Writes who is to do it onto the claim, where provisioners look. */
    private Future<PersistentVolumeClaim> ask(PersistentVolumeClaim claim, String provisioner) {
        if (provisioner.equals(Annotations.get(claim, Annotations.PROVISIONER))
                && provisioner.equals(Annotations.get(claim, Annotations.PROVISIONER_BETA))) {
            return Future.succeededFuture(claim);
        }
        return claims.update(new PersistentVolumeClaimBuilder(claim)
                .editMetadata()
                .addToAnnotations(Annotations.PROVISIONER_BETA, provisioner)
                .addToAnnotations(Annotations.PROVISIONER, provisioner)
                .endMetadata()
                .build());
    }
}
