package io.kvorum.bench.etcd;

import io.etcd.jetcd.Client;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What an operator's upkeep does to a store again and again while it serves: history is compacted, then the members are
 * defragmented one after the other. Runs in a thread of its own from start to {@link #close}.
 */
final class Upkeep implements AutoCloseable {
    private static final long LIMIT_SECONDS = 300;
    private static final long JOIN_MILLIS = TimeUnit.SECONDS.toMillis(LIMIT_SECONDS);

    private final List<String> endpoints;
    private final Duration rest;
    private final Client client;
    private final List<Step> steps = new ArrayList<>();
    private final Thread thread = new Thread(this::work, "upkeep");
    private volatile @Nullable IOException problem;

    /** Something that was done, by {@link System#nanoTime()}. */
    record Step(String what, long began, long ended) {}

    private interface Action {
        void run() throws IOException;
    }

    Upkeep(List<String> endpoints, Duration rest) {
        this.endpoints = endpoints;
        this.rest = rest;
        this.client = Connections.open(endpoints);
        thread.setDaemon(true);
        thread.start();
    }

    private void work() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Thread.sleep(rest.toMillis());
                step("compaction", () -> Pair.compact(client));
                for (String endpoint : endpoints) {
                    step("defragmentation of " + endpoint, () -> {
                        var unused = Connections.await(
                                client.getMaintenanceClient().defragmentMember(endpoint),
                                LIMIT_SECONDS,
                                TimeUnit.SECONDS);
                    });
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            problem = e;
        }
    }

    private void step(String what, Action action) throws IOException {
        long began = System.nanoTime();
        String how = "failed after";
        try {
            action.run();
            how = "took";
        } finally {
            long ended = System.nanoTime();
            synchronized (steps) {
                steps.add(new Step(what, began, ended));
            }
            Progress.say(String.format(Locale.ROOT, "%s %s %.0f ms", what, how, (ended - began) / 1e6));
        }
    }

    /**
     * What was done so far.
     *
     * @throws IOException when a step failed, after which there were no more
     */
    List<Step> steps() throws IOException {
        IOException failed = problem;
        if (failed != null) {
            throw new IOException("the upkeep failed: " + failed.getMessage(), failed);
        }
        synchronized (steps) {
            return List.copyOf(steps);
        }
    }

    /** What was being done at an instant; empty when nothing was. */
    static String at(List<Step> steps, long instant) {
        return steps.stream()
                .filter(step -> step.began() - instant <= 0 && instant - step.ended() <= 0)
                .map(Step::what)
                .findFirst()
                .orElse("");
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(JOIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        client.close();
    }
}
