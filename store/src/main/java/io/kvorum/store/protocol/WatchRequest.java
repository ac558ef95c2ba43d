package io.kvorum.store.protocol;

import io.kvorum.store.client.KeyRange;
import io.kvorum.store.codec.BinaryReader;
import io.kvorum.store.codec.BinaryWriter;
import io.kvorum.store.codec.ValueCodec;

/**
 * Opens a watch.
 *
 * @param start first revision wanted, at least 1
 * @param previous whether events carry the version before
 */
public record WatchRequest(KeyRange range, long start, boolean previous) {
    public byte[] encode() {
        BinaryWriter out = new BinaryWriter(64);
        ValueCodec.write(out, range);
        return out.number(start).bool(previous).toByteArray();
    }

    public static WatchRequest decode(byte[] bytes) {
        BinaryReader in = new BinaryReader(bytes);
        WatchRequest request = new WatchRequest(ValueCodec.range(in), in.number(), in.bool());
        in.end();
        return request;
    }
}
