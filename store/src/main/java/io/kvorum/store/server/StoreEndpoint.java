package io.kvorum.store.server;

import io.kvorum.bus.BusAddress;
import io.kvorum.bus.BusClient;
import io.kvorum.bus.BusEndpoint;
import io.kvorum.bus.BusReply;
import io.kvorum.bus.BusRequest;
import io.kvorum.bus.BusUnavailableException;
import io.kvorum.bus.FrameQueue;
import io.kvorum.store.client.Alarm;
import io.kvorum.store.client.RangeRequest;
import io.kvorum.store.client.StoreException;
import io.kvorum.store.codec.BinaryReader;
import io.kvorum.store.codec.BinaryReader.MalformedException;
import io.kvorum.store.codec.BinaryWriter;
import io.kvorum.store.codec.ValueCodec;
import io.kvorum.store.mvcc.Command;
import io.kvorum.store.mvcc.Outcome;
import io.kvorum.store.mvcc.OutcomeCodec;
import io.kvorum.store.mvcc.Proposal;
import io.kvorum.store.mvcc.ProposalCodec;
import io.kvorum.store.mvcc.Snapshot;
import io.kvorum.store.mvcc.Snapshot.Changes;
import io.kvorum.store.protocol.MemberEndpoints;
import io.kvorum.store.protocol.StoreProtocol;
import io.kvorum.store.protocol.WatchFrame;
import io.kvorum.store.protocol.WatchRequest;
import io.kvorum.store.raft.Coalesced;
import io.kvorum.store.raft.Replica;
import io.kvorum.store.raft.ReplicaException;
import io.kvorum.store.watch.WatchHub;
import io.kvorum.store.watch.WatchSink;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Answers the store's requests at one member. What only the leader can do is done here when it lives in this process, and
 * passed on to it over the bus otherwise, once.
 */
public final class StoreEndpoint implements BusEndpoint {
    private static final int WATCH_FRAMES = 1024;
    private static final long WATCH_BYTES = 4L << 20;
    private static final Duration INDEX_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration ALARM_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

    private final Context context;
    private final BusClient bus;
    private final Replica own;
    private final Map<String, Replica> local;
    private final WatchHub hub;
    private final Settings settings;

    private final Coalesced<Long> leaderIndex = new Coalesced<>(this::askIndex);
    private final Coalesced<Boolean> alarms = new Coalesced<>(this::proposeAlarm);

    /**
     * What a member was told.
     *
     * @param endpoints where it can be reached otherwise
     * @param quotaBytes bytes of the key space at which the store counts as full
     */
    public record Settings(MemberEndpoints endpoints, long quotaBytes) {}

    /**
     * @param own the member whose state is read and watched here
     * @param local all members in this process by name, {@code own} among them
     * @param hub the watches of {@code own}
     */
    public StoreEndpoint(
            Vertx vertx, BusClient bus, Replica own, Map<String, Replica> local, WatchHub hub, Settings settings) {
        this.context = vertx.getOrCreateContext();
        this.bus = bus;
        this.own = own;
        this.local = Map.copyOf(local);
        this.hub = hub;
        this.settings = settings;
    }

    @Override
    public Future<BusReply> handle(BusRequest request, String sender) {
        try {
            return switch (request.uri()) {
                case StoreProtocol.PROPOSE -> propose(request);
                case StoreProtocol.RANGE -> range(request);
                case StoreProtocol.REVISION -> ask(request, Snapshot::revision);
                case StoreProtocol.INDEX -> ask(request, Snapshot::appliedIndex);
                case StoreProtocol.DISK_BYTES -> Future.succeededFuture(answer(200, number(own.diskBytes())));
                case StoreProtocol.LEASE -> lease(request);
                case StoreProtocol.ENDPOINTS ->
                    Future.succeededFuture(
                            answer(200, Buffer.buffer(settings.endpoints().encode())));
                case StoreProtocol.WATCH -> Future.succeededFuture(watch(request));
                default -> Future.succeededFuture(answer(404, Buffer.buffer("no such path: " + request.uri())));
            };
        } catch (MalformedException e) {
            return Future.succeededFuture(
                    answer(StoreProtocol.MALFORMED, Buffer.buffer(String.valueOf(e.getMessage()))));
        }
    }

