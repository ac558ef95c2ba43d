package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.StatusJson;
import io.kvorum.api.proto.ProtobufBody;
import io.kvorum.api.proto.ProtobufFrames;
import io.kvorum.apiserver.cache.CacheEvent;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.WatchType;
import io.kvorum.apiserver.request.Accepted;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.Encoding;
import io.kvorum.apiserver.request.Representation;
import io.kvorum.apiserver.request.ResponseBody;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Shows objects the way a request wants them: as they are, as a Table, or their metadata only; as JSON or as protobuf. YAML
 * is made of the JSON later, see {@code Transcoder}.
 */
final class Presenter {
    private static final byte[] COMMA = {','};
    private static final byte[] END = "]}".getBytes(StandardCharsets.US_ASCII);

    private final TableFormat tables;

    Presenter(TableFormat tables) {
        this.tables = tables;
    }

    /** One request's wishes. */
    final class View {
        private final Served served;
        private final Representation representation;
        private final Encoding encoding;
        private final String metaVersion;
        private final String includeObject;

        private View(Served served, Accepted accepted, String includeObject) {
            this.served = served;
            this.representation = accepted.representation();
            this.encoding = accepted.encoding();
            this.metaVersion = accepted.metaVersion();
            this.includeObject = includeObject;
        }

        /** Equal for views that show everything of a resource in the same bytes. */
        Object form() {
            return List.of(representation, encoding, metaVersion, includeObject);
        }

        ApiResponse one(int status, ObjectVersion version) {
            return encoding == Encoding.PROTOBUF
                    ? protobuf(status, ResponseBody.of(envelope(message(version))))
                    : ApiResponse.json(status, one(version.json()));
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
            if (encoding == Encoding.PROTOBUF) {
                List<byte[]> messages = items.stream().map(this::message).toList();
                boolean partial = representation != Representation.OBJECT;
                return protobuf(
                        200,
                        ResponseBody.of(ProtobufFrames.list(
                                partial ? metaVersion : served.info().apiVersion(),
                                partial
                                        ? "PartialObjectMetadataList"
                                        : served.info().listKind(),
                                metadata,
                                messages)));
            }
            return switch (representation) {
                case OBJECT -> ApiResponse.of(200, ApiResponse.JSON, whole(metadata, items));
                case TABLE -> ApiResponse.json(200, ObjectJson.encode(table(metadata, items)));
                default -> ApiResponse.json(200, ObjectJson.encode(partials(metadata, items)));
            };
        }

        Buffer event(CacheEvent event, WatchType type) {
            if (encoding == Encoding.PROTOBUF) {
                return representation == Representation.OBJECT
                                && served.conversion().identity()
                        ? event.message(type, this::message)
                        : message(type, event.object(type));
            }
            if (representation == Representation.OBJECT && served.conversion().identity()) {
                return event.frame(type);
            }
            return CacheEvent.frame(type.name(), one(event.object(type)));
        }

        Buffer initial(ObjectVersion version) {
            return encoding == Encoding.PROTOBUF
                    ? protobufFrame("ADDED", envelope(message(version)))
                    : CacheEvent.frame("ADDED", one(version.json()));
        }

        /** @param endOfInitial marks the end of the initial events */
        Buffer bookmark(long revision, boolean endOfInitial) {
            boolean partial = representation == Representation.PARTIAL || representation == Representation.PARTIAL_LIST;
            ObjectNode object = ObjectJson.object();
            object.put("kind", partial ? "PartialObjectMetadata" : served.info().kind());
            object.put("apiVersion", partial ? metaVersion : served.info().apiVersion());
            ObjectNode metadata = object.putObject("metadata");
            metadata.put("resourceVersion", Long.toString(revision));
            metadata.putNull("creationTimestamp");
            if (endOfInitial) {
                metadata.putObject("annotations").put("k8s.io/initial-events-end", "true");
            }
            if (representation == Representation.TABLE) {
                ObjectNode version = ObjectJson.object();
                version.put("resourceVersion", Long.toString(revision));
                // A Table has no annotations: as upstream's, it carries the mark in the object of a row.
                object = table(endOfInitial ? List.of(object) : List.of(), version);
            }
            if (encoding == Encoding.PROTOBUF) {
                return protobufFrame("BOOKMARK", envelope(message(object)));
            }
            return CacheEvent.frame("BOOKMARK", ObjectJson.encode(object));
        }

