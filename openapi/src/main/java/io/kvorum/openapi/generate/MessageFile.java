package io.kvorum.openapi.generate;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.kvorum.openapi.generate.Definition.Field;
import io.kvorum.openapi.generate.Definition.Gvk;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes how the messages of the served kinds become JSON, in the form {@code io.kvorum.api.proto.Messages} reads and
 * describes. A message field that the JSON of its type does not have is one that Go embeds: its fields stand among those
 * of the type around it.
 */
final class MessageFile {
    private static final int MAGIC = 0x4b565031;

    // Ordinals of the reader's Field.Type.
    private static final int STRING = 0;
    private static final int BYTES = 1;
    private static final int BOOL = 2;
    private static final int INT32 = 3;
    private static final int INT64 = 4;
    private static final int DOUBLE = 5;
    private static final int MESSAGE = 6;
    private static final int EMBEDDED = 7;
    private static final int WRAPPED_LIST = 8;
    private static final int QUANTITY = 9;
    private static final int INT_OR_STRING = 10;
    private static final int TIME = 11;
    private static final int MICRO_TIME = 12;
    private static final int RAW = 13;
    private static final int SCHEMA_OR_ARRAY = 14;
    private static final int SCHEMA_OR_BOOL = 15;
    private static final int SCHEMA_OR_STRINGS = 16;

    private static final int REPEATED = 1;
    private static final int MAP = 2;
    private static final int KEEPS_ZERO = 4;

    private static final String JSON_SCHEMA = Models.API_EXTENSIONS + ".JSONSchemaProps";
    /** The messages that are no objects in JSON. */
    private static final Map<String, Integer> SPECIAL = Map.ofEntries(
            Map.entry(Models.QUANTITY, QUANTITY),
            Map.entry(Models.INT_OR_STRING, INT_OR_STRING),
            Map.entry(Models.TIME, TIME),
            Map.entry(Models.MICRO_TIME, MICRO_TIME),
            Map.entry(Models.FIELDS, RAW),
            Map.entry(Models.RAW_EXTENSION, RAW),
            Map.entry(Models.API_EXTENSIONS + ".JSON", RAW),
            Map.entry(JSON_SCHEMA + "OrArray", SCHEMA_OR_ARRAY),
            Map.entry(JSON_SCHEMA + "OrBool", SCHEMA_OR_BOOL),
            Map.entry(JSON_SCHEMA + "OrStringArray", SCHEMA_OR_STRINGS));

    /** Newer than the models, and than the kinds served. */
    private static final Set<String> NOT_IN_MODELS =
            Set.of("io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerCondition.observedGeneration");

    /** Not in messages: discovery documents and watch frames, which nobody sends. */
    private static final Set<String> NEVER_SENT =
            Set.of("APIGroup", "APIGroupList", "APIResourceList", "APIVersions", "WatchEvent");

    /** The shape of one JSON object: the fields of a definition that one message holds. */
    private record Shape(String definition, String message) {}

    private final Map<String, Definition> definitions;
    private final Map<String, Descriptor> descriptors = MessageDescriptors.all();
    private final ZeroValues zeros;
    private final Map<String, Integer> strings = new LinkedHashMap<>();
    private final Map<Shape, Integer> shapes = new LinkedHashMap<>();
    private final List<Shape> order = new ArrayList<>();

    MessageFile(Map<String, Definition> definitions) throws IOException {
        this.definitions = definitions;
        this.zeros = ZeroValues.read();
    }

    byte[] write() throws IOException {
        Map<String, Integer> kinds = new TreeMap<>();
        for (Definition definition : definitions.values()) {
            if (definition.gvks().isEmpty()
                    || NEVER_SENT.contains(definition.simpleName())
                    || definition.name().startsWith(GatewayModels.PACKAGE)) {
                // The kinds of the Gateway API have no messages, upstream neither.
                continue;
            }
            if (!descriptors.containsKey(definition.name())) {
                throw new IllegalStateException("no message of " + definition.name());
            }
            for (Gvk gvk : definition.gvks()) {
                String version = gvk.group().isEmpty() ? gvk.version() : gvk.group() + "/" + gvk.version();
                kinds.put(version + "/" + gvk.kind(), shape(definition.name(), definition.name()));
            }
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(body);
        out.writeShort(kinds.size());
        for (Map.Entry<String, Integer> kind : kinds.entrySet()) {
            out.writeShort(string(kind.getKey()));
            out.writeShort(kind.getValue());
        }
        ByteArrayOutputStream messages = new ByteArrayOutputStream();
        DataOutputStream message = new DataOutputStream(messages);
        // Shapes are found while others are written.
        for (int i = 0; i < order.size(); i++) {
            write(order.get(i), message);
        }
        out.writeShort(order.size());
        messages.writeTo(out);

        ByteArrayOutputStream file = new ByteArrayOutputStream();
        DataOutputStream head = new DataOutputStream(file);
        head.writeInt(MAGIC);
        head.writeShort(strings.size());
        for (String text : strings.keySet()) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            head.writeShort(utf8.length);
            head.write(utf8);
        }
        body.writeTo(head);
        return file.toByteArray();
    }

