package io.kvorum.apiserver.protobuf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.kvorum.api.schema.Schema;
import io.kvorum.apiserver.cache.ObjectJson;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A message as the JSON of its type. Field names are the same in both; the schema tells which messages are embedded in
 * JSON. Upstream's encoder writes every field that is no pointer, so zero values count as absent unless the field is one
 * of those where zero means something.
 */
final class MessageTree {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    /** Pointers in upstream's types: what is written was set, be it zero. */
    private static final Set<String> ZERO_MEANS_ZERO = Set.of(
            "replicas",
            "backoffLimit",
            "backoffLimitPerIndex",
            "terminationGracePeriodSeconds",
            "gracePeriodSeconds",
            "tolerationSeconds",
            "runAsUser",
            "runAsGroup",
            "fsGroup",
            "runAsNonRoot",
            "allowPrivilegeEscalation",
            "privileged",
            "readOnlyRootFilesystem",
            "automountServiceAccountToken",
            "enableServiceLinks",
            "ttlSecondsAfterFinished",
            "successfulJobsHistoryLimit",
            "failedJobsHistoryLimit",
            "parallelism",
            "completions",
            "partition",
            "suspend",
            "optional",
            "defaultMode",
            "mode",
            "ready",
            "serving",
            "terminating",
            "revisionHistoryLimit",
            "startingDeadlineSeconds",
            "activeDeadlineSeconds",
            "progressDeadlineSeconds",
            "controller",
            "blockOwnerDeletion",
            "leaseTransitions",
            "hostUsers",
            "setHostnameAsFQDN",
            "shareProcessNamespace",
            "immutable",
            "minReplicas",
            "orphanDependents",
            "storageClassName",
            "sinceSeconds",
            "tailLines",
            "limitBytes",
            "allocateLoadBalancerNodePorts");

    /** The value of a message with a schema, null when it stands for no value. */
    private @Nullable JsonNode value(Message message, @Nullable Schema schema) {
        String type = message.getDescriptorForType().getFullName();
        if (type.endsWith(".meta.v1.Time")) {
            Instant time = time(message);
            return time == null ? null : NODES.textNode(time.toString());
        }
        if (type.endsWith(".meta.v1.MicroTime")) {
            Instant time = time(message);
            return time == null ? null : NODES.textNode(MICROS.format(time));
        }
        if (type.endsWith(".resource.Quantity")) {
            return NODES.textNode(text(message, "string"));
        }
        if (type.endsWith(".intstr.IntOrString")) {
            return number(message, "type") == 1
                    ? NODES.textNode(text(message, "strVal"))
                    : NODES.numberNode((int) number(message, "intVal"));
        }
        FieldDescriptor raw = rawField(message, type);
        if (raw != null) {
            ByteString bytes = (ByteString) message.getField(raw);
            JsonNode tree = ObjectJson.parseAny(bytes.toStringUtf8());
            return tree.isMissingNode() ? null : tree;
        }
        FieldDescriptor items = message.getDescriptorForType().findFieldByName("items");
        boolean wrapsList = items != null
                && items.isRepeated()
                && message.getDescriptorForType().getFields().size() == 1;
        if (wrapsList) {
            return list(message, items, null);
        }
        return object(message, schema);
    }

