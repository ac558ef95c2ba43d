package io.kvorum.store.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.bus.BusClients;
import io.kvorum.bus.BusServer;
import io.kvorum.bus.BusTrust;
import io.kvorum.store.mvcc.Snapshot;
import io.kvorum.store.mvcc.Snapshot.Changes;
import io.kvorum.store.protocol.MemberEndpoints;
import io.kvorum.store.raft.LocalTransport;
import io.kvorum.store.raft.MemberThread;
import io.kvorum.store.raft.Replica;
import io.kvorum.store.raft.ReplicaSettings;
import io.kvorum.store.raft.SilentListener;
import io.kvorum.store.server.StoreEndpoint;
import io.kvorum.store.wal.Disk;
import io.kvorum.store.watch.WatchHub;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client over the bus, with three members in this process: replication, the bus protocol and resumption are real. */
final class BusStoreTest implements StoreContract {
    private static final List<String> MEMBERS = List.of("store-0", "store-1", "store-2");

    @TempDir
    Path folder;

    private final Vertx vertx = Vertx.vertx();
    private final LocalTransport network = new LocalTransport();
    private final Map<String, Member> members = new HashMap<>();
    private @Nullable BusStore store;

    /** One member with its watches and its place on the bus. */
    private record Member(Replica replica, WatchHub hub, BusServer server) {}

    @BeforeEach
    void startAll() throws Exception {
        for (String name : MEMBERS) {
            start(name);
        }
        store = new BusStore(vertx, BusClients.create(vertx));
    }

    @AfterEach
    void closeAll() throws Exception {
        for (String name : List.copyOf(members.keySet())) {
            stop(name);
        }
        vertx.close().await(5, TimeUnit.SECONDS);
    }

    private void start(String name) throws Exception {
        Feed feed = new Feed();
        Replica replica = new Replica(
                new ReplicaSettings("test", name, MEMBERS, Duration.ofMillis(300), Duration.ofMillis(100), 5),
                folder.resolve(name),
                Disk.real(),
                new MemberThread(name),
                network.of(name),
                nanos -> {},
                feed);
        WatchHub hub = new WatchHub(vertx, replica::newest, 100, 1 << 20);
        feed.hub = hub;
        replica.start();
        StoreEndpoint endpoint = new StoreEndpoint(
                vertx,
                BusClients.create(vertx),
                replica,
                Map.of(name, replica),
                hub,
                new StoreEndpoint.Settings(new MemberEndpoints("", ""), Long.MAX_VALUE));
        BusServer server =
                BusServer.start(vertx, "store", name, endpoint, BusTrust.NONE).await(5, TimeUnit.SECONDS);
        members.put(name, new Member(replica, hub, server));
    }

    private void stop(String name) throws Exception {
        Member member = members.remove(name);
        if (member != null) {
            member.server.close().await(5, TimeUnit.SECONDS);
            member.hub.close();
            member.replica.close();
        }
    }

    @Override
    public Store store() {
        if (store == null) {
            throw new IllegalStateException("not started");
        }
        return store;
    }

    @Test
    void writesAndWatchesGoOnWhileEachMemberInTurnIsLost() throws Exception {
        StoreContract.Seen seen = new StoreContract.Seen(90);
        StoreWatch watch = store().watch(KeyRange.prefix(ByteSequence.utf8("/m/")), 0, false, seen)
                .await(10, TimeUnit.SECONDS);
        int next = 0;
        for (String name : MEMBERS) {
            for (int i = 0; i < 15; i++) {
                put(next++);
            }
            stop(name);
            for (int i = 0; i < 15; i++) {
                put(next++);
            }
            start(name);
        }
        assertThat(seen.complete.await(15, TimeUnit.SECONDS)).isTrue();
        watch.close();
        for (int i = 0; i < 90; i++) {
            assertThat(seen.keys.get(i)).isEqualTo("/m/" + i);
        }
    }

    @Test
    void aWatchLeavesAMemberThatIsCutOff() throws Exception {
        StoreContract.Seen[] seen = new StoreContract.Seen[9];
        for (int i = 0; i < seen.length; i++) {
            seen[i] = new StoreContract.Seen(20);
            store().watch(KeyRange.prefix(ByteSequence.utf8("/m/")), 0, false, seen[i])
                    .await(10, TimeUnit.SECONDS);
        }
        for (String other : List.of("store-1", "store-2")) {
            network.cut("store-0", other);
            network.cut(other, "store-0");
        }
        for (int i = 0; i < 20; i++) {
            put(i);
        }
        for (StoreContract.Seen each : seen) {
            assertThat(each.complete.await(15, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void withoutAMajorityNothingIsReadLinearizablyButStaleReadsWork() throws Exception {
        put(1);
        stop("store-1");
        stop("store-2");
        RangeRequest request = RangeRequest.of(KeyRange.prefix(ByteSequence.utf8("/m/")));
        assertThat(store().range(request).toCompletionStage().toCompletableFuture())
                .failsWithin(Duration.ofSeconds(15))
                .withThrowableThat()
                .withCauseInstanceOf(StoreException.Unavailable.class);
        RangeRequest stale = new RangeRequest(request.range(), 0, 0, false, false, true);
        assertThat(store().range(stale).await(15, TimeUnit.SECONDS).entries()).hasSize(1);
    }

    private void put(int i) throws Exception {
        store().commit(Txn.of(new Op.Put(ByteSequence.utf8("/m/" + i), ByteSequence.utf8("" + i), 0, false)))
                .await(15, TimeUnit.SECONDS);
    }

    private static final class Feed extends SilentListener {
        private volatile @Nullable WatchHub hub;

        @Override
        public void applied(Changes changes) {
            WatchHub to = hub;
            if (to != null) {
                to.applied(changes);
            }
        }

        @Override
        public void restored(Snapshot newest) {
            WatchHub to = hub;
            if (to != null) {
                to.restored(newest.revision());
            }
        }

        @Override
        public void failed(String what, Throwable cause) {
            throw new AssertionError(what, cause);
        }
    }
}
