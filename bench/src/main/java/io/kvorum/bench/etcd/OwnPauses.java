package io.kvorum.bench.etcd;

import java.util.concurrent.locks.LockSupport;

/** The longest time for which this very process did not run, measured by a thread that wants to wake every millisecond. */
final class OwnPauses implements AutoCloseable {
    private static final long INTERVAL_NANOS = 1_000_000;

    private final Thread thread = new Thread(this::watch, "own-pauses");
    private volatile boolean over;
    private volatile long longest;

    OwnPauses() {
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        long before = System.nanoTime();
        while (!over) {
            LockSupport.parkNanos(INTERVAL_NANOS);
            long now = System.nanoTime();
            longest = Math.max(longest, now - before - INTERVAL_NANOS);
            before = now;
        }
    }

    double longestMillis() {
        return longest / 1e6;
    }

    @Override
    public void close() {
        over = true;
    }
}
