package io.kvorum.store.etcd;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.kvorum.bus.BusClients;
import io.kvorum.bus.BusServer;
import io.kvorum.bus.BusTrust;
import io.kvorum.etcd.api.KVGrpc;
import io.kvorum.etcd.api.PutRequest;
import io.kvorum.etcd.api.PutResponse;
import io.kvorum.etcd.api.RangeRequest;
import io.kvorum.etcd.api.RangeResponse;
import io.kvorum.store.mvcc.Snapshot;
import io.kvorum.store.mvcc.Snapshot.Changes;
import io.kvorum.store.protocol.MemberEndpoints;
import io.kvorum.store.raft.LocalTransport;
import io.kvorum.store.raft.Replica;
import io.kvorum.store.raft.ReplicaSettings;
import io.kvorum.store.server.MemberDirectory;
import io.kvorum.store.server.MemberStore;
import io.kvorum.store.server.StoreEndpoint;
import io.kvorum.store.wal.Disk;
import io.kvorum.store.watch.WatchHub;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;

/** Three members in one process, each with its own gRPC server on a port of its own; everything but Raft's network is real. */
final class EtcdCluster implements AutoCloseable {
    static final List<String> MEMBERS = List.of("store-0", "store-1", "store-2");
    static final TlsFiles PLAIN = new TlsFiles(null, null, null, false);

    final Vertx vertx = Vertx.vertx();
    final LocalTransport network = new LocalTransport();
    private final Map<String, Member> members = new LinkedHashMap<>();

    /** One member, and a client's connection to it. */
    record Member(
            Replica replica,
            WatchHub hub,
            BusServer server,
            EtcdFace face,
            MemberStore store,
            ManagedChannel channel) {}

    private EtcdCluster() {}

    static EtcdCluster start(Path folder) throws Exception {
        return start(folder, Long.MAX_VALUE);
    }

    static EtcdCluster start(Path folder, long quotaBytes) throws Exception {
        EtcdCluster cluster = new EtcdCluster();
        for (String name : MEMBERS) {
            cluster.startMember(folder.resolve(name), name, quotaBytes);
        }
        cluster.kv().put(put("started", "yes"));
        return cluster;
    }

    private void startMember(Path folder, String name, long quotaBytes) throws Exception {
        Feed feed = new Feed();
        Replica replica = new Replica(
                new ReplicaSettings("test", name, MEMBERS, Duration.ofMillis(300), Duration.ofMillis(100), 5),
                folder,
                Disk.real(),
                network.of(name),
                nanos -> {},
                feed);
        WatchHub hub = new WatchHub(vertx, replica::newest, 100, 1 << 20);
        feed.hub = hub;
        replica.start();
        MemberEndpoints endpoints = new MemberEndpoints("http://" + name + ":2380", "http://" + name + ":2379");
        StoreEndpoint endpoint = new StoreEndpoint(
                vertx,
                BusClients.create(vertx),
                replica,
                Map.of(name, replica),
                hub,
                new StoreEndpoint.Settings(endpoints, quotaBytes));
        BusServer server =
                BusServer.start(vertx, "store", name, endpoint, BusTrust.NONE).await(5, TimeUnit.SECONDS);
        MemberStore store = new MemberStore(vertx, replica, endpoint, hub);
        EtcdFace face = face(store, endpoints, PLAIN);
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", face.port())
                .usePlaintext()
                .maxInboundMessageSize(64 << 20)
                .build();
        members.put(name, new Member(replica, hub, server, face, store, channel));
    }

    private EtcdFace face(MemberStore store, MemberEndpoints endpoints, TlsFiles tls) throws IOException {
        Replica replica = store.replica();
        return EtcdFace.start(
                vertx,
                store,
                new MemberDirectory(vertx, BusClients.create(vertx), replica, Set.of(replica.name()), endpoints),
                replica::defragment,
                new EtcdFace.Settings("test", ListenAddress.of("0", "127.0.0.1"), tls, Clock.systemUTC()));
    }

    /** One more server of a member. */
    EtcdFace face(String member, TlsFiles tls) throws IOException {
        return face(member(member).store(), new MemberEndpoints("", ""), tls);
    }

    Member member(String name) {
        Member member = members.get(name);
        if (member == null) {
            throw new AssertionError(name + " is not running");
        }
        return member;
    }

    /** A member that leads, or one that follows. */
    Member member(boolean leads) {
        return members.values().stream()
                .filter(member -> member.replica().isLeader() == leads)
                .findFirst()
                .orElseThrow();
    }

    ManagedChannel channel() {
        return member("store-1").channel();
    }

    KVGrpc.KVBlockingStub kv() {
        return KVGrpc.newBlockingStub(channel()).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    PutResponse put(PutRequest.Builder request) {
        return kv().put(request.build());
    }

    static PutRequest put(String key, String value) {
        return PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value)).build();
    }

    RangeResponse get(String key) {
        return kv().range(RangeRequest.newBuilder().setKey(bytes(key)).build());
    }

    static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    /** The end of the range of all keys that start with {@code prefix}. */
    static ByteString end(String prefix) {
        return bytes(prefix.substring(0, prefix.length() - 1) + (char) (prefix.charAt(prefix.length() - 1) + 1));
    }

    static void refuses(Status.Code code, String message, ThrowingCallable call) {
        Assertions.assertThatThrownBy(call).isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
            Assertions.assertThat(e.getStatus().getDescription()).isEqualTo(message);
            Assertions.assertThat(e.getStatus().getCode()).isEqualTo(code);
        });
    }

    @Override
    public void close() throws Exception {
        for (Member member : members.values()) {
            member.channel().shutdownNow();
            member.face().close();
            member.server().close().await(5, TimeUnit.SECONDS);
            member.hub().close();
            member.replica().close();
            member.channel().awaitTermination(5, TimeUnit.SECONDS);
        }
        vertx.close().await(5, TimeUnit.SECONDS);
    }

    private static final class Feed implements Replica.Listener {
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
        public void contentCheck(Snapshot state, long revision, String hash) {}

        @Override
        public void leader(@Nullable String leader, boolean local) {}

        @Override
        public void failed(String what, Throwable cause) {
            throw new AssertionError(what, cause);
        }
    }
}