        /** The frame that ends a watch with a failure. */
        Buffer error(ApiException cause) {
            ObjectNode status = StatusJson.of(cause);
            return encoding == Encoding.PROTOBUF
                    ? protobufFrame("ERROR", ProtobufBody.encode("v1", "Status", status))
                    : CacheEvent.frame("ERROR", ObjectJson.encode(status));
        }

        /** What a watch's answer says of its type. A failure with 406 for an encoding that has no frames. */
        String streamType() {
            return switch (encoding) {
                case JSON -> ApiResponse.JSON;
                case PROTOBUF -> Encoding.PROTOBUF.mediaType() + ";stream=watch";
                case YAML -> throw Accepted.notAcceptable(EnumSet.of(Encoding.JSON, Encoding.PROTOBUF));
            };
        }

        private byte[] message(ObjectVersion version) {
            if (representation == Representation.OBJECT && served.conversion().identity()) {
                return version.message(this::message);
            }
            return message(version.json());
        }

        private Buffer message(WatchType type, byte[] json) {
            return protobufFrame(type.name(), envelope(message(json)));
        }

        private byte[] message(byte[] json) {
            return message(wire(json));
        }

        /** @param object as it is spoken of, not as it is stored */
        private byte[] message(ObjectNode object) {
            return representation == Representation.OBJECT
                    ? ProtobufBody.message(
                            served.info().apiVersion(), served.info().kind(), object)
                    : ProtobufBody.metadataMessage(object.path("metadata"));
        }

        private byte[] envelope(byte[] message) {
            return representation == Representation.OBJECT
                    ? ProtobufBody.envelope(
                            served.info().apiVersion(), served.info().kind(), message)
                    : ProtobufBody.envelope(metaVersion, "PartialObjectMetadata", message);
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
            return table(List.of(tree), metadata);
        }

        private ObjectNode table(ObjectNode metadata, List<ObjectVersion> items) {
            List<ObjectNode> trees = new ArrayList<>(items.size());
            items.forEach(item -> trees.add(wire(item.json())));
            return table(trees, metadata);
        }

        private ObjectNode table(List<ObjectNode> trees, ObjectNode metadata) {
            ObjectNode table = tables.table(served.info(), trees, metadata, includeObject);
            table.put("apiVersion", metaVersion);
            return table;
        }

        /** Pieces that are the cache's own wherever objects are shown as they are stored. */
        private ResponseBody whole(ObjectNode metadata, List<ObjectVersion> items) {
            ResourceInfo info = served.info();
            List<byte[]> pieces = new ArrayList<>(2 * items.size() + 2);
            pieces.add(("{\"kind\":\"" + info.listKind() + "\",\"apiVersion\":\"" + info.apiVersion()
                            + "\",\"metadata\":" + metadata + ",\"items\":[")
                    .getBytes(StandardCharsets.UTF_8));
            for (ObjectVersion item : items) {
                if (pieces.size() > 1) {
                    pieces.add(COMMA);
                }
                pieces.add(one(item.json()));
            }
            pieces.add(END);
            return ResponseBody.of(pieces);
        }

        private ObjectNode partials(ObjectNode metadata, List<ObjectVersion> items) {
            ObjectNode list = ObjectJson.object();
            list.put("kind", "PartialObjectMetadataList");
            list.put("apiVersion", metaVersion);
            list.set("metadata", metadata);
            var array = list.putArray("items");
            items.forEach(item -> array.add(partial(wire(item.json()))));
            return list;
        }

        private ObjectNode partial(ObjectNode tree) {
            ObjectNode partial = ObjectJson.object();
            partial.put("kind", "PartialObjectMetadata");
            partial.put("apiVersion", metaVersion);
            partial.set("metadata", tree.path("metadata"));
            return partial;
        }
    }

    private static ApiResponse protobuf(int status, ResponseBody body) {
        return ApiResponse.of(status, Encoding.PROTOBUF.mediaType(), body);
    }

    private static Buffer protobufFrame(String type, byte[] body) {
        return Buffer.buffer(ProtobufFrames.watch(type, body));
    }

    View view(Served served, ApiRequest request) {
        String accept = request.header("Accept");
        return new View(
                served,
                Accepted.negotiate(accept, encodings(served.info(), accept)),
                request.query().text("includeObject"));
    }

    /** What is known of messages is not loaded for who does not ask for them. */
    private static Set<Encoding> encodings(ResourceInfo info, String accept) {
        return accept.contains("protobuf") && !ProtobufBody.encodes(info.apiVersion(), info.kind())
                ? EnumSet.of(Encoding.JSON, Encoding.YAML)
                : EnumSet.allOf(Encoding.class);
    }
}
