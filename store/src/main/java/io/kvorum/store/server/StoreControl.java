package io.kvorum.store.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.bus.BusReply;
import io.kvorum.bus.BusRequest;
import io.kvorum.component.ComponentContext;
import io.kvorum.component.ControlCommands.Download;
import io.kvorum.component.ControlCommands.DownloadBody;
import io.kvorum.store.backup.BackupHeader;
import io.kvorum.store.backup.BackupWriter;
import io.kvorum.store.backup.ContentHash;
import io.kvorum.store.codec.BinaryReader;
import io.kvorum.store.mvcc.Command;
import io.kvorum.store.mvcc.Outcome;
import io.kvorum.store.mvcc.OutcomeCodec;
import io.kvorum.store.mvcc.Proposal;
import io.kvorum.store.mvcc.ProposalCodec;
import io.kvorum.store.mvcc.Snapshot;
import io.kvorum.store.protocol.StoreProtocol;
import io.kvorum.store.raft.Replica;
import io.kvorum.store.wal.MemberFolder;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletionException;

/**
 * The store's commands of the control socket: {@code store.save}, {@code store.hash}, {@code store.check}, {@code
 * store.compact}, {@code store.defragment}, {@code store.members.add}, {@code store.members.remove}.
 */
final class StoreControl {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final ComponentContext context;
    private final MemberNames names;
    private final Replica own;
    private final StoreEndpoint endpoint;

    StoreControl(ComponentContext context, MemberNames names, Replica own, StoreEndpoint endpoint) {
        this.context = context;
        this.names = names;
        this.own = own;
        this.endpoint = endpoint;
    }

    void register() {
        Download save = this::save;
        context.control().registerDownload("store.save", save);
        context.control().register("store.hash", this::hash);
        context.control().register("store.check", request -> onWorker(this::check));
        context.control().register("store.compact", this::compact);
        context.control().register("store.members.add", request -> change(request, true));
        context.control().register("store.members.remove", request -> change(request, false));
        context.control()
                .register(
                        "store.defragment",
                        request -> Future.fromCompletionStage(own.defragment())
                                .map(done ->
                                        JsonNodeFactory.instance.objectNode().put("bytes", own.diskBytes())));
    }

    /**
     * A backup of the newest revision, or of {@code revision}, or of what was newest at {@code atMillis}; {@code stale}: of
     * what this member has, be it behind.
     */
    private Future<DownloadBody> save(ObjectNode request) {
        Future<Snapshot> state = request.path("stale").asBoolean()
                ? Future.succeededFuture(own.newest())
                : Future.fromCompletionStage(
                                endpoint.current(TIMEOUT), context.vertx().getOrCreateContext())
                        .recover(e -> Future.failedFuture(new IOException(own.name()
                                + " cannot tell the newest revision, because no leader answers (" + e.getMessage()
                                + "); --stale saves what one member has")));
        return state.compose(newest -> onWorker(() -> {
            Snapshot snapshot = past(newest, request);
            return new Backup(snapshot, header(snapshot));
        }));
    }

    private static Snapshot past(Snapshot newest, ObjectNode request) throws IOException {
        long revision = request.path("revision").asLong();
        if (request.has("atMillis")) {
            Instant at = Instant.ofEpochMilli(request.path("atMillis").asLong());
            revision = newest.revisionAt(at.toEpochMilli());
            if (revision == 0) {
                throw new IOException(
                        "what the store held at " + at + " is not known any more, or not yet; times are noted every 10"
                                + " seconds in which something is written, and forgotten by compaction");
            }
        }
        if (revision > newest.revision()) {
            throw new IOException("revision " + revision + " has not been written; the newest is " + newest.revision());
        }
        if (revision > 0 && revision < newest.compactRevision()) {
            throw new IOException("revision " + revision + " has been compacted; the oldest that is left is "
                    + newest.compactRevision());
        }
        return revision == 0 || revision == newest.revision() ? newest : newest.asOf(revision);
    }

    private BackupHeader header(Snapshot snapshot) {
        return BackupWriter.header(
                snapshot,
                context.identity().cluster(),
                own.name(),
                context.identity().address(),
                context.clock().millis());
    }

    private record Backup(Snapshot snapshot, BackupHeader header) implements DownloadBody {
        @Override
        public ObjectNode answer() {
            return JsonNodeFactory.instance
                    .objectNode()
                    .put("member", header.member())
                    .put("revision", header.revision())
                    .put("keys", header.keys())
                    .put("leases", header.leases());
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            BackupWriter.write(snapshot, header, out);
        }
    }

    private Future<ObjectNode> hash(ObjectNode request) {
        return onWorker(() -> {
            Snapshot newest = own.newest();
            long revision = request.path("revision").asLong(newest.revision());
            return JsonNodeFactory.instance
                    .objectNode()
                    .put("revision", revision)
                    .put("contentHash", ContentHash.of(newest, revision));
        });
    }

    private ObjectNode check() throws IOException {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode members = answer.putArray("members");
        for (String member : names.here()) {
            Path folder = names.here().size() > 1 ? context.dataDir().resolve(member) : context.dataDir();
            ObjectNode found = members.addObject().put("name", member);
            try {
                MemberFolder read = MemberFolder.read(folder);
                found.put("lastIndex", read.lastIndex()).put("bytes", read.bytes());
            } catch (IOException e) {
                found.put("problem", e.getMessage());
            }
        }
        return answer;
    }

    private Future<ObjectNode> compact(ObjectNode request) {
        long newest = own.newest().revision();
        long revision =
                request.path("revision").asLong(newest - request.path("keep").asLong());
        if (revision < 1) {
            return Future.failedFuture("the store's revision is " + newest + ", so there is nothing to compact");
        }
        byte[] proposal = ProposalCodec.encode(new Proposal(null, new Command.Compact(revision)));
        return endpoint.handle(BusRequest.post(StoreProtocol.PROPOSE, Buffer.buffer(proposal), TIMEOUT), own.name())
                .compose(reply -> compacted(reply, revision));
    }

    private Future<ObjectNode> compacted(BusReply reply, long revision) {
        if (reply.status() != 200) {
            return Future.failedFuture("not compacted: " + reply.body());
        }
        Outcome outcome = OutcomeCodec.read(new BinaryReader(reply.body().getBytes()));
        if (outcome instanceof Outcome.FutureRevision future) {
            return Future.failedFuture(
                    "revision " + revision + " has not been reached; the newest is " + future.current());
        }
        return Future.succeededFuture(JsonNodeFactory.instance.objectNode().put("compactRevision", revision));
    }

    private Future<ObjectNode> change(ObjectNode request, boolean add) {
        if (!own.isLeader()) {
            return Future.failedFuture("not the leader; " + own.leader() + " is");
        }
        String member = request.path("member").asText();
        return Future.fromCompletionStage(own.changeMembers(member, add))
                .map(done -> JsonNodeFactory.instance.objectNode())
                .recover(e -> Future.failedFuture("members stay as they are: "
                        + (e instanceof CompletionException && e.getCause() != null ? e.getCause() : e).getMessage()));
    }

    private interface Work<T> {
        T run() throws IOException;
    }

    /** Reading all keys takes a while: not on the event loop, and not one after the other. */
    private <T> Future<T> onWorker(Work<T> work) {
        return context.vertx().executeBlocking(work::run, false);
    }
}
