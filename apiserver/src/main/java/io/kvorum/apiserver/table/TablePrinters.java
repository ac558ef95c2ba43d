package io.kvorum.apiserver.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** All printers by group and resource. */
final class TablePrinters {
    private static final TablePrinter DEFAULT =
            printer("""
            Name
            Created At|date|Time the object was created at, as the server saw it
            """, row -> row.name().text(row.metadata().path("creationTimestamp"), ""));

    private static final Map<String, TablePrinter> BY_RESOURCE = new HashMap<>();

    static {
        CorePrinters.register(BY_RESOURCE);
        WorkloadPrinters.register(BY_RESOURCE);
        NetworkPrinters.register(BY_RESOURCE);
        GatewayPrinters.register(BY_RESOURCE);
        StoragePrinters.register(BY_RESOURCE);
        ControlPrinters.register(BY_RESOURCE);
        BY_RESOURCE.put("/pods", new PodPrinter());
        BY_RESOURCE.put("/events", new EventPrinter());
        BY_RESOURCE.put("events.k8s.io/events", new EventPrinter());
        BY_RESOURCE.put("autoscaling/horizontalpodautoscalers", new AutoscalerPrinter());
    }

    private TablePrinters() {}

    /** Fills in the cells of a row. */
    interface Cells {
        void fill(Row row);
    }

    static TablePrinter of(String group, String resource) {
        return BY_RESOURCE.getOrDefault(group + "/" + resource, DEFAULT);
    }

    /** @param columns in the form {@link Column#parse} reads */
    static TablePrinter printer(String columns, Cells cells) {
        List<Column> parsed = Column.parse(columns);
        return new TablePrinter() {
            @Override
            public List<Column> columns() {
                return parsed;
            }

            @Override
            public ArrayNode row(JsonNode object, Instant now) {
                Row row = new Row(object, now);
                cells.fill(row);
                return row.cells();
            }
        };
    }
}
