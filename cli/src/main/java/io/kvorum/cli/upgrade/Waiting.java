package io.kvorum.cli.upgrade;

import io.kvorum.cli.cluster.CommandFailure;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Waiting for what comes by itself, within a limit. */
final class Waiting {
    private static final long POLL_MILLIS = 200;

    private Waiting() {}

    /** One look at how things are. */
    interface Look {
        /** What is missing yet; null when nothing is. */
        @Nullable
        String missing() throws InterruptedException;
    }

    /** Looks until nothing is missing. Errors: CommandFailure with the text made of what was missing last. */
    static void until(Duration limit, Look look, UnaryOperator<String> failure) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        for (String missing = look.missing(); missing != null; missing = look.missing()) {
            if (System.nanoTime() - deadline > 0) {
                throw new CommandFailure(failure.apply(missing), 1);
            }
            Thread.sleep(POLL_MILLIS);
        }
    }
}
