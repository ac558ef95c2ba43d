package io.kvorum.store.etcd;

import io.grpc.stub.ServerCallStreamObserver;
import io.kvorum.etcd.api.LeaderResponse;
import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.KeyRange;
import io.kvorum.store.client.KeyValue;
import io.kvorum.store.client.RangeRequest;
import io.kvorum.store.client.StoreException;
import io.kvorum.store.client.WatchEvent;
import io.kvorum.store.mvcc.Outcome;
import io.kvorum.store.mvcc.Snapshot;
import io.kvorum.store.mvcc.Snapshot.Changes;
import io.kvorum.store.watch.WatchHub;
import io.kvorum.store.watch.WatchSink;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Tells one client of every leader of an election and of everything that it proclaims. */
final class Observation implements WatchSink {
    /** Makes the answer. */
    interface Answer {
        LeaderResponse of(long revision, KeyValue leader);
    }

    private final WatchHub hub;
    private final ServerCallStreamObserver<LeaderResponse> responses;
    private final Answer answer;

    /** Who stands, by key; whoever's key was created first leads. */
    private final Map<ByteSequence, KeyValue> candidates = new TreeMap<>();

    private @Nullable KeyValue told;
    private WatchHub.@Nullable Watch watch;
    private boolean ended;

    /** Made while the call is being opened. */
    Observation(WatchHub hub, ServerCallStreamObserver<LeaderResponse> responses, Answer answer) {
        this.hub = hub;
        this.responses = responses;
        this.answer = answer;
        responses.setOnCancelHandler(this::end);
        responses.setOnReadyHandler(this::resume);
    }

    synchronized void begin(Snapshot snapshot, KeyRange queue) {
        if (ended) {
            return;
        }
        Outcome outcome = snapshot.range(RangeRequest.of(queue));
        Answers.expect(outcome, Outcome.Ranged.class).result().entries().forEach(this::stands);
        tell(snapshot.revision());
        watch = hub.open(queue, snapshot.revision() + 1, false, this);
    }

    @Override
    public synchronized boolean events(Changes changes) {
        if (ended) {
            return true;
        }
        if (!responses.isReady()) {
            return false;
        }
        for (WatchEvent event : changes.events()) {
            if (event.type() == WatchEvent.Type.PUT) {
                stands(event.kv());
            } else {
                candidates.remove(event.kv().key());
            }
        }
        tell(changes.revision());
        return true;
    }

    private void stands(KeyValue candidate) {
        candidates.put(candidate.key(), candidate);
    }

    private void tell(long revision) {
        KeyValue leader = candidates.values().stream()
                .min(Comparator.comparingLong(KeyValue::createRevision))
                .orElse(null);
        if (leader != null && !leader.equals(told)) {
            told = leader;
            responses.onNext(answer.of(revision, leader));
        }
    }

    @Override
    public boolean resumes() {
        return true;
    }

    private void resume() {
        WatchHub.Watch open = watch();
        if (open != null) {
            hub.resume(List.of(open));
        }
    }

    private synchronized WatchHub.@Nullable Watch watch() {
        return watch;
    }

    @Override
    public boolean progress(long revision) {
        return true;
    }

    @Override
    public synchronized void failed(StoreException cause) {
        if (!ended) {
            ended = true;
            responses.onError(EtcdErrors.of(cause));
        }
    }

    private synchronized void end() {
        ended = true;
        if (watch != null) {
            watch.close();
        }
    }
}
