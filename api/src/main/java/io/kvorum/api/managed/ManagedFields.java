package io.kvorum.api.managed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The content of {@code metadata.managedFields}: every owner with its fields. Changed in place; not thread-safe. */
final class ManagedFields {
    /** Entries of updates beyond this number are merged, the oldest first. */
    static final int MOST_UPDATES = 10;

    private static final String ANCIENT = "ancient-changes";
    private static final String FIELDS_TYPE = "FieldsV1";

    /**
     * What one owner manages.
     *
     * @param apiVersion the version the set speaks of
     * @param time RFC 3339, empty for none
     */
    record Owned(FieldSet fields, String apiVersion, String time) {
        Owned with(FieldSet others) {
            return new Owned(others, apiVersion, time);
        }

        private long seconds() {
            try {
                return time.isEmpty() ? 0 : Instant.parse(time).getEpochSecond();
            } catch (DateTimeException e) {
                return 0;
            }
        }
    }

    private final Map<FieldOwner, Owned> owners = new LinkedHashMap<>();

    Map<FieldOwner, Owned> owners() {
        return owners;
    }

    boolean isEmpty() {
        return owners.isEmpty();
    }

    ManagedFields copy() {
        ManagedFields copy = new ManagedFields();
        copy.owners.putAll(owners);
        return copy;
    }

    /** Reads the list; empty when an entry is not one that a server would have written. */
    static Optional<ManagedFields> decode(@Nullable JsonNode list) {
        ManagedFields managed = new ManagedFields();
        for (JsonNode entry : Tree.items(list)) {
            String operation = Tree.text(entry, "operation");
            boolean apply = operation.equals("Apply");
            String apiVersion = Tree.text(entry, "apiVersion");
            boolean valid = (apply || operation.equals("Update"))
                    && !apiVersion.isEmpty()
                    && Tree.text(entry, "fieldsType").equals(FIELDS_TYPE);
            if (!valid) {
                return Optional.empty();
            }
            FieldOwner owner = new FieldOwner(
                    Tree.text(entry, "manager"),
                    apply ? FieldOwner.Operation.APPLY : FieldOwner.Operation.UPDATE,
                    apply ? "" : apiVersion,
                    Tree.text(entry, "subresource"));
            JsonNode fields = entry.path("fieldsV1");
            try {
                FieldSet set = fields.isObject() ? FieldSet.decode(fields) : FieldSet.empty();
                managed.owners.put(owner, new Owned(set, apiVersion, Tree.text(entry, "time")));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }
        return Optional.of(managed);
    }

    /** The list: applies first, then by time and name. */
    ArrayNode encode() {
        List<Map.Entry<FieldOwner, Owned>> sorted = new ArrayList<>(owners.entrySet());
        sorted.sort(Comparator.comparing(
                        (Map.Entry<FieldOwner, Owned> entry) -> entry.getKey().operation())
                .thenComparing(entry -> entry.getValue().seconds())
                .thenComparing(Map.Entry::getKey, FieldOwner.ORDER));
        ArrayNode list = Tree.newArray();
        for (Map.Entry<FieldOwner, Owned> entry : sorted) {
            FieldOwner owner = entry.getKey();
            ObjectNode object = list.addObject();
            if (!owner.manager().isEmpty()) {
                object.put("manager", owner.manager());
            }
            object.put("operation", owner.operation().word);
            object.put("apiVersion", entry.getValue().apiVersion());
            if (!entry.getValue().time().isEmpty()) {
                object.put("time", entry.getValue().time());
            }
            object.put("fieldsType", FIELDS_TYPE);
            object.set("fieldsV1", entry.getValue().fields().encode());
            if (!owner.subresource().isEmpty()) {
                object.put("subresource", owner.subresource());
            }
        }
        return list;
    }

    /** Merges the oldest updates of a version into one entry until there are few enough. */
    void mergeAncientUpdates() {
        List<FieldOwner> updates = new ArrayList<>();
        owners.keySet().stream().filter(owner -> !owner.applied()).forEach(updates::add);
        int left = updates.size();
        if (left <= MOST_UPDATES) {
            return;
        }
        updates.sort(Comparator.comparing((FieldOwner owner) -> owned(owner).seconds())
                .thenComparing(FieldOwner::toString));
        Map<String, FieldOwner> firstOfVersion = new HashMap<>();
        for (FieldOwner owner : updates) {
            if (left <= MOST_UPDATES) {
                return;
            }
            Owned owned = owned(owner);
            FieldOwner first = firstOfVersion.putIfAbsent(owned.apiVersion(), owner);
            if (first == null) {
                continue;
            }
            FieldOwner bucket = FieldOwner.update(ANCIENT, owned.apiVersion(), "");
            Owned merged = owners.get(bucket);
            if (merged == null) {
                merged = owned(first);
                owners.remove(first);
            }
            owners.remove(owner);
            owners.put(bucket, new Owned(owned.fields().union(merged.fields()), owned.apiVersion(), owned.time()));
            left--;
        }
    }

    private Owned owned(FieldOwner owner) {
        Owned owned = owners.get(owner);
        if (owned == null) {
            throw new IllegalStateException("no owner " + owner);
        }
        return owned;
    }
}
