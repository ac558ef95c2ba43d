package io.kvorum.gateway.proxy;

import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The copies of one request while its body passes by. Watching costs the request nothing but a hand-over. */
final class MirrorCopies {
    private final Context context;
    private final List<MirrorCopy> copies;

    MirrorCopies(Context context, List<MirrorCopy> copies) {
        this.context = context;
        this.copies = copies;
    }

    /** The same stream, of which the copies see every buffer. */
    ReadStream<Buffer> watching(ReadStream<Buffer> body) {
        return new ReadStream<>() {
            @Override
            public ReadStream<Buffer> exceptionHandler(@Nullable Handler<Throwable> handler) {
                // The exchange has its own handler on the request.
                return this;
            }

            @Override
            public ReadStream<Buffer> handler(@Nullable Handler<Buffer> handler) {
                body.handler(
                        handler == null
                                ? null
                                : buffer -> {
                                    context.runOnContext(v -> copies.forEach(copy -> copy.write(buffer)));
                                    handler.handle(buffer);
                                });
                return this;
            }

            @Override
            public ReadStream<Buffer> pause() {
                body.pause();
                return this;
            }

            @Override
            public ReadStream<Buffer> resume() {
                body.resume();
                return this;
            }

            @Override
            public ReadStream<Buffer> fetch(long amount) {
                body.fetch(amount);
                return this;
            }

            @Override
            public ReadStream<Buffer> endHandler(@Nullable Handler<Void> handler) {
                body.endHandler(handler);
                return this;
            }
        };
    }

    void end() {
        context.runOnContext(v -> copies.forEach(MirrorCopy::end));
    }
}
