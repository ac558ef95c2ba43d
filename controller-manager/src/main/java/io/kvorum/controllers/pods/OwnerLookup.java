package io.kvorum.controllers.pods;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.kvorum.client.LabelSelectors;
import io.kvorum.client.Lister;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.OwnerReferences;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds the owners of one kind in a cache.
 *
 * @param selector of an owner; null for one that has none yet and so owns nothing
 */
public record OwnerLookup<O extends HasMetadata>(
        String kind, Lister<O> owners, Function<O, @Nullable LabelSelector> selector) {
    /** Who controls an object; null when that is nobody, of another kind, or not in the cache. */
    public @Nullable ObjectKey of(HasMetadata object) {
        @Nullable OwnerReference reference = OwnerReferences.controllerOf(object);
        if (reference == null || !reference.getKind().equals(kind)) {
            return null;
        }
        ObjectKey key = new ObjectKey(object.getMetadata().getNamespace(), reference.getName());
        @Nullable O owner = owners.get(key);
        // One of the same name but another uid is not the owner.
        return owner != null && owner.getMetadata().getUid().equals(reference.getUid()) ? key : null;
    }

    /** Whom a change of an object is about: its owner, or those that may adopt it when nobody controls it. */
    public List<ObjectKey> concerned(HasMetadata object) {
        @Nullable ObjectKey owner = of(object);
        if (owner != null) {
            return List.of(owner);
        }
        return OwnerReferences.controllerOf(object) == null ? matching(object) : List.of();
    }

    private List<ObjectKey> matching(HasMetadata orphan) {
        @Nullable Map<String, String> labels = orphan.getMetadata().getLabels();
        return owners.inNamespace(orphan.getMetadata().getNamespace()).stream()
                .filter(each -> {
                    @Nullable LabelSelector wanted = selector.apply(each);
                    return wanted != null && LabelSelectors.matches(wanted, labels);
                })
                .map(ObjectKey::of)
                .toList();
    }
}
