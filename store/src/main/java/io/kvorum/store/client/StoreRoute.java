package io.kvorum.store.client;

import io.kvorum.bus.BusAddress;
import io.kvorum.bus.BusClient;
import io.kvorum.bus.BusReply;
import io.kvorum.bus.BusRequest;
import io.kvorum.bus.BusUnavailableException;
import io.kvorum.store.protocol.StoreProtocol;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The way to the store's members. Requests for the leader go straight to it while it is known, others to any member; what fails
 * is tried again at another member until the deadline. Thread-safe.
 */
final class StoreRoute {
    private static final Duration ATTEMPT = Duration.ofSeconds(1);
    private static final long MIN_PAUSE_MILLIS = 20;
    private static final long MAX_PAUSE_MILLIS = 250;

    private final Vertx vertx;
    private final BusClient bus;
    private volatile @Nullable String leader;
    private volatile List<String> members = List.of();

    StoreRoute(Vertx vertx, BusClient bus) {
        this.vertx = vertx;
        this.bus = bus;
    }

    /**
     * Sends a request until it is answered.
     *
     * @param body of the nth try, from 0
     * @param write whether a try without an answer may have changed something
     * @param forLeader whether the leader answers fastest
     * @return the answer's body; fails with {@link StoreException}
     */
    Future<Buffer> call(String method, String path, IntFunction<Buffer> body, boolean write, boolean forLeader) {
        Call call = new Call(method, path, body, write, forLeader);
        call.attempt();
        return call.result.future();
    }

    /** Sends one request to one member, or to any when {@code member} is null; once. */
    Future<BusReply> sendOnce(@Nullable String member, String path, Buffer body) {
        String address =
                member == null ? BusAddress.role(StoreProtocol.ROLE) : BusAddress.instance(StoreProtocol.ROLE, member);
        return bus.send(address, BusRequest.post(path, body, ATTEMPT)).onSuccess(this::learn);
    }

    /** A member other than {@code not}, at random; null when none is known. */
    @Nullable
    String anyBut(@Nullable String not) {
        List<String> others = new ArrayList<>(members);
        others.remove(not);
        return others.isEmpty() ? null : others.get(ThreadLocalRandom.current().nextInt(others.size()));
    }

    private void learn(BusReply reply) {
        String known = reply.headers().get(StoreProtocol.MEMBERS);
        if (known != null) {
            members = List.of(known.split(","));
            leader = reply.headers().get(StoreProtocol.LEADER);
        }
    }

    private final class Call {
        private final String method;
        private final String path;
        private final IntFunction<Buffer> body;
        private final boolean write;
        private final boolean forLeader;
        private final Promise<Buffer> result = Promise.promise();
        private final long deadline = System.nanoTime() + BusStore.DEADLINE.toNanos();
        private int attempts;
        private @Nullable String failed;
        private boolean perhapsDone;

        Call(String method, String path, IntFunction<Buffer> body, boolean write, boolean forLeader) {
            this.method = method;
            this.path = path;
            this.body = body;
            this.write = write;
            this.forLeader = forLeader;
        }

        void attempt() {
            String to = forLeader ? leader : null;
            if (to == null || to.equals(failed)) {
                to = anyBut(failed);
            }
            String member = to;
            String address = member == null
                    ? BusAddress.role(StoreProtocol.ROLE)
                    : BusAddress.instance(StoreProtocol.ROLE, member);
            long leftMillis = Math.max(1, (deadline - System.nanoTime()) / 1_000_000);
            Duration timeout = Duration.ofMillis(Math.min(ATTEMPT.toMillis(), leftMillis));
            BusRequest request =
                    new BusRequest(method, path, MultiMap.caseInsensitiveMultiMap(), body.apply(attempts++), timeout);
            bus.send(address, request).onComplete(sent -> {
                if (sent.succeeded()) {
                    learn(sent.result());
                    answered(sent.result());
                } else {
                    // The others may take a moment to see that their leader is gone: do not let them send us back.
                    failed = member;
                    perhapsDone |= !(sent.cause() instanceof BusUnavailableException lost) || lost.indeterminate();
                    again(String.valueOf(sent.cause().getMessage()));
                }
            });
        }

        private void answered(BusReply reply) {
            switch (reply.status()) {
                case 200 -> result.complete(reply.body());
                case StoreProtocol.UNAVAILABLE -> again(reply.body().toString());
                case StoreProtocol.MALFORMED ->
                    result.fail(new StoreException.Refused(
                            Refusal.MALFORMED, reply.body().toString()));
                default -> {
                    perhapsDone = true;
                    again(reply.body().toString());
                }
            }
        }

        private void again(String why) {
            long pause = Math.min(MAX_PAUSE_MILLIS, MIN_PAUSE_MILLIS << Math.min(attempts, 6));
            pause = pause / 2 + ThreadLocalRandom.current().nextLong(pause / 2 + 1);
            if (System.nanoTime() + Duration.ofMillis(pause).toNanos() < deadline) {
                vertx.setTimer(pause, id -> attempt());
            } else if (write && perhapsDone) {
                result.fail(new StoreException.Indeterminate(
                        "no answer from the store, the request may have been carried out: " + why));
            } else {
                result.fail(new StoreException.Unavailable("the store is not available: " + why));
            }
        }
    }
}
