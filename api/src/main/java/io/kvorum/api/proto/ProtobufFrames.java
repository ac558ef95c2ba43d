package io.kvorum.api.proto;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Bodies made of objects that are encoded already: lists and the frames of watches. */
public final class ProtobufFrames {
    private static final int FRAME_HEAD = Integer.BYTES;

    /** A tag of one byte and a length of five at most. */
    private static final int ANNOUNCEMENT = 6;

    private ProtobufFrames() {}

    /**
     * The body of a list, in pieces of which the items' are those that were given: none of them is copied.
     *
     * @param listKind such as {@code PodList}
     * @param metadata the list's, as JSON
     * @param messages the items' messages, without envelopes: see {@link ProtobufBody#message}
     */
    public static List<byte[]> list(String apiVersion, String listKind, JsonNode metadata, List<byte[]> messages) {
        WireWriter about = new WireWriter();
        about.message(1, listMeta(metadata));
        byte[] head = about.toBytes();
        List<byte[]> pieces = new ArrayList<>(2 * messages.size() + 2);
        // Its place: what it says of the length is known at the end.
        pieces.add(head);
        long length = head.length;
        for (byte[] message : messages) {
            WireWriter announced = new WireWriter(ANNOUNCEMENT);
            announced.announce(2, message.length);
            byte[] before = announced.toBytes();
            pieces.add(before);
            pieces.add(message);
            length += before.length + message.length;
        }
        WireWriter tail = new WireWriter();
        ProtobufBody.close(tail);
        pieces.add(tail.toBytes());
        WireWriter opening = ProtobufBody.open(apiVersion, listKind, length);
        opening.raw(head, head.length);
        pieces.set(0, opening.toBytes());
        return pieces;
    }

    private static WireWriter listMeta(JsonNode metadata) {
        WireWriter out = new WireWriter();
        out.string(1, "");
        out.string(2, metadata.path("resourceVersion").asText());
        out.string(3, metadata.path("continue").asText());
        JsonNode remaining = metadata.path("remainingItemCount");
        if (remaining.isNumber()) {
            out.number(4, remaining.longValue());
        }
        return out;
    }

    /**
     * One frame of a watch: the length in four bytes, big end first, then the {@code WatchEvent}, which has no envelope of
     * its own.
     *
     * @param type such as {@code ADDED}
     * @param body the object in its envelope
     */
    public static byte[] watch(String type, byte[] body) {
        WireWriter object = new WireWriter();
        object.bytes(1, body);
        WireWriter event = new WireWriter();
        event.string(1, type);
        event.message(2, object);
        byte[] message = event.toBytes();
        byte[] frame = new byte[FRAME_HEAD + message.length];
        for (int i = 0; i < FRAME_HEAD; i++) {
            frame[i] = (byte) (message.length >>> Byte.SIZE * (FRAME_HEAD - 1 - i));
        }
        System.arraycopy(message, 0, frame, FRAME_HEAD, message.length);
        return frame;
    }
}
