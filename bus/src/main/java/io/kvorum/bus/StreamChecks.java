package io.kvorum.bus;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes sure that the pulls that wait for frames still wait at their producers: asks each instance, for all its streams
 * at once, which of the pulls it does not hold. Those were lost, or their answers were, and are sent again. So an idle
 * stream costs nothing but its line in a question that is asked anyway.
 *
 * <p>The receivers of one context; confined to it.
 */
final class StreamChecks {
    private static final long RETRY_MILLIS = 250;

    private final Vertx vertx;
    private final Context context;
    private final Exchange exchange;
    private final BusTimings timings;
    private final Map<String, Group> groups = new HashMap<>();

    /** The checks of all contexts of a client. Thread-safe. */
    static final class ByContext {
        private final Vertx vertx;
        private final Exchange exchange;
        private final BusTimings timings;
        private final Map<Context, StreamChecks> checks = new ConcurrentHashMap<>();

        ByContext(Vertx vertx, Exchange exchange, BusTimings timings) {
            this.vertx = vertx;
            this.exchange = exchange;
            this.timings = timings;
        }

        /** Adds a receiver; called on its context. */
        void add(Context context, String address, StreamReceiver receiver) {
            checks.computeIfAbsent(context, key -> new StreamChecks(vertx, key, exchange, timings))
                    .add(address, receiver);
        }

        /** Removes a receiver; called on its context. */
        void remove(Context context, String address, StreamReceiver receiver) {
            StreamChecks own = checks.get(context);
            if (own != null && own.remove(address, receiver)) {
                checks.remove(context);
            }
        }
    }

    private StreamChecks(Vertx vertx, Context context, Exchange exchange, BusTimings timings) {
        this.vertx = vertx;
        this.context = context;
        this.exchange = exchange;
        this.timings = timings;
    }

    private void add(String address, StreamReceiver receiver) {
        Group group = groups.get(address);
        if (group == null) {
            group = new Group(address);
            groups.put(address, group);
            group.later(timings.heartbeat().toMillis());
        }
        group.receivers.add(receiver);
    }

    /** True when no receiver is left. */
    private boolean remove(String address, StreamReceiver receiver) {
        Group group = groups.get(address);
        if (group != null) {
            group.receivers.remove(receiver);
            if (group.receivers.isEmpty()) {
                vertx.cancelTimer(group.timer);
                groups.remove(address);
            }
        }
        return groups.isEmpty();
    }

    /** The streams of one instance. */
    private final class Group {
        private final String address;
        private final Set<StreamReceiver> receivers = new LinkedHashSet<>();
        private long timer = -1;

        Group(String address) {
            this.address = address;
        }

        void later(long millis) {
            timer = vertx.setTimer(millis, id -> check());
        }

        private void check() {
            long since = System.nanoTime() - timings.heartbeat().toNanos() / 2;
            List<StreamReceiver> asked = new ArrayList<>();
            List<Wire.Held> pulls = new ArrayList<>();
            for (StreamReceiver receiver : receivers) {
                Wire.Held pull = receiver.waitingSince(since);
                if (pull != null) {
                    asked.add(receiver);
                    pulls.add(pull);
                }
            }
            if (asked.isEmpty()) {
                later(timings.heartbeat().toMillis());
                return;
            }
            exchange.send(
                            context,
                            address,
                            Wire.check(pulls),
                            timings.pullTimeout().toMillis())
                    .map(answer -> Set.copyOf(new Wire.Reader(answer).checked()))
                    .onComplete(answer -> {
                        for (int i = 0; i < asked.size(); i++) {
                            Wire.Held pull = pulls.get(i);
                            if (answer.succeeded()) {
                                boolean held = !answer.result().contains(pull.id());
                                asked.get(i).checked(pull.attempt(), held);
                            } else {
                                asked.get(i).unchecked(pull.attempt(), answer.cause());
                            }
                        }
                        if (!receivers.isEmpty()) {
                            boolean timeout = answer.cause() instanceof BusUnavailableException e
                                    && e.reason() == BusUnavailableException.Reason.TIMEOUT;
                            later(answer.succeeded() ? timings.heartbeat().toMillis() : timeout ? 1 : RETRY_MILLIS);
                        }
                    });
        }
    }
}
