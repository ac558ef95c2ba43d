package io.kvorum.store.protocol;

import io.kvorum.store.client.KeyValue;
import io.kvorum.store.client.WatchEvent;
import io.kvorum.store.codec.BinaryReader;
import io.kvorum.store.codec.BinaryReader.MalformedException;
import io.kvorum.store.codec.BinaryWriter;
import io.kvorum.store.codec.ValueCodec;
import java.util.List;

/** One frame of a watch. */
public sealed interface WatchFrame {
    /** All changes of one revision. */
    record Events(long revision, List<WatchEvent> events) implements WatchFrame {}

    /** Everything up to and including {@code revision} was sent. */
    record Progress(long revision) implements WatchFrame {}

    /** The watch is over: {@code compactRevision} is the oldest revision that can be read. */
    record Compacted(long compactRevision) implements WatchFrame {}

    /** The watch is over for another reason; it may be opened anew. */
    record Failed(String message) implements WatchFrame {}

    static byte[] encode(WatchFrame frame) {
        BinaryWriter out = new BinaryWriter(256);
        if (frame instanceof Events events) {
            out.octet(1).number(events.revision()).number(events.events().size());
            events.events().forEach(event -> write(out, event));
        } else if (frame instanceof Progress progress) {
            out.octet(2).number(progress.revision());
        } else if (frame instanceof Compacted compacted) {
            out.octet(3).number(compacted.compactRevision());
        } else if (frame instanceof Failed failed) {
            out.octet(4).text(failed.message());
        }
        return out.toByteArray();
    }

    static WatchFrame decode(byte[] bytes) {
        BinaryReader in = new BinaryReader(bytes);
        int tag = in.octet();
        return switch (tag) {
            case 1 -> new Events(in.number(), ValueCodec.list(in, WatchFrame::event));
            case 2 -> new Progress(in.number());
            case 3 -> new Compacted(in.number());
            case 4 -> new Failed(in.text());
            default -> throw new MalformedException("no such frame: " + tag);
        };
    }

    private static void write(BinaryWriter out, WatchEvent event) {
        out.octet(event.type() == WatchEvent.Type.PUT ? 1 : 2);
        ValueCodec.write(out, event.kv());
        ValueCodec.writeOptional(out, event.previous());
    }

    private static WatchEvent event(BinaryReader in) {
        WatchEvent.Type type = in.octet() == 1 ? WatchEvent.Type.PUT : WatchEvent.Type.DELETE;
        KeyValue kv = ValueCodec.keyValue(in);
        return new WatchEvent(type, kv, ValueCodec.optionalKeyValue(in));
    }
}
