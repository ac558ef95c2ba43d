package io.kvorum.controllers.garbage;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One object in the graph of owners: its metadata as last seen, and who depends on it. Belongs to its graph. */
final class GraphNode {
    static final String FOREGROUND = "foregroundDeletion";
    static final String ORPHAN = "orphan";

    /**
     * Where an object is.
     *
     * @param namespace empty for cluster-scoped objects
     */
    record Identity(String apiVersion, String kind, String namespace, String name, String uid) {
        static Identity of(String apiVersion, String kind, HasMetadata object) {
            @Nullable String namespace = object.getMetadata().getNamespace();
            return new Identity(
                    apiVersion,
                    kind,
                    namespace == null ? "" : namespace,
                    object.getMetadata().getName(),
                    object.getMetadata().getUid());
        }
    }

    /** The metadata that matters here. */
    record Meta(List<OwnerReference> owners, List<String> finalizers, boolean deleting) {
        static final Meta NONE = new Meta(List.of(), List.of(), false);

        static Meta of(HasMetadata object) {
            return new Meta(
                    List.copyOf(object.getMetadata().getOwnerReferences()),
                    List.copyOf(object.getMetadata().getFinalizers()),
                    object.getMetadata().getDeletionTimestamp() != null);
        }
    }

    private final Identity identity;
    private final boolean observed;
    private final Meta meta;
    private final Set<String> dependents;

    /** @param observed false for an owner known by references to it only */
    GraphNode(Identity identity, boolean observed, Meta meta, Set<String> dependents) {
        this.identity = identity;
        this.observed = observed;
        this.meta = meta;
        this.dependents = dependents;
    }

    static GraphNode virtual(OwnerReference reference, String dependentNamespace) {
        return new GraphNode(
                new Identity(
                        reference.getApiVersion(),
                        reference.getKind(),
                        dependentNamespace,
                        reference.getName(),
                        reference.getUid()),
                false,
                Meta.NONE,
                new LinkedHashSet<>());
    }

    Identity identity() {
        return identity;
    }

    boolean observed() {
        return observed;
    }

    Meta meta() {
        return meta;
    }

    /** Uids of the objects that name this one as an owner. */
    Set<String> dependents() {
        return dependents;
    }

    /** Whether it is to go only after the dependents that block its deletion. */
    boolean deletingDependents() {
        return meta.deleting() && meta.finalizers().contains(FOREGROUND);
    }

    boolean orphaningDependents() {
        return meta.deleting() && meta.finalizers().contains(ORPHAN);
    }

    /** Whether the deletion of {@code owner} waits for this object. */
    boolean blocks(String ownerUid) {
        return meta.owners().stream()
                .anyMatch(each -> each.getUid().equals(ownerUid) && Boolean.TRUE.equals(each.getBlockOwnerDeletion()));
    }
}
