package io.kvorum.apiserver.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.kvorum.api.custom.CustomType;
import io.kvorum.api.custom.CustomType.PrinterColumn;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Prints custom resources by the columns of their definition; by age where it has none. */
final class CustomPrinter implements TablePrinter {
    private static final String NAME_DESCRIPTION =
            "Name must be unique within a namespace. Is required when creating resources, although some resources may"
                    + " allow a client to request the generation of an appropriate name automatically. Name is primarily"
                    + " intended for creation idempotence and configuration definition. Cannot be updated. More info:"
                    + " https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names";
    private static final String CREATION_DESCRIPTION =
            "CreationTimestamp is a timestamp representing the server time when this object was created. It is not"
                    + " guaranteed to be set in happens-before order across separate operations. Clients may not set this"
                    + " value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only."
                    + " Null for lists. More info:"
                    + " https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata";
    private static final PrinterColumn AGE =
            new PrinterColumn("Age", "date", "", CREATION_DESCRIPTION, 0, ".metadata.creationTimestamp");

    private final List<Column> columns = new ArrayList<>();
    private final List<Cell> cells = new ArrayList<>();

    private record Cell(String type, JsonPath path) {}

    CustomPrinter(CustomType type) {
        columns.add(new Column("Name", "string", "name", NAME_DESCRIPTION, 0));
        List<PrinterColumn> own = type.columns().isEmpty() ? List.of(AGE) : type.columns();
        for (PrinterColumn column : own) {
            String description = column.description().isEmpty()
                    ? "Custom resource definition column (in JSONPath format): " + column.jsonPath()
                    : column.description();
            columns.add(new Column(column.name(), column.type(), column.format(), description, column.priority()));
            cells.add(new Cell(column.type(), JsonPath.parse(column.jsonPath())));
        }
    }

    @Override
    public List<Column> columns() {
        return columns;
    }

    @Override
    public ArrayNode row(JsonNode object, Instant now) {
        ArrayNode row = JsonNodeFactory.instance.arrayNode();
        row.add(object.path("metadata").path("name").asText());
        for (Cell cell : cells) {
            add(row, cell.type, cell.path.first(object), now);
        }
        return row;
    }

    private static void add(ArrayNode row, String type, JsonNode value, Instant now) {
        if (value.isMissingNode() || value.isNull()) {
            row.addNull();
            return;
        }
        switch (type) {
            case "string" -> row.add(value.isTextual() ? value.textValue() : value.toString());
            case "date" -> date(row, value, now);
            case "integer" -> {
                if (value.isNumber()) {
                    row.add(value.longValue());
                } else {
                    row.addNull();
                }
            }
            case "number" -> addIf(row, value, value.isNumber());
            case "boolean" -> addIf(row, value, value.isBoolean());
            default -> row.addNull();
        }
    }

    private static void addIf(ArrayNode row, JsonNode value, boolean fits) {
        if (fits) {
            row.add(value);
        } else {
            row.addNull();
        }
    }

    private static void date(ArrayNode row, JsonNode value, Instant now) {
        if (!value.isTextual()) {
            row.addNull();
        } else if (Ages.time(value).isEmpty()) {
            row.add("<invalid>");
        } else {
            row.add(Ages.since(value, now));
        }
    }
}
