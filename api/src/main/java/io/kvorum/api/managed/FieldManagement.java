package io.kvorum.api.managed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps {@code metadata.managedFields} through the writes of one kind at one version and subresource, and merges what is
 * applied. Immutable; safe for several threads.
 */
public final class FieldManagement {
    private static final String MANAGED_FIELDS = "managedFields";
    private static final String BEFORE_FIRST_APPLY = "before-first-apply";

    private final SchemaSource schemas;
    private final Ownership ownership;
    private final String apiVersion;
    private final String kind;
    private final String subresource;

    /**
     * @param apiVersion the version the writes speak; all objects given to the methods are of it
     * @param subresource empty for the object itself
     */
    public FieldManagement(
            SchemaSource schemas,
            ObjectVersions versions,
            String apiVersion,
            String kind,
            String subresource,
            WriteScope scope) {
        this.schemas = schemas;
        this.ownership = new Ownership(schemas, versions, scope);
        this.apiVersion = apiVersion;
        this.kind = kind;
        this.subresource = subresource;
    }

    /** For a kind with one version and no fields that writes cannot change. */
    public static FieldManagement of(SchemaSource schemas, String apiVersion, String kind) {
        return new FieldManagement(schemas, ObjectVersions.ONE, apiVersion, kind, "", WriteScope.ALL);
    }

    /**
     * Says in a new object who made it.
     *
     * @param next decoded and defaulted, before admission; changed in place
     * @param now RFC 3339, whole seconds
     */
    public void created(ObjectNode next, String manager, String now) {
        ObjectNode metadata = Tree.ensureObject(next, "metadata");
        JsonNode given = metadata.remove(MANAGED_FIELDS);
        ManagedFields managed =
                reset(given) ? new ManagedFields() : ManagedFields.decode(given).orElseGet(ManagedFields::new);
        ObjectNode blank = schemas.blank(apiVersion, kind);
        try {
            FieldOwner owner = FieldOwner.update(manager, apiVersion, subresource);
            ownership.update(blank, next, ownership.change(blank, next), managed, owner, now);
            put(metadata, managed);
        } catch (TypeMismatchException e) {
            // A list whose items cannot be told apart: validation says so; as upstream, nobody manages it.
            metadata.remove(MANAGED_FIELDS);
        }
    }

    /**
     * Says in an object who changed what. {@code next} may carry managed fields of its own, as a client edited them; an
     * empty list, or one with an empty entry, ends the keeping of them for this object.
     *
     * @param live what is stored
     * @param next what shall be, decoded and defaulted, before admission; changed in place
     */
    public void updated(ObjectNode live, ObjectNode next, String manager, String now) {
        ObjectNode metadata = Tree.ensureObject(next, "metadata");
        JsonNode given = metadata.remove(MANAGED_FIELDS);
        JsonNode known = live.path("metadata").get(MANAGED_FIELDS);
        boolean editable = subresource.isEmpty() && given != null && !given.equals(known);
        if (editable && reset(given)) {
            return;
        }
        if (known == null && !editable) {
            return; // not kept for this object
        }
        try {
            ObjectNode before = withoutManagedFields(live);
            Comparison change = ownership.change(before, next);
            if (change.same() && !editable) {
                metadata.set(MANAGED_FIELDS, known);
                return;
            }
            ManagedFields managed = edited(editable ? given : null, known);
            if (!managed.isEmpty()) {
                FieldOwner owner = FieldOwner.update(manager, apiVersion, subresource);
                ownership.update(before, next, change, managed, owner, now);
            }
            put(metadata, managed);
        } catch (TypeMismatchException e) {
            if (known != null) {
                metadata.set(MANAGED_FIELDS, known);
            }
        }
    }

    private static boolean reset(@Nullable JsonNode given) {
        return given instanceof ArrayNode list
                && (list.isEmpty()
                        || (list.size() == 1
                                && list.get(0).isObject()
                                && list.get(0).isEmpty()));
    }

    private static ManagedFields edited(@Nullable JsonNode given, @Nullable JsonNode known) {
        Optional<ManagedFields> own = given == null ? Optional.empty() : ManagedFields.decode(given);
        return own.filter(fields -> !fields.isEmpty())
                .or(() -> ManagedFields.decode(known))
                .orElseGet(ManagedFields::new);
    }

    /**
     * The object that applying a configuration makes. It is not decoded yet and may share nodes with both arguments;
     * neither is changed.
     *
     * @param live what is stored, null to make a new object
     * @throws ApiException 400 when {@code config} is of another kind or carries managed fields; 409 with one cause per
     *     conflict; 500, as upstream, when it is not of its type
     */
    public ObjectNode applied(@Nullable ObjectNode live, ObjectNode config, String manager, boolean force, String now) {
        check(config);
        ObjectNode before = live == null ? nothing() : withoutManagedFields(live);
        ManagedFields managed = present(live, before, now);
        try {
            FieldOwner owner = FieldOwner.apply(manager, subresource);
            ManagedFields next = managed.copy();
            Ownership.Applied applied = ownership.apply(before, config, next, owner, force, now);
            if (!applied.conflicts().isEmpty()) {
                refuse(applied.conflicts(), before, manager);
                next = managed.copy();
                applied = ownership.apply(before, config, next, owner, true, now);
            }
            return finished(applied.object(), before, config, managed, next, owner, manager);
        } catch (TypeMismatchException e) {
            throw unexpected("failed to merge config: " + e.getMessage());
        }
    }

