package io.kvorum.bus;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.List;

/** Makes bus clients. */
public final class BusClients {
    private BusClients() {}

    /**
     * A client on {@code vertx}. With {@link io.kvorum.bus.cluster.MemberClusterManager} it spreads a role's requests
     * over the live instances and fails requests to a vanished one at once; on a local Vert.x it reaches the servers of
     * that Vert.x. Futures and streams belong to the context they were asked for on.
     */
    public static BusClient create(Vertx vertx) {
        return create(vertx, BusTrust.NONE, BusTimings.DEFAULT);
    }

    /** Likewise; every request carries {@code trust}'s proof of who sends it. */
    public static BusClient create(Vertx vertx, BusTrust trust) {
        return create(vertx, trust, BusTimings.DEFAULT);
    }

    static BusClient create(Vertx vertx, BusTrust trust, BusTimings timings) {
        Exchange exchange = new Exchange(vertx);
        return new Client(vertx, exchange, new StreamChecks.ByContext(vertx, exchange, timings), trust, timings);
    }

    private record Client(
            Vertx vertx, Exchange exchange, StreamChecks.ByContext checks, BusTrust trust, BusTimings timings)
            implements BusClient {
        @Override
        public Future<BusReply> send(String address, BusRequest request) {
            Promise<BusReply> promise = Promise.promise();
            ContextInternal context = (ContextInternal) vertx.getOrCreateContext();
            Call call = new Call(this, context, address, request, promise);
            if (Vertx.currentContext() == context) {
                call.start();
            } else {
                context.runOnContext(v -> call.start());
            }
            return promise.future();
        }
    }

    /** One request on its way. Confined to its context. */
    private static final class Call {
        private final Client client;
        private final ContextInternal context;
        private final String address;
        private final BusRequest request;
        private final Promise<BusReply> promise;
        private final long deadline;

        Call(Client client, ContextInternal context, String address, BusRequest request, Promise<BusReply> promise) {
            this.client = client;
            this.context = context;
            this.address = address;
            this.request = request;
            this.promise = promise;
            deadline = System.nanoTime() + request.timeout().toNanos();
        }

        void start() {
            next(client.exchange.candidates(address), 0, "no instance of " + address + " is known");
        }

        /** Asks one candidate; only one that refused, so certainly did nothing, is followed by the next. */
        private void next(List<String> candidates, int index, String reason) {
            long left = left();
            if (index >= candidates.size() || left <= 0) {
                promise.tryFail(new BusUnavailableException(reason, false));
                return;
            }
            String instance = candidates.get(index);
            BusRequest timed = new BusRequest(
                    request.method(), request.uri(), request.headers(), request.body(), Duration.ofMillis(left));
            String self = client.exchange.self();
            client.exchange
                    .send(context, instance, Wire.request(timed, self, client.trust.proof(self, instance)), left)
                    .onComplete(answer -> {
                        if (answer.failed()) {
                            failed(candidates, index, answer.cause());
                        } else {
                            answered(candidates, index, answer.result());
                        }
                    });
        }

        private void failed(List<String> candidates, int index, Throwable cause) {
            if (cause instanceof BusUnavailableException unavailable && !unavailable.indeterminate()) {
                next(candidates, index + 1, String.valueOf(cause.getMessage()));
            } else {
                promise.tryFail(cause);
            }
        }

        private void answered(List<String> candidates, int index, Buffer message) {
            Wire.Reader answer;
            try {
                answer = new Wire.Reader(message);
            } catch (IllegalArgumentException e) {
                promise.tryFail(e);
                return;
            }
            switch (answer.kind()) {
                case WHOLE -> promise.tryComplete(answer.whole());
                case STREAM -> {
                    Wire.StreamHead head = answer.head();
                    promise.tryComplete(BusReply.stream(head.status(), head.headers(), receive(head)));
                }
                case LARGE -> collect(answer.head());
                case REFUSED -> next(candidates, index + 1, answer.text());
                default -> promise.tryFail(new IllegalArgumentException("a request was answered by " + answer.kind()));
            }
        }

        private FrameQueue receive(Wire.StreamHead head) {
            return new StreamReceiver(
                            client.vertx,
                            context,
                            client.exchange,
                            client.checks,
                            client.timings,
                            head.address(),
                            head.id())
                    .start();
        }

        private void collect(Wire.StreamHead head) {
            Buffer body = Buffer.buffer();
            FrameQueue parts = receive(head);
            long timer = client.vertx.setTimer(Math.max(1, left()), id -> {
                parts.close();
                promise.tryFail(new BusUnavailableException(
                        "the answer of " + head.address() + " did not arrive in time", true));
            });
            parts.endHandler(v -> {
                client.vertx.cancelTimer(timer);
                promise.tryComplete(BusReply.whole(head.status(), head.headers(), body));
            });
            parts.exceptionHandler(cause -> {
                client.vertx.cancelTimer(timer);
                promise.tryFail(new BusUnavailableException("the answer broke off: " + cause.getMessage(), true));
            });
            parts.handler(body::appendBuffer);
        }

        private long left() {
            return (deadline - System.nanoTime() + 999_999) / 1_000_000;
        }
    }
}
