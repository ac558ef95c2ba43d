package io.kvorum.store.etcd;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.kvorum.etcd.api.WatchCreateRequest;
import io.kvorum.etcd.api.WatchRequest;
import io.kvorum.etcd.api.WatchResponse;
import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.KeyRange;
import io.kvorum.store.client.StoreException;
import io.kvorum.store.watch.WatchHub;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * One stream with any number of watchers. Requests come from gRPC, changes from the hub; the stream's lock puts what is
 * sent in order. While gRPC's buffer is full no request is taken and no change is sent.
 */
final class WatchStream implements StreamObserver<WatchRequest> {
    /** Stands for no watcher, or for all of the stream. */
    static final long NO_ID = -1;

    /** How much may wait for one client. */
    private static final int BUFFER_BYTES = 1 << 20;

    private final WatchHub hub;
    private final Identities ids;
    private final ServerCallStreamObserver<WatchResponse> responses;
    private final boolean needsLeader;
    private final Consumer<WatchStream> onEnd;
    private final Map<Long, Watcher> watchers = new HashMap<>();
    private long nextId;
    private boolean wanted;
    private boolean ended;

    WatchStream(
            WatchHub hub,
            Identities ids,
            ServerCallStreamObserver<WatchResponse> responses,
            boolean needsLeader,
            Consumer<WatchStream> onEnd) {
        this.hub = hub;
        this.ids = ids;
        this.responses = responses;
        this.needsLeader = needsLeader;
        this.onEnd = onEnd;
        responses.disableAutoRequest();
        responses.setOnReadyThreshold(BUFFER_BYTES);
        responses.setOnCancelHandler(this::end);
        responses.setOnReadyHandler(this::ready);
    }

    boolean needsLeader() {
        return needsLeader;
    }

    @Override
    public synchronized void onNext(WatchRequest request) {
        wanted = false;
        if (ended) {
            return;
        }
        switch (request.getRequestUnionCase()) {
            case CREATE_REQUEST -> create(request.getCreateRequest());
            case CANCEL_REQUEST -> cancel(request.getCancelRequest().getWatchId());
            case PROGRESS_REQUEST -> progress();
            case REQUESTUNION_NOT_SET -> {} // etcd passes over what it does not know
        }
        more();
    }

    private void create(WatchCreateRequest request) {
        long now = hub.newest();
        if (request.getStartRevision() < 0) {
            refuse(String.valueOf(EtcdErrors.COMPACTED.getDescription()), now);
            return;
        }
        KeyRange range = Bytes.watched(request.getKey(), request.getRangeEnd());
        ByteSequence to = range.to();
        if (to != null && !to.isEmpty() && range.from().compareTo(to) >= 0) {
            refuse("mvcc: watcher range is empty", now);
            return;
        }
        long id = request.getWatchId();
        if (id != 0 && watchers.containsKey(id)) {
            refuse("mvcc: duplicate watch ID provided on the WatchStream", now);
            return;
        }
        if (id == 0) {
            id = freeId();
        }
        Watcher watcher = new Watcher(this, id, request);
        watchers.put(id, watcher);
        send(response(id, now).setCreated(true).build());
        long start = request.getStartRevision() == 0 ? now + 1 : request.getStartRevision();
        long compacted = hub.compacted();
        if (start < compacted) {
            watcher.failed(new StoreException.Compacted(compacted)); // also if the hub still remembers
            return;
        }
        watcher.opened(hub.open(range, start, request.getPrevKv(), watcher));
    }

    private long freeId() {
        while (watchers.containsKey(nextId)) {
            nextId++;
        }
        return nextId++;
    }

    private void refuse(String reason, long now) {
        send(response(NO_ID, now)
                .setCreated(true)
                .setCanceled(true)
                .setCancelReason(reason)
                .build());
    }

    private void cancel(long id) {
        Watcher watcher = watchers.remove(id);
        if (watcher != null) {
            watcher.close();
            send(response(id, hub.newest()).setCanceled(true).build());
        }
    }

    private void progress() {
        if (watchers.isEmpty()) {
            return; // as etcd, which tells progress by a watcher
        }
        hub.whenCaughtUp(openWatches(), revision -> {
            synchronized (this) {
                if (!ended) {
                    send(response(NO_ID, revision).build());
                }
            }
        });
    }

    private List<WatchHub.Watch> openWatches() {
        return watchers.values().stream()
                .flatMap(watcher -> watcher.watch().stream())
                .toList();
    }

    WatchResponse.Builder response(long id, long revision) {
        return WatchResponse.newBuilder().setHeader(ids.header(revision)).setWatchId(id);
    }

    WatchResponse.Builder lastResponse(long id) {
        return response(id, hub.newest());
    }

    boolean hasRoom() {
        return responses.isReady();
    }

    /** Sends for a watcher that is still open; false: no room. */
    synchronized boolean offer(Watcher from, List<WatchResponse> all) {
        if (ended || watchers.get(from.id()) != from) {
            return true;
        }
        if (!responses.isReady()) {
            return false;
        }
        all.forEach(this::send);
        return true;
    }

    /** A watcher ended by itself; this is the last that is heard of it. */
    synchronized void over(Watcher from, WatchResponse last) {
        if (!ended && watchers.remove(from.id(), from)) {
            send(last);
        }
    }

    private void send(WatchResponse response) {
        responses.onNext(response);
    }

    private synchronized void ready() {
        hub.resume(openWatches());
        more();
    }

    private void more() {
        if (!wanted && !ended && responses.isReady()) {
            wanted = true;
            responses.request(1);
        }
    }

    synchronized void fail(Status status) {
        if (!ended) {
            responses.onError(status.asRuntimeException());
            end();
        }
    }

    private synchronized void end() {
        ended = true;
        watchers.values().forEach(Watcher::close);
        watchers.clear();
        onEnd.accept(this);
    }

    @Override
    public void onError(Throwable gone) {
        end();
    }

    @Override
    public synchronized void onCompleted() {
        if (!ended) {
            end();
            responses.onCompleted();
        }
    }
}
