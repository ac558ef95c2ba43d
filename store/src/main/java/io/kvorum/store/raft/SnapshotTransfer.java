package io.kvorum.store.raft;

import com.hazelcast.cp.internal.raft.impl.RaftEndpoint;
import com.hazelcast.cp.internal.raft.impl.dto.InstallSnapshot;
import com.hazelcast.cp.internal.raft.impl.log.SnapshotEntry;
import io.kvorum.store.codec.BinaryReader;
import io.kvorum.store.codec.BinaryWriter;
import io.kvorum.store.mvcc.SnapshotAssembler;
import io.kvorum.store.mvcc.SnapshotParts;
import io.kvorum.store.wal.EntryCodec;
import io.kvorum.store.wal.ReceivedSnapshot;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Carries the leader's snapshot to a member that lags behind the log, part by part, so that neither side holds it twice in
 * memory and heartbeats get through between the parts. A few parts are under way at a time; each is acknowledged, and what
 * is not acknowledged for some time is sent again. Raft's own message is put together at the receiver when the last part is
 * in. Both sides live on their member's thread.
 */
final class SnapshotTransfer {
    /** Parts under way at most. */
    static final int WINDOW = 8;

    /** The operation of a snapshot entry whose content comes in parts. */
    private static final Object NOTHING = new Object();

    private static final long RESEND_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long GIVE_UP_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Where encoded messages go. */
    interface Wire {
        boolean send(RaftEndpoint target, byte[] message);
    }

    /**
     * One part on the wire.
     *
     * @param number from 0 on
     * @param install Raft's message, with the head of its snapshot but nothing in it
     */
    record Part(InstallSnapshot install, long number, byte[] bytes) {}

    /** The receiver has all parts of the snapshot at {@code index} before {@code next}; 0: it needs all. */
    record Ack(RaftEndpoint receiver, long index, long next) {}

    private final Wire wire;
    private final LongSupplier nanoTime;
    private final Map<RaftEndpoint, Sending> sendings = new HashMap<>();
    private @Nullable Receiving receiving;

    SnapshotTransfer(Wire wire, LongSupplier nanoTime) {
        this.wire = wire;
        this.nanoTime = nanoTime;
    }

    /** Begins to send a snapshot, unless one is on its way to that member; Raft asks again and again. */
    boolean send(InstallSnapshot install, RaftEndpoint target) {
        Sending before = sendings.get(target);
        if (before != null && before.install.term() == install.term() && before.isAlive()) {
            before.install = withSnapshotOf(before.install, install);
            return true;
        }
        Sending sending = new Sending(install, target);
        sendings.put(target, sending);
        return sending.fill();
    }

    /** Raft's newest numbers with the snapshot that is under way. */
    private static InstallSnapshot withSnapshotOf(InstallSnapshot underway, InstallSnapshot newest) {
        return new InstallSnapshot(
                newest.leader(),
                newest.term(),
                underway.snapshot(),
                newest.queryRound(),
                newest.flowControlSequenceNumber());
    }

    /** Takes an acknowledgement. */
    void acknowledged(Ack ack) {
        Sending sending = sendings.get(ack.receiver());
        if (sending != null && sending.install.snapshot().index() == ack.index()) {
            sending.acknowledged(ack.next());
        }
    }

    /** Repeats what got lost; called every now and then. */
    void tick() {
        sendings.values().removeIf(sending -> !sending.isAlive());
        sendings.values().forEach(Sending::repeat);
    }

    /** Ends all sendings: this member does not lead any more. */
    void stop() {
        sendings.clear();
    }

    /**
     * Takes a part.
     *
     * @return Raft's message, when this was the last part; else null
     */
    @Nullable
    InstallSnapshot received(Part part, RaftEndpoint local) {
        SnapshotEntry head = part.install().snapshot();
        Receiving current = receiving;
        if (current == null || !current.isOf(part.install())) {
            current = new Receiving(part.install());
            receiving = current;
        }
        boolean last = part.number() == current.next && current.take(part.bytes());
        Ack ack = new Ack(local, head.index(), current.next);
        wire.send(part.install().leader(), encode(ack));
        if (!last) {
            return null;
        }
        receiving = null;
        return new InstallSnapshot(
                part.install().leader(),
                part.install().term(),
                new SnapshotEntry(
                        head.term(),
                        head.index(),
                        new ReceivedSnapshot(current.assembler.snapshot()),
                        head.groupMembersLogIndex(),
                        head.groupMembers()),
                part.install().queryRound(),
                part.install().flowControlSequenceNumber());
    }