    private ManagedFields present(@Nullable ObjectNode live, ObjectNode before, String now) {
        ManagedFields managed = ManagedFields.decode(
                        live == null ? null : live.path("metadata").get(MANAGED_FIELDS))
                .orElseGet(ManagedFields::new);
        if (live != null && managed.isEmpty()) {
            ObjectNode blank = schemas.blank(apiVersion, kind);
            FieldOwner first = FieldOwner.update(BEFORE_FIRST_APPLY, apiVersion, subresource);
            try {
                ownership.update(blank, before, ownership.change(blank, before), managed, first, now);
            } catch (TypeMismatchException e) {
                throw unexpected("failed to create manager for existing fields: " + e.getMessage());
            }
        }
        return managed;
    }

    /** Conflicts over fields that kubectl itself applied from the client before are none. */
    private void refuse(List<FieldConflict> conflicts, ObjectNode before, String manager) {
        FieldSet allowed = manager.equals(LastApplied.KUBECTL) ? LastApplied.unchanged(ownership, before) : null;
        List<FieldConflict> left = new ArrayList<>(conflicts);
        if (allowed != null) {
            left.removeIf(conflict -> allowed.has(conflict.path()));
        }
        if (!left.isEmpty()) {
            throw FieldConflict.refusal(left);
        }
    }

    private static ObjectNode finished(
            ObjectNode object,
            ObjectNode before,
            ObjectNode config,
            ManagedFields was,
            ManagedFields managed,
            FieldOwner owner,
            String manager) {
        if (Tree.sameValue(before, object)) {
            // Nothing changed: the time of the owner's last change stays.
            ManagedFields.Owned last = was.owners().get(owner);
            managed.owners()
                    .computeIfPresent(
                            owner,
                            (any, owned) -> new ManagedFields.Owned(
                                    owned.fields(), owned.apiVersion(), last == null ? "" : last.time()));
        }
        ObjectNode result = withoutManagedFields(object);
        if (manager.equals(LastApplied.KUBECTL) && LastApplied.in(result)) {
            ObjectNode metadata = Tree.ensureObject(result, "metadata");
            metadata.set("annotations", Tree.object(metadata, "annotations").deepCopy());
            LastApplied.record(result, config);
        }
        put(Tree.ensureObject(result, "metadata"), managed);
        return result;
    }

    private ObjectNode nothing() {
        return Tree.newObject().put("apiVersion", apiVersion).put("kind", kind);
    }

    /**
     * Checks that a configuration can be applied.
     *
     * @throws ApiException 400 when it is of another kind or carries managed fields; 500, as upstream, when it is not of
     *     its type
     */
    public void check(ObjectNode config) {
        if (!Tree.text(config, "apiVersion").equals(apiVersion)
                || !Tree.text(config, "kind").equals(kind)) {
            throw ApiException.badRequest(
                    "invalid object type: " + goKind(Tree.text(config, "apiVersion"), Tree.text(config, "kind")));
        }
        if (config.path("metadata").path(MANAGED_FIELDS).isArray()) {
            throw ApiException.badRequest("metadata.managedFields must be nil");
        }
        try {
            ownership.typed(config).check();
        } catch (TypeMismatchException e) {
            throw unexpected("failed to create typed patch object (" + Tree.text(config, "metadata", "namespace") + "/"
                    + Tree.text(config, "metadata", "name") + "; " + goKind(apiVersion, kind) + "): "
                    + e.getMessage());
        }
    }

    /** An error that upstream has no code for. */
    private static ApiException unexpected(String message) {
        return new ApiException(500, "", message, null);
    }

    private static String goKind(String apiVersion, String kind) {
        return (apiVersion.contains("/") ? "" : "/") + apiVersion + ", Kind=" + kind;
    }

    private static ObjectNode withoutManagedFields(ObjectNode object) {
        ObjectNode copy = Tree.newObject();
        copy.setAll(object);
        if (object.get("metadata") instanceof ObjectNode metadata) {
            ObjectNode rest = Tree.newObject();
            rest.setAll(metadata);
            rest.remove(MANAGED_FIELDS);
            copy.set("metadata", rest);
        }
        return copy;
    }

    private static void put(ObjectNode metadata, ManagedFields managed) {
        if (!managed.isEmpty()) {
            metadata.set(MANAGED_FIELDS, managed.encode());
        }
    }

    /** Whether two lists of managed fields say the same but for their times. */
    public static boolean sameButTimes(@Nullable JsonNode one, @Nullable JsonNode other) {
        if (one == null || other == null || one.size() != other.size()) {
            return one == other;
        }
        for (int i = 0; i < one.size(); i++) {
            if (!withoutTime(one.get(i)).equals(withoutTime(other.get(i)))) {
                return false;
            }
        }
        return true;
    }

    private static JsonNode withoutTime(JsonNode entry) {
        if (!(entry instanceof ObjectNode object)) {
            return entry;
        }
        ObjectNode copy = Tree.newObject();
        copy.setAll(object);
        copy.remove("time");
        return copy;
    }
}
