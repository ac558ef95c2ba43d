package io.kvorum.bus;

import io.kvorum.bus.BusUnavailableException.Reason;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import org.jspecify.annotations.Nullable;

/**
 * The receiving end of a stream: keeps one pull under way while there is room, and hands the frames to a {@link
 * FrameQueue}. {@link StreamChecks} finds out when a pull or its answer was lost. Confined to its context.
 */
final class StreamReceiver {
    /** Bytes that may wait here for the reader. */
    private static final int WINDOW = 512 * 1024;

    private static final long RETRY_MILLIS = 250;

    private final Vertx vertx;
    private final ContextInternal context;
    private final Exchange exchange;
    private final StreamChecks.ByContext checks;
    private final BusTimings timings;
    private final String address;
    private final long id;
    // Its bounds are the credits this class gives.
    private final FrameQueue queue = new FrameQueue(Integer.MAX_VALUE, Long.MAX_VALUE);

    private long sequence;
    private int attempt;
    private long lastHeard = System.nanoTime();
    private boolean pulling;
    private long pulledNanos;
    private boolean done;
    private long timer = -1;

    StreamReceiver(
            Vertx vertx,
            ContextInternal context,
            Exchange exchange,
            StreamChecks.ByContext checks,
            BusTimings timings,
            String address,
            long id) {
        this.vertx = vertx;
        this.context = context;
        this.exchange = exchange;
        this.checks = checks;
        this.timings = timings;
        this.address = address;
        this.id = id;
    }

    FrameQueue start() {
        queue.onClose(this::finish);
        queue.onTaken(this::pullWhenRoom);
        checks.add(context, address, this);
        pull();
        return queue;
    }

    /** Nothing more is wanted: lets the producer forget the stream. If the message is lost, its idle limit does it. */
    private void finish() {
        if (!done) {
            done = true;
            cancelTimer();
            checks.remove(context, address, this);
            exchange.tell(address, Wire.close(id));
        }
    }

    private void pullWhenRoom() {
        if (queue.waitingBytes() <= WINDOW / 2) {
            pull();
        }
    }

    private void pull() {
        if (pulling || done) {
            return;
        }
        cancelTimer();
        pulling = true;
        attempt++;
        int sent = attempt;
        int credit = (int) Math.max(0, WINDOW - queue.waitingBytes());
        pulledNanos = System.nanoTime();
        long limit = timings.hold().plus(timings.pullTimeout()).toMillis();
        exchange.send(context, address, Wire.pull(new Wire.Pull(id, sequence, sent, credit)), limit)
                .onComplete(answer -> {
                    if (done || sent != attempt) {
                        return;
                    }
                    if (answer.succeeded()) {
                        answered(answer.result());
                    } else {
                        pulling = false;
                        unanswered(answer.cause());
                    }
                });
    }

    /** The pull that has been waiting since before {@code nanos}; null when none has. */
    Wire.@Nullable Held waitingSince(long nanos) {
        return pulling && !done && pulledNanos - nanos < 0 ? new Wire.Held(id, attempt) : null;
    }

    /** The producer was asked whether it holds the pull {@code checked}. */
    void checked(int checked, boolean held) {
        if (done || checked != attempt) {
            return;
        }
        lastHeard = System.nanoTime();
        if (!held) {
            pulling = false;
            pull();
        }
    }

    /** The producer could not be asked. */
    void unchecked(int checked, Throwable cause) {
        if (!done && checked == attempt && pulling && isLost(cause)) {
            lose(lossOf(cause));
        }
    }

    private static Reason reasonOf(Throwable cause) {
        return cause instanceof BusUnavailableException unavailable ? unavailable.reason() : Reason.LOST;
    }

    /** Where another instance serves the role, waiting for one that left costs more than resuming there. */
    private boolean isLost(Throwable cause) {
        return System.nanoTime() - lastHeard >= timings.silence().toNanos()
                || (reasonOf(cause) != Reason.TIMEOUT && exchange.hasOther(address));
    }

    private String lossOf(Throwable cause) {
        return cause.getMessage() + "; nothing heard for " + (System.nanoTime() - lastHeard) / 1_000_000 + " ms";
    }

    private void unanswered(Throwable cause) {
        if (isLost(cause)) {
            lose(lossOf(cause));
        } else if (reasonOf(cause) == Reason.TIMEOUT) {
            pull();
        } else {
            timer = vertx.setTimer(RETRY_MILLIS, t -> pull());
        }
    }

    private void answered(Buffer message) {
        Wire.Reader reader;
        try {
            reader = new Wire.Reader(message);
        } catch (IllegalArgumentException e) {
            lose(address + ": " + e.getMessage());
            return;
        }
        if (reader.kind() == Wire.Kind.UNKNOWN_STREAM) {
            lose(address + " does not know the stream (it restarted, or gave it up)");
            return;
        }
        if (reader.kind() != Wire.Kind.FRAMES) {
            lose(address + " answered a pull by " + reader.kind());
            return;
        }
        lastHeard = System.nanoTime();
        Wire.Frames answer = reader.frames();
        if (answer.sequence() != sequence) {
            lose(address + " sent frame " + answer.sequence() + " where " + sequence + " was wanted");
            return;
        }
        sequence += answer.frames().size();
        if (answer.ending() != Wire.Ending.OPEN) {
            finish();
        }
        answer.frames().forEach(this::deliver);
        pulling = false;
        if (answer.ending() == Wire.Ending.ENDED) {
            queue.end();
        } else if (answer.ending() == Wire.Ending.FAILED) {
            queue.fail(new StreamLostException(answer.failure()));
        } else if (queue.waitingBytes() <= WINDOW / 2) {
            pull();
        } else {
            // The reader is slow: a pull without credit now and then keeps the stream alive.
            timer = vertx.setTimer(timings.heartbeat().toMillis(), t -> pull());
        }
    }

    private void deliver(Buffer frame) {
        try {
            queue.offer(frame);
        } catch (RuntimeException e) {
            // The reader's mistake; as everywhere in Vert.x it is reported, and the next frame comes all the same.
            context.reportException(e);
        }
    }

    private void lose(String reason) {
        finish();
        queue.fail(new StreamLostException(reason));
    }

    private void cancelTimer() {
        if (timer >= 0) {
            vertx.cancelTimer(timer);
            timer = -1;
        }
    }
}
