package io.kvorum.store.etcd;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.kvorum.bus.BusClient;
import io.kvorum.bus.BusClients;
import io.kvorum.bus.BusServer;
import io.kvorum.bus.BusTrust;
import io.kvorum.bus.BusUnavailableException;
import io.kvorum.etcd.api.KVGrpc;
import io.kvorum.etcd.api.PutRequest;
import io.kvorum.etcd.api.PutResponse;
import io.kvorum.etcd.api.RangeRequest;
import io.kvorum.etcd.api.RangeResponse;
import io.kvorum.store.mvcc.KeySpace;
import io.kvorum.store.mvcc.Snapshot;
import io.kvorum.store.mvcc.Snapshot.Changes;
import io.kvorum.store.protocol.MemberEndpoints;
import io.kvorum.store.raft.LocalTransport;
import io.kvorum.store.raft.MemberThread;
import io.kvorum.store.raft.Replica;
import io.kvorum.store.raft.ReplicaSettings;
import io.kvorum.store.raft.SilentListener;
import io.kvorum.store.server.MemberDirectory;
import io.kvorum.store.server.MemberStore;
import io.kvorum.store.server.StoreEndpoint;
import io.kvorum.store.wal.Disk;
import io.kvorum.store.watch.WatchHub;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;

/**
 * Three members in one process, each with its own gRPC server on a port of its own, which it keeps over a crash. Everything
 * but Raft's network is real, or what {@link Parts} says.
 */
public final class EtcdCluster implements AutoCloseable {
    public static final List<String> MEMBERS = List.of("store-0", "store-1", "store-2");
    static final TlsFiles PLAIN = new TlsFiles(null, null, null, false);

    /** Not where connections go out from, so that nobody else can have a member's port while it is down. */
    private static final String HOST = "127.0.0.2";

    public final Vertx vertx = Vertx.vertx();
    public final LocalTransport network = new LocalTransport();
    private final Path folder;
    private final long quotaBytes;
    private final Parts parts;
    private final Map<String, Member> members = new LinkedHashMap<>();
    private final Map<String, Integer> ports = new HashMap<>();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();

    /** What members are made of; asked anew at each start of one. */
    public interface Parts {
        default Disk disk(String member) {
            return Disk.real();
        }

        /** Members crash; afterwards they are closed, and must not be able to save anything by that. */
        default void powerOff(List<String> members) throws IOException {}

        /** The crashed members are closed. */
        default void crashed(List<String> members) throws IOException {}

        default KeySpace keySpace(Snapshot from) {
            return new KeySpace(from);
        }

        /** @param real reaches the other members */
        default BusClient bus(EtcdCluster cluster, String member, BusClient real) {
            return real;
        }

        default WatchHub hub(String member, Vertx vertx, Supplier<Snapshot> newest) {
            return new WatchHub(vertx, newest, 100, 1 << 20);
        }

        default MemberStore store(Vertx vertx, Replica own, StoreEndpoint endpoint, WatchHub hub) {
            return new MemberStore(vertx, own, endpoint, hub);
        }
    }

    /** One member, and a client's connection to it. */
    record Member(
            Replica replica,
            WatchHub hub,
            BusServer server,
            EtcdFace face,
            MemberStore store,
            ManagedChannel channel,
            AtomicBoolean alive) {}

    private EtcdCluster(Path folder, long quotaBytes, Parts parts) {
        this.folder = folder;
        this.quotaBytes = quotaBytes;
        this.parts = parts;
    }

    static EtcdCluster start(Path folder) throws Exception {
        return start(folder, Long.MAX_VALUE);
    }

    static EtcdCluster start(Path folder, long quotaBytes) throws Exception {
        EtcdCluster cluster = new EtcdCluster(folder, quotaBytes, new Parts() {});
        cluster.startAll();
        cluster.kv().put(put("started", "yes"));
        return cluster;
    }

    /** With other parts; returns when there is a leader, with nothing written. */
    public static EtcdCluster start(Path folder, Parts parts) throws Exception {
        EtcdCluster cluster = new EtcdCluster(folder, Long.MAX_VALUE, parts);
        cluster.startAll();
        cluster.get("started");
        return cluster;
    }

    private void startAll() throws Exception {
        for (String name : MEMBERS) {
            start(name);
        }
    }

