package io.kvorum.apiserver.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** Events of either group: events.k8s.io has the same content under newer names. */
final class EventPrinter implements TablePrinter {
    private static final List<Column> COLUMNS = Column.parse("""
            Last Seen|string|How long ago the event happened last
            Type|string|Normal or Warning
            Reason|string|Why it was reported, in one word
            Object|string|What the event is about
            *Subobject|string|The part of the object the event is about
            *Source|string|Who reported the event
            Message|string|What happened, for people
            *First Seen|string|How long ago the event happened first
            *Count|string|How often the event happened
            *Name|string:name|Name of the object, unique in its namespace
            """);

    @Override
    public List<Column> columns() {
        return COLUMNS;
    }

    @Override
    public ArrayNode row(JsonNode event, Instant now) {
        Row row = new Row(event, now);
        String first = Ages.since(either(event, "firstTimestamp", "deprecatedFirstTimestamp"), now);
        if (first.equals(Row.UNKNOWN)) {
            first = Ages.since(event.path("eventTime"), now);
        }
        String last = Ages.since(either(event, "lastTimestamp", "deprecatedLastTimestamp"), now);
        if (last.equals(Row.UNKNOWN)) {
            last = first;
        }
        long count = Math.max(1, either(event, "count", "deprecatedCount").asLong());
        JsonNode series = event.path("series");
        if (series.isObject()) {
            last = Ages.since(series.path("lastObservedTime"), now);
            count = series.path("count").asLong();
        }
        JsonNode about = either(event, "involvedObject", "regarding");
        String kind = about.path("kind").asText().toLowerCase(Locale.ROOT);
        String name = about.path("name").asText();
        row.text(last)
                .text(event.path("type").asText())
                .text(event.path("reason").asText())
                .text(name.isEmpty() ? kind : kind + "/" + name)
                .text(about.path("fieldPath").asText())
                .text(source(event))
                .text(either(event, "message", "note").asText().strip())
                .text(first)
                .number(count)
                .name();
        return row.cells();
    }

    private static JsonNode either(JsonNode event, String core, String newer) {
        return event.hasNonNull(core) ? event.path(core) : event.path(newer);
    }

    private static String source(JsonNode event) {
        JsonNode source = either(event, "source", "deprecatedSource");
        String component = source.path("component").asText();
        if (component.isEmpty()) {
            component =
                    either(event, "reportingComponent", "reportingController").asText();
        }
        String host =
                Row.textOr(source.path("host"), event.path("reportingInstance").asText());
        return host.isEmpty() ? component : component + ", " + host;
    }
}
