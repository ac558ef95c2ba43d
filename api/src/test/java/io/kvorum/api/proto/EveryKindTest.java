package io.kvorum.api.proto;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import io.kubernetes.client.proto.Runtime.Unknown;
import io.kvorum.api.BuiltinCatalog;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.schema.Decoder;
import io.kvorum.api.schema.FieldValidation;
import io.kvorum.api.schema.Schema;
import io.kvorum.api.schema.Schemas;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Fills every field of every kind's message: what is read must be of the JSON type, and nothing of the type be missing. */
class EveryKindTest {
    static Stream<Arguments> kinds() {
        return BuiltinCatalog.load().all().stream()
                // The library has no messages of the aggregator, the Gateway API has none at all.
                .filter(info -> !info.group().equals("apiregistration.k8s.io")
                        && !info.group().equals("gateway.networking.k8s.io"))
                .map(info -> Arguments.of(info.apiVersion(), info.kind(), info));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("kinds")
    void fitsTheSchema(String apiVersion, String kind, ResourceInfo info) throws ReflectiveOperationException {
        DynamicMessage message = fill(descriptor(info), Set.of());
        ObjectNode object = ProtobufBody.decode(ProtobufBodyTest.envelope(apiVersion, kind, message.toByteString()));

        // Strict: an unknown field or a value of another type is an error.
        Decoder.decode(apiVersion, kind, object, FieldValidation.STRICT);
        List<String> missing = new ArrayList<>();
        missing(Schemas.load().of(apiVersion, kind), object, kind, Set.of(), missing);
        assertThat(missing).isEmpty();
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("kinds")
    void whatIsWrittenReadsAsTheSame(String apiVersion, String kind, ResourceInfo info)
            throws ReflectiveOperationException, InvalidProtocolBufferException {
        DynamicMessage message = fill(descriptor(info), Set.of());
        ObjectNode object = ProtobufBody.decode(ProtobufBodyTest.envelope(apiVersion, kind, message.toByteString()));

        byte[] body = ProtobufBody.encode(apiVersion, kind, object);

        assertThat(ProtobufBody.decode(body)).isEqualTo(object);
        Unknown envelope = Unknown.parseFrom(ByteString.copyFrom(body, 4, body.length - 4));
        DynamicMessage official = DynamicMessage.parseFrom(descriptor(info), envelope.getRaw());
        assertThat(official.getUnknownFields().asMap()).isEmpty();
        assertThat(ProtobufBody.decode(ProtobufBodyTest.envelope(apiVersion, kind, official.toByteString())))
                .isEqualTo(object);
    }

    private static void missing(Schema schema, JsonNode value, String path, Set<String> around, List<String> into) {
        Schema items = schema.items();
        Schema values = schema.additionalProperties();
        if (items != null) {
            missing(items, value.path(0), path + "[0]", around, into);
        } else if (values != null) {
            missing(values, value.path("key"), path + "[key]", around, into);
        } else if (schema.struct() && !around.contains(schema.definition())) {
            Set<String> inside = with(around, schema.definition());
            schema.properties().forEach((name, property) -> {
                boolean ofTheEnvelope = !around.isEmpty() && (name.equals("apiVersion") || name.equals("kind"));
                if (value.has(name)) {
                    missing(property, value.get(name), path + "." + name, inside, into);
                } else if (!ofTheEnvelope) {
                    into.add(path + "." + name);
                }
            });
        }
    }

    /** @param around types this message is within; a type within itself stays empty */
    private static DynamicMessage fill(Descriptor type, Set<String> around) {
        DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
        if (around.contains(type.getFullName())) {
            return message.build();
        }
        Set<String> inside = with(around, type.getFullName());
        for (FieldDescriptor field : type.getFields()) {
            Object value = value(field, inside);
            if (field.isRepeated()) {
                message.addRepeatedField(field, value);
            } else {
                message.setField(field, value);
            }
        }
        return message.build();
    }

    private static Set<String> with(Set<String> set, String one) {
        Set<String> more = new HashSet<>(set);
        more.add(one);
        return more;
    }

    private static Object value(FieldDescriptor field, Set<String> around) {
        String of = field.getContainingType().getName();
        return switch (field.getJavaType()) {
            case MESSAGE -> fill(field.getMessageType(), around);
            case STRING -> of.equals("Quantity") ? "1" : field.getName().equals("key") ? "key" : "text";
            case BYTE_STRING -> ByteString.copyFromUtf8("{\"a\": 1}");
            case BOOLEAN -> true;
            case INT -> 1;
            case LONG -> 1L;
            case DOUBLE -> 1.5;
            default -> throw new IllegalStateException(field.getFullName());
        };
    }

    private static Descriptor descriptor(ResourceInfo info) throws ReflectiveOperationException {
        String group = info.group();
        String first = group.isEmpty() ? "" : group.split("\\.")[0];
        String name = first.isEmpty() ? "" : capital(first);
        FileDescriptor file =
                (FileDescriptor) Class.forName("io.kubernetes.client.proto." + capital(info.version()) + name)
                        .getMethod("getDescriptor")
                        .invoke(null);
        return file.findMessageTypeByName(info.kind());
    }

    private static String capital(String word) {
        return Character.toUpperCase(word.charAt(0)) + word.substring(1);
    }
}
