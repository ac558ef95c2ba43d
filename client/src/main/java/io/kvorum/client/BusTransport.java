package io.kvorum.client;

import io.kvorum.bus.BusAddress;
import io.kvorum.bus.BusClient;
import io.kvorum.bus.BusReply;
import io.kvorum.bus.BusRequest;
import io.kvorum.bus.BusStream;
import io.kvorum.bus.BusUnavailableException;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Requests to any API server over the bus. */
final class BusTransport implements Transport {
    private static final String API_SERVER = BusAddress.role("apiserver");

    /** The API server's authenticator reads it. */
    private static final String ON_BEHALF = "Kvorum-Controller";

    private final BusClient bus;
    private final String userAgent;
    private final String controller;

    /** @param controller on whose behalf a controller manager speaks; empty for nobody's */
    BusTransport(BusClient bus, String userAgent, String controller) {
        this.controller = controller;
        this.bus = bus;
        this.userAgent = userAgent;
    }

    @Override
    public Future<Answer> send(
            String method,
            String uri,
            @Nullable String contentType,
            @Nullable Buffer body,
            Duration timeout,
            @Nullable Frames frames) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap()
                .add("Accept", "application/json")
                .add("User-Agent", userAgent);
        if (!controller.isEmpty()) {
            headers.add(ON_BEHALF, controller);
        }
        if (contentType != null) {
            headers.add("Content-Type", contentType);
        }
        Buffer sent = body == null ? Buffer.buffer() : body;
        return bus.send(API_SERVER, new BusRequest(method, uri, headers, sent, timeout))
                .recover(BusTransport::unavailable)
                .map(reply -> answer(reply, frames));
    }

    private static Future<BusReply> unavailable(Throwable cause) {
        if (cause instanceof BusUnavailableException e) {
            return Future.failedFuture(new Unavailable("no API server answered: " + e.getMessage(), e.indeterminate()));
        }
        return Future.failedFuture(cause);
    }

    private static Answer answer(BusReply reply, @Nullable Frames frames) {
        @Nullable String retryAfter = reply.headers().get("Retry-After");
        @Nullable ReadStream<Buffer> source = reply.stream();
        if (source == null) {
            return new Answer(reply.status(), reply.body(), retryAfter, null);
        }
        if (frames == null || reply.status() >= 400) {
            close(source);
            return new Answer(
                    502, Buffer.buffer("the API server answered with a stream, status " + reply.status()), null, null);
        }
        return new Answer(reply.status(), Buffer.buffer(), retryAfter, deliver(source, frames));
    }

    private static Stream deliver(ReadStream<Buffer> source, Frames frames) {
        boolean[] over = new boolean[1];
        source.exceptionHandler(cause -> {
            if (!over[0]) {
                over[0] = true;
                frames.end(cause);
            }
        });
        source.endHandler(end -> {
            if (!over[0]) {
                over[0] = true;
                frames.end(null);
            }
        });
        source.handler(frame -> {
            if (!over[0]) {
                frames.frame(frame);
            }
        });
        source.resume();
        return () -> {
            if (!over[0]) {
                over[0] = true;
                close(source);
            }
        };
    }

    private static void close(ReadStream<Buffer> source) {
        if (source instanceof BusStream stream) {
            stream.close();
        }
    }
}
