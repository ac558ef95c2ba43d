package io.kvorum.bench.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Many watchers of one prefix, over all endpoints, and how fast what is written reaches every one of them. */
final class WatchFanOut implements AutoCloseable {
    private static final String PREFIX = "watched/";
    private static final int SINGLES = 20;
    private static final int WARM_UP = 5;
    private static final int VALUE_BYTES = 256;
    private static final long LIMIT_SECONDS = 60;

    private final KV store;
    private final KeySet keys = new KeySet(PREFIX, 100, VALUE_BYTES);
    private final SplittableRandom random = new SplittableRandom(1);
    private final List<Watch.Watcher> watchers = new ArrayList<>();
    private final int count;
    private final AtomicLong created = new AtomicLong();
    private final CompletableFuture<Void> allCreated = new CompletableFuture<>();
    private final AtomicLong missing = new AtomicLong();
    private volatile CompletableFuture<Void> delivered = new CompletableFuture<>();

    /**
     * What came of it.
     *
     * @param oneEventMillis from the sending of a write until every watcher has it; the median of several
     * @param eventsPerSecond that all watchers together got while writes were sent all at once
     */
    record Outcome(double oneEventMillis, double eventsPerSecond) {}

    private WatchFanOut(Client client, int count) throws IOException {
        this.store = client.getKVClient();
        this.count = count;
        WatchOption option =
                WatchOption.builder().isPrefix(true).withCreateNotify(true).build();
        ByteSequence prefix = Connections.bytes(PREFIX);
        for (int i = 0; i < count; i++) {
            watchers.add(client.getWatchClient().watch(prefix, option, this::received, this::failed));
        }
        Connections.await(allCreated, LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    /**
     * @param watchers how many there are
     * @param burst how many writes are sent at once to measure the rate
     */
    static Outcome run(Client client, int watchers, int burst) throws IOException {
        try (WatchFanOut fanOut = new WatchFanOut(client, watchers)) {
            for (int i = 0; i < WARM_UP; i++) {
                fanOut.nanosToDeliver(1);
            }
            List<Double> singles = new ArrayList<>();
            for (int i = 0; i < SINGLES; i++) {
                singles.add(fanOut.nanosToDeliver(1) / 1e6);
            }
            double rate = (double) watchers * burst / (fanOut.nanosToDeliver(burst) / 1e9);
            return new Outcome(Comparison.median(singles).orElseThrow(), rate);
        }
    }

    private long nanosToDeliver(int writes) throws IOException {
        CompletableFuture<Void> all = new CompletableFuture<>();
        delivered = all;
        missing.set((long) writes * count);
        long sent = System.nanoTime();
        List<CompletableFuture<?>> answers = new ArrayList<>();
        for (int i = 0; i < writes; i++) {
            answers.add(store.put(keys.key(random), keys.value(random)));
        }
        Connections.await(all, LIMIT_SECONDS, TimeUnit.SECONDS);
        long took = System.nanoTime() - sent;
        Connections.await(
                CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)), LIMIT_SECONDS, TimeUnit.SECONDS);
        return took;
    }

    private void received(WatchResponse response) {
        if (response.isCreatedNotify()) {
            if (created.incrementAndGet() == count) {
                allCreated.complete(null);
            }
            return;
        }
        int events = response.getEvents().size();
        if (events > 0 && missing.addAndGet(-events) <= 0) {
            delivered.complete(null);
        }
    }

    private void failed(Throwable failure) {
        allCreated.completeExceptionally(failure);
        delivered.completeExceptionally(failure);
    }

    @Override
    public void close() {
        watchers.forEach(Watch.Watcher::close);
    }
}
