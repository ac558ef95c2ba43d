package io.kvorum.store.server;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.bus.KeyedTrust;
import io.kvorum.component.Component;
import io.kvorum.component.ComponentContext;
import io.kvorum.component.Flags;
import io.kvorum.component.HealthCheck;
import io.kvorum.store.mvcc.Snapshot;
import io.kvorum.store.mvcc.Snapshot.Changes;
import io.kvorum.store.protocol.MemberEndpoints;
import io.kvorum.store.protocol.StoreProtocol;
import io.kvorum.store.raft.LocalTransport;
import io.kvorum.store.raft.MemberThread;
import io.kvorum.store.raft.RaftTransport;
import io.kvorum.store.raft.Replica;
import io.kvorum.store.raft.ReplicaSettings;
import io.kvorum.store.raft.TcpTransport;
import io.kvorum.store.wal.Disk;
import io.kvorum.store.wal.FaultyDisk;
import io.kvorum.store.watch.WatchHub;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * A process of the store: one member of the group, or all three of them where it is the only process. The members find
 * each other and elect a leader while the process still joins the grid.
 */
public final class StoreComponent implements Component {
    private static final int HEALTH_PORT = 2381;
    private static final long HISTORY_BYTES = 64L << 20;

    private @Nullable StoreFlags flags;
    private @Nullable Running running;

    @Override
    public String role() {
        return StoreProtocol.ROLE;
    }

    @Override
    public boolean believesSenders() {
        return true;
    }

    @Override
    public int defaultHealthPort() {
        return HEALTH_PORT;
    }

    @Override
    public void declare(Flags flags) {
        this.flags = new StoreFlags(flags);
    }

    /** One, beside the member's own thread: what it does for a request is little, and most of it is waiting. */
    @Override
    public int eventLoops() {
        return 1;
    }

    @Override
    public boolean gridMember() {
        return true;
    }

    @Override
    public Future<Void> prepare(ComponentContext context) {
        StoreFlags parsed = flags;
        if (parsed == null) {
            return Future.failedFuture(new IllegalStateException("flags are not declared"));
        }
        Running members = new Running(context, parsed);
        running = members;
        return members.start();
    }

    @Override
    public Future<Void> start(ComponentContext context) {
        Running members = running;
        return members == null
                ? Future.failedFuture(new IllegalStateException("members are not started"))
                : members.serve();
    }

    /** The members of this process. */
    private static final class Running {
        private final ComponentContext context;
        private final StoreFlags flags;
        private final MemberNames names;
        private final Map<String, Replica> replicas = new ConcurrentHashMap<>();
        private final FaultyDisk disk = new FaultyDisk(Disk.real());
        private final @Nullable ClientFace face;
        private @Nullable WatchHub hub;

        Running(ComponentContext context, StoreFlags flags) {
            this.context = context;
            this.flags = flags;
            this.names = MemberNames.of(context.identity().name(), flags.initialMembers.get());
            this.face = flags.listenClient.get().isEmpty() ? null : new ClientFace(context, flags);
        }

        Future<Void> start() {
            DiskCommands.register(context.control(), disk);
            hub = new WatchHub(context.vertx(), this::newest, flags.historyRevisions.get(), HISTORY_BYTES);
            context.onShutdown("store members", () -> context.vertx().executeBlocking(this::close));
            // The files are read on a worker, while the port is opened.
            if (names.here().size() > 1) {
                LocalTransport network = new LocalTransport();
                return context.vertx().executeBlocking(() -> {
                    for (String name : names.here()) {
                        open(name, context.dataDir().resolve(name), new MemberThread(name), network.of(name));
                    }
                    return startAll();
                });
            }
            TcpTransport.Settings peers = new TcpTransport.Settings(
                    context.identity().cluster(),
                    context.identity().name(),
                    names.known(),
                    context.identity().address(),
                    flags.peerPort.get(),
                    context.join().stream()
                            .map(hostAndPort -> hostAndPort.substring(0, hostAndPort.lastIndexOf(':')))
                            .distinct()
                            .toList(),
                    flags.peerTls());
            MemberThread thread = new MemberThread(context.identity().name());
            return TcpTransport.listen(context.vertx(), thread, peers)
                    .compose(transport -> context.vertx().executeBlocking(() -> {
                        open(context.identity().name(), context.dataDir(), thread, transport);
                        return startAll();
                    }));
        }

        private void open(String name, Path folder, MemberThread thread, RaftTransport transport) throws IOException {
            boolean first = name.equals(names.here().get(0));
            Timer flushes = first
                    ? Timer.builder("kvorum.store.fsync")
                            .description("Time to write the log to disk, fsync included")
                            .register(context.metrics())
                    : null;
            LongConsumer onFlush = nanos -> {
                if (flushes != null) {
                    flushes.record(nanos, TimeUnit.NANOSECONDS);
                }
            };
            Replica replica = new Replica(
                    new ReplicaSettings(
                            context.identity().cluster(),
                            name,
                            names.all(),
                            names.known(),
                            flags.electionTimeout.get(),
                            flags.heartbeatInterval.get(),
                            flags.maxMissedHeartbeats.get()),
                    folder,
                    disk,
                    thread,
                    transport,
                    onFlush,
                    new MemberListener(name, first));
            replicas.put(name, replica);
        }

        @SuppressWarnings("NullAway") // Void has no other value
        private Void startAll() {
            replicas.values().forEach(Replica::start);
            return null;
        }

