package io.kvorum.bench.etcd;

import io.etcd.jetcd.Client;
import io.kvorum.bench.etcd.Measure.Figure;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;

/** How long it takes from the start of all members, after {@code kill -9} of all, until the first linearizable read. */
final class RestartRounds {
    private static final Duration RESTART_LIMIT = Duration.ofMinutes(5);
    private static final Duration FILL_LIMIT = Duration.ofMinutes(20);
    private static final int VALUE_BYTES = 4096;
    private static final int KEYS = 10_000;

    private final BenchPlan plan;
    private final Pair pair;

    RestartRounds(BenchPlan plan, Pair pair) {
        this.plan = plan;
        this.pair = pair;
    }

    void run() throws IOException, InterruptedException {
        pair.turns(0, this::fill);
        for (int round = 0; round < plan.rounds(); round++) {
            pair.turns(round, this::restart);
        }
    }

    private void fill(Contender contender) throws IOException {
        try (Client client = Connections.open(contender.endpoints())) {
            KeySet keys = new KeySet("restart/", KEYS, VALUE_BYTES);
            Filling.run(client.getKVClient(), keys, plan.logBytes() / VALUE_BYTES, FILL_LIMIT);
        }
        Progress.say(String.format(
                Locale.ROOT,
                "%s: %d MiB written, %d MiB on the disks of all members",
                contender.maker().title(),
                plan.logBytes() >> 20,
                contender.diskBytes() >> 20));
    }

    private void restart(Contender contender) throws IOException {
        contender.killAll();
        long started = System.nanoTime();
        contender.recover();
        Readiness.awaitAny(contender.endpoints(), RESTART_LIMIT);
        double millis = (System.nanoTime() - started) / 1e6;
        Progress.say(String.format(
                Locale.ROOT,
                "%s: first read %.0f ms after the start",
                contender.maker().title(),
                millis));
        pair.record(
                contender.maker(),
                "restart of all with " + (plan.logBytes() >> 20) + " MiB written, until the first linearizable read",
                Figure.TIME,
                millis);
        Readiness.awaitAll(contender.endpoints(), RESTART_LIMIT);
    }
}
