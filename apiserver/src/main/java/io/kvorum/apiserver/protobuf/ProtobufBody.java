package io.kvorum.apiserver.protobuf;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.WireFormat;
import io.kvorum.api.ApiException;
import io.kvorum.api.schema.Schemas;
import java.io.IOException;
import java.util.Map;

/** The envelope: four magic bytes, then {@code runtime.Unknown} with the type's name and the message. */
public final class ProtobufBody {
    public static final String MEDIA_TYPE = "application/vnd.kubernetes.protobuf";
    private static final byte[] MAGIC = {0x6b, 0x38, 0x73, 0x00};
    private static final String PACKAGE = "io.kubernetes.client.proto.";

    /** Groups whose file of messages is not named after the first part of the group. */
    private static final Map<String, String> FILES = Map.of("", "V1", "meta.k8s.io", "Meta");

    private ProtobufBody() {}

    /**
     * The object as JSON would give it. Loads the descriptors of the group when first asked, which takes a while: not for
     * an event loop.
     *
     * <p>Errors: 400 when the body is not what it says; 415 for types without a protobuf form.
     */
    public static ObjectNode decode(byte[] body) {
        if (body.length < MAGIC.length || !startsWithMagic(body)) {
            throw ApiException.badRequest(
                    "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
        }
        try {
            CodedInputStream in = CodedInputStream.newInstance(body, MAGIC.length, body.length - MAGIC.length);
            String[] type = {"", ""};
            ByteString raw = ByteString.EMPTY;
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                switch (WireFormat.getTagFieldNumber(tag)) {
                    case 1 -> type = type(in.readBytes());
                    case 2 -> raw = in.readBytes();
                    default -> in.skipField(tag);
                }
            }
            String apiVersion = type[0];
            String kind = type[1];
            DynamicMessage message = DynamicMessage.parseFrom(descriptor(apiVersion, kind), raw);
            ObjectNode object = new MessageTree()
                    .object(message, Schemas.load().find(apiVersion, kind).orElse(null));
            object.put("apiVersion", apiVersion);
            object.put("kind", kind);
            return object;
        } catch (IOException e) {
            throw ApiException.badRequest("the body is no protobuf message of its type: " + e.getMessage());
        }
    }

    /** {@code TypeMeta}: apiVersion and kind. */
    private static String[] type(ByteString message) throws IOException {
        String[] type = {"", ""};
        CodedInputStream in = message.newCodedInput();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            int field = WireFormat.getTagFieldNumber(tag);
            if (field == 1 || field == 2) {
                type[field - 1] = in.readStringRequireUtf8();
            } else {
                in.skipField(tag);
            }
        }
        return type;
    }

    private static boolean startsWithMagic(byte[] body) {
        for (int i = 0; i < MAGIC.length; i++) {
            if (body[i] != MAGIC[i]) {
                return false;
            }
        }
        return true;
    }

    private static Descriptor descriptor(String apiVersion, String kind) {
        int slash = apiVersion.indexOf('/');
        String group = slash < 0 ? "" : apiVersion.substring(0, slash);
        String version = apiVersion.substring(slash + 1);
        // Options travel under the group version they are sent to.
        Descriptor found = kind.endsWith("Options") ? find("Meta", kind) : null;
        if (found == null) {
            found = find(FILES.getOrDefault(group, capital(version) + capital(group.split("\\.")[0])), kind);
        }
        if (found == null) {
            throw new ApiException(
                    415,
                    "UnsupportedMediaType",
                    "no protobuf form of " + kind + " in " + apiVersion + " is known",
                    null);
        }
        return found;
    }

    private static @org.jspecify.annotations.Nullable Descriptor find(String file, String kind) {
        try {
            Object descriptor =
                    Class.forName(PACKAGE + file).getMethod("getDescriptor").invoke(null);
            return ((com.google.protobuf.Descriptors.FileDescriptor) descriptor).findMessageTypeByName(kind);
        } catch (ClassNotFoundException e) {
            return null;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("file of messages " + file, e);
        }
    }

    private static String capital(String word) {
        return word.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1);
    }
}