    private Future<BusReply> propose(BusRequest request) {
        if (request.body().length() > StoreProtocol.MAX_REQUEST_BYTES) {
            return Future.succeededFuture(
                    answer(StoreProtocol.MALFORMED, Buffer.buffer("etcdserver: request is too large")));
        }
        return isOverQuota() && !request.headers().contains(StoreProtocol.PASSED_ON)
                ? Future.fromCompletionStage(raiseAlarm(), context).compose(raised -> proposeAtLeader(request))
                : proposeAtLeader(request);
    }

    private Future<BusReply> proposeAtLeader(BusRequest request) {
        return atLeader(
                request, leader -> leader.propose(request.body().getBytes()).thenApply(StoreEndpoint::outcome));
    }

    /** Whether the store has outgrown its quota and this member has not told so yet. */
    boolean isOverQuota() {
        Snapshot newest = own.newest();
        return newest.bytes() > settings.quotaBytes()
                && !newest.alarms().contains(new Alarm(own.name(), Alarm.Type.NO_SPACE));
    }

    /** Raises the alarm that stops writes. Any thread; completes when that is done, or failed: the next write tries again. */
    CompletableFuture<Boolean> raiseAlarm() {
        return alarms.get();
    }

    private CompletableFuture<Boolean> proposeAlarm() {
        Command raise = new Command.RaiseAlarm(new Alarm(own.name(), Alarm.Type.NO_SPACE));
        Buffer proposal = Buffer.buffer(ProposalCodec.encode(new Proposal(null, raise)));
        Promise<BusReply> answered = Promise.promise();
        context.runOnContext(v -> proposeAtLeader(BusRequest.post(StoreProtocol.PROPOSE, proposal, ALARM_TIMEOUT))
                .onComplete(answered));
        return answered.future()
                .map(reply -> reply.status() == 200)
                .otherwise(false)
                .toCompletionStage()
                .toCompletableFuture();
    }

    /** A number of the leader's state, linearizable. */
    private Future<BusReply> ask(BusRequest request, ToLongFunction<Snapshot> what) {
        return atLeader(
                request, leader -> leader.current().thenApply(state -> StoreEndpoint.number(what.applyAsLong(state))));
    }

    private Future<BusReply> lease(BusRequest request) {
        long id = new BinaryReader(request.body().getBytes()).number();
        return atLeader(
                request, leader -> leader.leaseRemainingNanos(id).thenApply(nanos -> StoreEndpoint.number(nanos + 1)));
    }

    /** The leader, when it lives in this process. */
    @Nullable
    Replica localLeader() {
        String name = own.leader();
        return name == null ? null : local.get(name);
    }

    private static Buffer outcome(Outcome outcome) {
        BinaryWriter out = new BinaryWriter(256);
        OutcomeCodec.write(out, outcome);
        return Buffer.buffer(out.toByteArray());
    }

    private static Buffer number(long value) {
        return Buffer.buffer(new BinaryWriter(10).number(value).toByteArray());
    }

    private Future<BusReply> atLeader(BusRequest request, Function<Replica, CompletableFuture<Buffer>> verb) {
        String name = own.leader();
        if (name == null) {
            return Future.succeededFuture(unavailable("no leader is known"));
        }
        Replica leader = local.get(name);
        if (leader != null) {
            return Future.fromCompletionStage(verb.apply(leader), context)
                    .map(body -> BusReply.whole(
                            200,
                            headers()
                                    .set(
                                            StoreProtocol.INDEX_HEADER,
                                            Long.toString(leader.newest().appliedIndex())),
                            body))
                    .otherwise(this::refusal);
        }
        if (request.headers().contains(StoreProtocol.PASSED_ON)) {
            return Future.succeededFuture(unavailable("this member does not lead any more"));
        }
        if (own.isLeaderSilent()) {
            return Future.succeededFuture(unavailable("the leader has not been heard of for some time"));
        }
        MultiMap headers = MultiMap.caseInsensitiveMultiMap().set(StoreProtocol.PASSED_ON, own.name());
        return bus.send(
                        BusAddress.instance(StoreProtocol.ROLE, name),
                        new BusRequest(request.method(), request.uri(), headers, request.body(), request.timeout()))
                .otherwise(this::refusal);
    }

