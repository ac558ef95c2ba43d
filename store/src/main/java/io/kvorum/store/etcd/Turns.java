package io.kvorum.store.etcd;

import static io.kvorum.store.etcd.Answers.expect;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.Status;
import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.Compare;
import io.kvorum.store.client.KeyRange;
import io.kvorum.store.client.KeyValue;
import io.kvorum.store.client.Op;
import io.kvorum.store.client.RangeRequest;
import io.kvorum.store.client.RangeResult;
import io.kvorum.store.client.Selection;
import io.kvorum.store.client.Txn;
import io.kvorum.store.client.TxnResult;
import io.kvorum.store.mvcc.Command;
import io.kvorum.store.mvcc.Outcome;
import io.kvorum.store.mvcc.Snapshot;
import io.kvorum.store.server.MemberStore;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Taking turns, as etcd's locks and elections do: whoever wants a turn puts a key under a common prefix, named by its
 * lease; the turn is that of the key created first, and passes on when it is deleted or its lease ends. The same keys
 * that the recipes of etcd's clients use, so that both wait for each other.
 */
final class Turns {
    private static final long SESSION_SECONDS = 60;

    private final MemberStore store;
    private final Executor pool;

    Turns(MemberStore store, Executor pool) {
        this.store = store;
        this.pool = pool;
    }

    /**
     * One's place in the queue.
     *
     * @param created the key's create revision, by which the queue is ordered
     * @param value what the key held when the place was taken
     */
    record Place(KeyRange queue, ByteSequence key, long created, long lease, ByteSequence value) {
        /** Holds while the key is the one that was put for this place. */
        Compare holds() {
            return new Compare(
                    key, Compare.Target.CREATE_REVISION, Compare.Relation.EQUAL, created, ByteSequence.EMPTY);
        }
    }

    static KeyRange queue(ByteString name) {
        return KeyRange.prefix(Bytes.of(name.concat(ByteString.copyFromUtf8("/"))));
    }

    /** Waits for the turn of {@code name}; lets go of the place when the caller goes away before. */
    CompletableFuture<Place> await(ByteString name, long lease, ByteSequence value) {
        Context call = Context.current();
        return session(lease)
                .thenCompose(session -> enter(name, session, value))
                .thenCompose(place -> {
                    CompletableFuture<Place> turn = new Waiting(place).start();
                    call.addListener(
                            context -> turn.completeExceptionally(Status.CANCELLED.asRuntimeException()), pool);
                    return turn.handle((mine, thrown) -> thrown == null
                                    ? CompletableFuture.completedFuture(mine)
                                    : leave(place).<Place>thenCompose(left -> CompletableFuture.failedFuture(thrown)))
                            .thenCompose(result -> result);
                });
    }

    private CompletableFuture<Long> session(long lease) {
        return lease != 0
                ? CompletableFuture.completedFuture(lease)
                : store.propose(new Command.GrantLease(SESSION_SECONDS))
                        .thenApply(outcome ->
                                expect(outcome, Outcome.LeaseGranted.class).lease());
    }

    private CompletableFuture<Place> enter(ByteString name, long lease, ByteSequence value) {
        KeyRange queue = queue(name);
        byte[] id = Long.toString(lease, 16).getBytes(StandardCharsets.US_ASCII);
        ByteSequence key = Bytes.of(Bytes.of(queue.from()).concat(ByteString.copyFrom(id)));
        Txn enter = new Txn(
                List.of(Compare.absent(key)),
                List.of(new Op.Put(key, value, lease, false)),
                List.of(new Op.Get(RangeRequest.of(KeyRange.single(key)))));
        return commit(enter).thenApply(result -> {
            if (result.succeeded()) {
                return new Place(queue, key, result.revision(), lease, value);
            }
            KeyValue before = ((RangeResult) result.results().get(0)).entries().get(0);
            return new Place(queue, key, before.createRevision(), lease, before.value());
        });
    }

    /** Gives the place, or the turn, up. */
    CompletableFuture<TxnResult> leave(Place place) {
        return commit(new Txn(
                List.of(place.holds()), List.of(new Op.Delete(KeyRange.single(place.key()), false)), List.of()));
    }

    CompletableFuture<TxnResult> commit(Txn txn) {
        return store.propose(new Command.Commit(txn))
                .thenApply(outcome -> expect(outcome, Outcome.Committed.class).result());
    }

    /** Whose turn it is; null when the queue is empty. */
    static @Nullable KeyValue first(Snapshot snapshot, KeyRange queue) {
        return one(snapshot, queue, new Selection(Selection.By.CREATE_REVISION, false, 0, 0, 0, 0));
    }

    private static @Nullable KeyValue one(Snapshot snapshot, KeyRange range, Selection selection) {
        Outcome outcome = snapshot.range(new RangeRequest(range, 0, 1, false, false, false, selection));
        List<KeyValue> found = expect(outcome, Outcome.Ranged.class).result().entries();
        return found.isEmpty() ? null : found.get(0);
    }

    /** Waits until the key next before one's own is gone, and looks again: each deletion wakes one waiter. */
    private final class Waiting {
        private final Place place;
        private final CompletableFuture<Place> turn = new CompletableFuture<>();

        Waiting(Place place) {
            this.place = place;
        }

        CompletableFuture<Place> start() {
            look();
            return turn;
        }

        private void look() {
            store.current().thenAcceptAsync(this::look, pool).exceptionally(thrown -> {
                turn.completeExceptionally(thrown);
                return null;
            });
        }

        private void look(Snapshot snapshot) {
            Selection before = new Selection(Selection.By.CREATE_REVISION, true, 0, 0, 0, place.created() - 1);
            KeyValue next = place.created() <= 1 ? null : one(snapshot, place.queue(), before);
            if (next != null) {
                await(Deletion.of(store.hub(), next.key(), snapshot.revision() + 1));
            } else if (holds(snapshot)) {
                turn.complete(place);
            } else {
                turn.completeExceptionally(EtcdErrors.SESSION_EXPIRED.asRuntimeException());
            }
        }

        private void await(CompletableFuture<Boolean> deletion) {
            deletion.whenComplete((deleted, thrown) -> {
                if (thrown == null) {
                    look();
                } else {
                    turn.completeExceptionally(thrown);
                }
            });
            turn.whenComplete((mine, thrown) -> deletion.cancel(false));
        }

        private boolean holds(Snapshot snapshot) {
            KeyValue own = one(snapshot, KeyRange.single(place.key()), Selection.ALL);
            return own != null && own.createRevision() == place.created();
        }
    }
}
