package io.kvorum.api.managed;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a write does to the sets of all owners, and what an apply makes of an object. Pure; objects come without {@code
 * managedFields} and are not changed.
 */
final class Ownership {
    /** The server's own metadata is nobody's. */
    private static final FieldSet SERVERS = FieldSet.ofFields(List.of(
            List.of("apiVersion"),
            List.of("kind"),
            List.of("metadata"),
            List.of("metadata", "name"),
            List.of("metadata", "namespace"),
            List.of("metadata", "creationTimestamp"),
            List.of("metadata", "selfLink"),
            List.of("metadata", "uid"),
            List.of("metadata", "clusterName"),
            List.of("metadata", "generation"),
            List.of("metadata", "managedFields"),
            List.of("metadata", "resourceVersion")));

    private final SchemaSource schemas;
    private final ObjectVersions versions;
    private final WriteScope scope;

    Ownership(SchemaSource schemas, ObjectVersions versions, WriteScope scope) {
        this.schemas = schemas;
        this.versions = versions;
        this.scope = scope;
    }

    TypedObject typed(ObjectNode object) {
        return new TypedObject(schemas.type(Tree.text(object, "apiVersion"), Tree.text(object, "kind")), object);
    }

    /** What a write changes that it may change. */
    Comparison change(ObjectNode live, ObjectNode next) {
        return Comparison.of(typed(next).type(), live, next).within(scope);
    }

    /**
     * Gives what changed between two objects of one version to the owner and takes it from all others.
     *
     * @param change of {@code live} to {@code next}
     */
    void update(
            ObjectNode live, ObjectNode next, Comparison change, ManagedFields managed, FieldOwner owner, String now) {
        String apiVersion = owner.apiVersion();
        if (change.same()) {
            return;
        }
        take(live, next, change, apiVersion, managed, null, found -> {});
        FieldSet gained = change.modified().union(change.added()).difference(SERVERS);
        if (!gained.isEmpty()) {
            ManagedFields.Owned before = managed.owners().get(owner);
            FieldSet all = before == null ? gained : gained.union(before.fields());
            managed.owners().put(owner, new ManagedFields.Owned(all, apiVersion, now));
        }
        managed.mergeAncientUpdates();
    }

    private interface Conflicts {
        void found(Map<FieldOwner, FieldSet> conflicts);
    }

    /** Takes what changed from every owner but {@code self}. */
    private void take(
            ObjectNode live,
            ObjectNode next,
            Comparison change,
            String apiVersion,
            ManagedFields managed,
            @Nullable FieldOwner self,
            Conflicts conflicts) {
        Map<String, Optional<Comparison>> changes = new HashMap<>();
        changes.put(apiVersion, Optional.of(change));
        Map<FieldOwner, FieldSet> lost = new LinkedHashMap<>();
        Map<FieldOwner, FieldSet> rest = new LinkedHashMap<>();
        for (Map.Entry<FieldOwner, ManagedFields.Owned> entry : managed.owners().entrySet()) {
            if (entry.getKey().equals(self)) {
                continue;
            }
            FieldSet fields = entry.getValue().fields();
            Optional<Comparison> seen =
                    changes.computeIfAbsent(entry.getValue().apiVersion(), version -> inVersion(live, next, version));
            if (seen.isEmpty()) {
                rest.put(entry.getKey(), FieldSet.empty());
                continue;
            }
            FieldSet taken =
                    fields.intersection(seen.get().modified().union(seen.get().added()));
            if (!taken.isEmpty()) {
                lost.put(entry.getKey(), taken);
            }
            FieldSet left = fields.difference(taken).difference(seen.get().removed());
            if (!left.equals(fields)) {
                rest.put(entry.getKey(), left);
            }
        }
        conflicts.found(lost);
        rest.forEach((owner, fields) -> {
            if (fields.isEmpty()) {
                managed.owners().remove(owner);
            } else {
                managed.owners().computeIfPresent(owner, (any, owned) -> owned.with(fields));
            }
        });
    }

    private Optional<Comparison> inVersion(ObjectNode live, ObjectNode next, String apiVersion) {
        Optional<ObjectNode> before = in(live, apiVersion);
        Optional<ObjectNode> after = in(next, apiVersion);
        return before.isEmpty() || after.isEmpty() ? Optional.empty() : Optional.of(change(before.get(), after.get()));
    }

    private Optional<ObjectNode> in(ObjectNode object, String apiVersion) {
        return Tree.text(object, "apiVersion").equals(apiVersion)
                ? Optional.of(object)
                : versions.convert(object, apiVersion);
    }

    /** An apply: the object it makes, or what is in its way. */
    record Applied(ObjectNode object, List<FieldConflict> conflicts) {}

    /**
     * Merges a configuration into an object, removes what the owner applied before and does not any more, and gives the
     * owner exactly the configuration's fields. When there are conflicts, {@code managed} is not to be used any more.
     *
     * @param config of the same version as {@code live}
     */
    Applied apply(
            ObjectNode live, ObjectNode config, ManagedFields managed, FieldOwner owner, boolean force, String now) {
        String apiVersion = Tree.text(config, "apiVersion");
        TypedObject configured = typed(config);
        TypedObject merged = typed(live).merge(config);
        ManagedFields.Owned last = managed.owners().get(owner);
        FieldSet fields = scope.keep(configured.fields());
        managed.owners().put(owner, new ManagedFields.Owned(fields, apiVersion, now));
        ObjectNode next = last == null || last.fields().isEmpty()
                ? merged.value()
                : new Pruning(this, managed).prune(merged, last, apiVersion);
        Comparison change = change(live, next);
        List<FieldConflict> conflicts = new ArrayList<>();
        take(live, next, change, apiVersion, managed, owner, found -> {
            if (!force) {
                found.forEach((other, places) -> places.forEach(path -> conflicts.add(new FieldConflict(other, path))));
            }
        });
        managed.owners().computeIfPresent(owner, (any, owned) -> {
            FieldSet kept = owned.fields().difference(SERVERS);
            return kept.isEmpty() ? null : owned.with(kept);
        });
        return new Applied(next, conflicts);
    }

    /** The object in another version; empty when that is not served. */
    Optional<TypedObject> typedIn(ObjectNode object, String apiVersion) {
        return in(object, apiVersion).map(this::typed);
    }
}
