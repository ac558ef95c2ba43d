package io.kvorum.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import io.kubernetes.client.proto.Meta;
import io.kubernetes.client.proto.Runtime.Unknown;
import io.kubernetes.client.proto.V1;
import io.kvorum.testkit.collection.Sighting;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How a client has ConfigMaps shown to it, and how it reads what it is shown. */
enum Shown {
    JSON("application/json", "") {
        @Override
        JsonNode object(JsonNode shown) {
            return shown;
        }
    },
    TABLE("application/json;as=Table;v=v1;g=meta.k8s.io", "&includeObject=Object") {
        @Override
        JsonNode object(JsonNode shown) {
            return shown.has("rows") ? shown.at("/rows/0/object") : shown.path("object");
        }

        @Override
        String items() {
            return "rows";
        }
    },
    METADATA("application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io", "") {
        @Override
        JsonNode object(JsonNode shown) {
            return shown;
        }
    },
    PROTOBUF("application/vnd.kubernetes.protobuf", "") {
        @Override
        JsonNode object(JsonNode shown) {
            throw new IllegalStateException("messages are no JSON");
        }

        @Override
        String acceptWatch() {
            return accept() + ";stream=watch";
        }

        @Override
        Answer list(byte[] body) throws IOException {
            V1.ConfigMapList list = V1.ConfigMapList.parseFrom(
                    envelope(ByteString.copyFrom(body)).getRaw());
            List<Sighting> items = new ArrayList<>();
            for (V1.ConfigMap item : list.getItemsList()) {
                add(items, sighting(item));
            }
            return new Answer(
                    Long.parseLong(list.getMetadata().getResourceVersion()),
                    list.getMetadata().getContinue(),
                    items);
        }

        @Override
        Frame frame(InputStream in) throws IOException {
            byte[] head = in.readNBytes(Integer.BYTES);
            if (head.length == 0) {
                return Frame.END;
            }
            int length = new DataInputStream(new ByteArrayInputStream(head)).readInt();
            byte[] body = in.readNBytes(length);
            if (body.length < length) {
                throw new EOFException("a frame was cut off");
            }
            Meta.WatchEvent event = Meta.WatchEvent.parseFrom(body);
            Unknown envelope = envelope(event.getObject().getRaw());
            if (event.getType().equals("ERROR")) {
                int code = Meta.Status.parseFrom(envelope.getRaw()).getCode();
                return new Frame("ERROR", NOTHING, false, code);
            }
            V1.ConfigMap object = V1.ConfigMap.parseFrom(envelope.getRaw());
            boolean end = object.getMetadata().getAnnotationsMap().containsKey(INITIAL_END);
            return new Frame(event.getType(), sighting(object), end, 0);
        }

        private Unknown envelope(ByteString bytes) throws IOException {
            if (!bytes.startsWith(MAGIC)) {
                throw new IOException("no envelope: " + bytes);
            }
            return Unknown.parseFrom(bytes.substring(MAGIC.size()));
        }

        private Sighting sighting(V1.ConfigMap object) {
            Meta.ObjectMeta meta = object.getMetadata();
            return Shown.sighting(
                    meta.getName(),
                    meta.getUid(),
                    meta.getResourceVersion(),
                    meta.getAnnotationsMap(),
                    object.getDataMap().getOrDefault(VALUE, ""));
        }
    };

    /** Annotation, and key of the data, with the write that made the object what it is. */
    static final String VALUE = "write";

    private static final String INITIAL_END = "k8s.io/initial-events-end";
    private static final ByteString MAGIC = ByteString.copyFrom("k8s\0", StandardCharsets.US_ASCII);
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Sighting NOTHING = new Sighting("", "", "", 0);

    private final String accept;
    private final String query;

    Shown(String accept, String query) {
        this.accept = accept;
        this.query = query;
    }

    /**
     * An answer to a list.
     *
     * @param token where the next page goes on, empty for none
     * @param items of the writers; others' are left out
     */
    record Answer(long resourceVersion, String token, List<Sighting> items) {}

    /**
     * A frame of a watch.
     *
     * @param type of the event; empty at the end of the stream
     * @param initialEnd whether it says that the initial events are over
     * @param code of an {@code ERROR}
     */
    record Frame(String type, Sighting object, boolean initialEnd, int code) {
        static final Frame END = new Frame("", NOTHING, false, 0);

        /** Whether it shows an object of the writers'. */
        boolean showsObject() {
            return !object.value().isEmpty();
        }
    }

    String accept() {
        return accept;
    }

    String acceptWatch() {
        return accept;
    }

    /** What every request asks for besides, beginning with an ampersand; may be empty. */
    String query() {
        return query;
    }

    /** The object in an event or an item. */
    abstract JsonNode object(JsonNode shown);

    /** The field of a list that holds the items. */
    String items() {
        return "items";
    }

    Answer list(byte[] body) throws IOException {
        JsonNode list = MAPPER.readTree(body);
        List<Sighting> items = new ArrayList<>();
        for (JsonNode item : list.path(items())) {
            add(items, sighting(object(item)));
        }
        return new Answer(
                list.at("/metadata/resourceVersion").asLong(),
                list.at("/metadata/continue").asText(),
                items);
    }

    /** The next frame; waits for it. Fails when the stream is cut off within one. */
    Frame frame(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                if (line.size() > 0) {
                    throw new EOFException("a frame was cut off");
                }
                return Frame.END;
            }
            line.write(next);
        }
        JsonNode event = MAPPER.readTree(line.toByteArray());
        String type = event.path("type").asText();
        JsonNode shown = event.path("object");
        if (type.equals("ERROR")) {
            return new Frame(type, NOTHING, false, shown.path("code").asInt());
        }
        if (type.equals("BOOKMARK")) {
            JsonNode marked = shown.has("rows") ? object(shown) : shown;
            boolean end = marked.at("/metadata/annotations").has(INITIAL_END);
            long version = shown.at("/metadata/resourceVersion").asLong();
            return new Frame(type, new Sighting("", "", "", version), end, 0);
        }
        return new Frame(type, sighting(object(shown)), false, 0);
    }

    private static Sighting sighting(JsonNode object) {
        JsonNode meta = object.path("metadata");
        Map<String, String> annotations =
                Map.of(VALUE, meta.path("annotations").path(VALUE).asText());
        boolean whole = object.has("data");
        return sighting(
                meta.path("name").asText(),
                meta.path("uid").asText(),
                meta.path("resourceVersion").asText(),
                annotations,
                whole ? object.path("data").path(VALUE).asText() : annotations.getOrDefault(VALUE, ""));
    }

    /** The value is in the annotations and in the data; where they differ it is none that anybody wrote. */
    private static Sighting sighting(
            String name, String uid, String resourceVersion, Map<String, String> annotations, String data) {
        String annotation = annotations.getOrDefault(VALUE, "");
        String value = annotation.equals(data) ? annotation : annotation + " in annotations, " + data + " in data";
        return new Sighting(name, uid, value, Long.parseLong(resourceVersion));
    }

    private static void add(List<Sighting> items, Sighting item) {
        if (!item.value().isEmpty()) {
            items.add(item);
        }
    }
}