    private void write(Shape shape, DataOutputStream out) throws IOException {
        Descriptor descriptor = descriptor(shape.message());
        Definition definition = definition(shape.definition());
        List<FieldDescriptor> fields = new ArrayList<>(descriptor.getFields());
        fields.removeIf(field -> NOT_IN_MODELS.contains(shape.definition() + "." + field.getName()));
        out.writeShort(fields.size());
        for (FieldDescriptor field : fields) {
            @Nullable Field property = property(definition, jsonName(shape.definition(), field.getName()));
            out.writeShort(field.getNumber());
            if (property == null) {
                embedded(shape, field, out);
                continue;
            }
            String name = property.name();
            out.writeShort(string(name));
            int flags = field.isMapField() ? MAP : field.isRepeated() ? REPEATED : 0;
            if (property.required() || zeros.kept(shape.definition(), name) || zeros.kept(shape.message(), name)) {
                flags |= KEEPS_ZERO;
            }
            type(where(shape, field), field, property.type(), flags, out);
        }
    }

    private void embedded(Shape shape, FieldDescriptor field, DataOutputStream out) throws IOException {
        boolean single = field.getType() == FieldDescriptor.Type.MESSAGE && !field.isRepeated();
        if (!single) {
            throw new IllegalStateException(where(shape, field) + " is not in the JSON of its type");
        }
        out.writeShort(string(field.getName()));
        out.writeByte(EMBEDDED);
        out.writeByte(0);
        out.writeShort(shape(shape.definition(), name(field.getMessageType())));
    }

    /** Type, flags and, of messages, the shape. */
    private void type(String where, FieldDescriptor field, TypeRef type, int flags, DataOutputStream out)
            throws IOException {
        FieldDescriptor value = field;
        TypeRef json = type;
        if ((flags & MAP) != 0) {
            if (field.getMessageType().findFieldByNumber(1).getType() != FieldDescriptor.Type.STRING) {
                throw new IllegalStateException(where + " has keys that are no strings");
            }
            value = field.getMessageType().findFieldByNumber(2);
            json = type instanceof TypeRef.MapOf ? ((TypeRef.MapOf) type).values() : type;
        } else if ((flags & REPEATED) != 0) {
            json = type instanceof TypeRef.ListOf ? ((TypeRef.ListOf) type).items() : type;
        }
        if (value.getType() != FieldDescriptor.Type.MESSAGE) {
            out.writeByte(scalar(where, value, json));
            out.writeByte(flags);
            return;
        }
        String message = name(value.getMessageType());
        int special = SPECIAL.getOrDefault(message, -1);
        if (special >= 0) {
            out.writeByte(special);
            out.writeByte(flags);
            if (special >= SCHEMA_OR_ARRAY) {
                out.writeShort(shape(JSON_SCHEMA, JSON_SCHEMA));
            }
        } else if (json instanceof TypeRef.ListOf && stringList(value.getMessageType())) {
            out.writeByte(WRAPPED_LIST);
            out.writeByte(flags);
        } else if (json instanceof TypeRef.Named) {
            out.writeByte(MESSAGE);
            out.writeByte(flags);
            out.writeShort(shape(((TypeRef.Named) json).definition(), message));
        } else {
            throw new IllegalStateException(where + " is the message " + message + " but no object in JSON");
        }
    }

    /** Lists of strings as values of maps: messages cannot say that otherwise. */
    private static boolean stringList(Descriptor message) {
        FieldDescriptor items = message.findFieldByNumber(1);
        return message.getFields().size() == 1
                && items != null
                && items.isRepeated()
                && items.getType() == FieldDescriptor.Type.STRING;
    }

    private static int scalar(String where, FieldDescriptor field, TypeRef json) {
        String expected;
        int type;
        switch (field.getType()) {
            case STRING:
                type = STRING;
                expected = "string";
                break;
            case BYTES:
                type = BYTES;
                expected = "string";
                break;
            case BOOL:
                type = BOOL;
                expected = "boolean";
                break;
            case INT32:
                type = INT32;
                expected = "integer";
                break;
            case INT64:
                type = INT64;
                expected = "integer";
                break;
            case DOUBLE:
                type = DOUBLE;
                expected = "number";
                break;
            default:
                throw new IllegalStateException(where + " is of the unforeseen type " + field.getType());
        }
        if (!(json instanceof TypeRef.Scalar) || !((TypeRef.Scalar) json).type().equals(expected)) {
            throw new IllegalStateException(where + " is " + field.getType() + " but " + json + " in JSON");
        }
        return type;
    }

    private static @Nullable Field property(Definition definition, String name) {
        for (Field field : definition.fields()) {
            if (field.name().equalsIgnoreCase(name)) { // a few messages have Webhooks, Port, uID
                return field;
            }
        }
        return null;
    }

    /** The names of all messages are those of JSON, except in schemas. */
    private static String jsonName(String definition, String name) {
        if (!definition.equals(JSON_SCHEMA)) {
            return name;
        }
        if (name.equals("ref") || name.equals("schema")) {
            return "$" + name;
        }
        return name.startsWith("xKubernetes")
                ? name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT)
                : name;
    }

    private int shape(String definition, String message) {
        return shapes.computeIfAbsent(new Shape(definition, message), shape -> {
            order.add(shape);
            return order.size() - 1;
        });
    }

    private int string(String text) {
        return strings.computeIfAbsent(text, t -> strings.size());
    }

    private Definition definition(String name) {
        @Nullable Definition definition = definitions.get(name);
        if (definition == null) {
            throw new IllegalStateException("no definition " + name);
        }
        return definition;
    }

    private Descriptor descriptor(String name) {
        @Nullable Descriptor descriptor = descriptors.get(name);
        if (descriptor == null) {
            throw new IllegalStateException("no message " + name);
        }
        return descriptor;
    }

    private static String name(Descriptor message) {
        return MessageDescriptors.definition(message);
    }

    private static String where(Shape shape, FieldDescriptor field) {
        return shape.definition() + " (" + shape.message() + ") field " + field.getName();
    }
}
