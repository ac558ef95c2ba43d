package io.kvorum.bus;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.streams.ReadStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sending end of a stream: answers pulls with frames of a source. Keeps the frames of the last answer until a pull
 * acknowledges them. Confined to its context.
 */
final class StreamSender {
    private static final Logger LOG = LoggerFactory.getLogger(StreamSender.class);

    /** Bytes read ahead from the source. */
    private static final int WINDOW = 512 * 1024;

    private final Vertx vertx;
    private final Context context;
    private final BusTimings timings;
    private final ReadStream<Buffer> source;
    private final ArrayDeque<Buffer> waiting = new ArrayDeque<>();

    private long waitingBytes;
    private boolean sourcePaused;
    private Wire.Ending ending = Wire.Ending.OPEN;
    private String failure = "";
    private boolean closed;

    // The last answer: frames numbered from base, and whether it said the end.
    private long base;
    private List<Buffer> unacknowledged = List.of();
    private boolean endSent;

    // The pull that waits for frames.
    private @Nullable Message<Buffer> parked;
    private int parkedAttempt;
    private int parkedCredit;
    private long heartbeat = -1;
    private boolean answering;
    private int lastAttempt;
    private long lastPull = System.nanoTime();

    StreamSender(Vertx vertx, Context context, BusTimings timings, ReadStream<Buffer> source) {
        this.vertx = vertx;
        this.context = context;
        this.timings = timings;
        this.source = source;
    }

    void start() {
        source.exceptionHandler(cause -> onContext(() -> {
            if (ending == Wire.Ending.OPEN) {
                ending = Wire.Ending.FAILED;
                failure = cause.getMessage() == null ? cause.toString() : cause.getMessage();
                answerSoon();
            }
        }));
        source.endHandler(v -> onContext(() -> {
            if (ending == Wire.Ending.OPEN) {
                ending = Wire.Ending.ENDED;
                answerSoon();
            }
        }));
        source.handler(frame -> onContext(() -> taken(frame)));
    }

    /** Sources should deliver on the server's context; one that does not costs a hop, not its order. */
    private void onContext(Runnable task) {
        if (Vertx.currentContext() == context) {
            task.run();
        } else {
            context.runOnContext(v -> task.run());
        }
    }

    private void taken(Buffer frame) {
        if (closed) {
            return;
        }
        waiting.add(frame);
        waitingBytes += frame.length();
        if (waitingBytes >= WINDOW && !sourcePaused) {
            sourcePaused = true;
            source.pause();
        }
        answerSoon();
    }

    void pull(Message<Buffer> message, Wire.Pull pull) {
        if (pull.attempt() - lastAttempt <= 0) {
            // Overtaken by a later pull, or delivered twice.
            return;
        }
        lastAttempt = pull.attempt();
        lastPull = System.nanoTime();
        release();
        if (pull.sequence() == base + unacknowledged.size() && !(endSent && pull.sequence() == base)) {
            base = pull.sequence();
            unacknowledged = List.of();
        } else if (pull.sequence() == base) {
            // The last answer was lost: the same again.
            reply(message, pull.attempt());
            return;
        } else {
            message.reply(Wire.unknownStream());
            return;
        }
        parked = message;
        parkedAttempt = pull.attempt();
        parkedCredit = pull.credit();
        if (parkedCredit <= 0) {
            answer();
        } else if (!waiting.isEmpty() || ending != Wire.Ending.OPEN) {
            answerSoon();
        } else {
            heartbeat = vertx.setTimer(timings.hold().toMillis(), t -> {
                heartbeat = -1;
                answer();
            });
        }
    }

    /** Answers at the end of this turn of the event loop, so that frames that come together travel together. */
    private void answerSoon() {
        if (parked != null && !answering) {
            answering = true;
            context.runOnContext(v -> {
                answering = false;
                answer();
            });
        }
    }

    private void answer() {
        Message<Buffer> message = parked;
        if (message == null || closed) {
            return;
        }
        parked = null;
        cancelHeartbeat();
        int credit = parkedCredit;
        List<Buffer> frames = new ArrayList<>();
        for (Buffer next = waiting.peek(); next != null; next = waiting.peek()) {
            // A frame larger than the credit goes alone, or it would never go.
            if (credit <= 0 || (next.length() > credit && !frames.isEmpty())) {
                break;
            }
            credit -= next.length();
            waitingBytes -= next.length();
            frames.add(next);
            waiting.remove();
        }
        unacknowledged = frames;
        endSent = ending != Wire.Ending.OPEN && waiting.isEmpty();
        reply(message, parkedAttempt);
        if (sourcePaused && waitingBytes <= WINDOW / 2) {
            sourcePaused = false;
            source.resume();
        }
    }

    private void reply(Message<Buffer> message, int attempt) {
        message.reply(Wire.frames(new Wire.Frames(
                base,
                attempt,
                unacknowledged,
                endSent ? ending : Wire.Ending.OPEN,
                endSent && ending == Wire.Ending.FAILED ? failure : "")));
    }

    /** Lets an overtaken pull go, so that its sender's reply handler does too. */
    private void release() {
        Message<Buffer> message = parked;
        if (message != null) {
            parked = null;
            cancelHeartbeat();
            message.reply(Wire.frames(new Wire.Frames(base, parkedAttempt, List.of(), Wire.Ending.OPEN, "")));
        }
    }

    private void cancelHeartbeat() {
        if (heartbeat >= 0) {
            vertx.cancelTimer(heartbeat);
            heartbeat = -1;
        }
    }

    /** Whether this pull waits here for frames. To be asked is a sign of life. */
    boolean holds(int attempt) {
        lastPull = System.nanoTime();
        return parked != null && parkedAttempt == attempt;
    }

    boolean idle(long now) {
        return now - lastPull > timings.idle().toNanos();
    }

    /** Ends the stream: the producer is told when it has not ended itself. Idempotent. */
    void close() {
        if (closed) {
            return;
        }
        closed = true;
        cancelHeartbeat();
        parked = null;
        waiting.clear();
        unacknowledged = List.of();
        if (ending == Wire.Ending.OPEN) {
            cancel(source);
        }
    }

    /** Tells a producer that nobody reads any more. */
    static void cancel(ReadStream<Buffer> source) {
        source.handler(null);
        try {
            if (source instanceof BusStream stream) {
                stream.close();
            } else if (source instanceof AutoCloseable closeable) {
                closeable.close();
            }
        } catch (Exception e) {
            LOG.warn("Could not close the producer of a stream: {}", e.toString());
        }
    }
}
