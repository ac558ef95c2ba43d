package io.kvorum.client;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.kvorum.api.ApiException;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.MutableConfigOverride;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads and writes the model classes as JSON. One mapper a process, made on first use and without any module: what the
 * model needs, its annotations say.
 */
public final class KubernetesJson {
    private KubernetesJson() {}

    private static final class Lazy {
        static final JsonMapper MAPPER = JsonMapper.builder()
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                // An API server writes null for an empty list that is not optional; the model's own value is an empty
                // one.
                .withConfigOverride(List.class, KubernetesJson::skipNull)
                .withConfigOverride(Map.class, KubernetesJson::skipNull)
                .addModule(new LazyModelModule())
                .build();
    }

    private static void skipNull(MutableConfigOverride override) {
        override.setNullHandling(JsonSetter.Value.forValueNulls(Nulls.SKIP));
    }

    public static JsonMapper mapper() {
        return Lazy.MAPPER;
    }

    /** Fails with an {@link ApiException} (500) when {@code json} is not a {@code type}. */
    public static <T> T read(Buffer json, Class<T> type) {
        try {
            return mapper().readValue(json.getBytes(), type);
        } catch (JacksonException e) {
            throw undecodable(type, e);
        }
    }

    public static Buffer write(Object value) {
        return Buffer.buffer(mapper().writeValueAsBytes(value));
    }

    /** Reads a list object in one pass, each item straight into {@code type}. */
    static <T> ObjectList<T> readList(Buffer json, Class<T> type) {
        List<T> items = new ArrayList<>();
        String resourceVersion = "";
        @Nullable String next = null;
        try (JsonParser parser = mapper().createParser(json.getBytes())) {
            expect(parser, parser.nextToken(), JsonToken.START_OBJECT, type);
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String field = parser.currentName();
                JsonToken value = parser.nextToken();
                if (field.equals("items") && value == JsonToken.START_ARRAY) {
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        items.add(mapper().readValue(parser, type));
                    }
                } else if (field.equals("metadata") && value == JsonToken.START_OBJECT) {
                    JsonNode metadata = mapper().readTree(parser);
                    resourceVersion = metadata.path("resourceVersion").asString("");
                    String token = metadata.path("continue").asString("");
                    next = token.isEmpty() ? null : token;
                } else {
                    parser.skipChildren();
                }
            }
        } catch (JacksonException e) {
            throw undecodable(type, e);
        }
        return new ObjectList<>(items, resourceVersion, next);
    }

    /** One event of a watch: {@code object} when it is one of {@code type}, else {@code other} (bookmark, Status). */
    record Event<T>(
            String type, @Nullable T object, @Nullable JsonNode other) {}

    static <T> Event<T> readEvent(Buffer json, Class<T> type) {
        String kind = "";
        @Nullable T object = null;
        @Nullable JsonNode other = null;
        try (JsonParser parser = mapper().createParser(json.getBytes())) {
            expect(parser, parser.nextToken(), JsonToken.START_OBJECT, type);
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String field = parser.currentName();
                parser.nextToken();
                if (field.equals("type")) {
                    kind = parser.getString();
                } else if (!field.equals("object")) {
                    parser.skipChildren();
                } else if (isChange(kind)) {
                    object = mapper().readValue(parser, type);
                } else {
                    other = mapper().readTree(parser);
                }
            }
            if (object == null && other != null && isChange(kind)) {
                // The event named its type after its object.
                object = mapper().treeToValue(other, type);
            }
        } catch (JacksonException e) {
            throw undecodable(type, e);
        }
        return new Event<>(kind, object, other);
    }

    private static boolean isChange(String kind) {
        return kind.equals("ADDED") || kind.equals("MODIFIED") || kind.equals("DELETED");
    }

    private static void expect(JsonParser parser, @Nullable JsonToken actual, JsonToken expected, Class<?> type) {
        if (actual != expected) {
            throw ApiException.internal("cannot decode an answer of " + type.getSimpleName() + ": expected " + expected
                    + " at offset " + parser.currentTokenLocation().getByteOffset() + ", found " + actual);
        }
    }

    private static ApiException undecodable(Class<?> type, JacksonException cause) {
        return ApiException.internal(
                "cannot decode an answer as " + type.getSimpleName() + ": " + cause.getOriginalMessage());
    }
}
