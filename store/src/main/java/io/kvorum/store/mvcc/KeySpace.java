package io.kvorum.store.mvcc;

import io.kvorum.store.client.ByteSequence;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The key space. Not thread-safe: one owner applies commands in log order; {@link #snapshot()} may be read anywhere. No
 * clock, no I/O.
 */
public final class KeySpace {
    /** Most clients whose requests are remembered; the one that wrote longest ago is forgotten first. */
    static final int MAX_SESSIONS = 1024;

    private Snapshot state;

    /** Keys of which compaction could take something away; follows from {@link #state}. */
    private final Set<ByteSequence> compactable = new HashSet<>();

    /** The empty key space at revision 1. */
    public KeySpace() {
        this(Snapshot.empty());
    }

    /** The key space that {@code snapshot} was taken of. */
    public KeySpace(Snapshot snapshot) {
        state = snapshot;
        snapshot.keys().visitAll((key, history) -> {
            if (history.isCompactable()) {
                compactable.add(key);
            }
            return true;
        });
    }

    /** The state after the last command applied. Costs nothing. */
    public Snapshot snapshot() {
        return state;
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
            state = state(index, state.revision(), state.keys(), state.leases());
            return new Applied(state.revision(), known, List.of());
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
            return grant(index, grant.seconds());
        } else if (command instanceof Command.KeepLeaseAlive keepAlive) {
            return keepAlive(index, keepAlive.lease());
        } else if (command instanceof Command.RevokeLease revoke) {
            return revoke(index, revoke.lease());
        } else if (command instanceof Command.ExpireLeases expire) {
            return expire(index, expire);
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
        compactable.addAll(transaction.compactable());
        state = state(index, transaction.revision(), transaction.keys(), transaction.leases());
        return new Applied(state.revision(), outcome, transaction.events());
    }

    private Applied compact(long index, long revision) {
        if (revision > state.revision()) {
            return unchanged(index, new Outcome.FutureRevision(revision, state.revision()));
        }
        if (revision <= state.compactRevision()) {
            return unchanged(index, new Outcome.Done());
        }
        SortedTree<ByteSequence, KeyHistory> keys = state.keys();
        for (ByteSequence key : List.copyOf(compactable)) {
            KeyHistory history = keys.get(key);
            if (history == null) {
                throw new IllegalStateException("compactable key " + key + " has no history");
            }
            KeyHistory rest = history.compact(revision);
            if (rest != history) {
                keys = rest == null ? keys.without(key) : keys.with(key, rest);
            }
            if (rest == null || !rest.isCompactable()) {
                compactable.remove(key);
            }
        }
        state = new Snapshot(
                index,
                state.revision(),
                revision,
                keys,
                state.nextLease(),
                state.leases(),
                state.sessions(),
                state.sessionsEvicted(),
                state.clusterId());
        return new Applied(state.revision(), new Outcome.Done(), List.of());
    }

    private Applied grant(long index, long seconds) {
        if (seconds < 1) {
            return unchanged(
                    index, new Outcome.Refused("lease time to live must be at least 1 second, not " + seconds));
        }
        long id = state.nextLease();
        Lease lease = new Lease(seconds, index, SortedTree.empty());
        state = new Snapshot(
                index,
                state.revision(),
                state.compactRevision(),
                state.keys(),
                id + 1,
                state.leases().with(id, lease),
                state.sessions(),
                state.sessionsEvicted(),
                state.clusterId());
        return new Applied(state.revision(), new Outcome.LeaseGranted(id), List.of());
    }

    private Applied keepAlive(long index, long id) {
        Lease lease = state.leases().get(id);
        if (lease == null) {
            return unchanged(index, noSuchLease(id));
        }
        state = state(index, state.revision(), state.keys(), state.leases().with(id, lease.renewed(index)));
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
        return new Outcome.Refused("requested lease not found: " + id);
    }

    private Applied unchanged(long index, Outcome outcome) {
        state = state(index, state.revision(), state.keys(), state.leases());
        return new Applied(state.revision(), outcome, List.of());
    }

    private Snapshot state(
            long index, long revision, SortedTree<ByteSequence, KeyHistory> keys, SortedTree<Long, Lease> leases) {
        return new Snapshot(
                index,
                revision,
                state.compactRevision(),
                keys,
                state.nextLease(),
                leases,
                state.sessions(),
                state.sessionsEvicted(),
                state.clusterId());
    }

    /** The answer to a request seen before, null for a new one. */
    private @Nullable Outcome remembered(RequestId id) {
        Session session = state.sessions().get(id.client());
        if (session == null) {
            return id.retry() && state.sessionsEvicted() ? new Outcome.Forgotten() : null;
        }
        Outcome known = session.outcome(id.sequence());
        return known == null && id.sequence() < session.forgottenBelow() ? new Outcome.Forgotten() : known;
    }

    private void remember(long index, RequestId id, Outcome outcome) {
        Session session = state.sessions().get(id.client());
        SortedTree<Long, Session> sessions = state.sessions()
                .with(id.client(), (session == null ? Session.NEW : session).remember(index, id, outcome));
        boolean evict = sessions.size() > MAX_SESSIONS;
        state = new Snapshot(
                index,
                state.revision(),
                state.compactRevision(),
                state.keys(),
                state.nextLease(),
                state.leases(),
                evict ? sessions.without(leastRecent(sessions)) : sessions,
                state.sessionsEvicted() || evict,
                state.clusterId());
    }

    private static Long leastRecent(SortedTree<Long, Session> sessions) {
        long[] oldest = {0, Long.MAX_VALUE};
        sessions.visitAll((client, session) -> {
            if (session.usedAt() < oldest[1]) {
                oldest[0] = client;
                oldest[1] = session.usedAt();
            }
            return true;
        });
        return oldest[0];
    }
}
