package io.kvorum.gateway.proxy;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One copy of a request, on the mirrors' context. It holds at most {@link #MOST_BYTES} that its backend has not taken
 * yet; one that is slower than that loses the copy, never the request. The answer is read and dropped.
 */
final class MirrorCopy {
    private static final int MOST_BYTES = 256 * 1024;
    private static final long LIMIT_MILLIS = 15_000;

    private final Vertx vertx;
    private final Consumer<String> ended;
    private final boolean hasBody;
    private final Deque<Buffer> waiting = new ArrayDeque<>();
    private final long timer;
    private int waitingBytes;
    private boolean bodyEnded;
    private boolean over;
    private @Nullable HttpClientRequest to;

    /** @param ended told once, with the outcome */
    MirrorCopy(Vertx vertx, boolean hasBody, Consumer<String> ended) {
        this.vertx = vertx;
        this.hasBody = hasBody;
        this.ended = ended;
        this.timer = vertx.setTimer(LIMIT_MILLIS, id -> over("failed"));
    }

    /** The connection is there; the head is set. */
    void connected(HttpClientRequest request) {
        if (over) {
            request.reset();
            return;
        }
        to = request;
        request.response().onComplete(answer -> {
            if (answer.failed()) {
                over("failed");
                return;
            }
            answer.result().exceptionHandler(cause -> over("failed"));
            answer.result().handler(buffer -> {});
            answer.result().endHandler(end -> over("sent"));
        });
        if (!hasBody) {
            request.end();
            return;
        }
        if (!request.headers().contains("content-length")) {
            request.setChunked(true);
        }
        request.drainHandler(drained -> flush());
        flush();
    }

    void failed() {
        over("failed");
    }

    void write(Buffer buffer) {
        if (over) {
            return;
        }
        waitingBytes += buffer.length();
        if (waitingBytes > MOST_BYTES) {
            over("dropped");
            return;
        }
        waiting.add(buffer);
        flush();
    }

    void end() {
        bodyEnded = true;
        flush();
    }

    private void flush() {
        if (over || to == null) {
            return;
        }
        while (!waiting.isEmpty() && !to.writeQueueFull()) {
            Buffer next = waiting.remove();
            waitingBytes -= next.length();
            to.write(next);
        }
        if (waiting.isEmpty() && bodyEnded) {
            bodyEnded = false;
            to.end();
        }
    }

    private void over(String outcome) {
        if (!over) {
            over = true;
            vertx.cancelTimer(timer);
            waiting.clear();
            if (to != null && !outcome.equals("sent")) {
                to.reset();
            }
            ended.accept(outcome);
        }
    }
}
