package io.kvorum.bus;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.streams.ReadStream;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers a {@link BusEndpoint} at the addresses of a role and of one of its instances.
 *
 * <p>A whole body above {@value #LARGE} bytes travels as a stream of parts and is whole again at the receiver, so that it
 * does not block what shares the connection. Confined to the context it was started on.
 */
public final class BusServer {
    private static final Logger LOG = LoggerFactory.getLogger(BusServer.class);
    private static final int LARGE = 512 * 1024;
    private static final int PART = 128 * 1024;
    private static final int MOST_REPORTED = 100;

    private final Vertx vertx;
    private final Context context;
    private final String address;
    private final BusEndpoint endpoint;
    private final BusTimings timings;
    private final List<MessageConsumer<Buffer>> consumers = new ArrayList<>(2);
    private final Map<Long, StreamSender> streams = new HashMap<>();
    // Ids are random, so that nobody can guess one and pull from somebody else's stream.
    private final SecureRandom random = new SecureRandom();
    private final BusTrust trust;
    private final Set<String> refused = new HashSet<>();
    private long sweeper = -1;
    private boolean closed;

    private BusServer(
            Vertx vertx, Context context, String address, BusEndpoint endpoint, BusTrust trust, BusTimings timings) {
        this.trust = trust;
        this.vertx = vertx;
        this.context = context;
        this.address = address;
        this.endpoint = endpoint;
        this.timings = timings;
    }

    /**
     * Starts to answer at {@code role} and {@code role/name} on the current context (a new one outside any).
     *
     * @param trust tells whether a sender is who it says; whose proof is wrong is answered 401 without asking the endpoint
     * @return succeeds when both addresses are served
     */
    public static Future<BusServer> start(Vertx vertx, String role, String name, BusEndpoint endpoint, BusTrust trust) {
        return start(vertx, role, name, endpoint, trust, BusTimings.DEFAULT);
    }

    static Future<BusServer> start(
            Vertx vertx, String role, String name, BusEndpoint endpoint, BusTrust trust, BusTimings timings) {
        Context context = vertx.getOrCreateContext();
        Promise<BusServer> started = Promise.promise();
        String instance = BusAddress.instance(role, name);
        context.runOnContext(v -> {
            BusServer server = new BusServer(vertx, context, instance, endpoint, trust, timings);
            server.listen(BusAddress.role(role), instance).map(server).onComplete(started);
        });
        return started.future();
    }

    private Future<Void> listen(String... addresses) {
        List<Future<Void>> registered = new ArrayList<>();
        for (String each : addresses) {
            MessageConsumer<Buffer> consumer = vertx.eventBus().consumer(each, this::receive);
            consumers.add(consumer);
            registered.add(consumer.completion());
        }
        long period = Math.max(10, timings.idle().toMillis() / 4);
        sweeper = vertx.setPeriodic(period, id -> sweep());
        return Future.join(registered).mapEmpty();
    }

    /** Stops answering and closes the producers of all open streams. */
    public Future<Void> close() {
        Promise<Void> done = Promise.promise();
        context.runOnContext(v -> {
            closed = true;
            vertx.cancelTimer(sweeper);
            List<StreamSender> open = List.copyOf(streams.values());
            streams.clear();
            open.forEach(StreamSender::close);
            Future.join(consumers.stream().map(MessageConsumer::unregister).toList())
                    .<Void>mapEmpty()
                    .onComplete(done);
        });
        return done.future();
    }

    private void receive(Message<Buffer> message) {
        Wire.Reader reader = new Wire.Reader(message.body());
        switch (reader.kind()) {
            case REQUEST -> answer(message, reader.request());
            case PULL -> pull(message, reader.pull());
            case CHECK -> check(message, reader.check());
            case CLOSE -> end(reader.streamId());
            default -> LOG.warn("Dropped a bus message of kind {} that no server answers", reader.kind());
        }
    }

    private void answer(Message<Buffer> message, Wire.Request request) {
        if (!trust.verify(request.sender(), address, request.proof())) {
            refuse(message, request);
            return;
        }
        long deadline = System.nanoTime() + request.request().timeout().toNanos();
        Future<BusReply> answer;
        try {
            answer = endpoint.handle(request.request(), request.sender());
        } catch (RuntimeException e) {
            answer = Future.failedFuture(e);
        }
        answer.onComplete(done -> onContext(() -> {
            if (done.succeeded()) {
                reply(message, done.result(), deadline);
            } else if (done.cause() instanceof BusUnavailableException unavailable && !unavailable.indeterminate()) {
                message.reply(Wire.refused(String.valueOf(unavailable.getMessage())));
            } else {
                LOG.warn(
                        "Bus request failed method={} uri={} sender={}",
                        request.request().method(),
                        request.request().uri(),
                        request.sender(),
                        done.cause());
                String text = String.valueOf(done.cause().getMessage());
                message.reply(Wire.whole(500, MultiMap.caseInsensitiveMultiMap(), Buffer.buffer(text)));
            }
        }));
    }

    private void refuse(Message<Buffer> message, Wire.Request request) {
        if (refused.size() < MOST_REPORTED && refused.add(request.sender())) {
            LOG.warn("Refused a request: the sender did not prove who it is sender={}", request.sender());
        }
        String text = "the sender did not prove that it is " + request.sender();
        message.reply(Wire.whole(401, MultiMap.caseInsensitiveMultiMap(), Buffer.buffer(text)));
    }

    private void reply(Message<Buffer> message, BusReply reply, long deadline) {
        ReadStream<Buffer> stream = reply.stream();
        if (stream == null && reply.body().length() <= LARGE) {
            message.reply(Wire.whole(reply.status(), reply.headers(), reply.body()));
            return;
        }
        Wire.Kind kind = stream == null ? Wire.Kind.LARGE : Wire.Kind.STREAM;
        ReadStream<Buffer> source = stream == null ? parts(reply.body()) : stream;
        if (closed || System.nanoTime() - deadline > 0) {
            // Nobody waits for the answer any more, so nobody would pull.
            StreamSender.cancel(source);
            return;
        }
        long id = random.nextLong();
        StreamSender sender = new StreamSender(vertx, context, timings, source);
        streams.put(id, sender);
        sender.start();
        message.reply(Wire.head(kind, new Wire.StreamHead(reply.status(), reply.headers(), address, id)));
    }

    private static FrameQueue parts(Buffer body) {
        FrameQueue parts = new FrameQueue(Integer.MAX_VALUE, Long.MAX_VALUE);
        for (int at = 0; at < body.length(); at += PART) {
            parts.offer(body.slice(at, Math.min(body.length(), at + PART)));
        }
        parts.end();
        return parts;
    }

    private void pull(Message<Buffer> message, Wire.Pull pull) {
        StreamSender stream = streams.get(pull.id());
        if (stream == null) {
            message.reply(Wire.unknownStream());
        } else {
            stream.pull(message, pull);
        }
    }

    /** Says which of the pulls are not here. */
    private void check(Message<Buffer> message, List<Wire.Held> pulls) {
        List<Long> missing = new ArrayList<>();
        for (Wire.Held pull : pulls) {
            StreamSender stream = streams.get(pull.id());
            if (stream == null || !stream.holds(pull.attempt())) {
                missing.add(pull.id());
            }
        }
        message.reply(Wire.checked(missing));
    }

    private void end(long id) {
        StreamSender stream = streams.remove(id);
        if (stream != null) {
            stream.close();
        }
    }

    private void sweep() {
        long now = System.nanoTime();
        List<Long> idle = new ArrayList<>();
        streams.forEach((id, stream) -> {
            if (stream.idle(now)) {
                idle.add(id);
            }
        });
        for (Long id : idle) {
            LOG.debug("Nobody pulls from a stream any more stream={}", id);
            end(id);
        }
    }

    private void onContext(Runnable task) {
        if (Vertx.currentContext() == context) {
            task.run();
        } else {
            context.runOnContext(v -> task.run());
        }
    }
}
