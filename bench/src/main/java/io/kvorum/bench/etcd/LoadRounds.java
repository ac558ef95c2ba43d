package io.kvorum.bench.etcd;

import io.etcd.jetcd.Client;
import io.kvorum.bench.etcd.BenchPlan.Part;
import io.kvorum.bench.etcd.Measure.Figure;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;

/** Rates of puts and gets with their latencies, and the fan-out of watches. */
final class LoadRounds {
    private static final int RUN_IN_REQUESTS = 64;
    private static final Duration FILL_LIMIT = Duration.ofMinutes(2);

    private final BenchPlan plan;
    private final Pair pair;

    LoadRounds(BenchPlan plan, Pair pair) {
        this.plan = plan;
        this.pair = pair;
    }

    void run() throws IOException, InterruptedException {
        KeySet small = new KeySet("bench/", plan.keys(), plan.values().get(0));
        // The client's own code too must be compiled before the first that is measured.
        pair.turns(0, contender -> {
            try (Client client = Connections.open(contender.endpoints())) {
                for (Operation operation : plan.operations()) {
                    ClosedLoad.Outcome unused = ClosedLoad.run(
                            client.getKVClient(), operation, small, RUN_IN_REQUESTS, Duration.ZERO, plan.runIn());
                }
                Pair.compact(client);
            }
        });
        for (int round = 0; round < plan.rounds(); round++) {
            for (int valueBytes : plan.values()) {
                if (!plan.operations().isEmpty()) {
                    requests(round, new KeySet("bench/", plan.keys(), valueBytes), valueBytes);
                }
            }
            if (plan.has(Part.WATCH)) {
                watches(round);
            }
        }
    }

    private void requests(int round, KeySet keys, int valueBytes) throws IOException, InterruptedException {
        pair.turns(round, contender -> {
            try (Client client = Connections.open(contender.endpoints())) {
                Filling.run(client.getKVClient(), keys, keys.size(), FILL_LIMIT);
                Pair.compact(client);
            }
        });
        for (Operation operation : plan.operations()) {
            for (int clients : plan.clients()) {
                pair.turns(round, contender -> measure(contender, operation, keys, valueBytes, clients));
            }
        }
    }

    private void measure(Contender contender, Operation operation, KeySet keys, int valueBytes, int clients)
            throws IOException {
        String what = String.format(Locale.ROOT, "%s, %d B, %d at a time", operation.title(), valueBytes, clients);
        try (Client client = Connections.open(contender.endpoints())) {
            ClosedLoad.Outcome outcome =
                    ClosedLoad.run(client.getKVClient(), operation, keys, clients, plan.warmUp(), plan.window());
            Progress.say(String.format(
                    Locale.ROOT,
                    "%s: %s: %.0f/s, p50 %.2f ms, p99 %.2f ms%s",
                    contender.maker().title(),
                    what,
                    outcome.perSecond(),
                    outcome.millisAt(50),
                    outcome.millisAt(99),
                    outcome.failures() == 0 ? "" : ", " + outcome.failures() + " FAILED"));
            if (outcome.failures() > 0) {
                throw new IOException(outcome.failures() + " requests failed: " + what);
            }
            pair.record(contender.maker(), what, Figure.RATE, outcome.perSecond());
            pair.record(contender.maker(), what, Figure.P50, outcome.millisAt(50));
            pair.record(contender.maker(), what, Figure.P99, outcome.millisAt(99));
            if (operation == Operation.PUT) {
                Pair.compact(client);
            }
        }
    }

    private void watches(int round) throws IOException, InterruptedException {
        pair.turns(round, contender -> {
            try (Client client = Connections.open(contender.endpoints())) {
                WatchFanOut.Outcome outcome = WatchFanOut.run(client, plan.watchers(), plan.burst());
                Progress.say(String.format(
                        Locale.ROOT,
                        "%s: %d watchers: one event at all after %.1f ms, %.0f events/s",
                        contender.maker().title(),
                        plan.watchers(),
                        outcome.oneEventMillis(),
                        outcome.eventsPerSecond()));
                String watchers = plan.watchers() + " watchers of a prefix";
                pair.record(contender.maker(), watchers + ": events", Figure.RATE, outcome.eventsPerSecond());
                pair.record(
                        contender.maker(),
                        watchers + ": until all have one event",
                        Figure.TIME,
                        outcome.oneEventMillis());
            }
        });
    }
}
