package io.kvorum.apiserver.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.time.Instant;
import java.util.List;

/** Prints the objects of one resource. */
public interface TablePrinter {
    List<Column> columns();

    /** The cells of an object's row, one per column. */
    ArrayNode row(JsonNode object, Instant now);

    /** The printer of a resource; one with name and creation time where the resource has none of its own. */
    static TablePrinter of(String group, String resource) {
        return TablePrinters.of(group, resource);
    }
}
