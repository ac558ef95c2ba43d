package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ResourceCatalog;
import io.kvorum.api.ResourceInfo;
import io.kvorum.apiserver.cache.ObjectJson;
import java.util.List;

/** events.k8s.io/v1 Events are stored as core/v1 Events; the same fields under other names. */
final class EventConversion implements Conversion {
    private record Rename(String core, String events) {}

    private static final List<Rename> RENAMES = List.of(
            new Rename("involvedObject", "regarding"),
            new Rename("message", "note"),
            new Rename("source", "deprecatedSource"),
            new Rename("firstTimestamp", "deprecatedFirstTimestamp"),
            new Rename("lastTimestamp", "deprecatedLastTimestamp"),
            new Rename("count", "deprecatedCount"),
            new Rename("reportingComponent", "reportingController"));

    @Override
    public ResourceInfo storedInfo(ResourceInfo info, ResourceCatalog catalog) {
        return Conversion.builtin(catalog, "", "v1", "events");
    }

    @Override
    public ObjectNode toWire(ObjectNode stored) {
        ObjectNode wire = renamed(stored, true);
        wire.put("apiVersion", "events.k8s.io/v1");
        return wire;
    }

    @Override
    public ObjectNode toStored(ObjectNode wire) {
        ObjectNode stored = renamed(wire, false);
        stored.put("apiVersion", "v1");
        return stored;
    }

    private static ObjectNode renamed(ObjectNode from, boolean toEvents) {
        ObjectNode to = ObjectJson.object();
        for (var entry : from.properties()) {
            String name = entry.getKey();
            JsonNode value = entry.getValue();
            for (Rename rename : RENAMES) {
                if (name.equals(toEvents ? rename.core() : rename.events())) {
                    name = toEvents ? rename.events() : rename.core();
                    break;
                }
            }
            to.set(name, value);
        }
        return to;
    }
}
