package io.kvorum.store.wal;

import com.hazelcast.cp.internal.RaftEndpointImpl;
import com.hazelcast.cp.internal.raft.MembershipChangeMode;
import com.hazelcast.cp.internal.raft.impl.RaftEndpoint;
import com.hazelcast.cp.internal.raft.impl.command.UpdateRaftGroupMembersCmd;
import com.hazelcast.cp.internal.raft.impl.log.LogEntry;
import com.hazelcast.cp.internal.raft.impl.log.SnapshotEntry;
import io.kvorum.store.codec.BinaryReader;
import io.kvorum.store.codec.BinaryReader.MalformedException;
import io.kvorum.store.codec.BinaryWriter;
import io.kvorum.store.codec.ValueCodec;
import io.kvorum.store.mvcc.Snapshot;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Binary form of Raft's own values: log entries (whose operation is the bytes of a proposal, none at all at the start of
 * a term, or a change of members), endpoints.
 */
public final class EntryCodec {
    private static final int PROPOSAL = 1;
    private static final int MEMBERS = 2;

    private EntryCodec() {}

    public static void write(BinaryWriter out, LogEntry entry) {
        out.number(entry.term()).number(entry.index());
        if (entry.operation() instanceof byte[] proposal) {
            out.octet(PROPOSAL).bytes(proposal);
        } else if (entry.operation() instanceof UpdateRaftGroupMembersCmd change) {
            out.octet(MEMBERS);
            writeAll(out, change.getMembers());
            write(out, change.getMember());
            out.bool(change.getMode() == MembershipChangeMode.ADD);
        } else {
            throw new IllegalStateException("unknown log operation " + entry);
        }
    }

    public static LogEntry entry(BinaryReader in) {
        int term = (int) in.number();
        long index = in.number();
        return new LogEntry(term, index, operation(in.octet(), in));
    }

    private static Object operation(int kind, BinaryReader in) {
        return switch (kind) {
            case PROPOSAL -> in.bytes();
            case MEMBERS ->
                new UpdateRaftGroupMembersCmd(
                        endpoints(in),
                        endpoint(in),
                        in.bool() ? MembershipChangeMode.ADD : MembershipChangeMode.REMOVE);
            default -> throw new MalformedException("no such log operation: " + kind);
        };
    }

    /**
     * Passes over an entry without copying what it holds.
     *
     * @return its index
     */
    static long skim(BinaryReader in) {
        in.number();
        long index = in.number();
        int kind = in.octet();
        if (kind == PROPOSAL) {
            in.slice();
        } else {
            operation(kind, in);
        }
        return index;
    }

    /** The proposal that an entry holds; null for an entry of Raft itself. */
    static @Nullable BinaryReader proposal(BinaryReader in) {
        in.number();
        in.number();
        return in.octet() == PROPOSAL ? in.slice() : null;
    }

    /** The key space inside the operation of a {@link SnapshotEntry}. */
    public static Snapshot stateOf(Object operation) {
        if (operation instanceof ReceivedSnapshot received) {
            return received.snapshot();
        } else if (operation instanceof Snapshot own) {
            return own;
        }
        throw new IllegalStateException("unknown snapshot operation " + operation);
    }

    public static void write(BinaryWriter out, RaftEndpoint endpoint) {
        out.number(endpoint.getUuid().getMostSignificantBits())
                .number(endpoint.getUuid().getLeastSignificantBits());
    }

    public static RaftEndpoint endpoint(BinaryReader in) {
        return new RaftEndpointImpl(new UUID(in.number(), in.number()));
    }

    public static void writeAll(BinaryWriter out, Collection<RaftEndpoint> endpoints) {
        out.number(endpoints.size());
        endpoints.forEach(endpoint -> write(out, endpoint));
    }

    public static List<RaftEndpoint> endpoints(BinaryReader in) {
        return new ArrayList<>(ValueCodec.list(in, EntryCodec::endpoint));
    }
}
