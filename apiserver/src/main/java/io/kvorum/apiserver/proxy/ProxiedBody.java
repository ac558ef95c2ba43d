package io.kvorum.apiserver.proxy;

import io.kvorum.apiserver.request.ClosableStream;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;

/** The body of a proxied answer; closing it gives the connection up when there is more to come. */
final class ProxiedBody implements ReadStream<Buffer>, ClosableStream {
    private final HttpClientResponse answer;
    private boolean ended;

    /** @param answer paused, nothing of its body read */
    ProxiedBody(HttpClientResponse answer) {
        this.answer = answer;
    }

    @Override
    public ReadStream<Buffer> exceptionHandler(@Nullable Handler<Throwable> handler) {
        answer.exceptionHandler(handler);
        return this;
    }

    @Override
    public ReadStream<Buffer> handler(@Nullable Handler<Buffer> handler) {
        answer.handler(handler);
        return this;
    }

    @Override
    public ReadStream<Buffer> pause() {
        answer.pause();
        return this;
    }

    @Override
    public ReadStream<Buffer> resume() {
        answer.resume();
        return this;
    }

    @Override
    public ReadStream<Buffer> fetch(long amount) {
        answer.fetch(amount);
        return this;
    }

    @Override
    public ReadStream<Buffer> endHandler(@Nullable Handler<Void> handler) {
        answer.endHandler(
                handler == null
                        ? null
                        : end -> {
                            ended = true;
                            handler.handle(end);
                        });
        return this;
    }

    @Override
    public void close() {
        if (!ended) {
            ended = true;
            answer.request().reset();
        }
    }
}