    private Future<BusReply> range(BusRequest request) {
        RangeRequest range =
                ValueCodec.rangeRequest(new BinaryReader(request.body().getBytes()));
        if (range.serializable()) {
            return Future.succeededFuture(read(own.newest(), range));
        }
        Duration wait = request.timeout().compareTo(LONGEST_WAIT) < 0 ? request.timeout() : LONGEST_WAIT;
        return Future.fromCompletionStage(current(wait), context)
                .map(snapshot -> read(snapshot, range))
                .otherwise(e -> unavailable("no linearizable read: " + e.getMessage()));
    }

    /** A state that is not older than the leader's now. */
    CompletableFuture<Snapshot> current(Duration wait) {
        return leaderIndex
                .get()
                .thenCompose(index -> own.awaitIndex(index).orTimeout(wait.toMillis(), TimeUnit.MILLISECONDS));
    }

    /** How far the leader has applied the log, wherever it is. */
    private CompletableFuture<Long> askIndex() {
        Promise<Long> asked = Promise.promise();
        context.runOnContext(v -> ask(BusRequest.get(StoreProtocol.INDEX, INDEX_TIMEOUT), Snapshot::appliedIndex)
                .compose(reply -> reply.status() == 200
                        ? Future.succeededFuture(new BinaryReader(reply.body().getBytes()).number())
                        : Future.<Long>failedFuture(
                                new StoreException.Unavailable(reply.body().toString())))
                .onComplete(asked));
        return asked.future().toCompletionStage().toCompletableFuture();
    }

    private BusReply read(Snapshot snapshot, RangeRequest range) {
        return answer(200, outcome(snapshot.range(range)));
    }

    private BusReply watch(BusRequest request) {
        WatchRequest watch = WatchRequest.decode(request.body().getBytes());
        FrameQueue frames = new FrameQueue(WATCH_FRAMES, WATCH_BYTES);
        WatchHub.Watch running = hub.open(watch.range(), watch.start(), watch.previous(), new FrameSink(frames));
        frames.onClose(running::close);
        return BusReply.stream(200, headers(), frames);
    }

    private BusReply refusal(Throwable cause) {
        Throwable reason = cause.getCause() instanceof ReplicaException inner ? inner : cause;
        boolean uncertain = reason instanceof ReplicaException.Uncertain
                || (reason instanceof BusUnavailableException lost && lost.indeterminate())
                || !(reason instanceof ReplicaException || reason instanceof BusUnavailableException);
        return uncertain
                ? answer(StoreProtocol.INDETERMINATE, Buffer.buffer(String.valueOf(reason.getMessage())))
                : unavailable(String.valueOf(reason.getMessage()));
    }

    private BusReply unavailable(String why) {
        return answer(StoreProtocol.UNAVAILABLE, Buffer.buffer(why));
    }

    private BusReply answer(int status, Buffer body) {
        return BusReply.whole(status, headers(), body);
    }

    /** The members that can be addressed: of those in this process only the first. */
    private String processes() {
        return own.members().stream()
                .filter(name -> name.equals(own.name()) || !local.containsKey(name))
                .collect(Collectors.joining(","));
    }

    private MultiMap headers() {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap()
                .set(StoreProtocol.MEMBER, own.name())
                .set(StoreProtocol.MEMBERS, processes());
        String leader = own.leader();
        if (leader == null) {
            return headers;
        }
        return headers.set(StoreProtocol.LEADER, local.containsKey(leader) ? own.name() : leader);
    }

    /** Puts a watch's changes into the frames of an answer; hub and queue share the endpoint's context. */
    private static final class FrameSink implements WatchSink {
        private final FrameQueue frames;

        FrameSink(FrameQueue frames) {
            this.frames = frames;
        }

        @Override
        public boolean events(Changes changes) {
            return frames.offer(frame(new WatchFrame.Events(changes.revision(), changes.events())));
        }

        @Override
        public boolean progress(long revision) {
            return frames.offer(frame(new WatchFrame.Progress(revision)));
        }

        @Override
        public void failed(StoreException cause) {
            frames.offer(frame(
                    cause instanceof StoreException.Compacted compacted
                            ? new WatchFrame.Compacted(compacted.compactRevision())
                            : new WatchFrame.Failed(String.valueOf(cause.getMessage()))));
            frames.end();
        }

        private static Buffer frame(WatchFrame frame) {
            return Buffer.buffer(WatchFrame.encode(frame));
        }
    }
}
