package io.kvorum.store.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.KeyRange;
import io.kvorum.store.client.Op;
import io.kvorum.store.client.StoreException;
import io.kvorum.store.client.Txn;
import io.kvorum.store.mvcc.Applied;
import io.kvorum.store.mvcc.Command;
import io.kvorum.store.mvcc.KeySpace;
import io.kvorum.store.mvcc.Proposal;
import io.kvorum.store.mvcc.Snapshot;
import io.kvorum.store.mvcc.Snapshot.Changes;
import io.kvorum.store.mvcc.SnapshotAssembler;
import io.kvorum.store.mvcc.SnapshotParts;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Watches are ordered, unique, gap-free and resumable, from memory and from the key space. */
final class WatchHubTest {
    private static final int HISTORY = 8;

    private final Vertx vertx = Vertx.vertx();
    private KeySpace keySpace = new KeySpace();
    private volatile Snapshot newest = keySpace.snapshot();
    private final WatchHub hub = new WatchHub(vertx, () -> newest, HISTORY, 1 << 20);
    private long index;

    @AfterEach
    void close() throws Exception {
        hub.close();
        vertx.close().await(5, TimeUnit.SECONDS);
    }

    private void apply(Command command) {
        Applied applied = keySpace.apply(++index, new Proposal(null, command));
        newest = keySpace.snapshot();
        if (!applied.events().isEmpty()) {
            hub.applied(new Changes(applied.revision(), applied.events()));
        }
    }

    /** Writes key {@code a} at each of the next {@code count} revisions, and {@code b} at every second. */
    private void write(int count) {
        for (int i = 0; i < count; i++) {
            Op a = new Op.Put(ByteSequence.utf8("a"), ByteSequence.utf8("" + i), 0, false);
            Op b = new Op.Put(ByteSequence.utf8("b"), ByteSequence.utf8("" + i), 0, false);
            apply(new Command.Commit(newest.revision() % 2 == 0 ? Txn.of(a, b) : Txn.of(a)));
        }
    }

    private static List<Long> revisions(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }

    @Test
    void aWatchFromNowSeesEveryChangeAfterItOnce() throws Exception {
        write(3);
        Recorder recorder = new Recorder(20);
        hub.open(KeyRange.all(), 0, false, recorder);
        write(20);
        assertThat(recorder.revisions()).isEqualTo(revisions(5, 24));
    }

    @Test
    void aWatchFromTheFirstRevisionIsServedFromTheKeySpaceAndThenFromMemory() throws Exception {
        write(50);
        Recorder recorder = new Recorder(60);
        hub.open(KeyRange.all(), 1, false, recorder);
        write(10);
        assertThat(recorder.revisions()).isEqualTo(revisions(2, 61));
    }

    @Test
    void allChangesOfARevisionComeTogetherAndOnlyThoseOfTheRange() throws Exception {
        Recorder both = new Recorder(4);
        Recorder one = new Recorder(2);
        hub.open(KeyRange.all(), 0, false, both);
        hub.open(KeyRange.single(ByteSequence.utf8("b")), 0, false, one);
        write(4);
        assertThat(both.revisions()).isEqualTo(revisions(2, 5));
        assertThat(both.seen).extracting(changes -> changes.events().size()).containsExactly(1, 2, 1, 2);
        assertThat(one.revisions()).containsExactly(3L, 5L);
    }

    @Test
    void aSlowWatchFallsBackOnTheKeySpaceAndLosesNothing() throws Exception {
        Recorder recorder = new Recorder(100);
        recorder.room = 2;
        hub.open(KeyRange.all(), 0, false, recorder);
        write(100);
        recorder.room = Integer.MAX_VALUE;
        assertThat(recorder.revisions()).isEqualTo(revisions(2, 101));
    }

