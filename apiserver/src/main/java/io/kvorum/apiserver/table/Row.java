package io.kvorum.apiserver.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Instant;

/** A row in the making: the object, the time it is looked at, and the cells so far. */
final class Row {
    static final String NONE = "<none>";
    static final String UNSET = "<unset>";
    static final String UNKNOWN = "<unknown>";

    private final JsonNode object;
    private final Instant now;
    private final ArrayNode cells = JsonNodeFactory.instance.arrayNode();

    Row(JsonNode object, Instant now) {
        this.object = object;
        this.now = now;
    }

    ArrayNode cells() {
        return cells;
    }

    Instant now() {
        return now;
    }

    JsonNode object() {
        return object;
    }

    JsonNode metadata() {
        return object.path("metadata");
    }

    JsonNode spec() {
        return object.path("spec");
    }

    JsonNode status() {
        return object.path("status");
    }

    Row name() {
        return text(metadata().path("name").asText());
    }

    Row age() {
        return text(Ages.since(metadata().path("creationTimestamp"), now));
    }

    Row text(String value) {
        cells.add(value);
        return this;
    }

    /** The text of a field, or another where the field is missing or empty. */
    Row text(JsonNode field, String otherwise) {
        return text(textOr(field, otherwise));
    }

    Row number(long value) {
        cells.add(value);
        return this;
    }

    /** A number, 0 where the field is missing. */
    Row number(JsonNode field) {
        return number(field.asLong());
    }

    Row bool(boolean value) {
        cells.add(value);
        return this;
    }

    static String textOr(JsonNode field, String otherwise) {
        String text = field.asText();
        return text.isEmpty() ? otherwise : text;
    }

    boolean deleted() {
        return metadata().hasNonNull("deletionTimestamp");
    }
}
