package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ResourceInfo;
import io.kvorum.apiserver.cache.CacheEvent;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.WatchType;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Shows objects the way a request wants them: as they are, as a Table, or their metadata only. */
final class Presenter {
    private static final byte[] END = "]}".getBytes(StandardCharsets.US_ASCII);

    private final TableFormat tables;

    Presenter(TableFormat tables) {
        this.tables = tables;
    }

    /** One request's wishes. */
    final class View {
        private final Served served;
        private final Representation representation;
        private final String includeObject;

        private View(Served served, Representation representation, String includeObject) {
            this.served = served;
            this.representation = representation;
            this.includeObject = includeObject;
        }

        ApiResponse one(int status, ObjectVersion version) {
            return ApiResponse.json(status, one(version.json()));
        }

        /** @param json the object as stored, with its resourceVersion */
        byte[] one(byte[] json) {
            if (representation == Representation.OBJECT) {
                return served.conversion().identity() ? json : ObjectJson.encode(wire(json));
            }
            if (representation == Representation.TABLE) {
                return ObjectJson.encode(table(json));
            }
            return ObjectJson.encode(partial(wire(json)));
        }

        ApiResponse list(ObjectNode metadata, List<ObjectVersion> items) {
            return switch (representation) {
                case OBJECT -> ApiResponse.of(200, ApiResponse.JSON, whole(metadata, items));
                case TABLE -> ApiResponse.json(200, ObjectJson.encode(table(metadata, items)));
                default -> ApiResponse.json(200, ObjectJson.encode(partials(metadata, items)));
            };
        }

        Buffer event(CacheEvent event, WatchType type) {
            if (representation == Representation.OBJECT && served.conversion().identity()) {
                return event.frame(type);
            }
            return CacheEvent.frame(type.name(), one(event.object(type)));
        }

        Buffer initial(ObjectVersion version) {
            return CacheEvent.frame("ADDED", one(version.json()));
        }

        /** @param endOfInitial marks the end of the initial events */
        Buffer bookmark(long revision, boolean endOfInitial) {
            ObjectNode object = ObjectJson.object();
            if (representation == Representation.TABLE) {
                ObjectNode metadata = ObjectJson.object();
                metadata.put("resourceVersion", Long.toString(revision));
                object = tables.table(served.info(), List.of(), metadata, includeObject);
            } else {
                boolean partial = representation != Representation.OBJECT;
                object.put(
                        "kind",
                        partial ? "PartialObjectMetadata" : served.info().kind());
                object.put(
                        "apiVersion", partial ? "meta.k8s.io/v1" : served.info().apiVersion());
                ObjectNode metadata = object.putObject("metadata");
                metadata.put("resourceVersion", Long.toString(revision));
                metadata.putNull("creationTimestamp");
                if (endOfInitial) {
                    metadata.putObject("annotations").put("k8s.io/initial-events-end", "true");
                }
            }
            return CacheEvent.frame("BOOKMARK", ObjectJson.encode(object));
        }

        private ObjectNode wire(byte[] json) {
            ObjectNode tree = ObjectJson.parse(json);
            return served.conversion().identity() ? tree : served.conversion().toWire(tree);
        }

        private ObjectNode table(byte[] json) {
            ObjectNode tree = wire(json);
            ObjectNode metadata = ObjectJson.object();
            metadata.put(
                    "resourceVersion",
                    tree.path("metadata").path("resourceVersion").asText());
            return tables.table(served.info(), List.of(tree), metadata, includeObject);
        }

        private ObjectNode table(ObjectNode metadata, List<ObjectVersion> items) {
            List<ObjectNode> trees = new ArrayList<>(items.size());
            items.forEach(item -> trees.add(wire(item.json())));
            return tables.table(served.info(), trees, metadata, includeObject);
        }

        private Buffer whole(ObjectNode metadata, List<ObjectVersion> items) {
            ResourceInfo info = served.info();
            byte[] head = ("{\"kind\":\"" + info.kind() + "List\",\"apiVersion\":\"" + info.apiVersion()
                            + "\",\"metadata\":" + metadata + ",\"items\":[")
                    .getBytes(StandardCharsets.UTF_8);
            List<byte[]> parts = new ArrayList<>(items.size());
            int size = head.length + END.length + items.size();
            for (ObjectVersion item : items) {
                byte[] json = one(item.json());
                parts.add(json);
                size += json.length;
            }
            byte[] all = new byte[size];
            System.arraycopy(head, 0, all, 0, head.length);
            int at = head.length;
            for (byte[] part : parts) {
                if (at > head.length) {
                    all[at++] = ',';
                }
                System.arraycopy(part, 0, all, at, part.length);
                at += part.length;
            }
            System.arraycopy(END, 0, all, at, END.length);
            return Buffer.buffer(at + END.length == size ? all : java.util.Arrays.copyOf(all, at + END.length));
        }

        private ObjectNode partials(ObjectNode metadata, List<ObjectVersion> items) {
            ObjectNode list = ObjectJson.object();
            list.put("kind", "PartialObjectMetadataList");
            list.put("apiVersion", "meta.k8s.io/v1");
            list.set("metadata", metadata);
            var array = list.putArray("items");
            items.forEach(item -> array.add(partial(wire(item.json()))));
            return list;
        }

        private ObjectNode partial(ObjectNode tree) {
            ObjectNode partial = ObjectJson.object();
            partial.put("kind", "PartialObjectMetadata");
            partial.put("apiVersion", "meta.k8s.io/v1");
            partial.set("metadata", tree.path("metadata"));
            return partial;
        }
    }

    View view(Served served, ApiRequest request) {
        Representation representation = Representation.negotiate(request.header("Accept"));
        return new View(served, representation, request.query().text("includeObject"));
    }
}