        @SuppressWarnings("NullAway") // Void has no other value
        private Void close() throws IOException {
            for (Replica replica : replicas.values()) {
                replica.close();
            }
            return null;
        }

        private Snapshot newest() {
            Replica own = replicas.get(names.here().get(0));
            return own == null ? Snapshot.empty() : own.newest();
        }

        Future<Void> serve() {
            Replica own = replicas.get(names.here().get(0));
            WatchHub watches = hub;
            if (own == null || watches == null) {
                return Future.failedFuture(new IllegalStateException("members are not open"));
            }
            context.health().ready("leader", () -> own.leader() == null ? "no leader is known" : null);
            context.health()
                    .live("disk", HealthCheck.of(() -> own.failure() == null ? null : String.valueOf(own.failure())));
            gauge(
                    "kvorum.store.revision",
                    "Newest revision applied",
                    own,
                    r -> r.newest().revision());
            gauge(
                    "kvorum.store.keys",
                    "Keys, deleted ones not yet compacted included",
                    own,
                    r -> r.newest().keyCount());
            gauge("kvorum.store.db.bytes", "Bytes on disk", own, Replica::diskBytes);
            gauge("kvorum.store.commit.index", "Index of the newest committed log entry", own, Replica::commitIndex);
            gauge("kvorum.store.leader", "1 when this process leads", own, r -> leadsHere(r) ? 1 : 0);
            context.control().register("store.status", request -> Future.succeededFuture(status(own)));
            MemberEndpoints endpoints = endpoints();
            StoreEndpoint endpoint = new StoreEndpoint(
                    context.vertx(),
                    context.bus(),
                    own,
                    replicas,
                    watches,
                    new StoreEndpoint.Settings(endpoints, flags.quota()));
            new StoreControl(context, names, own, endpoint).register();
            MemberStore store = new MemberStore(context.vertx(), own, endpoint, watches);
            ContentChecks checks = new ContentChecks(context.vertx(), store, flags.corruptCheckTime.get());
            checks.start();
            TimeMarks times = new TimeMarks(context.vertx(), store, context.clock());
            times.start();
            context.onShutdown("content checks", () -> {
                checks.stop();
                times.stop();
                return Future.succeededFuture();
            });
            Future<Void> served = context.serve(endpoint.onlyFrom(KeyedTrust.CORE));
            ClientFace clients = face;
            return clients == null
                    ? served
                    : served.compose(v -> clients.serve(
                            store,
                            new MemberDirectory(context.vertx(), context.bus(), own, replicas.keySet(), endpoints)));
        }

        private MemberEndpoints endpoints() {
            String peer = names.here().size() > 1
                    ? ""
                    : "http://" + context.identity().address() + ":" + flags.peerPort.get();
            return new MemberEndpoints(peer, face == null ? "" : face.url());
        }

        private boolean leadsHere(Replica own) {
            String leader = own.leader();
            return leader != null && replicas.containsKey(leader);
        }

        private void gauge(String name, String description, Replica own, ToDoubleFunction<Replica> value) {
            Gauge.builder(name, own, value).description(description).register(context.metrics());
        }

        private ObjectNode status(Replica own) {
            Snapshot newest = own.newest();
            String leader = own.leader();
            ObjectNode status = JsonNodeFactory.instance
                    .objectNode()
                    .put("name", own.name())
                    .put("leader", leader)
                    .put("isLeader", leadsHere(own))
                    .put("term", own.term())
                    .put("clusterId", Long.toHexString(newest.clusterId()))
                    .put("revision", newest.revision())
                    .put("compactRevision", newest.compactRevision())
                    .put("keys", newest.keyCount())
                    .put("commitIndex", own.commitIndex())
                    .put("appliedIndex", newest.appliedIndex())
                    .put("filling", own.isFilling())
                    .put("dbBytes", own.diskBytes());
            if (face != null) {
                status.put("clientEndpoint", face.url());
            }
            var members = status.putArray("members");
            own.members().forEach(members::add);
            return status;
        }

        /** What the members tell, to the watches, the metrics and the process. */
        private final class MemberListener implements Replica.Listener {
            private final String name;
            private final boolean first;
            private final @Nullable Counter applied;

            MemberListener(String name, boolean first) {
                this.name = name;
                this.first = first;
                applied = first
                        ? Counter.builder("kvorum.store.applied.revisions")
                                .description("Revisions applied since the start of the process")
                                .register(context.metrics())
                        : null;
            }

            @Override
            public void applied(Changes changes) {
                WatchHub watches = hub;
                if (first && watches != null && applied != null) {
                    applied.increment();
                    watches.applied(changes);
                }
            }

            @Override
            public void restored(Snapshot newest) {
                WatchHub watches = hub;
                if (first && watches != null) {
                    watches.restored(newest.revision());
                }
            }

            @Override
            public void contentCheck(Snapshot state, long revision, String hash) {
                Replica own = replicas.get(name);
                if (own != null) {
                    ContentChecks.compare(context.vertx(), own, state, revision, hash);
                }
            }

            @Override
            public void leader(@Nullable String leader, boolean local) {
                if (first) {
                    boolean here = leader != null && replicas.containsKey(leader);
                    Replica own = replicas.get(names.here().get(0));
                    String how = own == null ? "" : "term " + own.term();
                    context.vertx().runOnContext(v -> context.leading(here, how));
                }
            }

            @Override
            public void failed(String what, Throwable cause) {
                context.fatal("store: " + what, cause);
            }
        }
    }
}
