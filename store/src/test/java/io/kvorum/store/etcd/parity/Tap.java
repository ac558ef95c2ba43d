package io.kvorum.store.etcd.parity;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.kvorum.etcd.api.Event;
import io.kvorum.etcd.api.WatchCreateRequest;
import io.kvorum.etcd.api.WatchGrpc;
import io.kvorum.etcd.api.WatchProgressRequest;
import io.kvorum.etcd.api.WatchRequest;
import io.kvorum.etcd.api.WatchResponse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A watch stream, and what was sent on it, told by watcher: how changes are spread over messages is the server's affair. A
 * watcher of its own sees the writes to {@link #SENTINEL}, so that one can wait for what came before.
 */
final class Tap implements StreamObserver<WatchResponse> {
    static final ByteString SENTINEL = ByteString.copyFromUtf8("~sentinel");

    private static final long SENTINEL_ID = 1000;
    private static final long PATIENCE_SECONDS = 15;
    private static final long NOBODY = -1;

    /** What a transaction did comes at one revision, at etcd in the order of its operations, here by key. */
    private static final Comparator<Event> WITHIN_REVISIONS = Comparator.<Event>comparingLong(
                    event -> event.getKv().getModRevision())
            .thenComparing(event -> event.getKv().getKey(), ByteString.unsignedLexicographicalComparator());

    private final StreamObserver<WatchRequest> requests;
    private final Map<Long, List<String>> log = new TreeMap<>();
    private long progress;
    private long sentinelRevision;
    private long heardNanos = System.nanoTime();
    private final Set<Long> over = new HashSet<>();
    private @Nullable Status ended;

    Tap(ManagedChannel channel) {
        requests = WatchGrpc.newStub(channel).withWaitForReady().watch(this);
        send(WatchRequest.newBuilder()
                .setCreateRequest(
                        WatchCreateRequest.newBuilder().setKey(SENTINEL).setWatchId(SENTINEL_ID))
                .build());
    }

    /** Sends it; returns when all that the server says to it at once was said. */
    synchronized void send(WatchRequest request) {
        long before = progress;
        requests.onNext(request);
        progress(before);
    }

    private void progress(long before) {
        requests.onNext(WatchRequest.newBuilder()
                .setProgressRequest(WatchProgressRequest.getDefaultInstance())
                .build());
        await(() -> progress > before);
    }

    /** Returns when everything up to {@code revision}, a write of the sentinel, has come, and nothing for {@code quietMillis}. */
    synchronized void settle(long revision, long quietMillis) {
        await(() -> sentinelRevision >= revision);
        progress(progress);
        await(() -> System.nanoTime() - heardNanos >= TimeUnit.MILLISECONDS.toNanos(quietMillis));
    }

    private void await(BooleanSupplier holds) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!holds.getAsBoolean()) {
            if (ended != null || System.nanoTime() > deadline) {
                throw new AssertionError(
                        "the stream " + (ended == null ? "is silent" : "ended: " + ended) + "; " + log);
            }
            try {
                TimeUnit.MILLISECONDS.timedWait(this, 10);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    synchronized String told() {
        StringBuilder text = new StringBuilder();
        log.forEach((id, lines) ->
                lines.forEach(line -> text.append(id).append(": ").append(line).append('\n')));
        return text.toString().strip();
    }

    void end() {
        requests.onCompleted();
    }

    @Override
    public synchronized void onNext(WatchResponse response) {
        notifyAll();
        long id = response.getWatchId();
        if (id == SENTINEL_ID) {
            response.getEventsList()
                    .forEach(event -> sentinelRevision = event.getKv().getModRevision());
            return;
        }
        if (id == NOBODY && !response.getCreated()) {
            progress++;
            return;
        }
        heardNanos = System.nanoTime();
        List<String> lines = log.computeIfAbsent(id, any -> new ArrayList<>());
        if (response.getCreated() || (response.getCanceled() && over.add(id))) { // etcd may say twice that one is over
            lines.add(Step.text(response.toBuilder().clearHeader().clearEvents().build()) + " at "
                    + response.getHeader().getRevision());
        }
        response.getEventsList().stream().sorted(WITHIN_REVISIONS).forEach(event -> lines.add(Step.text(event)));
    }

    @Override
    public synchronized void onError(Throwable error) {
        ended = Status.fromThrowable(error);
        notifyAll();
    }

    @Override
    public synchronized void onCompleted() {
        ended = Status.OK;
        notifyAll();
    }
}