    ObjectNode object(Message message, @Nullable Schema schema) {
        ObjectNode object = NODES.objectNode();
        for (Map.Entry<FieldDescriptor, Object> entry : message.getAllFields().entrySet()) {
            FieldDescriptor field = entry.getKey();
            String name = field.getName();
            Schema child = schema == null ? null : schema.property(name);
            if (field.isMapField()) {
                object.set(name, map(message, field, child == null ? null : child.additionalProperties()));
            } else if (field.isRepeated()) {
                object.set(name, list(message, field, child == null ? null : child.items()));
            } else if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                message(object, name, (Message) entry.getValue(), schema, child);
            } else {
                JsonNode scalar = scalar(field, entry.getValue());
                boolean required = schema != null && schema.required().contains(name);
                if (required || ZERO_MEANS_ZERO.contains(name) || !zero(scalar)) {
                    object.set(name, scalar);
                }
            }
        }
        return object;
    }

    private void message(
            ObjectNode object, String name, Message value, @Nullable Schema schema, @Nullable Schema child) {
        boolean embedded = schema != null && schema.struct() && child == null;
        if (embedded) {
            // Go embeds these structs, so in JSON their fields stand among those of the parent.
            JsonNode inner = value(value, schema);
            if (inner instanceof ObjectNode fields) {
                object.setAll(fields);
            }
            return;
        }
        JsonNode tree = value(value, child);
        boolean unsetPort = name.equals("targetPort") && tree != null && zero(tree);
        if (tree != null && !unsetPort) {
            object.set(name, tree);
        }
    }

    private ObjectNode map(Message message, FieldDescriptor field, @Nullable Schema values) {
        ObjectNode map = NODES.objectNode();
        FieldDescriptor key = field.getMessageType().findFieldByName("key");
        FieldDescriptor value = field.getMessageType().findFieldByName("value");
        for (Object entry : (List<?>) message.getField(field)) {
            Message pair = (Message) entry;
            JsonNode tree = element(value, pair.getField(value), values);
            map.set(String.valueOf(pair.getField(key)), tree == null ? NODES.nullNode() : tree);
        }
        return map;
    }

    private ArrayNode list(Message message, FieldDescriptor field, @Nullable Schema items) {
        ArrayNode list = NODES.arrayNode();
        for (Object item : (List<?>) message.getField(field)) {
            JsonNode tree = element(field, item, items);
            list.add(tree == null ? NODES.nullNode() : tree);
        }
        return list;
    }

    private @Nullable JsonNode element(FieldDescriptor field, Object value, @Nullable Schema schema) {
        return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                ? value((Message) value, schema)
                : scalar(field, value);
    }

    private static JsonNode scalar(FieldDescriptor field, Object value) {
        return switch (field.getJavaType()) {
            case INT -> NODES.numberNode((Integer) value);
            case LONG -> NODES.numberNode((Long) value);
            case FLOAT -> NODES.numberNode((Float) value);
            case DOUBLE -> NODES.numberNode((Double) value);
            case BOOLEAN -> NODES.booleanNode((Boolean) value);
            case BYTE_STRING -> NODES.textNode(Base64.getEncoder().encodeToString(((ByteString) value).toByteArray()));
            case ENUM -> NODES.textNode(((EnumValueDescriptor) value).getName());
            default -> NODES.textNode(String.valueOf(value));
        };
    }

    private static boolean zero(JsonNode value) {
        return (value.isTextual() && value.textValue().isEmpty())
                || (value.isNumber() && value.doubleValue() == 0)
                || (value.isBoolean() && !value.booleanValue());
    }

    private static @Nullable FieldDescriptor rawField(Message message, String type) {
        boolean raw = type.endsWith(".FieldsV1") || type.endsWith(".RawExtension") || type.endsWith(".v1.JSON");
        if (!raw) {
            return null;
        }
        FieldDescriptor field = message.getDescriptorForType().findFieldByName("raw");
        return field != null ? field : message.getDescriptorForType().findFieldByName("Raw");
    }

    private static @Nullable Instant time(Message message) {
        FieldDescriptor seconds = message.getDescriptorForType().findFieldByName("seconds");
        if (!message.hasField(seconds)) {
            return null;
        }
        return Instant.ofEpochSecond((Long) message.getField(seconds), number(message, "nanos"));
    }

    private static long number(Message message, String field) {
        Object value = message.getField(message.getDescriptorForType().findFieldByName(field));
        return ((Number) value).longValue();
    }

    private static String text(Message message, String field) {
        return (String) message.getField(message.getDescriptorForType().findFieldByName(field));
    }
}
