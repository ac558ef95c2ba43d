package io.kvorum.apiserver.flow;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The seats of one priority level and the queues of those who wait for them. A seat that becomes free goes to the queue
 * that has been served least. Belongs to one event loop.
 */
final class PriorityLevel {
    private final String name;
    private final Turn turn;
    private Settings settings;
    private final List<Queue> queues = new ArrayList<>();
    private int seated;
    private int waiting;
    private boolean dispatching;
    private boolean resuming;

    /**
     * How a level is configured.
     *
     * @param exempt whether its requests need no seats
     * @param seats at least 1
     * @param queues 0: who finds no seat is refused
     */
    record Settings(String uid, boolean exempt, int seats, int queues, int handSize, int queueLength) {}

    /** One who waits; answered once, with a seat or not. */
    private record Waiter(int width, Promise<Boolean> seat) {}

    /** @param served seats it has been given, which the one who has least of is served first */
    private static final class Queue {
        private final Deque<Waiter> waiters = new ArrayDeque<>();
        private long served;
    }

    PriorityLevel(String name, Settings settings, Turn turn) {
        this.name = name;
        this.turn = turn;
        this.settings = settings;
        fit();
    }

    /** What was waiting stays; seats that are taken stay taken. */
    void change(Settings next) {
        settings = next;
        fit();
        dispatch();
    }

    private void fit() {
        while (queues.size() < settings.queues()) {
            queues.add(new Queue());
        }
    }

    String name() {
        return name;
    }

    Settings settings() {
        return settings;
    }

    int seated() {
        return seated;
    }

    int waiting() {
        return waiting;
    }

    /** A place: takes seats now or later; {@code false} when there is none and none may be waited for. */
    final class Place {
        private final int width;
        private final Promise<Boolean> seat = Promise.promise();

        private Place(int width) {
            this.width = width;
        }

        Future<Boolean> seat() {
            return seat.future();
        }

        /** Gives the seats back, or the place in the queue up. Once. */
        void leave() {
            if (!seat.tryComplete(false) && Boolean.TRUE.equals(seat.future().result())) {
                seated -= width;
                dispatch();
            }
        }
    }

    /** @param width how many seats a request takes; cut to those there are */
    Place enter(String schema, String flow, int width) {
        int most = Math.max(1, Math.min(width, settings.seats()));
        Place place = new Place(most);
        if (settings.exempt()) {
            seated += most;
            place.seat.complete(true);
        } else if (waiting == 0 && seated + most <= settings.seats() && !(turn.isOver() && settings.queues() > 0)) {
            seated += most;
            place.seat.complete(true);
        } else if (settings.queues() == 0) {
            place.seat.complete(false);
        } else {
            queue(place, schema, flow);
        }
        return place;
    }

    private void queue(Place place, String schema, String flow) {
        int hand = Math.min(settings.handSize(), settings.queues());
        Queue shortest = null;
        for (int card : Hand.deal(schema, flow, settings.queues(), hand)) {
            Queue queue = queues.get(card);
            if (shortest == null || queue.waiters.size() < shortest.waiters.size()) {
                shortest = queue;
            }
        }
        if (shortest == null || shortest.waiters.size() >= settings.queueLength()) {
            place.seat.complete(false);
            return;
        }
        Queue joined = shortest;
        if (joined.waiters.isEmpty()) {
            // Who was idle has saved nothing up.
            joined.served = Math.max(joined.served, leastServed());
        }
        Waiter waiter = new Waiter(place.width, place.seat);
        joined.waiters.add(waiter);
        waiting++;
        place.seat.future().onComplete(done -> {
            if (joined.waiters.remove(waiter)) {
                waiting--;
            }
        });
        dispatch();
    }

    private long leastServed() {
        long least = Long.MAX_VALUE;
        for (Queue queue : queues) {
            if (!queue.waiters.isEmpty()) {
                least = Math.min(least, queue.served);
            }
        }
        return least == Long.MAX_VALUE ? 0 : least;
    }

    /** Who is given a seat may give it back at once: what that makes free is given by the loop that is under way. */
    private void dispatch() {
        if (dispatching) {
            return;
        }
        dispatching = true;
        boolean served = false;
        try {
            while (waiting > 0 && !turn.isOver() && seatNext()) {
                served = true;
            }
        } finally {
            dispatching = false;
        }
        if (waiting > 0 && turn.isOver() && !resuming) {
            resuming = true;
            turn.next(served, () -> {
                resuming = false;
                dispatch();
            });
        }
    }

    /** @return whether there was a seat for who is next */
    private boolean seatNext() {
        Queue next = null;
        for (Queue queue : queues) {
            if (!queue.waiters.isEmpty() && (next == null || queue.served < next.served)) {
                next = queue;
            }
        }
        Waiter waiter = next == null ? null : next.waiters.peek();
        if (next == null || waiter == null || seated + waiter.width > settings.seats() && seated > 0) {
            return false;
        }
        next.waiters.poll();
        waiting--;
        if (!waiter.seat.future().isComplete()) {
            seated += waiter.width;
            next.served += waiter.width;
            waiter.seat.complete(true);
        }
        return true;
    }
}
