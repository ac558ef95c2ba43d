package io.kvorum.store.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What every {@link Store} does. */
interface StoreContract {
    /** A store; its keys may have been written by other tests, so each test uses keys of its own. */
    Store store();

    private static <T> T get(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(15, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StoreException known) {
                throw known;
            }
            throw new AssertionError(e.getCause());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static ByteSequence b(String text) {
        return ByteSequence.utf8(text);
    }

    private static Txn put(String key, String value) {
        return Txn.of(new Op.Put(b(key), b(value), 0, true));
    }

    @Test
    default void aWriteIsReadAtItsRevisionAndAfter() {
        TxnResult first = get(store().commit(put("/w/a", "1")));
        TxnResult second = get(store().commit(put("/w/a", "2")));
        assertThat(second.revision()).isGreaterThan(first.revision());
        assertThat(((OpResult.Put) second.results().get(0)).previous())
                .isEqualTo(new KeyValue(b("/w/a"), b("1"), first.revision(), first.revision(), 1, 0));
        RangeRequest request = RangeRequest.of(KeyRange.single(b("/w/a")));
        assertThat(get(store().range(request)).entries().get(0).value()).isEqualTo(b("2"));
        assertThat(get(store().range(request.atRevision(first.revision())))
                        .entries()
                        .get(0)
                        .value())
                .isEqualTo(b("1"));
        assertThat(get(store().revision())).isGreaterThanOrEqualTo(second.revision());
    }

    @Test
    default void aLostCompareRunsTheOtherBranch() {
        TxnResult created = get(store().commit(new Txn(
                List.of(Compare.absent(b("/c/a"))),
                List.of(new Op.Put(b("/c/a"), b("1"), 0, false)),
                List.of(new Op.Get(RangeRequest.of(KeyRange.single(b("/c/a"))))))));
        assertThat(created.succeeded()).isTrue();
        TxnResult again = get(store().commit(new Txn(
                List.of(Compare.absent(b("/c/a"))),
                List.of(new Op.Put(b("/c/a"), b("2"), 0, false)),
                List.of(new Op.Get(RangeRequest.of(KeyRange.single(b("/c/a"))))))));
        assertThat(again.succeeded()).isFalse();
        assertThat(((RangeResult) again.results().get(0)).entries())
                .extracting(KeyValue::value)
                .containsExactly(b("1"));
    }

    @Test
    default void aWatchGivesAllChangesInOrderAndResumes() throws Exception {
        long start = get(store().revision());
        for (int i = 0; i < 20; i++) {
            get(store().commit(put("/v/" + i, "" + i)));
        }
        Seen seen = new Seen(30);
        StoreWatch watch = get(store().watch(KeyRange.prefix(b("/v/")), start + 1, false, seen));
        for (int i = 20; i < 30; i++) {
            get(store().commit(put("/v/" + i, "" + i)));
        }
        assertThat(seen.complete.await(10, TimeUnit.SECONDS)).isTrue();
        watch.close();
        assertThat(seen.keys).hasSize(30).doesNotHaveDuplicates();
        for (int i = 0; i < 30; i++) {
            assertThat(seen.keys.get(i)).isEqualTo("/v/" + i);
        }
        assertThat(seen.revisions).isSorted();
    }

    @Test
    default void progressComesWithoutChanges() throws Exception {
        Seen seen = new Seen(0);
        StoreWatch watch = get(store().watch(KeyRange.prefix(b("/p/")), 0, false, seen));
        long revision = get(store().commit(put("/other/p", "1"))).revision();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (seen.progress < revision && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        watch.close();
        assertThat(seen.progress).isGreaterThanOrEqualTo(revision);
        assertThat(seen.keys).isEmpty();
    }

    @Test
    default void whatIsCompactedIsGoneForReadsAndWatches() throws Exception {
        long first = get(store().commit(put("/x/a", "1"))).revision();
        long second = get(store().commit(put("/x/a", "2"))).revision();
        get(store().compact(second));
        RangeRequest request = RangeRequest.of(KeyRange.single(b("/x/a")));
        assertThatThrownBy(() -> get(store().range(request.atRevision(first))))
                .isInstanceOf(StoreException.Compacted.class);
        assertThatThrownBy(() -> get(store().range(request.atRevision(second + 1_000_000))))
                .isInstanceOf(StoreException.FutureRevision.class);
        assertThat(get(store().range(request)).entries()).hasSize(1);
    }

    @Test
    default void aLeaseThatIsNotRenewedTakesItsKeysWithIt() throws Exception {
        long lease = get(store().grantLease(Duration.ofSeconds(1)));
        Seen seen = new Seen(2);
        StoreWatch watch = get(store().watch(KeyRange.prefix(b("/l/")), 0, false, seen));
        get(store().commit(Txn.of(new Op.Put(b("/l/a"), b("1"), lease, false))));
        assertThat(seen.complete.await(10, TimeUnit.SECONDS)).isTrue();
        watch.close();
        assertThat(seen.types).containsExactly(WatchEvent.Type.PUT, WatchEvent.Type.DELETE);
        assertThatThrownBy(() -> get(store().keepLeaseAlive(lease))).isInstanceOf(StoreException.Refused.class);
    }

    @Test
    default void aRevokedLeaseIsUnknown() {
        long lease = get(store().grantLease(Duration.ofSeconds(60)));
        get(store().keepLeaseAlive(lease));
        get(store().commit(Txn.of(new Op.Put(b("/r/a"), b("1"), lease, false))));
        get(store().revokeLease(lease));
        assertThat(get(store().range(RangeRequest.of(KeyRange.single(b("/r/a")))))
                        .entries())
                .isEmpty();
        assertThatThrownBy(() -> get(store().revokeLease(lease))).isInstanceOf(StoreException.Refused.class);
    }

    /** What a watch was given. */
    final class Seen implements WatchHandler {
        final List<String> keys = new CopyOnWriteArrayList<>();
        final List<WatchEvent.Type> types = new CopyOnWriteArrayList<>();
        final List<Long> revisions = new CopyOnWriteArrayList<>();
        final CountDownLatch complete;
        volatile long progress;

        Seen(int expected) {
            complete = new CountDownLatch(expected);
        }

        @Override
        public void events(long revision, List<WatchEvent> events) {
            revisions.add(revision);
            for (WatchEvent event : events) {
                keys.add(event.kv().key().toString());
                types.add(event.type());
                complete.countDown();
            }
        }

        @Override
        public void progress(long revision) {
            progress = revision;
        }

        @Override
        public void failed(StoreException cause) {
            throw new AssertionError(cause);
        }
    }
}
