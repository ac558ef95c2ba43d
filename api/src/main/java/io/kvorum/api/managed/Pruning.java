package io.kvorum.api.managed;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Removes from a merged object what an applier gave up: the fields and items it applied last time and not this time,
 * unless somebody else manages them too.
 */
final class Pruning {
    private final Ownership ownership;
    private final ManagedFields managed;

    /** @param managed with the new set of the applier in it */
    Pruning(Ownership ownership, ManagedFields managed) {
        this.ownership = ownership;
        this.managed = managed;
    }

    ObjectNode prune(TypedObject merged, ManagedFields.Owned last, String apiVersion) {
        Optional<TypedObject> inLast = ownership.typedIn(merged.value(), last.apiVersion());
        if (inLast.isEmpty()) {
            return merged.value();
        }
        TypedObject whole = inLast.get();
        FieldSet given = last.fields().withNamedFields(whole.type());
        TypedObject pruned = addBackOwned(whole, whole.without(given), last.apiVersion());
        pruned = addBackDangling(whole, pruned, given);
        return ownership
                .typedIn(pruned.value(), apiVersion)
                .map(TypedObject::value)
                .orElse(merged.value());
    }

    /** What others manage, or this one still does, stays. */
    private TypedObject addBackOwned(TypedObject whole, TypedObject pruned, String prunedVersion) {
        Map<String, FieldSet> applied = new LinkedHashMap<>();
        applied.put(prunedVersion, FieldSet.empty()); // first, for pruned objects may not convert
        managed.owners().values().forEach(owned -> applied.merge(owned.apiVersion(), owned.fields(), FieldSet::union));
        TypedObject rest = pruned;
        for (Map.Entry<String, FieldSet> entry : applied.entrySet()) {
            Optional<TypedObject> all = ownership.typedIn(whole.value(), entry.getKey());
            Optional<TypedObject> left = ownership.typedIn(rest.value(), entry.getKey());
            if (all.isPresent() && left.isPresent() && !entry.getValue().isEmpty()) {
                FieldType type = all.get().type();
                FieldSet kept = left.get()
                        .fields()
                        .withNamedFields(type)
                        .union(entry.getValue().withNamedFields(type));
                FieldSet gone = all.get().fields().withNamedFields(type).difference(kept);
                rest = all.get().without(gone);
            }
        }
        return rest;
    }

    /** Only what the applier itself managed goes; what hung below it and was nobody's stays. */
    private TypedObject addBackDangling(TypedObject whole, TypedObject pruned, FieldSet given) {
        Optional<TypedObject> left = ownership.typedIn(pruned.value(), apiVersion(whole));
        if (left.isEmpty()) {
            return whole;
        }
        FieldSet kept = left.get().fields().withNamedFields(whole.type());
        FieldSet all = whole.fields().withNamedFields(whole.type());
        return whole.without(all.difference(kept).intersection(given));
    }

    private static String apiVersion(TypedObject object) {
        return object.value().path("apiVersion").asText();
    }
}
