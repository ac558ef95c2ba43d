package io.kvorum.store.etcd;

import static io.kvorum.store.etcd.EtcdCluster.bytes;
import static io.kvorum.store.etcd.EtcdCluster.end;
import static io.kvorum.store.etcd.EtcdCluster.put;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.kvorum.etcd.api.CompactionRequest;
import io.kvorum.etcd.api.DeleteRangeRequest;
import io.kvorum.etcd.api.Event;
import io.kvorum.etcd.api.Event.EventType;
import io.kvorum.etcd.api.RequestOp;
import io.kvorum.etcd.api.TxnRequest;
import io.kvorum.etcd.api.WatchCancelRequest;
import io.kvorum.etcd.api.WatchCreateRequest;
import io.kvorum.etcd.api.WatchCreateRequest.FilterType;
import io.kvorum.etcd.api.WatchGrpc;
import io.kvorum.etcd.api.WatchProgressRequest;
import io.kvorum.etcd.api.WatchRequest;
import io.kvorum.etcd.api.WatchResponse;
import io.kvorum.store.raft.AppliedRevision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WatchServiceTest {
    @TempDir
    static Path folder;

    @SuppressWarnings("NullAway.Init")
    static EtcdCluster cluster;

    private final List<Opened> opened = new ArrayList<>();

    /** A stream of watchers. */
    private record Opened(StreamObserver<WatchRequest> requests, Responses<WatchRequest, WatchResponse> responses) {
        void create(WatchCreateRequest.Builder create) {
            requests.onNext(WatchRequest.newBuilder().setCreateRequest(create).build());
        }

        WatchResponse created(WatchCreateRequest.Builder create) throws InterruptedException {
            create(create);
            WatchResponse response = responses.next();
            assertThat(response.getCreated()).isTrue();
            return response;
        }
    }

    @BeforeAll
    static void start() throws Exception {
        cluster = EtcdCluster.start(folder);
    }

    @AfterAll
    static void stop() throws Exception {
        cluster.close();
    }

    @AfterEach
    void closeStreams() {
        opened.forEach(stream -> stream.responses().cancel());
    }

    private Opened open() {
        return open(cluster.channel(), false);
    }

    private Opened open(ManagedChannel channel, boolean paused) {
        Responses<WatchRequest, WatchResponse> responses = new Responses<>(paused);
        Opened stream = new Opened(WatchGrpc.newStub(channel).watch(responses), responses);
        opened.add(stream);
        return stream;
    }

    private static WatchCreateRequest.Builder key(String key) {
        return WatchCreateRequest.newBuilder().setKey(bytes(key));
    }

    private static WatchCreateRequest.Builder prefix(String prefix) {
        return key(prefix).setRangeEnd(end(prefix));
    }

    private static long putNow(String key, String value) {
        return cluster.kv().put(put(key, value)).getHeader().getRevision();
    }

    private static String text(Event event) {
        return (event.getType() == EventType.PUT ? "put " : "delete ")
                + event.getKv().getKey().toStringUtf8()
                + (event.getType() == EventType.PUT
                        ? "=" + event.getKv().getValue().toStringUtf8()
                        : "");
    }

    @Test
    void aWatchFromNowOnSeesWhatComesAndNothingElse() throws Exception {
        putNow("now/a", "0");
        Opened stream = open();
        WatchResponse created = stream.created(prefix("now/"));
        assertThat(created.getWatchId()).isZero();
        assertThat(created.getEventsList()).isEmpty();
        putNow("elsewhere", "1");
        long revision = putNow("now/a", "1");
        cluster.kv()
                .deleteRange(
                        DeleteRangeRequest.newBuilder().setKey(bytes("now/a")).build());
        WatchResponse first = stream.responses().next();
        assertThat(first.getHeader().getRevision()).isEqualTo(revision);
        assertThat(first.getEventsList()).extracting(WatchServiceTest::text).containsExactly("put now/a=1");
        WatchResponse second = stream.responses().next();
        assertThat(second.getEventsList()).extracting(WatchServiceTest::text).containsExactly("delete now/a");
        assertThat(second.getEvents(0).getKv().getModRevision()).isEqualTo(revision + 1);
        assertThat(second.getEvents(0).hasPrevKv()).isFalse();
    }

    /** Also when the member's watches have not been told yet of what its readers already see. */
    @Test
    void aWatchFromNowOnDoesNotSeeWhatWasAnsweredBefore() throws Exception {
        for (int i = 0; i < 100; i++) {
            Opened stream = open();
            long revision = putNow("before/a", "" + i);
            WatchResponse created = stream.created(key("before/a"));
            assertThat(created.getHeader().getRevision()).isGreaterThanOrEqualTo(revision);
            putNow("before/a", "after " + i);
            assertThat(text(stream.responses().next().getEvents(0))).isEqualTo("put before/a=after " + i);
            stream.responses().cancel();
        }
    }

    @Test
    void aWatchFromAnOldRevisionSeesAllSince() throws Exception {
        long first = putNow("old/a", "1");
        putNow("old/a", "2");
        // more than the history in memory holds, so that the rest is rebuilt from the key space
        for (int i = 0; i < 200; i++) {
            putNow("old/other", "" + i);
        }
        Opened stream = open();
        stream.created(key("old/a").setStartRevision(first).setPrevKv(true));
        assertThat(text(stream.responses().next().getEvents(0))).isEqualTo("put old/a=1");
        Event second = stream.responses().next().getEvents(0);
        assertThat(text(second)).isEqualTo("put old/a=2");
        assertThat(second.getPrevKv().getValue().toStringUtf8()).isEqualTo("1");
        putNow("old/a", "3");
        assertThat(text(stream.responses().next().getEvents(0))).isEqualTo("put old/a=3");
    }

    @Test
    void aWatchFromAFutureRevisionWaitsForIt() throws Exception {
        long now = putNow("future/a", "0");
        Opened stream = open();
        stream.created(key("future/a").setStartRevision(now + 3));
        putNow("future/a", "1");
        putNow("future/a", "2");
        putNow("future/a", "3");
        assertThat(text(stream.responses().next().getEvents(0))).isEqualTo("put future/a=3");
    }

    @Test
    void aWatchFromACompactedRevisionIsCancelledWithTheOldestThatIsLeft() throws Exception {
        putNow("compacted/a", "1");
        long compacted = putNow("compacted/a", "2");
        cluster.kv()
                .compact(CompactionRequest.newBuilder().setRevision(compacted).build());
        AppliedRevision.await(cluster.member("store-1").replica(), compacted);
        Opened stream = open();
        stream.created(key("compacted/a").setStartRevision(compacted));
        assertThat(text(stream.responses().next().getEvents(0))).isEqualTo("put compacted/a=2");
        stream.created(key("compacted/a").setStartRevision(1)); // which is still in memory
        WatchResponse cancelled = stream.responses().next();
        assertThat(cancelled.getCanceled()).isTrue();
        assertThat(cancelled.getWatchId()).isEqualTo(1);
        assertThat(cancelled.getCompactRevision()).isEqualTo(compacted);
        assertThat(cancelled.getCancelReason()).isEmpty();
    }

    @Test
    void filtersLeaveOutPutsOrDeletions() throws Exception {
        Opened stream = open();
        stream.created(key("filter/a").addFilters(FilterType.NOPUT));
        stream.created(key("filter/a").addFilters(FilterType.NODELETE));
        putNow("filter/a", "1");
        cluster.kv()
                .deleteRange(DeleteRangeRequest.newBuilder()
                        .setKey(bytes("filter/a"))
                        .build());
        WatchResponse put = stream.responses().next();
        assertThat(put.getWatchId()).isEqualTo(1);
        assertThat(text(put.getEvents(0))).isEqualTo("put filter/a=1");
        WatchResponse delete = stream.responses().next();
        assertThat(delete.getWatchId()).isZero();
        assertThat(text(delete.getEvents(0))).isEqualTo("delete filter/a");
    }

    @Test
    void watchersHaveTheIdsTheyAskFor() throws Exception {
        Opened stream = open();
        assertThat(stream.created(key("id/a").setWatchId(7)).getWatchId()).isEqualTo(7);
        assertThat(stream.created(key("id/a")).getWatchId()).isZero();
        WatchResponse taken = stream.created(key("id/b").setWatchId(7));
        assertThat(taken.getCanceled()).isTrue();
        assertThat(taken.getWatchId()).isEqualTo(-1);
        assertThat(taken.getCancelReason()).contains("duplicate watch ID");
        WatchResponse empty = stream.created(key("id/b").setRangeEnd(bytes("id/a")));
        assertThat(empty.getCanceled()).isTrue();
    }

    @Test
    void aCancelledWatchSaysSoAndIsSilent() throws Exception {
        Opened stream = open();
        stream.created(key("cancel/a"));
        stream.created(key("cancel/b"));
        WatchCancelRequest cancel =
                WatchCancelRequest.newBuilder().setWatchId(0).build();
        stream.requests()
                .onNext(WatchRequest.newBuilder().setCancelRequest(cancel).build());
        WatchResponse cancelled = stream.responses().next();
        assertThat(cancelled.getCanceled()).isTrue();
        assertThat(cancelled.getWatchId()).isZero();
        // one that there is not is passed over, as by etcd
        stream.requests()
                .onNext(WatchRequest.newBuilder().setCancelRequest(cancel).build());
        putNow("cancel/a", "1");
        putNow("cancel/b", "1");
        assertThat(text(stream.responses().next().getEvents(0))).isEqualTo("put cancel/b=1");
    }

    @Test
    void anEmptyKeyWatchesFromTheFirstKeyOn() throws Exception {
        Opened stream = open();
        stream.created(WatchCreateRequest.newBuilder().setRangeEnd(ByteString.copyFrom(new byte[1])));
        putNow("!first", "1");
        assertThat(text(stream.responses().next().getEvents(0))).isEqualTo("put !first=1");
    }

    @Test
    void progressIsToldWhenAllWatchersHaveSeenAll() throws Exception {
        long first = putNow("progress/a", "1");
        Opened stream = open();
        stream.created(key("progress/none"));
        stream.created(key("progress/a").setStartRevision(first));
        long newest = putNow("progress/other", "1");
        stream.requests()
                .onNext(WatchRequest.newBuilder()
                        .setProgressRequest(WatchProgressRequest.getDefaultInstance())
                        .build());
        List<WatchResponse> seen = new ArrayList<>();
        WatchResponse response = stream.responses().next();
        while (response.getWatchId() != -1) {
            seen.add(response);
            response = stream.responses().next();
        }
        assertThat(seen).hasSize(1);
        assertThat(response.getEventsCount()).isZero();
        assertThat(response.getHeader().getRevision()).isGreaterThanOrEqualTo(newest);
    }

    @Test
    void progressIsToldByItselfWhenNothingHappensAndTheClientWantsIt() throws Exception {
        Opened stream = open();
        stream.created(key("quiet").setProgressNotify(true));
        long newest = putNow("elsewhere", "1");
        WatchResponse progress = stream.responses().next();
        assertThat(progress.getWatchId()).isZero();
        assertThat(progress.getEventsCount()).isZero();
        assertThat(progress.getHeader().getRevision()).isGreaterThanOrEqualTo(newest - 1);
    }

    private static void putMany(String prefix, int keys, int bytes) {
        TxnRequest.Builder txn = TxnRequest.newBuilder();
        ByteString value = ByteString.copyFrom(new byte[bytes]);
        for (int i = 0; i < keys; i++) {
            txn.addSuccess(RequestOp.newBuilder()
                    .setRequestPut(put(prefix + i, "").toBuilder().setValue(value)));
        }
        assertThat(cluster.kv().txn(txn.build()).getSucceeded()).isTrue();
    }

    @Test
    void aLargeRevisionComesInFragmentsIfTheClientCanTakeThem() throws Exception {
        Opened whole = open();
        whole.created(prefix("fragment/").setPrevKv(true));
        Opened pieces = open();
        pieces.created(prefix("fragment/").setPrevKv(true).setFragment(true));
        putMany("fragment/", 5, 250_000);
        assertThat(whole.responses().next().getEventsCount()).isEqualTo(5);
        assertThat(pieces.responses().next().getEventsCount()).isEqualTo(5);
        putMany("fragment/", 5, 250_000); // with the versions before that is more than a response may have
        WatchResponse all = whole.responses().next();
        assertThat(all.getEventsCount()).isEqualTo(5);
        assertThat(all.getFragment()).isFalse();
        int events = 0;
        int fragments = 0;
        WatchResponse piece;
        do {
            piece = pieces.responses().next();
            assertThat(piece.getSerializedSize()).isLessThan(Watcher.FRAGMENT_BYTES + 1000);
            assertThat(piece.getHeader().getRevision())
                    .isEqualTo(all.getHeader().getRevision());
            events += piece.getEventsCount();
            fragments++;
        } while (piece.getFragment());
        assertThat(events).isEqualTo(5);
        assertThat(fragments).isEqualTo(2);
    }

    /** What waits for a slow client is bounded, and it misses nothing once it takes again. */
    @Test
    void aSlowClientLosesNothingAndHoldsNobodyUp() throws Exception {
        Opened slow = open(cluster.channel(), true);
        slow.create(prefix("slow/"));
        slow.responses().take(1);
        assertThat(slow.responses().next().getCreated()).isTrue();
        Opened fast = open();
        fast.created(prefix("slow/"));
        int revisions = 40;
        for (int i = 0; i < revisions; i++) {
            putMany("slow/", 1, 200_000);
        }
        for (int i = 0; i < revisions; i++) {
            assertThat(fast.responses().next().getEventsCount()).isEqualTo(1);
        }
        assertThat(slow.responses().isEmpty()).isTrue();
        long last = 0;
        for (int i = 0; i < revisions; i++) {
            slow.responses().take(1);
            WatchResponse response = slow.responses().next();
            assertThat(response.getHeader().getRevision()).isGreaterThan(last);
            last = response.getHeader().getRevision();
        }
    }

    @Test
    void aClientThatWantsALeaderIsToldWhenThereIsNone() throws Exception {
        try (EtcdCluster lonely = EtcdCluster.start(folder.resolve("lonely"))) {
            Metadata wanted = new Metadata();
            wanted.put(Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER), "true");
            EtcdCluster.Member follower = lonely.member(false);
            WatchGrpc.WatchStub stub = WatchGrpc.newStub(follower.channel())
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(wanted));
            Responses<WatchRequest, WatchResponse> strict = new Responses<>(false);
            Opened needsLeader = new Opened(stub.watch(strict), strict);
            needsLeader.created(key("a"));
            Responses<WatchRequest, WatchResponse> lenient = new Responses<>(false);
            Opened other = new Opened(WatchGrpc.newStub(follower.channel()).watch(lenient), lenient);
            other.created(key("a"));
            for (String name : EtcdCluster.MEMBERS) {
                if (!name.equals(follower.replica().name())) {
                    lonely.network.cut(name, follower.replica().name());
                    lonely.network.cut(follower.replica().name(), name);
                }
            }
            Status end = strict.end();
            assertThat(end.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(end.getDescription()).isEqualTo("etcdserver: no leader");
            Responses<WatchRequest, WatchResponse> late = new Responses<>(false);
            new Opened(stub.watch(late), late).create(key("a"));
            assertThat(late.end().getDescription()).isEqualTo("etcdserver: no leader");
            assertThat(lenient.isEmpty()).isTrue();
            lenient.cancel();
        }
    }
}
