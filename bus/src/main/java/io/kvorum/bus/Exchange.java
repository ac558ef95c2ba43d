package io.kvorum.bus;

import io.kvorum.bus.BusUnavailableException.Reason;
import io.kvorum.bus.cluster.MemberClusterManager;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.spi.cluster.ClusterManager;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One message and its answer, with a time-out, between this process and an instance; and the choice of the instance.
 *
 * <p>Vert.x lets a request to a dead process wait for its whole time-out. Here it fails as soon as the instance leaves the
 * membership. Thread-safe.
 */
final class Exchange {
    /** How long an instance that did not answer is asked last. */
    private static final long SUSPECT_NANOS = 3_000_000_000L;

    /**
     * How long an instance must be gone before what waits for it fails. When two halves of a split grid merge, the
     * members of the other half vanish and are back after some hundred milliseconds.
     */
    private static final long GONE_MILLIS = 500;

    private final Vertx vertx;
    private final @Nullable MemberClusterManager members;
    private final Map<String, Set<Pending>> pending = new ConcurrentHashMap<>();
    private final Map<String, Long> suspects = new ConcurrentHashMap<>();
    private final AtomicInteger turn = new AtomicInteger();

    private record Pending(Context context, Promise<Buffer> promise) {}

    Exchange(Vertx vertx) {
        this.vertx = vertx;
        ClusterManager manager = ((VertxInternal) vertx).clusterManager();
        members = manager instanceof MemberClusterManager ours ? ours : null;
        if (members != null) {
            members.onVanished(this::vanished);
        }
    }

    /** Node id of this process, as the endpoint of a request sees it. */
    String self() {
        return members == null ? "local/local@localhost:0" : members.getNodeId();
    }

    /**
     * The instances to ask, best first: each role's in turn, those that lately did not answer last. Empty when nobody
     * serves the role.
     */
    List<String> candidates(String address) {
        if (members == null || address.indexOf('/') >= 0) {
            return List.of(address);
        }
        List<String> instances = members.instances(address);
        if (instances.size() < 2) {
            return instances;
        }
        long now = System.nanoTime();
        int first = Math.floorMod(turn.getAndIncrement(), instances.size());
        List<String> rotated = new ArrayList<>(instances.subList(first, instances.size()));
        rotated.addAll(instances.subList(0, first));
        rotated.sort(Comparator.comparing(instance -> suspected(instance, now)));
        return rotated;
    }

    /** Whether a live instance other than {@code instance} serves the same role. */
    boolean hasOther(String instance) {
        int slash = instance.indexOf('/');
        return members != null
                && slash > 0
                && members.instances(instance.substring(0, slash)).stream().anyMatch(other -> !other.equals(instance));
    }

    private boolean suspected(String instance, long now) {
        Long since = suspects.get(instance);
        return since != null && now - since < SUSPECT_NANOS;
    }

    /**
     * Sends {@code message} to an instance and awaits its answer, on {@code context}.
     *
     * <p>Errors: {@link BusUnavailableException}.
     */
    Future<Buffer> send(Context context, String instance, Buffer message, long timeoutMillis) {
        Promise<Buffer> promise = Promise.promise();
        Pending entry = new Pending(context, promise);
        Set<Pending> entries = pending.computeIfAbsent(instance, key -> ConcurrentHashMap.newKeySet());
        entries.add(entry);
        vertx.eventBus()
                .<Buffer>request(instance, message, new DeliveryOptions().setSendTimeout(Math.max(1, timeoutMillis)))
                .onComplete(answer -> {
                    entries.remove(entry);
                    if (answer.succeeded()) {
                        suspects.remove(instance);
                        promise.tryComplete(answer.result().body());
                    } else if (promise.tryFail(unavailable(instance, timeoutMillis, answer.cause()))) {
                        suspects.put(instance, System.nanoTime());
                    }
                });
        return promise.future();
    }

    /** Sends without waiting for an answer; the message may be lost. */
    void tell(String instance, Buffer message) {
        vertx.eventBus().send(instance, message);
    }

    private static BusUnavailableException unavailable(String instance, long timeoutMillis, Throwable cause) {
        if (cause instanceof ReplyException reply) {
            if (reply.failureType() == ReplyFailure.NO_HANDLERS) {
                return new BusUnavailableException("nobody answers at " + instance, Reason.NOBODY);
            }
            if (reply.failureType() == ReplyFailure.TIMEOUT) {
                return new BusUnavailableException(
                        "no answer from " + instance + " within " + timeoutMillis + " ms", Reason.TIMEOUT);
            }
        }
        return new BusUnavailableException("no answer from " + instance + ": " + cause.getMessage(), Reason.LOST);
    }

    private void vanished(String instance) {
        vertx.setTimer(GONE_MILLIS, timer -> {
            if (members != null && !members.isLive(instance)) {
                fail(instance);
            }
        });
    }

    private void fail(String instance) {
        suspects.put(instance, System.nanoTime());
        for (Pending entry : pending.getOrDefault(instance, Set.of())) {
            entry.context.runOnContext(v -> entry.promise.tryFail(
                    new BusUnavailableException(instance + " left the cluster before it answered", Reason.LOST)));
        }
    }
}
