package io.kvorum.bench.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/** Waits for linearizable reads. A client is opened only when its endpoint listens, so that no back-off distorts it. */
final class Readiness {
    private static final ByteSequence KEY = Connections.bytes("readiness");
    private static final long PROBE_MILLIS = 10;
    private static final int CONNECT_MILLIS = 200;
    private static final long READ_MILLIS = 25;

    private Readiness() {}

    /** Returns when every endpoint has answered a read that was sent after the call. */
    static void awaitAll(List<String> endpoints, Duration limit) throws IOException {
        await(endpoints, limit, CompletableFuture::allOf);
    }

    /** Returns when the first of the endpoints has. */
    static void awaitAny(List<String> endpoints, Duration limit) throws IOException {
        await(endpoints, limit, CompletableFuture::anyOf);
    }

    private static void await(
            List<String> endpoints, Duration limit, Function<CompletableFuture<?>[], CompletableFuture<?>> together)
            throws IOException {
        ExecutorService threads = Executors.newFixedThreadPool(endpoints.size());
        AtomicBoolean over = new AtomicBoolean();
        long deadline = System.nanoTime() + limit.toNanos();
        CompletableFuture<?>[] reads = endpoints.stream()
                .map(endpoint -> CompletableFuture.runAsync(() -> read(endpoint, over, deadline), threads))
                .toArray(CompletableFuture[]::new);
        try {
            Connections.await(together.apply(reads), limit.toMillis() + 1000, TimeUnit.MILLISECONDS);
        } finally {
            over.set(true);
            threads.shutdown();
        }
    }

    private static void read(String endpoint, AtomicBoolean over, long deadline) {
        URI uri = URI.create(endpoint);
        InetSocketAddress address = new InetSocketAddress(uri.getHost(), uri.getPort());
        while (!listens(address)) {
            pause(PROBE_MILLIS, endpoint, over, deadline);
        }
        CompletableFuture<Void> answered = new CompletableFuture<>();
        try (Client client = Connections.open(List.of(endpoint))) {
            while (!answered.isDone()) {
                // Another one at once, without waiting for the one before: a server may sit on it till its own
                // time-out.
                client.getKVClient().get(KEY).thenRun(() -> answered.complete(null));
                pause(READ_MILLIS, endpoint, over, deadline);
            }
        }
    }

    private static boolean listens(InetSocketAddress address) {
        try (Socket socket = new Socket()) {
            socket.connect(address, CONNECT_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static void pause(long millis, String endpoint, AtomicBoolean over, long deadline) {
        if (over.get() || System.nanoTime() - deadline > 0) {
            throw new IllegalStateException(endpoint + " has not answered a read in time");
        }
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
