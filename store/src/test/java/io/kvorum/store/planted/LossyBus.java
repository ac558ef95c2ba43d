package io.kvorum.store.planted;

import io.kvorum.bus.BusClient;
import io.kvorum.bus.BusReply;
import io.kvorum.bus.BusRequest;
import io.kvorum.bus.BusUnavailableException;
import io.kvorum.store.raft.LocalTransport;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One member's way to the others over the bus. What is cut is cut here too, each way for itself, and seen as it is in a real
 * network: nothing comes until the time is up. Besides, some answers are lost because the connection breaks before them.
 */
final class LossyBus implements BusClient {
    private static final int PERCENT_LOST = 8;

    private final Vertx vertx;
    private final LocalTransport network;
    private final String own;
    private final BusClient bus;
    private final Random random;

    private final AtomicInteger lost;

    /** @param lost counts the answers that were lost without a cut */
    LossyBus(Vertx vertx, LocalTransport network, String own, BusClient bus, Random random, AtomicInteger lost) {
        this.vertx = vertx;
        this.network = network;
        this.own = own;
        this.bus = bus;
        this.random = random;
        this.lost = lost;
    }

    @Override
    public Future<BusReply> send(String address, BusRequest request) {
        String to = address.substring(address.indexOf('/') + 1);
        if (network.isCut(own, to)) {
            return silence(request);
        }
        return bus.send(address, request).compose(reply -> {
            if (network.isCut(to, own)) {
                return silence(request);
            }
            if (random.nextInt(100) < PERCENT_LOST) {
                lost.incrementAndGet();
                return Future.failedFuture(new BusUnavailableException("the connection to " + to + " broke", true));
            }
            return Future.succeededFuture(reply);
        });
    }

    private Future<BusReply> silence(BusRequest request) {
        Promise<BusReply> promise = Promise.promise();
        vertx.setTimer(
                Math.max(1, request.timeout().toMillis()),
                id -> promise.fail(new BusUnavailableException("no answer in time", true)));
        return promise.future();
    }
}
