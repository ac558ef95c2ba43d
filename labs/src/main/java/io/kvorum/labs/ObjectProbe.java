package io.kvorum.labs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Asks for an object's field until it is as wanted. */
final class ObjectProbe {
    private static final Duration KUBECTL_LIMIT = Duration.ofSeconds(20);
    private static final long POLL_MILLIS = 300;

    private ObjectProbe() {}

    static Verdict evaluate(Check.OfObject check, LabCluster cluster, LabRun run) {
        List<String> words = new ArrayList<>(List.of("get"));
        words.addAll(check.get());
        words.addAll(List.of("-o", "jsonpath=" + check.path()));
        long deadline = System.nanoTime() + check.within().toNanos();
        while (true) {
            LabCluster.Output output = cluster.kubectl(run, words, KUBECTL_LIMIT);
            String value = output.ok() ? output.stdout().strip() : "";
            if (output.ok() && check.condition().holds(value)) {
                return Verdict.pass(String.join(" ", check.get()) + ": " + (value.isEmpty() ? "none" : value));
            }
            if (System.nanoTime() >= deadline) {
                String found = output.ok() ? value : output.lastError();
                return Verdict.fail(check.otherwise().replace("{value}", found.isEmpty() ? "nothing" : found));
            }
            Pause.of(POLL_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}
