package io.kvorum.bench.etcd;

import java.util.Locale;

/** What is under way, line by line, for who waits. */
final class Progress {
    private static final long STARTED = System.nanoTime();

    private Progress() {}

    static void say(String line) {
        System.err.printf(Locale.ROOT, "%6.1f s  %s%n", (System.nanoTime() - STARTED) / 1e9, line);
    }
}
