package io.kvorum.store.raft;

import com.hazelcast.cp.internal.raft.impl.RaftNode;
import com.hazelcast.cp.internal.raft.impl.dto.AppendFailureResponse;
import com.hazelcast.cp.internal.raft.impl.dto.AppendRequest;
import com.hazelcast.cp.internal.raft.impl.dto.AppendSuccessResponse;
import com.hazelcast.cp.internal.raft.impl.dto.PreVoteRequest;
import com.hazelcast.cp.internal.raft.impl.dto.PreVoteResponse;
import com.hazelcast.cp.internal.raft.impl.dto.TriggerLeaderElection;
import com.hazelcast.cp.internal.raft.impl.dto.VoteRequest;
import com.hazelcast.cp.internal.raft.impl.dto.VoteResponse;
import com.hazelcast.cp.internal.raft.impl.log.LogEntry;
import io.kvorum.store.codec.BinaryReader;
import io.kvorum.store.codec.BinaryReader.MalformedException;
import io.kvorum.store.codec.BinaryWriter;
import io.kvorum.store.codec.ValueCodec;
import io.kvorum.store.wal.EntryCodec;

/** Binary form of the messages between members: a type, then the fields in the order of the message's constructor. */
final class MessageCodec {
    private static final int PRE_VOTE_REQUEST = 1;
    private static final int PRE_VOTE_RESPONSE = 2;
    private static final int VOTE_REQUEST = 3;
    private static final int VOTE_RESPONSE = 4;
    private static final int APPEND_REQUEST = 5;
    static final int APPEND_SUCCESS = 6;
    static final int APPEND_FAILURE = 7;
    private static final int TRIGGER_ELECTION = 9;
    static final int SNAPSHOT_PART = 10;
    static final int SNAPSHOT_ACK = 11;

    private MessageCodec() {}

    static byte[] encode(PreVoteRequest m) {
        BinaryWriter out = type(PRE_VOTE_REQUEST);
        EntryCodec.write(out, m.candidate());
        return out.number(m.nextTerm())
                .number(m.lastLogTerm())
                .number(m.lastLogIndex())
                .toByteArray();
    }

    static byte[] encode(PreVoteResponse m) {
        BinaryWriter out = type(PRE_VOTE_RESPONSE);
        EntryCodec.write(out, m.voter());
        return out.number(m.term()).bool(m.granted()).toByteArray();
    }

    static byte[] encode(VoteRequest m) {
        BinaryWriter out = type(VOTE_REQUEST);
        EntryCodec.write(out, m.candidate());
        return out.number(m.term())
                .number(m.lastLogTerm())
                .number(m.lastLogIndex())
                .bool(m.isDisruptive())
                .toByteArray();
    }

    static byte[] encode(VoteResponse m) {
        BinaryWriter out = type(VOTE_RESPONSE);
        EntryCodec.write(out, m.voter());
        return out.number(m.term()).bool(m.granted()).toByteArray();
    }

    static byte[] encode(AppendRequest m) {
        BinaryWriter out = type(APPEND_REQUEST);
        EntryCodec.write(out, m.leader());
        out.number(m.term()).number(m.prevLogTerm()).number(m.prevLogIndex()).number(m.leaderCommitIndex());
        out.number(m.entryCount());
        for (LogEntry entry : m.entries()) {
            EntryCodec.write(out, entry);
        }
        return out.number(m.queryRound()).number(m.flowControlSequenceNumber()).toByteArray();
    }

    static byte[] encode(AppendSuccessResponse m) {
        BinaryWriter out = type(APPEND_SUCCESS);
        EntryCodec.write(out, m.follower());
        return out.number(m.term())
                .number(m.lastLogIndex())
                .number(m.queryRound())
                .number(m.flowControlSequenceNumber())
                .toByteArray();
    }

