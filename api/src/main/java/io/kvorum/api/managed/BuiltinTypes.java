package io.kvorum.api.managed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import io.kvorum.api.schema.Schema;
import io.kvorum.api.schema.Schemas;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The types of the built-in kinds, from their schemas; made when asked for and kept. Safe for several threads. */
public final class BuiltinTypes implements SchemaSource {
    private static final BuiltinTypes SHARED = new BuiltinTypes(Schemas.load());

    /**
     * Fields that upstream's types write although they are optional and nobody set them, by the last part of the
     * holder's definition: structs held by value, times, texts. So are the metadata, spec and status of every kind.
     */
    private static final Map<String, Set<String>> BY_VALUE = Map.ofEntries(
            Map.entry("DeploymentSpec", Set.of("strategy")),
            Map.entry("DaemonSetSpec", Set.of("updateStrategy")),
            Map.entry("StatefulSetSpec", Set.of("updateStrategy")),
            Map.entry("ReplicaSetSpec", Set.of("template")),
            Map.entry("PodTemplate", Set.of("template")),
            Map.entry("PodTemplateSpec", Set.of("metadata", "spec")),
            Map.entry("JobTemplateSpec", Set.of("metadata", "spec")),
            Map.entry("PersistentVolumeClaimSpec", Set.of("resources")),
            Map.entry("ServiceStatus", Set.of("loadBalancer")),
            Map.entry("IngressStatus", Set.of("loadBalancer")),
            Map.entry("NodeStatus", Set.of("daemonEndpoints", "nodeInfo")),
            Map.entry("NodeDaemonEndpoints", Set.of("kubeletEndpoint")),
            Map.entry("NetworkPolicySpec", Set.of("podSelector")),
            Map.entry(
                    "Event",
                    Set.of(
                            "source",
                            "deprecatedSource",
                            "involvedObject",
                            "regarding",
                            "eventTime",
                            "firstTimestamp",
                            "lastTimestamp",
                            "deprecatedFirstTimestamp",
                            "deprecatedLastTimestamp",
                            "reportingComponent",
                            "reportingInstance")),
            Map.entry("ResourceClaimSpec", Set.of("devices")),
            Map.entry("CustomResourceDefinitionStatus", Set.of("acceptedNames")));

    private static final Set<String> TOP = Set.of("metadata", "spec", "status");

    private final Schemas schemas;
    private final Map<Schema, FieldType> types = new ConcurrentHashMap<>();
    private final Map<String, ObjectNode> blanks = new ConcurrentHashMap<>();

    private BuiltinTypes(Schemas schemas) {
        this.schemas = schemas;
    }

    public static BuiltinTypes load() {
        return SHARED;
    }

    @Override
    public FieldType type(String apiVersion, String kind) {
        return schemas.find(apiVersion, kind).map(this::of).orElse(FieldType.DEDUCED);
    }

    /** The type a schema describes. */
    public FieldType of(Schema schema) {
        FieldType known = types.get(schema);
        if (known == null) {
            known = schema.type() == Schema.Type.ANY ? FieldType.DEDUCED : new SchemaType(schema);
            types.putIfAbsent(schema, known);
        }
        return known;
    }

    @Override
    public ObjectNode blank(String apiVersion, String kind) {
        return blanks.computeIfAbsent(apiVersion + "/" + kind, any -> {
            Optional<Schema> schema = schemas.find(apiVersion, kind);
            ObjectNode blank = schema.isPresent() ? blank(schema.get(), TOP, 0) : Tree.newObject();
            blank.put("apiVersion", apiVersion);
            blank.put("kind", kind);
            return blank;
        });
    }

    private static ObjectNode blank(Schema schema, Set<String> structs, int depth) {
        ObjectNode object = Tree.newObject();
        String definition = schema.definition();
        Set<String> more = BY_VALUE.getOrDefault(definition.substring(definition.lastIndexOf('.') + 1), Set.of());
        for (Map.Entry<String, Schema> property : schema.properties().entrySet()) {
            String name = property.getKey();
            Schema type = property.getValue();
            boolean held = more.contains(name) || (type.struct() && structs.contains(name));
            if (held || schema.required().contains(name)) {
                object.set(name, zero(type, depth));
            }
        }
        return object;
    }

    private static JsonNode zero(Schema schema, int depth) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        switch (schema.type()) {
            case STRING:
                return schema.format().isEmpty() ? nodes.textNode("") : nodes.nullNode();
            case INTEGER:
            case NUMBER:
                return nodes.numberNode(0);
            case BOOLEAN:
                return nodes.booleanNode(false);
            case OBJECT:
                // A required struct that contains itself is held by a pointer; the bound ends the walk there.
                return schema.struct() && depth < 8 ? blank(schema, Set.of(), depth + 1) : nodes.nullNode();
            default:
                return nodes.nullNode();
        }
    }

    private final class SchemaType implements FieldType {
        private final Schema schema;
        private final Form form;
        private final Map<String, FieldType> fields = new ConcurrentHashMap<>();

        SchemaType(Schema schema) {
            this.schema = schema;
            this.form = schema.type() == Schema.Type.ARRAY
                    ? Form.LIST
                    : schema.type() == Schema.Type.OBJECT ? Form.MAP : Form.SCALAR;
        }

        @Override
        public Form form() {
            return form;
        }

        @Override
        public Scalar scalar() {
            switch (schema.type()) {
                case STRING:
                    return schema.format().isEmpty() || schema.format().equals("byte") ? Scalar.STRING : Scalar.ANY;
                case INTEGER:
                case NUMBER:
                    return Scalar.NUMERIC;
                case BOOLEAN:
                    return Scalar.BOOLEAN;
                default:
                    return Scalar.ANY;
            }
        }

        @Override
        public boolean atomicMap() {
            return schema.atomicMap();
        }

        @Override
        public Schema.ListType listType() {
            return schema.listType();
        }

        @Override
        public List<String> keys() {
            return schema.mapKeys();
        }

        @Override
        public @Nullable JsonNode keyDefault(String key) {
            // Ports are the one built-in list whose key has a default.
            return key.equals("protocol") ? JsonNodeFactory.instance.textNode("TCP") : null;
        }

        @Override
        public @Nullable FieldType field(String name) {
            FieldType known = fields.get(name);
            if (known == null) {
                Schema property = schema.property(name);
                if (property == null) {
                    return null;
                }
                known = of(property);
                fields.put(name, known);
            }
            return known;
        }

        @Override
        public @Nullable FieldType element() {
            Schema items = schema.items();
            Schema element = items == null ? schema.additionalProperties() : items;
            return element == null ? null : of(element);
        }
    }
}
