package io.kvorum.apiserver.flow;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * How long an event loop has served since it last looked at its sockets. What is answered from the cache gives its seat back
 * before the next request is read: seats alone let in everything that came in between two looks, first come, first served,
 * and a client with a hundred connections has a hundred times as much of the loop as one with a single connection. Who comes
 * when the turn is over waits in the queues, of which the next turn takes fairly. What it takes to write an answer is not
 * counted. Belongs to that loop.
 */
final class Turn {
    private static final long MOST_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final LongSupplier clock;
    private final Consumer<Runnable> afterwards;
    private Deque<Runnable> waiting = new ArrayDeque<>();
    private long spent;
    private boolean ending;

    /**
     * @param clock in nanoseconds
     * @param afterwards runs something once the loop has looked at its sockets
     */
    Turn(LongSupplier clock, Consumer<Runnable> afterwards) {
        this.clock = clock;
        this.afterwards = afterwards;
    }

    <T> T spend(Supplier<T> work) {
        long began = clock.getAsLong();
        try {
            return work.get();
        } finally {
            spent += clock.getAsLong() - began;
            endSoon();
        }
    }

    boolean isOver() {
        return spent >= MOST_NANOS;
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
        spent = 0;
        Deque<Runnable> now = waiting;
        waiting = new ArrayDeque<>();
        now.forEach(Runnable::run);
    }
}
