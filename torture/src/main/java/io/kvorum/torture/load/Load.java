package io.kvorum.torture.load;

import io.kvorum.torture.history.Call;
import io.kvorum.torture.history.Fate;
import io.kvorum.torture.history.HistoryWriter;
import io.kvorum.torture.history.KeyRange;
import io.kvorum.torture.history.Reply;
import io.kvorum.torture.history.WatchRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** All clients of a torture: workers, watchers, and one that asks who leads. */
public final class Load {
    /** The number of the client that reads everything at the end. */
    private static final int READER = 1_000_000;

    private static final Duration JOIN = Duration.ofSeconds(30);
    private static final Duration AT_ONE_MEMBER = Duration.ofSeconds(20);

    private final List<Endpoint> endpoints;
    private final HistoryWriter history;
    private final Duration deadline;
    private final Connections connections = new Connections();
    private final AtomicReference<Throwable> broken = new AtomicReference<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Elections monitor;
    private volatile boolean working = true;
    private volatile boolean watching = true;

    /** @param deadline of each call */
    public Load(List<Endpoint> endpoints, HistoryWriter history, Duration deadline) {
        this.endpoints = List.copyOf(endpoints);
        this.history = history;
        this.deadline = deadline;
        this.monitor = new Elections(this.endpoints, history, () -> watching);
    }

    /**
     * Starts the clients.
     *
     * @param workers how many make calls; they take turns with profiles and members
     * @param callsPerSecond of each worker, at most
     */
    public void start(SplittableRandom random, List<Profile> profiles, int workers, double callsPerSecond) {
        start("elections", monitor);
        AtomicInteger watchers = new AtomicInteger();
        List<WatchRequest> watches = List.of(
                WatchRequest.of(KeyRange.all(), 2),
                WatchRequest.of(KeyRange.all(), 2),
                new WatchRequest(KeyRange.prefix("r/"), 2, false, false, true, true, true),
                new WatchRequest(KeyRange.prefix("t/"), 2, false, true, false, true, false),
                new WatchRequest(KeyRange.prefix("d/"), 2, true, false, true, false, false));
        for (int i = 0; i < watches.size(); i++) {
            int client = workers + i;
            start(
                    "watcher-" + i,
                    new Watcher(
                            client,
                            endpoints,
                            i,
                            watches.get(i),
                            history,
                            connections,
                            watchers,
                            AT_ONE_MEMBER.plusSeconds(random.nextInt(20)),
                            () -> watching));
        }
        for (int client = 0; client < workers; client++) {
            Worker worker = new Worker(
                    client,
                    endpoints.get(client % endpoints.size()),
                    profiles.get(client % profiles.size()),
                    random.split(),
                    history,
                    deadline,
                    callsPerSecond,
                    connections,
                    () -> working);
            start("client-" + client, worker);
        }
    }

    private void start(String name, Runnable client) {
        Thread thread = new Thread(client, "torture-" + name);
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((dead, cause) -> broken.compareAndSet(null, cause));
        threads.add(thread);
        thread.start();
    }

    /** The leader as far as is known; empty when nobody knows one. */
    public String leader() {
        return monitor.leader();
    }

    /** Why a client ended before its time; null when none did. */
    public @Nullable Throwable broken() {
        return broken.get();
    }

    /** No more calls; watches go on. */
    public void stopWorking() {
        working = false;
    }

    /**
     * Reads everything at every member, linearizably, so that the end of the history says what the store holds.
     *
     * @return the members that did not answer
     */
    public List<String> readAll() throws IOException {
        List<String> silent = new ArrayList<>();
        for (Endpoint endpoint : endpoints) {
            Call.Range all = new Call.Range(KeyRange.all(), 0, false, 0, false);
            try (MemberConnection member = new MemberConnection(endpoint, deadline)) {
                int operation = history.begin(READER, endpoint.member(), connections.next(), System.nanoTime(), all);
                Fate fate = member.call(all);
                history.end(operation, System.nanoTime(), fate);
                if (!(fate instanceof Reply)) {
                    silent.add(endpoint.member());
                }
            }
        }
        return silent;
    }

    /** Ends all clients. */
    public void stop() throws InterruptedException {
        working = false;
        watching = false;
        long until = System.nanoTime() + JOIN.toNanos();
        for (Thread thread : threads) {
            thread.join(Math.max(1, (until - System.nanoTime()) / 1_000_000));
            if (thread.isAlive()) {
                throw new IllegalStateException(thread.getName() + " does not end");
            }
        }
    }
}
