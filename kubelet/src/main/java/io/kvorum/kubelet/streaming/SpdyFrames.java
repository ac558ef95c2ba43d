package io.kvorum.kubelet.streaming;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.spdy.SpdyFrame;
import io.netty.handler.codec.spdy.SpdyFrameCodec;
import io.netty.handler.codec.spdy.SpdyVersion;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.buffer.Buffer;

/**
 * SPDY/3.1 frames from and to bytes, wherever the bytes come from: Netty's codec turned by hand. Holds the state of the
 * header compression of one connection; {@link #close} frees it.
 */
final class SpdyFrames implements AutoCloseable {
    /** Longest piece of a data frame that is handed on; a longer frame comes in several. */
    private static final int MAX_CHUNK = 64 << 10;

    private static final int MAX_HEADERS = 16 << 10;
    private final EmbeddedChannel codec;

    SpdyFrames() {
        codec = new EmbeddedChannel(new SpdyFrameCodec(SpdyVersion.SPDY_3_1, MAX_CHUNK, MAX_HEADERS, 6, 15, 8));
    }

    /**
     * Takes the next bytes in; frames they complete are got by {@link #next}. Fails with an IllegalStateException when
     * they are no SPDY.
     */
    void feed(Buffer bytes) {
        try {
            codec.writeInbound(Unpooled.wrappedBuffer(bytes.getBytes()));
            codec.checkException();
        } catch (Exception e) {
            // Also checked ones, which the channel does not declare.
            throw new IllegalStateException("no frames of SPDY/3.1: " + e.getMessage(), e);
        }
    }

    /** The next whole frame, or null; its holder releases it. */
    @org.jspecify.annotations.Nullable
    SpdyFrame next() {
        return codec.readInbound();
    }

    Buffer encode(SpdyFrame frame) {
        codec.writeOutbound(frame);
        Buffer all = Buffer.buffer();
        for (ByteBuf part = codec.readOutbound(); part != null; part = codec.readOutbound()) {
            byte[] bytes = new byte[part.readableBytes()];
            part.readBytes(bytes);
            part.release();
            all.appendBytes(bytes);
        }
        return all;
    }

    @Override
    public void close() {
        for (Object frame = codec.readInbound(); frame != null; frame = codec.readInbound()) {
            ReferenceCountUtil.release(frame);
        }
        codec.finishAndReleaseAll();
    }
}