    @Test
    void aWatchFromACompactedRevisionFails() throws Exception {
        write(20);
        apply(new Command.Compact(10));
        Recorder recorder = new Recorder(1);
        hub.open(KeyRange.all(), 5, false, recorder);
        assertThat(recorder.failure.get(5, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        StoreException.Compacted.class,
                        compacted -> assertThat(compacted.compactRevision()).isEqualTo(10));
        Recorder next = new Recorder(11);
        hub.open(KeyRange.all(), 11, false, next);
        assertThat(next.revisions()).isEqualTo(revisions(11, 21));
    }

    @Test
    void aJumpByASnapshotLeavesNoGap() throws Exception {
        Recorder recorder = new Recorder(31);
        hub.open(KeyRange.all(), 0, false, recorder);
        KeySpace ahead = new KeySpace(SnapshotAssembler.of(new SnapshotParts(newest)));
        for (int i = 0; i < 30; i++) {
            ahead.apply(
                    i + 1,
                    new Proposal(
                            null,
                            new Command.Commit(
                                    Txn.of(new Op.Put(ByteSequence.utf8("k" + i), ByteSequence.utf8("v"), 0, false)))));
        }
        keySpace = ahead;
        index = 30;
        newest = ahead.snapshot();
        hub.restored(newest.revision());
        write(1);
        assertThat(recorder.revisions()).isEqualTo(revisions(2, 32));
    }

    /** Nobody is woken by changes while nobody watches, so a watch must not be opened between the two. */
    @Test
    void aWatchThatIsOpenedWhileAChangeComesSeesIt() throws Exception {
        ExecutorService writer = Executors.newSingleThreadExecutor();
        try {
            for (int round = 0; round < 2000; round++) {
                long next = newest.revision() + 1;
                CyclicBarrier together = new CyclicBarrier(2);
                Future<?> written = writer.submit(() -> {
                    together.await();
                    write(1);
                    return null;
                });
                Recorder recorder = new Recorder(1);
                together.await();
                WatchHub.Watch watch = hub.open(KeyRange.all(), next, false, recorder);
                written.get(10, TimeUnit.SECONDS);
                assertThat(recorder.revisions()).isEqualTo(List.of(next));
                watch.close();
                watch.close();
            }
        } finally {
            writer.shutdownNow();
        }
    }

    @Test
    void whoeverWaitsForWatchesIsToldWhenTheyAreClosed() throws Exception {
        Recorder slow = new Recorder(1);
        slow.room = 0;
        slow.resumes = true;
        WatchHub.Watch watch = hub.open(KeyRange.all(), 0, false, slow);
        write(1);
        CompletableFuture<Long> caughtUp = new CompletableFuture<>();
        hub.whenCaughtUp(List.of(watch), caughtUp::complete);
        CompletableFuture<Long> after = new CompletableFuture<>();
        hub.whenCaughtUp(List.of(), after::complete);
        after.get(5, TimeUnit.SECONDS);
        assertThat(caughtUp).isNotDone();
        watch.close();
        assertThat(caughtUp.get(5, TimeUnit.SECONDS)).isEqualTo(2);
    }

    @Test
    void progressFollowsTheChanges() throws Exception {
        Recorder recorder = new Recorder(3);
        hub.open(KeyRange.all(), 0, false, recorder);
        write(3);
        assertThat(recorder.revisions()).hasSize(3);
        assertThat(recorder.progress.get(5, TimeUnit.SECONDS)).isEqualTo(4);
    }

    private static final class Recorder implements WatchSink {
        final List<Changes> seen = new CopyOnWriteArrayList<>();
        final CompletableFuture<@Nullable Void> complete = new CompletableFuture<>();
        final CompletableFuture<StoreException> failure = new CompletableFuture<>();
        final CompletableFuture<Long> progress = new CompletableFuture<>();
        private final int expected;
        volatile int room = Integer.MAX_VALUE;
        volatile boolean resumes;

        Recorder(int expected) {
            this.expected = expected;
        }

        List<Long> revisions() throws Exception {
            complete.get(10, TimeUnit.SECONDS);
            return seen.stream().map(Changes::revision).toList();
        }

        @Override
        public boolean events(Changes changes) {
            if (seen.size() >= room) {
                return false;
            }
            seen.add(changes);
            if (seen.size() == expected) {
                complete.complete(null);
            }
            return true;
        }

        @Override
        public boolean progress(long revision) {
            progress.complete(revision);
            return true;
        }

        @Override
        public boolean resumes() {
            return resumes;
        }

        @Override
        public void failed(StoreException cause) {
            failure.complete(cause);
        }
    }
}
