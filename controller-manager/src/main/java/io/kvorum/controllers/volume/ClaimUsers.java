package io.kvorum.controllers.volume;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import io.kvorum.client.Informer;
import io.kvorum.client.Lister;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.OwnerReferences;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which pods have volumes of which claims. */
final class ClaimUsers {
    private static final String INDEX = "persistentVolumeClaim";

    private ClaimUsers() {}

    /** Adds the index; before the start of the informer. */
    static void index(Informer<Pod> pods) {
        pods.index(INDEX, pod -> claims(pod).map(ObjectKey::toString).distinct().toList());
    }

    static List<Pod> of(Lister<Pod> pods, ObjectKey claim) {
        return pods.byIndex(INDEX, claim.toString());
    }

    /** The claims that a pod's volumes name, and those that are made for its ephemeral ones. */
    static Stream<ObjectKey> claims(Pod pod) {
        return volumes(pod).stream().flatMap(volume -> {
            @Nullable String name = claimName(pod, volume);
            return name == null
                    ? Stream.of()
                    : Stream.of(new ObjectKey(pod.getMetadata().getNamespace(), name));
        });
    }

    private static List<Volume> volumes(Pod pod) {
        @Nullable List<Volume> volumes = pod.getSpec().getVolumes();
        return volumes == null ? List.of() : volumes;
    }

    private static @Nullable String claimName(Pod pod, Volume volume) {
        if (volume.getPersistentVolumeClaim() != null) {
            return volume.getPersistentVolumeClaim().getClaimName();
        }
        return volume.getEphemeral() == null ? null : pod.getMetadata().getName() + "-" + volume.getName();
    }

    /**
     * Whether a pod keeps a claim from going: one that is on a node, whatever became of it; a kubelet starts none with a claim
     * that is being deleted, so the others do not count. A claim of the name of an ephemeral one counts if it is the pod's.
     */
    static boolean uses(Pod pod, PersistentVolumeClaim claim) {
        @Nullable String node = pod.getSpec().getNodeName();
        if (node == null || node.isEmpty()) {
            return false;
        }
        String name = claim.getMetadata().getName();
        return volumes(pod).stream()
                .anyMatch(volume -> name.equals(claimName(pod, volume))
                        && (volume.getPersistentVolumeClaim() != null || OwnerReferences.controlledBy(claim, pod)));
    }
}