    /** {@code lastLogIndex} is the follower's own; see {@link Inbox#rejected}. */
    static byte[] encode(AppendFailureResponse m, long lastLogIndex) {
        BinaryWriter out = type(APPEND_FAILURE);
        EntryCodec.write(out, m.follower());
        return out.number(m.term())
                .number(m.expectedNextIndex())
                .number(m.flowControlSequenceNumber())
                .number(lastLogIndex)
                .toByteArray();
    }

    static byte[] encode(TriggerLeaderElection m) {
        BinaryWriter out = type(TRIGGER_ELECTION);
        EntryCodec.write(out, m.leader());
        return out.number(m.term())
                .number(m.lastLogTerm())
                .number(m.lastLogIndex())
                .toByteArray();
    }

    private static BinaryWriter type(int type) {
        return new BinaryWriter(64).octet(type);
    }

    /** Where decoded messages go. */
    interface Inbox {
        RaftNode node();

        /** A follower refused an append request; its own log ends at {@code lastLogIndex}. */
        void rejected(AppendFailureResponse response, long lastLogIndex);

        /** Whether to take part in the election of a candidate whose log ends at {@code lastLogIndex}. */
        boolean votes(long lastLogIndex);

        /** A part of the leader's snapshot. */
        void part(SnapshotTransfer.Part part);

        /** A follower has parts of this leader's snapshot. */
        void acknowledged(SnapshotTransfer.Ack ack);

        /** The leader sends entries, or tells how far it has committed. */
        void append(AppendRequest request);
    }

    /** Decodes a message and hands it on; it takes effect on the member's thread. */
    static void deliver(byte[] message, Inbox inbox) {
        RaftNode node = inbox.node();
        BinaryReader in = new BinaryReader(message);
        int type = in.octet();
        switch (type) {
            case PRE_VOTE_REQUEST -> {
                PreVoteRequest request =
                        new PreVoteRequest(EntryCodec.endpoint(in), integer(in), integer(in), in.number());
                if (inbox.votes(request.lastLogIndex())) {
                    node.handlePreVoteRequest(request);
                }
            }
            case PRE_VOTE_RESPONSE ->
                node.handlePreVoteResponse(new PreVoteResponse(EntryCodec.endpoint(in), integer(in), in.bool()));
            case VOTE_REQUEST -> {
                VoteRequest request =
                        new VoteRequest(EntryCodec.endpoint(in), integer(in), integer(in), in.number(), in.bool());
                if (inbox.votes(request.lastLogIndex())) {
                    node.handleVoteRequest(request);
                }
            }
            case VOTE_RESPONSE ->
                node.handleVoteResponse(new VoteResponse(EntryCodec.endpoint(in), integer(in), in.bool()));
            case APPEND_REQUEST -> {
                inbox.append(appendRequest(in));
            }
            case APPEND_SUCCESS ->
                node.handleAppendResponse(new AppendSuccessResponse(
                        EntryCodec.endpoint(in), integer(in), in.number(), in.number(), in.number()));
            case APPEND_FAILURE ->
                inbox.rejected(
                        new AppendFailureResponse(EntryCodec.endpoint(in), integer(in), in.number(), in.number()),
                        in.number());
            case SNAPSHOT_PART -> inbox.part(SnapshotTransfer.part(in));
            case SNAPSHOT_ACK -> inbox.acknowledged(SnapshotTransfer.ack(in));
            case TRIGGER_ELECTION ->
                node.handleTriggerLeaderElection(
                        new TriggerLeaderElection(EntryCodec.endpoint(in), integer(in), integer(in), in.number()));
            default -> throw new MalformedException("no such message: " + type);
        }
    }

    private static AppendRequest appendRequest(BinaryReader in) {
        var leader = EntryCodec.endpoint(in);
        int term = integer(in);
        int prevLogTerm = integer(in);
        long prevLogIndex = in.number();
        long commitIndex = in.number();
        LogEntry[] entries = ValueCodec.list(in, EntryCodec::entry).toArray(LogEntry[]::new);
        return new AppendRequest(
                leader, term, prevLogTerm, prevLogIndex, commitIndex, entries, in.number(), in.number());
    }

    private static int integer(BinaryReader in) {
        return (int) in.number();
    }
}
