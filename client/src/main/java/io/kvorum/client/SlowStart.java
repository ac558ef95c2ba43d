package io.kvorum.client;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Runs calls in batches that double: 1, 2, 4, ... A batch with a failure is the last, so that calls which all fail for
 * the same reason (a quota, an admission rule) do not become a storm.
 */
public final class SlowStart {
    private SlowStart() {}

    /**
     * Outcome of a run: how many calls succeeded and failed, how many were never made, and the first failure.
     *
     * @param skipped calls that were not made because an earlier batch failed
     */
    public record Outcome(int succeeded, int failed, int skipped, Future<Void> firstFailure) {}

    /**
     * Makes {@code count} calls; {@code call} gets their numbers from 0. The future never fails: failures are counted in
     * the outcome, whose {@code firstFailure} has succeeded when there was none.
     */
    public static Future<Outcome> run(int count, IntFunction<Future<?>> call) {
        return batch(0, Math.min(1, count), count, call);
    }

    private static Future<Outcome> batch(int from, int size, int count, IntFunction<Future<?>> call) {
        if (size == 0) {
            return Future.succeededFuture(new Outcome(from, 0, 0, Future.succeededFuture()));
        }
        List<Future<?>> calls = new ArrayList<>(size);
        for (int i = from; i < from + size; i++) {
            calls.add(call.apply(i));
        }
        return Future.join(calls).transform(joined -> {
            int failed = 0;
            Future<Void> first = Future.succeededFuture();
            for (Future<?> one : calls) {
                if (one.failed()) {
                    if (failed++ == 0) {
                        first = Future.failedFuture(one.cause());
                    }
                }
            }
            int next = from + size;
            if (failed > 0) {
                return Future.succeededFuture(new Outcome(next - failed, failed, count - next, first));
            }
            return batch(next, Math.min(size * 2, count - next), count, call);
        });
    }
}
