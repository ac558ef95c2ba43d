package io.kvorum.torture.load;

import io.grpc.stub.StreamObserver;
import io.kvorum.etcd.api.WatchCreateRequest;
import io.kvorum.etcd.api.WatchCreateRequest.FilterType;
import io.kvorum.etcd.api.WatchResponse;
import io.kvorum.torture.history.Event;
import io.kvorum.torture.history.Frame;
import io.kvorum.torture.history.HistoryWriter;
import io.kvorum.torture.history.KeyValue;
import io.kvorum.torture.history.WatchRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * Watches a range of keys for as long as the torture lasts. When a stream is lost it goes on at the next member from
 * where it was; when what it needs was compacted, a new watcher begins where it can. It also changes the member every
 * now and then without need.
 */
final class Watcher implements Runnable {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final long RETRY_MILLIS = 200;

    private final int client;
    private final List<Endpoint> endpoints;
    private final WatchRequest wanted;
    private final HistoryWriter history;
    private final Connections connections;
    private final AtomicInteger watchers;
    private final Duration atOneMember;
    private final BooleanSupplier goesOn;
    private int watcher;
    private int place;

    /** Everything up to here was delivered. Written by the stream under way only. */
    private volatile long seen;

    /**
     * @param watchers numbers watchers; shared by all
     * @param place where in the list of members to begin
     * @param atOneMember after this it goes on at the next one
     */
    Watcher(
            int client,
            List<Endpoint> endpoints,
            int place,
            WatchRequest wanted,
            HistoryWriter history,
            Connections connections,
            AtomicInteger watchers,
            Duration atOneMember,
            BooleanSupplier goesOn) {
        this.client = client;
        this.endpoints = endpoints;
        this.place = place;
        this.wanted = wanted;
        this.history = history;
        this.connections = connections;
        this.watchers = watchers;
        this.atOneMember = atOneMember;
        this.goesOn = goesOn;
        this.watcher = watchers.getAndIncrement();
        this.seen = wanted.startRevision() - 1;
    }

    @Override
    public void run() {
        try {
            while (goesOn.getAsBoolean()) {
                follow(endpoints.get(place++ % endpoints.size()));
                Thread.sleep(RETRY_MILLIS);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("watcher " + watcher + " cannot record what it sees", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void follow(Endpoint endpoint) throws IOException, InterruptedException {
        WatchRequest request = new WatchRequest(
                wanted.keys(),
                seen + 1,
                wanted.noPut(),
                wanted.noDelete(),
                wanted.prevKv(),
                wanted.progressNotify(),
                wanted.fragment());
        try (MemberConnection member = new MemberConnection(endpoint, CONNECT)) {
            int id = history.watch(watcher, client, endpoint.member(), connections.next(), System.nanoTime(), request);
            Stream stream = new Stream(id);
            StreamObserver<io.kvorum.etcd.api.WatchRequest> requests = member.watch(stream);
            requests.onNext(create(request));
            long until = System.nanoTime() + atOneMember.toNanos();
            while (goesOn.getAsBoolean() && System.nanoTime() < until) {
                if (stream.ended.await(100, TimeUnit.MILLISECONDS)) {
                    break;
                }
            }
            stream.end("left by the client");
            if (stream.compacted > 0) {
                watcher = watchers.getAndIncrement();
                seen = stream.compacted - 1;
            }
        }
    }

    private static io.kvorum.etcd.api.WatchRequest create(WatchRequest request) {
        WatchCreateRequest.Builder create = WatchCreateRequest.newBuilder()
                .setKey(Wire.key(request.keys().key()))
                .setRangeEnd(Wire.end(request.keys()))
                .setStartRevision(request.startRevision())
                .setPrevKv(request.prevKv())
                .setProgressNotify(request.progressNotify())
                .setFragment(request.fragment());
        if (request.noPut()) {
            create.addFilters(FilterType.NOPUT);
        }
        if (request.noDelete()) {
            create.addFilters(FilterType.NODELETE);
        }
        return io.kvorum.etcd.api.WatchRequest.newBuilder()
                .setCreateRequest(create)
                .build();
    }

    /** Records what comes; nothing after its end. */
    private final class Stream implements StreamObserver<WatchResponse> {
        private final int id;
        private final CountDownLatch ended = new CountDownLatch(1);
        private boolean over;
        private volatile long compacted;

        Stream(int id) {
            this.id = id;
        }

        @Override
        public synchronized void onNext(WatchResponse response) {
            if (over) {
                return;
            }
            long at = System.nanoTime();
            long revision = response.getHeader().getRevision();
            if (response.getCreated()) {
                record(new Frame.Created(at, revision));
            }
            if (response.getCanceled()) {
                compacted = response.getCompactRevision();
                record(new Frame.Cancelled(at, compacted, response.getCancelReason()));
                over = true;
                ended.countDown();
            } else if (response.getEventsCount() > 0) {
                events(at, response);
            } else if (!response.getCreated()) {
                record(new Frame.Progress(at, revision));
                seen = Math.max(seen, revision);
            }
        }

        private void events(long at, WatchResponse response) {
            List<Event> events = new ArrayList<>(response.getEventsCount());
            for (io.kvorum.etcd.api.Event event : response.getEventsList()) {
                KeyValue previous = event.hasPrevKv() ? Wire.keyValue(event.getPrevKv()) : null;
                boolean deletion = event.getType() == io.kvorum.etcd.api.Event.EventType.DELETE;
                events.add(
                        deletion
                                ? Event.delete(
                                        event.getKv().getKey().toStringUtf8(),
                                        event.getKv().getModRevision(),
                                        previous)
                                : Event.put(Wire.keyValue(event.getKv()), previous));
            }
            record(new Frame.Events(at, response.getHeader().getRevision(), response.getFragment(), events));
            if (!response.getFragment()) {
                seen = Math.max(seen, events.get(events.size() - 1).revision());
            }
        }

        private void record(Frame frame) {
            try {
                history.frame(id, frame);
            } catch (IOException e) {
                throw new UncheckedIOException("watcher " + watcher + " cannot record what it sees", e);
            }
        }

        synchronized void end(String why) {
            if (!over) {
                over = true;
                record(new Frame.Lost(System.nanoTime(), why));
                ended.countDown();
            }
        }

        @Override
        public void onError(Throwable cause) {
            end(String.valueOf(cause.getMessage()));
        }

        @Override
        public void onCompleted() {
            end("completed by the member");
        }
    }
}
