package io.kvorum.api.proto;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import java.util.Locale;

/**
 * A body of the type {@code application/vnd.kubernetes.protobuf}: four bytes that say so, then an envelope with the kind
 * and the message.
 */
public final class ProtobufBody {
    public static final String MEDIA_TYPE = "application/vnd.kubernetes.protobuf";

    private static final byte[] PREFIX = {0x6b, 0x38, 0x73, 0x00};
    static final int PREFIX_LENGTH = 4;

    private ProtobufBody() {}

    /** Whether a {@code Content-Type} says that the body is one of these. */
    public static boolean isNamedBy(String contentType) {
        int semicolon = contentType.indexOf(';');
        String bare = semicolon < 0 ? contentType : contentType.substring(0, semicolon);
        return bare.trim().toLowerCase(Locale.ROOT).equals(MEDIA_TYPE);
    }

    /**
     * The object as the JSON that Go would write of it, apiVersion and kind included. The first call reads what there is to
     * know of the messages.
     *
     * @throws ApiException 400 if the body is not what it says, 415 if the kind belongs to no built-in group version
     */
    public static ObjectNode decode(byte[] body) {
        if (body.length == 0) {
            throw ApiException.badRequest("empty data");
        }
        if (!isEnvelope(body)) {
            throw ApiException.badRequest(
                    "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
        }
        Envelope envelope;
        try {
            envelope = Envelope.read(body);
        } catch (MalformedMessageException e) {
            throw ApiException.badRequest("the protobuf body is malformed: " + e.getMessage());
        }
        try {
            return envelope.object(new MessageReader(Messages.load()));
        } catch (MalformedMessageException e) {
            String apiVersion = envelope.apiVersion();
            throw ApiException.badRequest(
                    envelope.kind() + " in version \"" + apiVersion.substring(apiVersion.indexOf('/') + 1)
                            + "\" cannot be handled as a " + envelope.kind() + ": " + e.getMessage());
        }
    }

    /** Reads what there is to know of the messages, should nobody have asked for it yet: some tens of milliseconds. */
    public static void load() {
        Messages.load();
    }

    /** Whether {@link #encode} knows objects of a kind; custom resources, for one, it does not. */
    public static boolean encodes(String apiVersion, String kind) {
        return Messages.load().of(apiVersion, kind) >= 0;
    }

    /**
     * The whole body for an object of a built-in kind.
     *
     * @param object valid JSON of its kind, as it is stored or answered
     * @throws IllegalArgumentException if the kind has no message, see {@link #encodes}
     */
    public static byte[] encode(String apiVersion, String kind, ObjectNode object) {
        return envelope(apiVersion, kind, message(apiVersion, kind, object));
    }

    /** As {@link #encode}, but without the envelope: how an object stands within a list. */
    public static byte[] message(String apiVersion, String kind, ObjectNode object) {
        Messages messages = Messages.load();
        int shape = messages.of(apiVersion, kind);
        if (shape < 0) {
            throw new IllegalArgumentException("no message for " + apiVersion + " " + kind);
        }
        return new MessageWriter(messages).write(object, shape).toBytes();
    }

    /**
     * The message of a {@code PartialObjectMetadata}, which the messages of the kinds do not know: the metadata of any
     * object, in the first field.
     */
    public static byte[] metadataMessage(JsonNode metadata) {
        WireWriter out = new WireWriter();
        Messages messages = Messages.load();
        out.message(1, new MessageWriter(messages).write(metadata, messages.metadata()));
        return out.toBytes();
    }

    /** Puts a message of {@link #message} into its envelope. */
    public static byte[] envelope(String apiVersion, String kind, byte[] message) {
        WireWriter out = open(apiVersion, kind, message.length);
        out.raw(message, message.length);
        close(out);
        return out.toBytes();
    }

    /** The envelope up to where a message of some length stands. */
    static WireWriter open(String apiVersion, String kind, long messageBytes) {
        WireWriter type = new WireWriter();
        type.string(1, apiVersion);
        type.string(2, kind);
        WireWriter out = new WireWriter();
        out.raw(PREFIX, PREFIX_LENGTH);
        out.message(1, type);
        out.announce(2, messageBytes);
        return out;
    }

    /** What comes behind the message; as upstream writes them: no content encoding, no content type. */
    static void close(WireWriter out) {
        out.string(3, "");
        out.string(4, "");
    }

    static boolean isEnvelope(byte[] data) {
        if (data.length <= PREFIX_LENGTH) {
            return false;
        }
        for (int i = 0; i < PREFIX_LENGTH; i++) {
            if (data[i] != PREFIX[i]) {
                return false;
            }
        }
        return true;
    }
}
