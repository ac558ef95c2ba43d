package io.kvorum.controllers.garbage;

import io.fabric8.kubernetes.api.model.OwnerReference;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who owns whom, as far as seen. Pure: it is told of objects and names the uids to look at. Belongs to one context.
 *
 * <p>An owner that is only named by its dependents stands in the graph as a virtual node until it is seen, or until a
 * look at the API says that it does not exist.
 */
final class OwnerGraph {
    private final Map<String, GraphNode> nodes = new HashMap<>();
    private final Consumer<String> toDelete;
    private final Consumer<String> toOrphan;

    /**
     * @param toDelete gets uids of objects that may have to be deleted, or whose deletion may have to go on
     * @param toOrphan gets uids of objects that are deleted so that their dependents stay
     */
    OwnerGraph(Consumer<String> toDelete, Consumer<String> toOrphan) {
        this.toDelete = toDelete;
        this.toOrphan = toOrphan;
    }

    @Nullable
    GraphNode get(String uid) {
        return nodes.get(uid);
    }

    int size() {
        return nodes.size();
    }

    /** An object was added or changed. */
    void observed(GraphNode.Identity identity, GraphNode.Meta meta) {
        String uid = identity.uid();
        @Nullable GraphNode before = nodes.get(uid);
        GraphNode now =
                new GraphNode(identity, true, meta, before == null ? new LinkedHashSet<>() : before.dependents());
        nodes.put(uid, now);
        List<OwnerReference> former = before == null ? List.of() : before.meta().owners();
        unlink(uid, former, meta.owners());
        link(identity, meta.owners());
        boolean ownersChanged = !former.equals(meta.owners());
        if (!meta.owners().isEmpty() && (before == null || !before.observed() || ownersChanged)) {
            toDelete.accept(uid);
        }
        if (before != null && !before.observed() && !before.identity().equals(identity)) {
            // References to this uid carry wrong coordinates: each dependent must be judged by its own reference.
            now.dependents().forEach(toDelete);
        }
        if (now.orphaningDependents() && (before == null || !before.orphaningDependents())) {
            toOrphan.accept(uid);
        }
        if (now.deletingDependents()) {
            if (before == null || !before.deletingDependents()) {
                now.dependents().forEach(toDelete);
            }
            toDelete.accept(uid);
        }
        // A dependent that stops blocking may be what a foreground deletion waits for.
        for (OwnerReference each : former) {
            wakeWaiting(each.getUid());
        }
    }

    /** An object is gone: seen deleted, or found missing. */
    void gone(String uid) {
        @Nullable GraphNode node = nodes.remove(uid);
        if (node == null) {
            return;
        }
        for (OwnerReference each : node.meta().owners()) {
            @Nullable GraphNode owner = nodes.get(each.getUid());
            if (owner != null) {
                owner.dependents().remove(uid);
                dropIfUnnamed(owner);
            }
        }
        if (!node.dependents().isEmpty()) {
            // It stays as an unseen owner until its dependents are gone or name it no more.
            nodes.put(uid, new GraphNode(node.identity(), false, GraphNode.Meta.NONE, node.dependents()));
        }
        node.dependents().forEach(toDelete);
        node.meta().owners().forEach(each -> wakeWaiting(each.getUid()));
    }

    private void link(GraphNode.Identity dependent, List<OwnerReference> owners) {
        for (OwnerReference each : owners) {
            @Nullable GraphNode owner = nodes.get(each.getUid());
            if (owner == null) {
                owner = GraphNode.virtual(each, dependent.namespace());
                nodes.put(each.getUid(), owner);
                toDelete.accept(each.getUid());
            }
            owner.dependents().add(dependent.uid());
        }
    }

    private void unlink(String uid, List<OwnerReference> former, List<OwnerReference> now) {
        Set<String> kept = new LinkedHashSet<>();
        now.forEach(each -> kept.add(each.getUid()));
        for (OwnerReference each : former) {
            @Nullable GraphNode owner = kept.contains(each.getUid()) ? null : nodes.get(each.getUid());
            if (owner != null) {
                owner.dependents().remove(uid);
                dropIfUnnamed(owner);
            }
        }
    }

    private void dropIfUnnamed(GraphNode owner) {
        if (!owner.observed() && owner.dependents().isEmpty()) {
            nodes.remove(owner.identity().uid());
        }
    }

    private void wakeWaiting(String ownerUid) {
        @Nullable GraphNode owner = nodes.get(ownerUid);
        if (owner != null && owner.deletingDependents()) {
            toDelete.accept(ownerUid);
        }
    }

    List<GraphNode> dependentsOf(GraphNode owner) {
        return owner.dependents().stream()
                .map(nodes::get)
                .filter(Objects::nonNull)
                .toList();
    }

    /** The dependents that hold back the foreground deletion of {@code owner}. */
    List<GraphNode> blockersOf(GraphNode owner) {
        String uid = owner.identity().uid();
        return dependentsOf(owner).stream().filter(each -> each.blocks(uid)).toList();
    }
}
