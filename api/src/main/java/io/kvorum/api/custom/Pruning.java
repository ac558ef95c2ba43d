package io.kvorum.api.custom;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.schema.Schema;
import io.kvorum.api.schema.Schemas;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Drops the fields of an object that its schema does not know, and remembers their paths. For one use. */
final class Pruning {
    private static final Set<String> ENVELOPE = Set.of("apiVersion", "kind", "metadata");

    private static final String OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

    private final List<String> dropped = new ArrayList<>();
    private final List<String> path = new ArrayList<>();

    private Pruning() {}

    /**
     * Changes {@code object} in place; its own apiVersion, kind and metadata are not looked at.
     *
     * @return the paths dropped, sorted, such as {@code spec.list[0].foo}
     */
    static List<String> prune(ObjectNode object, StructuralSchema schema) {
        Pruning pruning = new Pruning();
        pruning.object(object, schema, schema.preserveUnknown(), true);
        Collections.sort(pruning.dropped);
        return pruning.dropped;
    }

    private void value(JsonNode value, @Nullable StructuralSchema schema, boolean keep) {
        boolean keeps = schema == null
                ? keep
                : schema.preserveUnknown() || (keep && schema.type().isEmpty());
        if (value instanceof ObjectNode object) {
            object(object, schema, keeps, schema != null && schema.embedded());
        } else if (value instanceof ArrayNode array) {
            StructuralSchema items = schema == null ? null : schema.items();
            for (int i = 0; i < array.size(); i++) {
                path.add("[" + i + "]");
                value(array.get(i), items, keeps && items == null);
                path.remove(path.size() - 1);
            }
        }
    }

    private void object(ObjectNode object, @Nullable StructuralSchema schema, boolean keep, boolean resource) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        for (String name : names) {
            if (resource && ENVELOPE.contains(name)) {
                if (name.equals("metadata") && !path.isEmpty()) {
                    path.add(".metadata");
                    typed(object.path(name), Schemas.load().definition(OBJECT_META));
                    path.remove(path.size() - 1);
                }
                continue;
            }
            path.add(path.isEmpty() ? name : "." + name);
            StructuralSchema property = schema == null ? null : schema.property(name);
            if (property != null) {
                value(object.path(name), property, false);
            } else if (schema != null && schema.additionalAllowed()) {
                value(object.path(name), schema.additional(), keep);
            } else if (keep) {
                value(object.path(name), null, true);
            } else {
                dropped.add(String.join("", path));
                object.remove(name);
            }
            path.remove(path.size() - 1);
        }
    }

    /** The metadata of an object inside: of a type that is known. */
    private void typed(JsonNode value, Schema schema) {
        if (value instanceof ArrayNode array && schema.items() != null) {
            for (int i = 0; i < array.size(); i++) {
                path.add("[" + i + "]");
                typed(array.get(i), schema.items());
                path.remove(path.size() - 1);
            }
        }
        if (!(value instanceof ObjectNode object) || schema.properties().isEmpty()) {
            return;
        }
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        for (String name : names) {
            Schema property = schema.property(name);
            path.add("." + name);
            if (property == null) {
                dropped.add(String.join("", path));
                object.remove(name);
            } else {
                typed(object.path(name), property);
            }
            path.remove(path.size() - 1);
        }
    }
}
