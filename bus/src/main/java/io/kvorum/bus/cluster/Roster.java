package io.kvorum.bus.cluster;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a process that is no member of the Hazelcast grid comes to be on the bus and learns who else is.
 *
 * <p>It calls at its seeds (the stores and API servers of its join list) again and again. A seed writes its callers down
 * and answers with the list of all of them; it tells them at once when the list changes. Who lives:
 *
 * <ul>
 *   <li>a seed, while it answers: only what was heard from itself counts;
 *   <li>a caller, while it calls, here or at a seed that answers.
 * </ul>
 *
 * <p>A seed that refuses the connection twice is gone at once; silence is borne for {@link Settings#silence}. Nothing is
 * replicated, so there is nothing to merge after a split: once a call gets through, all is as before. Confined to one
 * context; the public methods may be called from any thread.
 */
public final class Roster {
    private static final Logger LOG = LoggerFactory.getLogger(Roster.class);

    private static final long FIRST_WAIT_MILLIS = 40;
    private static final long REFUSED_WAIT_MILLIS = 150;
    private static final int REFUSALS_THAT_MEAN_GONE = 2;

    /** When hundreds start at once, their news goes out together. */
    private static final long TELL_EVERY_MILLIS = 200;

    private final Vertx vertx;
    private final Context context;
    private final MemberClusterManager members;
    private final Settings settings;
    private final BusNode self;
    private final List<Seed> seeds = new ArrayList<>();
    private final Map<BusNode, Caller> callers = new LinkedHashMap<>();
    private final Promise<Void> joined = Promise.promise();
    private @Nullable MessageConsumer<Buffer> consumer;
    private List<BusNode> told = List.of();
    private long checks = -1;
    private boolean tellingSoon;
    private long toldNanos = System.nanoTime() - TELL_EVERY_MILLIS * 1_000_000;
    private boolean closed;

    /**
     * What a roster needs to know.
     *
     * @param cluster name of the cluster; callers of others are sent away
     * @param seeds where to call: addresses of event buses, not this process's own
     * @param interval time between two calls at a seed
     * @param silence how long a process may be silent before it is taken for dead
     */
    public record Settings(String cluster, List<SocketAddress> seeds, Duration interval, Duration silence) {
        public Settings {
            seeds = List.copyOf(seeds);
            if (interval.compareTo(silence) >= 0) {
                throw new IllegalArgumentException("need interval < silence: " + interval + ", " + silence);
            }
        }
    }

    /** One that calls here. */
    private static final class Caller {
        long heard = System.nanoTime();
        int refusals;
    }

    public Roster(Vertx vertx, MemberClusterManager members, Settings settings) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.members = members;
        this.settings = settings;
        self = members.self();
        settings.seeds().forEach(address -> seeds.add(new Seed(address)));
    }

    /** Begins to call and to answer calls. */
    public void start() {
        context.runOnContext(v -> {
            consumer = vertx.eventBus().consumer(BusNode.rosterAddress(self.host(), self.port()), this::receive);
            checks = vertx.setPeriodic(settings.interval().toMillis(), id -> check());
            if (seeds.isEmpty()) {
                joined.tryComplete();
            }
            seeds.forEach(Seed::call);
        });
    }

    /** Succeeds with the first answer of a seed, at once where there is none to call at. */
    public Future<Void> joined() {
        return joined.future();
    }

    /** Takes leave, so that nobody has to find out. */
    public Future<Void> close() {
        Promise<Void> done = Promise.promise();
        context.runOnContext(v -> {
            closed = true;
            vertx.cancelTimer(checks);
            seeds.forEach(seed -> vertx.cancelTimer(seed.timer));
            Set<String> others = new LinkedHashSet<>();
            seeds.forEach(seed -> others.add(seed.address)); // one may know of us whose answer has not come yet
            callers.keySet().forEach(caller -> others.add(caller.rosterAddress()));
            Buffer leave = RosterMessage.leave(settings.cluster(), self);
            others.forEach(other -> send(other, leave.copy()));
            if (consumer == null) {
                done.complete();
            } else {
                consumer.unregister().onComplete(done);
            }
        });
        return done.future();
    }

    private void receive(Message<Buffer> message) {
        if (closed) {
            return;
        }
        RosterMessage said;
        try {
            said = RosterMessage.read(message.body());
        } catch (IllegalArgumentException e) {
            LOG.warn("Dropped a message that is no roster's: {}", e.getMessage());
            return;
        }
        if (!said.cluster().equals(settings.cluster())) {
            LOG.debug("Sent away a process of cluster {}: {}", said.cluster(), said.sender());
            return;
        }
        BusNode sender = said.sender();
        switch (said.kind()) {
            case CALL -> {
                called(sender);
                send(sender.rosterAddress(), list());
            }
            case LIST -> {
                heard(sender);
                seed(sender).ifPresent(seed -> seed.answered(said));
            }
            case CHECK -> send(sender.rosterAddress(), list());
            case LEAVE -> left(sender);
        }
    }

    /** Fails when the connection is refused; a message may be lost all the same, and nobody answers for that. */
    private Future<Void> send(String address, Buffer message) {
        return vertx.eventBus().<Buffer>sender(address).write(message);
    }

    private Optional<Seed> seed(BusNode node) {
        return seeds.stream().filter(seed -> seed.isAt(node)).findFirst();
    }

    private void called(BusNode sender) {
        if (!heard(sender)) {
            callers.keySet().removeIf(other -> other.address().equals(sender.address()));
            callers.put(sender, new Caller());
            changed();
        }
    }

    /** Whether this was a caller. */
    private boolean heard(BusNode sender) {
        Caller caller = callers.get(sender);
        if (caller != null) {
            caller.heard = System.nanoTime();
            caller.refusals = 0;
        }
        return caller != null;
    }

    private void left(BusNode sender) {
        if (callers.remove(sender) != null) {
            changed();
        }
        seed(sender).ifPresent(Seed::gone);
    }

    private Buffer list() {
        return RosterMessage.list(settings.cluster(), self, List.copyOf(callers.keySet()));
    }

    /** The list of callers changed: it matters here and to all of them. */
    private void changed() {
        publish();
        if (!tellingSoon) {
            tellingSoon = true;
            long since = (System.nanoTime() - toldNanos) / 1_000_000;
            vertx.setTimer(Math.max(1, TELL_EVERY_MILLIS - since), id -> tell());
        }
    }

    private void tell() {
        tellingSoon = false;
        toldNanos = System.nanoTime();
        if (!closed) {
            Buffer list = list();
            callers.keySet().forEach(caller -> send(caller.rosterAddress(), list.copy()));
        }
    }

    /** Looks after those that have become silent. */
    private void check() {
        long now = System.nanoTime();
        List<BusNode> silent = new ArrayList<>();
        callers.forEach((node, caller) -> {
            if (now - caller.heard > settings.silence().toNanos()) {
                silent.add(node);
            } else if (now - caller.heard > 2 * settings.interval().toNanos()) {
                ask(node, caller);
            }
        });
        if (callers.keySet().removeAll(silent)) {
            changed();
        }
        seeds.forEach(seed -> seed.check(now));
    }

    /** A caller that is late: dead, when its address refuses; else only slow, or behind a cut. */
    private void ask(BusNode node, Caller caller) {
        send(node.rosterAddress(), RosterMessage.check(settings.cluster(), self))
                .onFailure(refused -> {
                    caller.refusals++;
                    if (callers.get(node) != caller || closed) {
                        return;
                    }
                    if (caller.refusals < REFUSALS_THAT_MEAN_GONE) {
                        vertx.setTimer(REFUSED_WAIT_MILLIS, id -> ask(node, caller));
                    } else {
                        callers.remove(node);
                        changed();
                    }
                });
    }

    private void publish() {
        Set<BusNode> now = new LinkedHashSet<>(callers.keySet());
        for (Seed seed : seeds) {
            if (seed.node != null) {
                now.add(seed.node);
                seed.callers.stream().filter(node -> seed(node).isEmpty()).forEach(now::add);
            }
        }
        List<BusNode> next = List.copyOf(now);
        if (!next.equals(told)) {
            told = next;
            members.listed(next);
        }
    }

    /** A place to call at. */
    private final class Seed {
        private final String host;
        private final int port;
        private final String address;
        private @Nullable BusNode node;
        private Collection<BusNode> callers = List.of();
        private long heard;
        private int refusals;
        private long wait = FIRST_WAIT_MILLIS;
        private long timer = -1;

        Seed(SocketAddress address) {
            host = address.host();
            port = address.port();
            this.address = BusNode.rosterAddress(host, port);
        }

        boolean isAt(BusNode node) {
            return node.host().equals(host) && node.port() == port;
        }

        void call() {
            if (closed) {
                return;
            }
            send(address, RosterMessage.call(settings.cluster(), self)).onFailure(this::refused);
            if (node != null) {
                later(settings.interval().toMillis());
            } else {
                later(wait);
                wait = Math.min(settings.interval().toMillis(), wait + wait / 2);
            }
        }

        private void later(long millis) {
            vertx.cancelTimer(timer);
            timer = vertx.setTimer(millis, id -> call());
        }

        void answered(RosterMessage list) {
            heard = System.nanoTime();
            refusals = 0;
            wait = FIRST_WAIT_MILLIS;
            if (node == null) {
                later(settings.interval().toMillis());
            }
            node = list.sender();
            callers = list.nodes();
            publish();
            joined.tryComplete();
        }

        private void refused(Throwable cause) {
            LOG.debug("No connection to {}: {}", address, cause.getMessage());
            if (node != null && !closed) {
                refusals++;
                if (refusals < REFUSALS_THAT_MEAN_GONE) {
                    later(REFUSED_WAIT_MILLIS);
                } else {
                    gone();
                }
            }
        }

        void check(long now) {
            if (node != null && now - heard > settings.silence().toNanos()) {
                gone();
            }
        }

        void gone() {
            if (node != null) {
                node = null;
                callers = List.of();
                later(FIRST_WAIT_MILLIS);
                publish();
            }
        }
    }
}
