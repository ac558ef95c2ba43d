package io.kvorum.apiserver.flow;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * How long an event loop has served since it last looked at its sockets. What is answered from the cache gives its seat back
 * before the next request is read: seats alone let in everything that came in between two looks, first come, first served,
 * and a client with a hundred connections has a hundred times as much of the loop as one with a single connection. Who comes
 * when the turn is over waits in the queues, of which the next turn takes fairly. All counts that the loop does from the first
 * request on, the writing of answers too. Belongs to that loop.
 */
final class Turn {
    private static final long MOST_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final LongSupplier clock;
    private final Consumer<Runnable> afterwards;
    private Deque<Runnable> waiting = new ArrayDeque<>();
    private boolean begun;
    private long beginNanos;
    private boolean ending;

    /**
     * @param clock in nanoseconds
     * @param afterwards runs something once the loop has looked at its sockets
     */
    Turn(LongSupplier clock, Consumer<Runnable> afterwards) {
        this.clock = clock;
        this.afterwards = afterwards;
    }

    /** A request is let in. */
    void serve() {
        if (!begun) {
            begun = true;
            beginNanos = clock.getAsLong();
            endSoon();
        }
    }

    boolean isOver() {
        return begun && clock.getAsLong() - beginNanos >= MOST_NANOS;
    }

    /**
     * Runs something in the next turn.
     *
     * @param served whether it had a part of this one; those that had none are first in the next
     */
    void next(boolean served, Runnable action) {
        if (served) {
            waiting.addLast(action);
        } else {
            waiting.addFirst(action);
        }
        endSoon();
    }

    private void endSoon() {
        if (!ending) {
            ending = true;
            afterwards.accept(this::end);
        }
    }

    private void end() {
        ending = false;
        begun = false;
        Deque<Runnable> now = waiting;
        waiting = new ArrayDeque<>();
        now.forEach(Runnable::run);
    }
}
