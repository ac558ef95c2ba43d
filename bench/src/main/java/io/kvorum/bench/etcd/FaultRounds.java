package io.kvorum.bench.etcd;

import io.kvorum.bench.etcd.Contender.Blow;
import io.kvorum.bench.etcd.Measure.Figure;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;

/** How long writes stop when something happens to the leader. */
final class FaultRounds {
    private static final Duration RECOVERY = Duration.ofMinutes(2);

    private final BenchPlan plan;
    private final Pair pair;

    FaultRounds(BenchPlan plan, Pair pair) {
        this.plan = plan;
        this.pair = pair;
    }

    void run() throws IOException, InterruptedException {
        for (int round = 0; round < plan.rounds(); round++) {
            for (Blow blow : Blow.values()) {
                pair.turns(round, contender -> strike(contender, blow));
            }
        }
    }

    private void strike(Contender contender, Blow blow) throws IOException, InterruptedException {
        Duration outage;
        try {
            outage = Outage.of(contender, blow);
        } finally {
            contender.recover();
        }
        double millis = outage.toNanos() / 1e6;
        Progress.say(String.format(
                Locale.ROOT, "%s: %s: no write for %.0f ms", contender.maker().title(), blow.title(), millis));
        pair.record(contender.maker(), "no write acknowledged: " + blow.title(), Figure.TIME, millis);
        Readiness.awaitAll(contender.endpoints(), RECOVERY);
    }
}
