package io.kvorum.store.etcd;

import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.ServerCallStreamObserver;
import io.kvorum.component.UsageException;
import io.kvorum.etcd.api.SnapshotResponse;
import io.kvorum.store.backup.BackupHeader;
import io.kvorum.store.backup.BackupWriter;
import io.kvorum.store.mvcc.Snapshot;
import io.kvorum.store.protocol.StoreProtocol;
import io.kvorum.store.server.MemberDirectory;
import io.kvorum.store.server.MemberStore;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The gRPC server of one member. */
public final class EtcdFace implements AutoCloseable {
    /** Beyond the greatest request there is room for framing; anything longer is refused before it is read. */
    private static final int MAX_MESSAGE_BYTES = StoreProtocol.MAX_REQUEST_BYTES + (512 << 10);

    /** Of one call; grpc-java's default of 8 KiB is less than what clients of an etcd may send, whose limit is 16 MiB. */
    private static final int MAX_HEADER_BYTES = 1 << 20;

    private static final int THREADS = Math.max(2, Runtime.getRuntime().availableProcessors());
    private static final long MIN_PING_SECONDS = 5;
    private static final long CLOSE_MILLIS = 500;
    private static final long LEADER_CHECK_MILLIS = 500;

    /** Streams that want a leader end after so many checks without one: 3 s, three of etcd's election time-outs. */
    private static final int CHECKS_WITHOUT_LEADER = 6;

    private final Vertx vertx;
    private final MemberStore store;
    private final Settings settings;
    private final Identities ids;
    private final ExecutorService pool;
    private final WatchService watches;
    private final HealthStatusManager health = new HealthStatusManager();
    private final Server server;
    private final long leaderTimer;
    private int checksWithoutLeader;

    /**
     * What the server must know.
     *
     * @param cluster name of the cluster
     * @param address where to listen
     * @param clock tells when a backup was taken
     */
    public record Settings(String cluster, ListenAddress address, TlsFiles tls, Clock clock) {
        /** The URL that clients use. */
        public String url() {
            return (tls.isOn() ? "https://" : "http://") + address;
        }
    }

    private EtcdFace(
            Vertx vertx, MemberStore store, MemberDirectory directory, Defragmenter defragmenter, Settings settings)
            throws IOException {
        this.vertx = vertx;
        this.store = store;
        this.settings = settings;
        this.ids = new Identities(settings.cluster(), store.replica());
        AtomicInteger threads = new AtomicInteger();
        InetSocketAddress address = settings.address().resolve();
        NettyServerBuilder builder = builder(address, settings.tls());
        this.pool = Executors.newFixedThreadPool(
                THREADS, task -> new Thread(task, "store-etcd-" + threads.incrementAndGet()));
        this.watches = new WatchService(store.hub(), ids);
        LeaderRequired leaderRequired = new LeaderRequired(store.replica());
        for (ServerServiceDefinition service : services(directory, defragmenter)) {
            builder.addService(ServerInterceptors.intercept(service, leaderRequired));
        }
        builder.addService(health.getHealthService());
        // Nothing blocks where requests are taken, so they need no thread of their own.
        this.server = builder.directExecutor()
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .maxInboundMetadataSize(MAX_HEADER_BYTES)
                .permitKeepAliveTime(MIN_PING_SECONDS, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .build();
        try {
            server.start();
        } catch (IOException e) {
            pool.shutdownNow();
            throw new IOException("cannot listen for clients on " + settings.address() + ": " + e.getMessage(), e);
        }
        this.leaderTimer = vertx.setPeriodic(LEADER_CHECK_MILLIS, id -> checkLeader());
    }

    /**
     * Starts to serve. Blocks some milliseconds.
     *
     * @throws IOException the address cannot be had
     * @throws UsageException the settings do not fit together
     */
    public static EtcdFace start(
            Vertx vertx, MemberStore store, MemberDirectory directory, Defragmenter defragmenter, Settings settings)
            throws IOException {
        return new EtcdFace(vertx, store, directory, defragmenter, settings);
    }

    private static NettyServerBuilder builder(InetSocketAddress address, TlsFiles tls) {
        ServerCredentials credentials = tls.credentials(address);
        try {
            return NettyServerBuilder.forAddress(address, credentials);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--cert-file, --key-file, --trusted-ca-file: cannot be used: " + e.getMessage());
        }
    }

    private List<ServerServiceDefinition> services(MemberDirectory directory, Defragmenter defragmenter) {
        Turns turns = new Turns(store, pool);
        return List.of(
                new KvService(store, ids, pool).definition(),
                watches.definition(),
                new LeaseService(store, ids, pool).definition(),
                new ClusterService(directory, ids, pool).definition(),
                new MaintenanceService(store, ids, pool, defragmenter, this::sendBackup).definition(),
                new LockService(turns, ids).definition(),
                new ElectionService(store, turns, ids, pool).definition(),
                new AuthService(ids).definition());
    }

    /** The port that is listened on. */
    public int port() {
        return server.getPort();
    }

    private void sendBackup(
            Snapshot snapshot, ServerCallStreamObserver<SnapshotResponse> responses, SnapshotStream.Room room) {
        vertx.executeBlocking(
                        () -> {
                            BackupHeader header = BackupWriter.header(
                                    snapshot,
                                    settings.cluster(),
                                    store.replica().name(),
                                    settings.address().host(),
                                    settings.clock().millis());
                            SnapshotStream.send(responses, room, ids.header(snapshot.revision()), snapshot, header);
                            return snapshot;
                        },
                        false)
                .onFailure(e -> responses.onError(EtcdErrors.of(e)));
    }

    private void checkLeader() {
        boolean led = store.replica().leader() != null;
        health.setStatus(
                HealthStatusManager.SERVICE_NAME_ALL_SERVICES, led ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
        if (led) {
            checksWithoutLeader = 0;
        } else if (++checksWithoutLeader >= CHECKS_WITHOUT_LEADER) {
            watches.leaderLost();
        }
    }

    /** Stops serving; watches end, what else is under way is given a moment. */
    @Override
    public void close() throws InterruptedException {
        vertx.cancelTimer(leaderTimer);
        server.shutdown();
        health.enterTerminalState();
        watches.stop();
        if (!server.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS)) {
            server.shutdownNow();
            server.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
        }
        pool.shutdown();
    }
}
