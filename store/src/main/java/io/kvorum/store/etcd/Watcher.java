package io.kvorum.store.etcd;

import io.kvorum.etcd.api.Event;
import io.kvorum.etcd.api.WatchCreateRequest;
import io.kvorum.etcd.api.WatchCreateRequest.FilterType;
import io.kvorum.etcd.api.WatchResponse;
import io.kvorum.store.client.StoreException;
import io.kvorum.store.client.WatchEvent;
import io.kvorum.store.mvcc.Snapshot.Changes;
import io.kvorum.store.protocol.StoreProtocol;
import io.kvorum.store.watch.WatchHub;
import io.kvorum.store.watch.WatchSink;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One watcher of a stream. */
final class Watcher implements WatchSink {
    /** A response is split beyond this, if the client asked for that: etcd's request limit and its room for framing. */
    static final int FRAGMENT_BYTES = StoreProtocol.MAX_REQUEST_BYTES + (512 << 10);

    /** How long nothing was sent before a client that wants to hear of progress hears of it. */
    private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final WatchStream stream;
    private final long id;
    private final boolean puts;
    private final boolean deletions;
    private final boolean fragments;
    private final boolean notifies;
    private volatile WatchHub.@Nullable Watch watch;
    private long lastSent = System.nanoTime();

    Watcher(WatchStream stream, long id, WatchCreateRequest request) {
        this.stream = stream;
        this.id = id;
        this.puts = !request.getFiltersList().contains(FilterType.NOPUT);
        this.deletions = !request.getFiltersList().contains(FilterType.NODELETE);
        this.fragments = request.getFragment();
        this.notifies = request.getProgressNotify();
    }

    long id() {
        return id;
    }

    void opened(WatchHub.Watch opened) {
        watch = opened;
    }

    Optional<WatchHub.Watch> watch() {
        return Optional.ofNullable(watch);
    }

    void close() {
        WatchHub.Watch opened = watch;
        if (opened != null) {
            opened.close();
        }
    }

    @Override
    public boolean resumes() {
        return true;
    }

    @Override
    public boolean events(Changes changes) {
        if (changes.events().stream().noneMatch(this::wants)) {
            return true;
        }
        if (!stream.hasRoom()) {
            return false;
        }
        List<Event> wanted = new ArrayList<>(changes.events().size());
        for (WatchEvent event : changes.events()) {
            if (wants(event)) {
                wanted.add(Answers.event(event));
            }
        }
        boolean taken = stream.offer(this, responses(changes.revision(), wanted));
        if (taken) {
            lastSent = System.nanoTime();
        }
        return taken;
    }

    private boolean wants(WatchEvent event) {
        return event.type() == WatchEvent.Type.PUT ? puts : deletions;
    }

    private List<WatchResponse> responses(long revision, List<Event> events) {
        WatchResponse whole = stream.response(id, revision).addAllEvents(events).build();
        if (!fragments || events.size() < 2 || whole.getSerializedSize() <= FRAGMENT_BYTES) {
            return List.of(whole);
        }
        List<WatchResponse> pieces = new ArrayList<>();
        WatchResponse.Builder piece = stream.response(id, revision);
        long bytes = 0;
        for (Event event : events) {
            if (piece.getEventsCount() > 0 && bytes + event.getSerializedSize() > FRAGMENT_BYTES) {
                pieces.add(piece.setFragment(true).build());
                piece = stream.response(id, revision);
                bytes = 0;
            }
            piece.addEvents(event);
            bytes += event.getSerializedSize();
        }
        pieces.add(piece.build());
        return pieces;
    }

    @Override
    public boolean progress(long revision) {
        long now = System.nanoTime();
        if (!notifies || now - lastSent < PROGRESS_NANOS) {
            return true;
        }
        boolean taken = stream.offer(this, List.of(stream.response(id, revision).build()));
        if (taken) {
            lastSent = now;
        }
        return taken;
    }

    /** What is compacted is told by its revision alone, without the store's, as etcd tells it; all else by a reason. */
    @Override
    public void failed(StoreException cause) {
        if (cause instanceof StoreException.Compacted compacted) {
            stream.over(
                    this,
                    stream.response(id, 0)
                            .setCanceled(true)
                            .setCompactRevision(compacted.compactRevision())
                            .build());
        } else {
            String reason = String.valueOf(EtcdErrors.of(cause).getStatus().getDescription());
            stream.over(
                    this,
                    stream.lastResponse(id)
                            .setCanceled(true)
                            .setCancelReason(reason)
                            .build());
        }
    }
}
