package io.kvorum.proxy.net;

import io.kvorum.client.Backoff;
import io.kvorum.client.Timers;
import io.kvorum.proxy.rules.Frontend;
import io.kvorum.proxy.rules.Listen;
import io.kvorum.proxy.rules.Protocol;
import io.netty.channel.ChannelHandler;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listening sockets of this proxy, kept equal to the frontends that services ask for.
 *
 * <p>A service address is one loopback address of the host, which the proxies of all nodes want. They share it where the
 * system lets them ({@link Acceptor}). What cannot be shared (UDP, session affinity) the first one holds; the others try
 * again with backoff for as long as the service is there, so that another takes over when the holder dies.
 */
public final class Frontends {
    private static final Logger LOG = LoggerFactory.getLogger(Frontends.class);
    private static final Duration CONNECT_TRY = Duration.ofSeconds(1);
    private static final Duration BIND_BASE = Duration.ofMillis(100);
    private static final Duration BIND_CAP = Duration.ofSeconds(2);

    /** One listener: bound, or waiting to be. */
    private final class Slot {
        private final String owner;
        private final Backoff backoff = new Backoff(BIND_BASE, 2, BIND_CAP, random);
        private Frontend frontend;
        private @Nullable FrontendSocket socket;
        private Timers.@Nullable Timer retry;
        private boolean removed;
        private boolean told;

        Slot(String owner, Frontend frontend) {
            this.owner = owner;
            this.frontend = frontend;
        }

        void bind() {
            FrontendSocket opened = open(frontend);
            opened.listen().onComplete(done -> {
                if (removed) {
                    opened.close();
                } else if (done.succeeded()) {
                    socket = opened;
                    opened.update(frontend);
                    LOG.info("listening address={} service={}", frontend.listen(), frontend.service());
                } else {
                    opened.close();
                    bindLater(done.cause());
                }
            });
        }

        private void bindLater(Throwable cause) {
            if (!told) {
                told = true;
                LOG.info(
                        "address not available, waiting for it address={} service={} cause={}",
                        frontend.listen(),
                        frontend.service(),
                        cause.getMessage());
            }
            retry = timers.after(backoff.next().plus(BIND_BASE), this::bind);
        }

        void update(Frontend next) {
            boolean rebind = TcpFrontend.shareable(frontend) != TcpFrontend.shareable(next);
            frontend = next;
            FrontendSocket present = socket;
            if (present != null && rebind) {
                socket = null;
                present.close().onComplete(closed -> {
                    if (!removed) {
                        bind();
                    }
                });
            } else if (present != null) {
                present.update(next);
            }
        }

        Future<Void> remove() {
            removed = true;
            if (retry != null) {
                retry.cancel();
            }
            return socket == null ? Future.succeededFuture() : socket.close();
        }
    }

    private final Vertx vertx;
    private final String dialAddress;
    private final Timers timers;
    private final RandomGenerator random;
    private final ProxyMetrics metrics;
    private final NetClient client;
    private final Acceptor acceptor = new Acceptor();
    private final Connections connections = new Connections();
    private final @Nullable Supplier<ChannelHandler> hook;
    private final Map<Listen, Slot> slots = new HashMap<>();
    private final Map<String, Set<Listen>> byOwner = new HashMap<>();

    /**
     * @param dialAddress the component's own address, which endpoints are dialled from
     * @param hook for every TCP connection that is accepted, null for none
     */
    public Frontends(
            Vertx vertx,
            String dialAddress,
            Timers timers,
            RandomGenerator random,
            ProxyMetrics metrics,
            @Nullable Supplier<ChannelHandler> hook) {
        this.hook = hook;
        this.vertx = vertx;
        this.dialAddress = dialAddress;
        this.timers = timers;
        this.random = random;
        this.metrics = metrics;
        this.client = vertx.createNetClient(new NetClientOptions()
                .setLocalAddress(dialAddress)
                .setConnectTimeout((int) CONNECT_TRY.toMillis())
                .setReconnectAttempts(0));
    }

    /**
     * Makes the frontends of {@code owner} be {@code wanted}. An address that another owner holds already stays with that
     * one.
     *
     * @param owner namespace/name of the service
     * @return whether it got them all; if not, apply again when another owner has lost some
     */
    public boolean apply(String owner, List<Frontend> wanted) {
        Set<Listen> before = byOwner.getOrDefault(owner, Set.of());
        Set<Listen> after = new HashSet<>();
        for (Frontend frontend : wanted) {
            @Nullable Slot slot = slots.get(frontend.listen());
            if (slot == null) {
                slot = new Slot(owner, frontend);
                slots.put(frontend.listen(), slot);
                slot.bind();
            } else if (slot.owner.equals(owner)) {
                slot.update(frontend);
            } else {
                LOG.warn(
                        "address is another service's address={} service={} other={}",
                        frontend.listen(),
                        owner,
                        slot.owner);
                continue;
            }
            after.add(frontend.listen());
        }
        before.stream().filter(listen -> !after.contains(listen)).forEach(this::remove);
        if (after.isEmpty()) {
            byOwner.remove(owner);
        } else {
            byOwner.put(owner, after);
        }
        return after.size() == wanted.stream().map(Frontend::listen).distinct().count();
    }

    /** Every service with frontends. */
    public Set<String> owners() {
        return Set.copyOf(byOwner.keySet());
    }

    /** How many addresses services hold here, bound or waited for. */
    public int addresses() {
        return slots.size();
    }

    /** Addresses that are bound by this proxy at the moment. */
    public Set<Listen> bound() {
        Set<Listen> bound = new HashSet<>();
        slots.forEach((listen, slot) -> {
            if (slot.socket != null) {
                bound.add(listen);
            }
        });
        return bound;
    }

    /**
     * Closes every listener, lets the connections that are open end, and closes those that are left after a while.
     *
     * @param grace how long connections may last
     */
    public Future<Void> close(Duration grace) {
        List<Future<?>> closed = new ArrayList<>();
        slots.values().forEach(slot -> closed.add(slot.remove()));
        slots.clear();
        byOwner.clear();
        return Future.join(closed)
                .transform(all -> {
                    acceptor.end();
                    return connections.drain(vertx, grace);
                })
                .transform(drained -> client.close());
    }

    private void remove(Listen listen) {
        @Nullable Slot slot = slots.remove(listen);
        if (slot != null) {
            LOG.info("closing address={} service={}", listen, slot.owner);
            slot.remove();
        }
    }

    private FrontendSocket open(Frontend frontend) {
        return frontend.listen().protocol() == Protocol.TCP
                ? new TcpFrontend(vertx, acceptor, client, timers, frontend, metrics, connections, hook)
                : new UdpFrontend(vertx, dialAddress, timers, frontend, metrics);
    }
}
