package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import io.kvorum.api.custom.CustomObjects;
import io.kvorum.api.custom.CustomType;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Conversion by a webhook. Whoever will need objects converted says so before ({@link #prepare}, {@link #prepareStore}):
 * the webhook is asked for those that were not seen lately, and then they are at hand. Belongs to one event loop.
 */
final class WebhookConversion implements Conversion {
    private static final int KEPT = 4096;

    private final CustomType type;
    private final String storedVersion;
    private final Map<Wanted, ObjectNode> converted = new LinkedHashMap<>(64, 0.75f, true);

    private record Wanted(String apiVersion, ObjectNode object) {}

    WebhookConversion(CustomType type) {
        this.type = type;
        this.storedVersion = type.group() + "/" + type.storageVersion();
    }

    @Override
    public boolean immediate() {
        return false;
    }

    @Override
    public Future<Void> prepare(Converter converter, List<ObjectNode> stored) {
        return ask(converter, type.apiVersion(), stored);
    }

    @Override
    public Future<Void> prepareStore(Converter converter, ObjectNode object) {
        return ask(converter, storedVersion, List.of(object));
    }

    private Future<Void> ask(Converter converter, String apiVersion, List<ObjectNode> objects) {
        List<ObjectNode> unknown = new ArrayList<>();
        Map<Wanted, ObjectNode> known = new HashMap<>();
        for (ObjectNode object : objects) {
            if (Tree.text(object, "apiVersion").equals(apiVersion)) {
                continue;
            }
            Wanted wanted = new Wanted(apiVersion, object);
            ObjectNode there = converted.get(wanted);
            if (there == null) {
                unknown.add(object.deepCopy());
            } else {
                known.put(wanted, there);
            }
        }
        if (unknown.isEmpty()) {
            return Future.succeededFuture();
        }
        return converter.convert(type, apiVersion, unknown).map(answers -> {
            // They may have made room for others while the webhook was asked.
            converted.putAll(known);
            for (int i = 0; i < unknown.size(); i++) {
                keep(new Wanted(apiVersion, unknown.get(i)), answers.get(i));
            }
            // A list is shown as a whole, so its objects are not forgotten before it is.
            int most = Math.max(KEPT, objects.size());
            var oldest = converted.keySet().iterator();
            for (int more = converted.size() - most; more > 0; more--) {
                oldest.next();
                oldest.remove();
            }
            return null;
        });
    }

    /** A webhook has a say in labels and annotations, but in no other metadata. */
    private void keep(Wanted wanted, ObjectNode answer) {
        ObjectNode result = answer.deepCopy();
        ObjectNode metadata = Tree.object(wanted.object, "metadata").deepCopy();
        for (String field : List.of("labels", "annotations")) {
            JsonNode given = result.path("metadata").get(field);
            if (given == null) {
                metadata.remove(field);
            } else {
                metadata.set(field, given);
            }
        }
        result.set("metadata", metadata);
        converted.put(wanted, result);
    }

    private ObjectNode at(String apiVersion, ObjectNode object) {
        if (Tree.text(object, "apiVersion").equals(apiVersion)) {
            return object;
        }
        ObjectNode known = converted.get(new Wanted(apiVersion, object));
        if (known == null) {
            throw ApiException.internal("conversion of " + type.kind() + " to " + apiVersion + " was not prepared");
        }
        return known.deepCopy();
    }

    @Override
    public ObjectNode toWire(ObjectNode stored) {
        return CustomObjects.fromStorage(type, at(type.apiVersion(), stored));
    }

    @Override
    public ObjectNode toStored(ObjectNode wire) {
        return wire;
    }

    @Override
    public ObjectNode afterStore(ObjectNode stored) {
        return toWire(stored);
    }

    @Override
    public ObjectNode beforeStore(ObjectNode object) {
        return CustomObjects.forStorage(type, at(storedVersion, object));
    }
}
