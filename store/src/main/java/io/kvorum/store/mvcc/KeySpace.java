package io.kvorum.store.mvcc;

import io.kvorum.store.client.Alarm;
import io.kvorum.store.client.ByteSequence;
import io.kvorum.store.client.Refusal;
import io.kvorum.store.codec.BinaryReader;
import io.kvorum.store.codec.BinaryReader.MalformedException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The key space. Not thread-safe: one owner applies commands in log order; {@link #snapshot()} may be read anywhere. No
 * clock, no I/O. Not final, so that tests can plant bugs.
 */
public class KeySpace {
    /** As in etcd; about 285 years. */
    static final long MAX_LEASE_SECONDS = 9_000_000_000L;

    /** Most times remembered: at one in ten seconds, half a day. */
    static final int MAX_TIMES = 4096;

    private Snapshot state;
    private final SessionLimit sessionLimit = new SessionLimit();

    /** Whether keys may have versions that compaction has made unreadable. */
    private boolean purging;

    /** The first key that may, null for the first of all. */
    private @Nullable ByteSequence purgeFrom;

    /** The empty key space at revision 1. */
    public KeySpace() {
        this(Snapshot.empty());
    }

    /** The key space that {@code snapshot} was taken of. */
    public KeySpace(Snapshot snapshot) {
        state = snapshot;
        purging = snapshot.compactRevision() > 0;
        snapshot.sessions().all().visitAll((client, session) -> {
            sessionLimit.add(client, session);
            return true;
        });
    }

    /** The state after the last command applied. Costs nothing. */
    public Snapshot snapshot() {
        return state;
    }

    /**
     * Applies one entry of the log.
     *
     * @param entry a {@link ProposalCodec proposal}; one that cannot be read is refused, an empty one does nothing
     */
    public Applied applyEntry(long index, byte[] entry) {
        return applyEntry(index, new BinaryReader(entry));
    }

    /** As {@link #applyEntry(long, byte[])}, of an entry that is read from within an array. */
    public Applied applyEntry(long index, BinaryReader entry) {
        if (entry.atEnd()) {
            return new Applied(state.revision(), new Outcome.Done(), List.of());
        }
        Proposal proposal;
        try {
            proposal = ProposalCodec.decode(entry);
        } catch (MalformedException e) {
            Outcome refused = new Outcome.Refused(Refusal.MALFORMED, "malformed request: " + e.getMessage());
            return new Applied(state.revision(), refused, List.of());
        }
        return apply(index, proposal);
    }

    /**
     * Applies one command.
     *
     * @param index its place in the log, greater than that of the command before
     */
    public Applied apply(long index, Proposal proposal) {
        if (index <= state.appliedIndex()) {
            throw new IllegalStateException("log index " + index + " after " + state.appliedIndex());
        }
        RequestId id = proposal.id();
        if (id == null) {
            return carryOut(index, proposal.command());
        }
        Outcome known = remembered(id);
        if (known != null) {
            return unchanged(index, known);
        }
        Applied applied = carryOut(index, proposal.command());
        remember(index, id, applied.outcome());
        return applied;
    }

    private Applied carryOut(long index, Command command) {
        if (command instanceof Command.Commit commit) {
            return commit(index, commit);
        } else if (command instanceof Command.Compact compact) {
            return compact(index, compact.revision());
        } else if (command instanceof Command.GrantLease grant) {
            return grant(index, grant);
        } else if (command instanceof Command.KeepLeaseAlive keepAlive) {
            return keepAlive(index, keepAlive.lease());
        } else if (command instanceof Command.RevokeLease revoke) {
            return revoke(index, revoke.lease());
        } else if (command instanceof Command.ExpireLeases expire) {
            return expire(index, expire);
        } else if (command instanceof Command.CheckContent check) {
            return unchanged(index, new Outcome.ContentCheck(check.revision(), check.hash()));
        } else if (command instanceof Command.MarkTime mark) {
            return mark(index, mark.millis());
        } else if (command instanceof Command.RaiseAlarm raise) {
            return raise(index, raise.alarm());
        } else if (command instanceof Command.DisarmAlarms disarm) {
            return disarm(index, disarm.alarms());
        }
        throw new IllegalStateException("unknown command " + command);
    }

    private Applied commit(long index, Command.Commit command) {
        Transaction transaction = new Transaction(state);
        Outcome outcome = transaction.run(command.txn());
        return settle(index, transaction, outcome);
    }

    /** Takes over what the transaction wrote. */
    private Applied settle(long index, Transaction transaction, Outcome outcome) {
        state = state.written(index, transaction);
        return new Applied(state.revision(), outcome, transaction.events());
    }

    private Applied compact(long index, long revision) {
        if (revision > state.revision()) {
            return unchanged(index, new Outcome.FutureRevision(revision, state.revision()));
        }
        if (revision <= state.compactRevision()) {
            return unchanged(index, new Outcome.Compacted(state.compactRevision()));
        }
        state = state.compacted(index, revision);
        purging = true;
        purgeFrom = null;
        return new Applied(state.revision(), new Outcome.Done(), List.of());
    }

    /** Whether versions may be held that compaction has made unreadable. */
    public boolean isPurging() {
        return purging;
    }

    /**
     * Drops what compaction has made unreadable of the next keys. That takes time in proportion to the keys there are, and
     * nobody is to wait for it. Nothing that can be read, written or hashed changes, so each member purges as it has time.
     *
     * @param count how many keys to look at
     * @return whether there is more to do
     */
    public boolean purge(int count) {
        if (!purging) {
            return false;
        }
        int[] seen = {0};
        ByteSequence[] next = {null};
        SortedTree<ByteSequence, KeyHistory> keys = state.keys();
        keys.visit(purgeFrom, null, (key, history) -> {
            if (seen[0]++ < count) {
                return true;
            }
            next[0] = key;
            return false;
        });
        long[] freed = {0};
        SortedTree<ByteSequence, KeyHistory> rest = keys.changed(purgeFrom, next[0], (key, history) -> {
            KeyHistory kept = history.compact(state.compactRevision());
            for (int i = history.size() - (kept == null ? 0 : kept.size()) - 1; i >= 0; i--) {
                freed[0] += Snapshot.bytesOf(key, history.get(i));
            }
            return kept;
        });
        state = state.purged(rest, state.bytes() - freed[0]);
        purgeFrom = next[0];
        purging = purgeFrom != null;
        return purging;
    }

    private Applied grant(long index, Command.GrantLease command) {
        long seconds = command.seconds();
        if (seconds < 1 || seconds > MAX_LEASE_SECONDS) {
            return refused(
                    index,
                    Refusal.LEASE_TTL,
                    "lease time to live must be from 1 to " + MAX_LEASE_SECONDS + " seconds, not " + seconds);
        }
        if (state.alarms().stream().anyMatch(alarm -> alarm.type() == Alarm.Type.NO_SPACE)) {
            return unchanged(index, TransactionCheck.noSpace());
        }
        SortedTree<Long, Lease> leases = state.leases();
        long next = state.nextLease();
        long id = command.id();
        if (id == 0) {
            while (leases.contains(next)) {
                next++; // taken by a client that chose its id
            }
            id = next++;
        } else if (leases.contains(id)) {
            return refused(index, Refusal.LEASE_EXISTS, "lease already exists: " + id);
        }
        Lease lease = new Lease(seconds, index, SortedTree.empty());
        state = state.with(index, new Snapshot.Leases(next, leases.with(id, lease)));
        return new Applied(state.revision(), new Outcome.LeaseGranted(id), List.of());
    }

    private Applied keepAlive(long index, long id) {
        Lease lease = state.leases().get(id);
        if (lease == null) {
            return unchanged(index, noSuchLease(id));
        }
        state = state.with(index, state.allLeases().with(state.leases().with(id, lease.renewed(index))));
        return new Applied(state.revision(), new Outcome.Done(), List.of());
    }

    /** Times only rise; a leader whose clock is behind says nothing new. */
    private Applied mark(long index, long millis) {
        SortedTree<Long, Long> times = state.notes().times();
        long[] last = {0, 0, 0};
        times.visitAll((time, revision) -> {
            last[0] = last[2] == 0 ? time : last[0];
            last[1] = revision;
            last[2] = time;
            return true;
        });
        if (millis <= last[2] || last[1] == state.revision()) {
            return unchanged(index, new Outcome.Done());
        }
        SortedTree<Long, Long> more = times.with(millis, state.revision());
        if (more.size() > MAX_TIMES) {
            more = more.without(last[0]);
        }
        state = state.with(index, new Snapshot.Notes(state.alarms(), more));
        return new Applied(state.revision(), new Outcome.Done(), List.of());
    }

    private Applied raise(long index, Alarm alarm) {
        if (state.alarms().contains(alarm)) {
            return unchanged(index, new Outcome.Done());
        }
        List<Alarm> alarms = new ArrayList<>(state.alarms());
        alarms.add(alarm);
        state = state.with(index, state.notes().with(alarms));
        return new Applied(state.revision(), new Outcome.Done(), List.of());
    }

    private Applied disarm(long index, List<Alarm> disarmed) {
        List<Alarm> alarms = new ArrayList<>(state.alarms());
        alarms.removeAll(disarmed);
        state = state.with(index, state.notes().with(alarms));
        return new Applied(state.revision(), new Outcome.Done(), List.of());
    }

    private Applied revoke(long index, long id) {
        if (!state.leases().contains(id)) {
            return unchanged(index, noSuchLease(id));
        }
        return end(index, List.of(id));
    }

    private Applied expire(long index, Command.ExpireLeases command) {
        List<Long> ended = new ArrayList<>();
        for (Command.ExpireLeases.Expiry expiry : command.leases()) {
            Lease lease = state.leases().get(expiry.lease());
            if (lease != null && lease.renewedAt() == expiry.renewedAt()) {
                ended.add(expiry.lease());
            }
        }
        return end(index, ended);
    }

    /** Ends leases; all their keys go at one revision. */
    private Applied end(long index, List<Long> ids) {
        Transaction transaction = new Transaction(state);
        ids.forEach(transaction::endLease);
        return settle(index, transaction, new Outcome.Done());
    }

    static Outcome.Refused noSuchLease(long id) {
        return new Outcome.Refused(Refusal.LEASE_NOT_FOUND, "requested lease not found: " + id);
    }

    private Applied refused(long index, Refusal reason, String message) {
        return unchanged(index, new Outcome.Refused(reason, message));
    }

    private Applied unchanged(long index, Outcome outcome) {
        state = state.at(index);
        return new Applied(state.revision(), outcome, List.of());
    }

    /** The answer to a request seen before, null for a new one. */
    @Nullable
    Outcome remembered(RequestId id) {
        Session session = state.sessions().all().get(id.client());
        if (session == null) {
            return id.retry() && state.sessions().evicted() ? new Outcome.Forgotten() : null;
        }
        Outcome known = session.outcome(id.sequence());
        return known == null && id.sequence() < session.forgottenBelow() ? new Outcome.Forgotten() : known;
    }

    private void remember(long index, RequestId id, Outcome outcome) {
        Session before = state.sessions().all().get(id.client());
        Session session = (before == null ? Session.NEW : before).remember(index, id, outcome);
        sessionLimit.replace(id.client(), before, session);
        SortedTree<Long, Session> sessions = state.sessions().all().with(id.client(), session);
        boolean evicted = state.sessions().evicted();
        while (sessionLimit.isExceeded()) {
            long oldest = sessionLimit.leastRecent();
            Session dropped = sessions.get(oldest);
            if (dropped == null) {
                throw new IllegalStateException("client " + oldest + " is counted but not remembered");
            }
            sessionLimit.remove(dropped);
            sessions = sessions.without(oldest);
            evicted = true;
        }
        state = state.with(new Snapshot.Sessions(sessions, evicted));
    }
}