    /** Starts a member that does not run, with what it left in its folder. */
    public void start(String name) throws Exception {
        AtomicBoolean alive = new AtomicBoolean(true);
        Feed feed = new Feed(name, alive);
        Replica replica = new Replica(
                new ReplicaSettings("test", name, MEMBERS, Duration.ofMillis(300), Duration.ofMillis(100), 5),
                folder.resolve(name),
                parts.disk(name),
                new MemberThread(name),
                network.of(name),
                nanos -> {},
                feed,
                parts::keySpace);
        WatchHub hub = parts.hub(name, vertx, replica::newest);
        feed.hub = hub;
        replica.start();
        MemberEndpoints endpoints = new MemberEndpoints("http://" + name + ":2380", "http://" + name + ":2379");
        BusClient real = BusClients.create(vertx);
        BusClient bus = parts.bus(
                this,
                name,
                (address, request) -> alive.get()
                        ? real.send(address, request)
                        : Future.failedFuture(new BusUnavailableException(name + " is down", false)));
        StoreEndpoint endpoint = new StoreEndpoint(
                vertx, bus, replica, Map.of(name, replica), hub, new StoreEndpoint.Settings(endpoints, quotaBytes));
        BusServer server =
                BusServer.start(vertx, "store", name, endpoint, BusTrust.NONE).await(5, TimeUnit.SECONDS);
        MemberStore store = parts.store(vertx, replica, endpoint, hub);
        EtcdFace face = face(store, endpoints, PLAIN, HOST, ports.getOrDefault(name, 0));
        ports.put(name, face.port());
        ManagedChannel channel = NettyChannelBuilder.forAddress(HOST, face.port())
                .usePlaintext()
                .maxInboundMessageSize(64 << 20)
                .build();
        members.put(name, new Member(replica, hub, server, face, store, channel, alive));
    }

    public boolean isRunning(String name) {
        return members.containsKey(name);
    }

    /** {@code host:port} of a member that runs or did. */
    public String address(String name) {
        return HOST + ":" + Objects.requireNonNull(ports.get(name), name);
    }

    /** Ends members as a crash does, all at the same moment: what was under way comes to nothing. */
    public void crash(List<String> names) throws Exception {
        List<Member> crashed = names.stream().map(this::member).toList();
        crashed.forEach(member -> member.alive().set(false));
        names.forEach(members::remove);
        parts.powerOff(names);
        for (Member member : crashed) {
            closeWithoutDisk(member.replica());
        }
        for (Member member : crashed) {
            end(member);
        }
        parts.crashed(names);
    }

    private static void closeWithoutDisk(Replica replica) {
        try {
            replica.close();
        } catch (IOException e) {
            // The log cannot be closed in order when the disk is gone.
        }
    }

    private static void end(Member member) throws Exception {
        member.channel().shutdownNow();
        member.face().close();
        member.server().close().await(5, TimeUnit.SECONDS);
        member.hub().close();
        member.channel().awaitTermination(5, TimeUnit.SECONDS);
    }

    /** Why members stopped by themselves. */
    public List<String> failures() {
        return List.copyOf(failures);
    }

    private EtcdFace face(MemberStore store, MemberEndpoints endpoints, TlsFiles tls, String host, int port)
            throws IOException {
        Replica replica = store.replica();
        return EtcdFace.start(
                vertx,
                store,
                new MemberDirectory(vertx, BusClients.create(vertx), replica, Set.of(replica.name()), endpoints),
                replica::defragment,
                new EtcdFace.Settings("test", new ListenAddress(host, port), tls, Clock.systemUTC()));
    }

    /** One more server of a member. */
    EtcdFace face(String member, TlsFiles tls) throws IOException {
        return face(member(member).store(), new MemberEndpoints("", ""), tls, "127.0.0.1", 0);
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
            end(member);
            member.replica().close();
        }
        vertx.close().await(5, TimeUnit.SECONDS);
    }

    private final class Feed extends SilentListener {
        private final String member;
        private final AtomicBoolean alive;
        private volatile @Nullable WatchHub hub;

        Feed(String member, AtomicBoolean alive) {
            this.member = member;
            this.alive = alive;
        }

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
            if (alive.get()) {
                failures.add(member + ": " + what + ": " + cause);
                throw new AssertionError(what, cause);
            }
        }
    }
}
