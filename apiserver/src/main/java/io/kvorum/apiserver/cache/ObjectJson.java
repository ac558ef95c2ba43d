package io.kvorum.apiserver.cache;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.PrettyPrinter;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The one JSON form of an object: in the store without {@code metadata.resourceVersion}, on the wire with it as the
 * first member of {@code metadata}, where it is spliced into the bytes.
 */
public final class ObjectJson {
    private static final ObjectMapper MAPPER = JsonMapper.builder().build();
    private static final PrettyPrinter INDENTED = new DefaultPrettyPrinter(Separators.createDefaultInstance()
                    .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                    .withObjectEmptySeparator("")
                    .withArrayEmptySeparator(""))
            .withObjectIndenter(new DefaultIndenter("  ", "\n"))
            .withArrayIndenter(new DefaultIndenter("  ", "\n"));
    private static final byte[] HEAD = "\"resourceVersion\":\"".getBytes(StandardCharsets.US_ASCII);

    private ObjectJson() {}

    /** Parses an object this API server or another one wrote. */
    public static ObjectNode parse(byte[] json) {
        try {
            return (ObjectNode) MAPPER.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException("stored object is not JSON", e);
        }
    }

    /** Parses a value that a client put into a text; a missing node when it is no JSON. */
    public static JsonNode parseAny(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (IOException e) {
            return MissingNode.getInstance();
        }
    }

    public static byte[] encode(JsonNode node) {
        try {
            return MAPPER.writeValueAsBytes(node);
        } catch (IOException e) {
            throw new UncheckedIOException("tree cannot be written", e);
        }
    }

    /** As Go indents: two blanks a level, one blank after a colon, empty lists and objects in one line. */
    public static byte[] pretty(JsonNode node) {
        try {
            return MAPPER.writer(INDENTED).writeValueAsBytes(node);
        } catch (IOException e) {
            throw new UncheckedIOException("tree cannot be written", e);
        }
    }

    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** The stored form of {@code object}: type and metadata first, no resourceVersion. {@code object} is left as it was. */
    public static byte[] stored(ObjectNode object) {
        ObjectNode ordered = MAPPER.createObjectNode();
        ordered.put("kind", object.path("kind").asText());
        ordered.put("apiVersion", object.path("apiVersion").asText());
        JsonNode metadata = object.path("metadata");
        if (metadata.has("resourceVersion")) {
            ObjectNode without = MAPPER.createObjectNode();
            metadata.properties().forEach(entry -> {
                if (!entry.getKey().equals("resourceVersion")) {
                    without.set(entry.getKey(), entry.getValue());
                }
            });
            metadata = without;
        }
        ordered.set("metadata", metadata.isObject() ? metadata : MAPPER.createObjectNode());
        for (var entry : object.properties()) {
            if (!ordered.has(entry.getKey())) {
                ordered.set(entry.getKey(), entry.getValue());
            }
        }
        return encode(ordered);
    }

    /** Offset in {@code stored} right after the opening brace of {@code metadata}. */
    static int metadataOffset(byte[] stored) {
        try (JsonParser parser = MAPPER.getFactory().createParser(stored)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean metadata = parser.currentName().equals("metadata");
                JsonToken value = parser.nextToken();
                if (metadata && value == JsonToken.START_OBJECT) {
                    return Math.toIntExact(parser.currentLocation().getByteOffset());
                }
                parser.skipChildren();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("stored object is not JSON", e);
        }
        throw new IllegalStateException("stored object without metadata");
    }

    /** {@code stored} with the resourceVersion put in at {@code offset}. */
    static byte[] splice(byte[] stored, int offset, long revision) {
        byte[] digits = Long.toString(revision).getBytes(StandardCharsets.US_ASCII);
        boolean empty = stored[offset] == '}';
        int extra = HEAD.length + digits.length + (empty ? 1 : 2);
        byte[] json = new byte[stored.length + extra];
        System.arraycopy(stored, 0, json, 0, offset);
        System.arraycopy(HEAD, 0, json, offset, HEAD.length);
        System.arraycopy(digits, 0, json, offset + HEAD.length, digits.length);
        int at = offset + HEAD.length + digits.length;
        json[at++] = '"';
        if (!empty) {
            json[at++] = ',';
        }
        System.arraycopy(stored, offset, json, at, stored.length - offset);
        return json;
    }
}
