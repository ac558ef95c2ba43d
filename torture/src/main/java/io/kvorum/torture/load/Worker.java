package io.kvorum.torture.load;

import io.kvorum.torture.history.Call;
import io.kvorum.torture.history.Fate;
import io.kvorum.torture.history.HistoryWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A client that makes one call after the other to its member. After a call without an answer it connects anew. */
final class Worker implements Runnable {
    /** So that a member that is down is not asked as fast as it refuses. */
    private static final long RECONNECT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final int client;
    private final Endpoint endpoint;
    private final Profile profile;
    private final SplittableRandom random;
    private final HistoryWriter history;
    private final Duration deadline;
    private final double callsPerSecond;
    private final BooleanSupplier goesOn;
    private final Connections connections;
    private final Knowledge known;

    /** @param goesOn is asked before each call */
    Worker(
            int client,
            Endpoint endpoint,
            Profile profile,
            SplittableRandom random,
            HistoryWriter history,
            Duration deadline,
            double callsPerSecond,
            Connections connections,
            BooleanSupplier goesOn) {
        this.client = client;
        this.endpoint = endpoint;
        this.profile = profile;
        this.random = random;
        this.history = history;
        this.deadline = deadline;
        this.callsPerSecond = callsPerSecond;
        this.connections = connections;
        this.goesOn = goesOn;
        this.known = new Knowledge(client);
    }

    @Override
    public void run() {
        try {
            while (goesOn.getAsBoolean()) {
                untilDisconnected(connections.next());
                LockSupport.parkNanos(RECONNECT_NANOS);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("client " + client + " cannot record what it does", e);
        }
    }

    private void untilDisconnected(int connection) throws IOException {
        try (MemberConnection member = new MemberConnection(endpoint, deadline)) {
            while (goesOn.getAsBoolean()) {
                pause();
                Call call = profile.next(known, random);
                int operation = history.begin(client, endpoint.member(), connection, System.nanoTime(), call);
                Fate fate = member.call(call);
                history.end(operation, System.nanoTime(), fate);
                known.learn(call, fate);
                if (fate instanceof Fate.Unknown) {
                    return;
                }
            }
        }
    }

    /** Between half and one and a half of the mean time between calls, so that clients do not fall into step. */
    private void pause() {
        long mean = (long) (TimeUnit.SECONDS.toNanos(1) / callsPerSecond);
        LockSupport.parkNanos(mean / 2 + random.nextLong(mean + 1));
    }
}
