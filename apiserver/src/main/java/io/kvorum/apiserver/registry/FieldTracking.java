package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ResourceCatalog;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;
import io.kvorum.api.managed.FieldManagement;
import io.kvorum.api.managed.ObjectVersions;
import io.kvorum.api.managed.SchemaSource;
import io.kvorum.api.managed.WriteScope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Keeps {@code metadata.managedFields} of the objects the registry writes: one {@link FieldManagement} per kind. */
final class FieldTracking {
    private static final WriteScope POD_SIZES = WriteScope.only(List.of(
            List.of("spec", "containers", WriteScope.ANY, "resources"),
            List.of("spec", "containers", WriteScope.ANY, "resizePolicy"),
            List.of("spec", "initContainers", WriteScope.ANY, "resources"),
            List.of("spec", "initContainers", WriteScope.ANY, "resizePolicy")));

    private static final String MANAGED_FIELDS = "managedFields";

    private final ResourceCatalog catalog;
    private final SchemaSource schemas;
    private final ObjectMetadata metadata;
    private final Map<String, Known> known = new ConcurrentHashMap<>();

    /** @param info as it was when this was made; the definition of a custom resource may change */
    private record Known(ResourceInfo info, FieldManagement fields) {}

    FieldTracking(ResourceCatalog catalog, SchemaSource schemas, ObjectMetadata metadata) {
        this.catalog = catalog;
        this.schemas = schemas;
        this.metadata = metadata;
    }

    /** Marks a new object. @param stored in the version that is stored; changed in place */
    void created(Served served, ObjectNode stored, String manager) {
        FieldManagement fields = of(served, "");
        if (served.conversion().identity()) {
            fields.created(stored, manager, metadata.now());
            return;
        }
        ObjectNode wire = served.conversion().toWire(stored.deepCopy());
        fields.created(wire, manager, metadata.now());
        copy(wire, stored);
    }

    /** What marks the updates of a manager. */
    FieldHook updates(Served served, String subresource, String manager) {
        FieldManagement fields = of(served, subresource);
        if (served.conversion().identity()) {
            return (old, next) -> fields.updated(old, next, manager, metadata.now());
        }
        return (old, next) -> {
            ObjectNode wire = served.conversion().toWire(next.deepCopy());
            fields.updated(served.conversion().toWire(old.deepCopy()), wire, manager, metadata.now());
            copy(wire, next);
        };
    }

    /**
     * What an apply makes; see {@link FieldManagement#applied}.
     *
     * @param live in the version spoken, null when there is none
     */
    ObjectNode applied(
            Served served, String subresource, @Nullable ObjectNode live, ObjectNode config, WriteOptions options) {
        return of(served, subresource).applied(live, config, options.fieldManager(), options.force(), metadata.now());
    }

    /** Makes the managed fields of one object those of another. */
    static void copy(ObjectNode from, ObjectNode to) {
        JsonNode managed = from.path("metadata").get(MANAGED_FIELDS);
        ObjectNode meta = Tree.ensureObject(to, "metadata");
        if (managed == null) {
            meta.remove(MANAGED_FIELDS);
        } else {
            meta.set(MANAGED_FIELDS, managed);
        }
    }

    /** Whether an update changes nothing, but for times in the managed fields; then {@code next} gets the old ones. */
    static boolean unchanged(ObjectNode old, ObjectNode next) {
        if (Tree.sameValue(old, next)) {
            return true;
        }
        JsonNode before = old.path("metadata").get(MANAGED_FIELDS);
        JsonNode after = next.path("metadata").get(MANAGED_FIELDS);
        if (before == null || after == null || before.equals(after) || !FieldManagement.sameButTimes(before, after)) {
            return false;
        }
        ObjectNode meta = Tree.ensureObject(next, "metadata");
        meta.set(MANAGED_FIELDS, before);
        if (Tree.sameValue(old, next)) {
            return true;
        }
        meta.set(MANAGED_FIELDS, after);
        return false;
    }

    private FieldManagement of(Served served, String subresource) {
        String key = served.info().apiVersion() + ' ' + served.info().resource() + ' ' + subresource;
        Known found = known.get(key);
        if (found == null || found.info() != served.info()) {
            FieldManagement fields = new FieldManagement(
                    schemas,
                    versions(served),
                    served.info().apiVersion(),
                    served.info().kind(),
                    subresource,
                    scope(served, subresource));
            found = new Known(served.info(), fields);
            known.put(key, found);
        }
        return found.fields();
    }

    /** What the strategies do not put back. */
    private static WriteScope scope(Served served, String subresource) {
        if (served.is("", "pods") && subresource.equals("resize")) {
            return POD_SIZES;
        }
        if (served.is("", "pods") && subresource.equals("ephemeralcontainers")) {
            return WriteScope.only(List.of(List.of("spec", "ephemeralContainers")));
        }
        List<List<String>> paths = new ArrayList<>();
        boolean status = served.info().hasSubresource("status");
        switch (subresource) {
            case "" -> {
                if (status) {
                    paths.add(List.of("status"));
                }
            }
            case "status" -> {
                paths.add(List.of("spec"));
                if (served.info().group().equals("apps")) {
                    paths.add(List.of("metadata", "labels"));
                }
                if (served.info().custom() != null) {
                    paths.add(List.of("metadata"));
                }
                if (served.is("", "pods")) {
                    paths.add(List.of("metadata", "deletionTimestamp"));
                    paths.add(List.of("metadata", "ownerReferences"));
                }
            }
            case "approval" -> paths.add(List.of("spec"));
            default -> {}
        }
        return WriteScope.except(paths);
    }

    private ObjectVersions versions(Served served) {
        return (object, apiVersion) -> {
            Optional<Served> from = sibling(served, Tree.text(object, "apiVersion"));
            Optional<Served> to = sibling(served, apiVersion);
            if (from.isEmpty() || to.isEmpty() || !to.get().conversion().immediate()) {
                return Optional.empty();
            }
            ObjectNode stored = from.get().conversion().toStored(object.deepCopy());
            return Optional.of(to.get().conversion().toWire(stored));
        };
    }

    /** The same resource at another version, or in another group that shares its storage. */
    private Optional<Served> sibling(Served served, String apiVersion) {
        if (apiVersion.equals(served.info().apiVersion())) {
            return Optional.of(served);
        }
        int slash = apiVersion.indexOf('/');
        return catalog.byResource(
                        slash < 0 ? "" : apiVersion.substring(0, slash),
                        apiVersion.substring(slash + 1),
                        served.info().resource())
                .map(info -> Served.of(info, catalog))
                .filter(other -> other.stored().equals(served.stored()));
    }
}