    private final class Sending {
        private final RaftEndpoint target;
        private final Deque<Part> underway = new ArrayDeque<>();
        private InstallSnapshot install;
        private SnapshotParts parts;
        private long nextNumber;
        private long heardNanos = nanoTime.getAsLong();
        private long sentNanos = heardNanos;

        Sending(InstallSnapshot install, RaftEndpoint target) {
            this.install = install;
            this.target = target;
            this.parts = parts();
        }

        private SnapshotParts parts() {
            return new SnapshotParts(EntryCodec.stateOf(install.snapshot().operation()));
        }

        /** A finished one is alive until Raft had time to hear of it. */
        boolean isAlive() {
            long quiet = nanoTime.getAsLong() - heardNanos;
            return quiet < (parts.hasNext() || !underway.isEmpty() ? GIVE_UP_NANOS : RESEND_NANOS);
        }

        boolean fill() {
            boolean sent = true;
            while (sent && underway.size() < WINDOW && parts.hasNext()) {
                Part part = new Part(install, nextNumber++, parts.next());
                underway.add(part);
                sent = transmit(part);
            }
            return sent;
        }

        private boolean transmit(Part part) {
            sentNanos = nanoTime.getAsLong();
            return wire.send(target, encode(new Part(install, part.number(), part.bytes())));
        }

        void acknowledged(long next) {
            heardNanos = nanoTime.getAsLong();
            if (next == 0 && nextNumber > WINDOW) {
                // The receiver was restarted and lost what it had.
                underway.clear();
                parts = parts();
                nextNumber = 0;
            }
            while (!underway.isEmpty() && underway.element().number() < next) {
                underway.remove();
            }
            fill();
        }

        void repeat() {
            if (!underway.isEmpty() && nanoTime.getAsLong() - sentNanos >= RESEND_NANOS) {
                underway.forEach(this::transmit);
            }
        }
    }

    private static final class Receiving {
        private final InstallSnapshot install;
        private final SnapshotAssembler assembler = new SnapshotAssembler();
        private long next;

        Receiving(InstallSnapshot install) {
            this.install = install;
        }

        boolean isOf(InstallSnapshot other) {
            return install.term() == other.term()
                    && install.leader().equals(other.leader())
                    && install.snapshot().index() == other.snapshot().index();
        }

        /** Whether it was the last part. */
        boolean take(byte[] bytes) {
            next++;
            return assembler.add(bytes);
        }
    }

    static byte[] encode(Part part) {
        BinaryWriter out = new BinaryWriter(part.bytes().length + 256).octet(MessageCodec.SNAPSHOT_PART);
        InstallSnapshot install = part.install();
        SnapshotEntry head = install.snapshot();
        EntryCodec.write(out, install.leader());
        out.number(install.term())
                .number(install.queryRound())
                .number(install.flowControlSequenceNumber())
                .number(head.term())
                .number(head.index())
                .number(head.groupMembersLogIndex());
        EntryCodec.writeAll(out, head.groupMembers());
        return out.number(part.number()).bytes(part.bytes()).toByteArray();
    }

    /** Reads a part, after its type. */
    static Part part(BinaryReader in) {
        RaftEndpoint leader = EntryCodec.endpoint(in);
        int term = (int) in.number();
        long queryRound = in.number();
        long flowControl = in.number();
        int snapshotTerm = (int) in.number();
        long index = in.number();
        long membersIndex = in.number();
        List<RaftEndpoint> members = EntryCodec.endpoints(in);
        SnapshotEntry head = new SnapshotEntry(snapshotTerm, index, NOTHING, membersIndex, members);
        return new Part(new InstallSnapshot(leader, term, head, queryRound, flowControl), in.number(), in.bytes());
    }

    static byte[] encode(Ack ack) {
        BinaryWriter out = new BinaryWriter(64).octet(MessageCodec.SNAPSHOT_ACK);
        EntryCodec.write(out, ack.receiver());
        return out.number(ack.index()).number(ack.next()).toByteArray();
    }

    /** Reads an acknowledgement, after its type. */
    static Ack ack(BinaryReader in) {
        return new Ack(EntryCodec.endpoint(in), in.number(), in.number());
    }
}
