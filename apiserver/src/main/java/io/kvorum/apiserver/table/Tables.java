package io.kvorum.apiserver.table;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.ResourceInfo;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Objects and lists as {@code meta.k8s.io} Tables. */
public final class Tables {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> LIST_FIELDS =
            List.of("resourceVersion", "continue", "remainingItemCount", "selfLink");

    private Tables() {}

    /** What comes with every row besides its cells. */
    public enum IncludeObject {
        NONE,
        /** The object's metadata; the default. */
        METADATA,
        OBJECT;

        /**
         * @param value of the query parameter {@code includeObject}; null or empty for none
         * @throws ApiException 400 for any other word
         */
        public static IncludeObject parse(@Nullable String value) {
            if (value == null || value.isEmpty() || value.equals("Metadata")) {
                return METADATA;
            } else if (value.equals("None")) {
                return NONE;
            } else if (value.equals("Object")) {
                return OBJECT;
            }
            throw ApiException.badRequest(
                    "includeObject: Invalid value: \"" + value + "\": must be 'Metadata', 'Object', 'None', or empty");
        }
    }

    /**
     * @param content an object of the resource, or a list of them
     * @param version {@code v1} or {@code v1beta1}
     * @param columns whether to describe the columns; a watch does so in its first event only
     * @return the Table in UTF-8
     */
    public static byte[] encode(
            ResourceInfo resource,
            JsonNode content,
            IncludeObject include,
            String version,
            Instant now,
            boolean columns) {
        try {
            return JSON.writeValueAsBytes(table(resource, content, include, version, now, columns));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As {@link #encode}, not yet serialised: for the events of a watch. */
    public static ObjectNode table(
            ResourceInfo resource,
            JsonNode content,
            IncludeObject include,
            String version,
            Instant now,
            boolean columns) {
        TablePrinter printer = resource.custom() == null
                ? TablePrinter.of(resource.group(), resource.resource())
                : new CustomPrinter(resource.custom());
        ObjectNode table = JsonNodeFactory.instance.objectNode();
        table.put("kind", "Table").put("apiVersion", "meta.k8s.io/" + version);
        ObjectNode metadata = table.putObject("metadata");
        for (String field : LIST_FIELDS) {
            JsonNode value = content.path("metadata").path(field);
            if (!value.isMissingNode()) {
                metadata.set(field, value);
            }
        }
        ArrayNode definitions = table.putArray("columnDefinitions");
        if (columns) {
            printer.columns().forEach(column -> definitions.add(definition(column)));
        }
        ArrayNode rows = table.putArray("rows");
        JsonNode items = content.path("items");
        if (items.isArray()) {
            items.forEach(item -> rows.add(row(printer, item, include, version, now)));
        } else {
            rows.add(row(printer, content, include, version, now));
        }
        return table;
    }

    private static ObjectNode definition(Column column) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("name", column.name())
                .put("type", column.type())
                .put("format", column.format())
                .put("description", column.description())
                .put("priority", column.priority());
    }

    private static ObjectNode row(
            TablePrinter printer, JsonNode object, IncludeObject include, String version, Instant now) {
        ObjectNode row = JsonNodeFactory.instance.objectNode();
        row.set("cells", printer.row(object, now));
        switch (include) {
            case METADATA:
                ObjectNode partial = row.putObject("object");
                partial.put("kind", "PartialObjectMetadata").put("apiVersion", "meta.k8s.io/" + version);
                partial.set("metadata", object.path("metadata"));
                break;
            case OBJECT:
                row.set("object", object);
                break;
            case NONE:
            default:
                row.putNull("object");
        }
        return row;
    }
}
