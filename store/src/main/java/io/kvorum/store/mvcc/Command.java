package io.kvorum.store.mvcc;

import io.kvorum.store.client.Alarm;
import io.kvorum.store.client.Txn;
import java.util.List;

/** What the log makes the key space do. */
public sealed interface Command {
    /** A transaction. */
    record Commit(Txn txn) implements Command {}

    /** Forgets versions superseded at or before {@code revision}. */
    record Compact(long revision) implements Command {}

    /** Grants a lease of {@code seconds} with the given id, or one of the store's choice for 0; answered with it. */
    record GrantLease(long seconds, long id) implements Command {
        public GrantLease(long seconds) {
            this(seconds, 0);
        }
    }

    /** Renews a lease for its full time. */
    record KeepLeaseAlive(long lease) implements Command {}

    /** Ends a lease and deletes its keys at one revision. */
    record RevokeLease(long lease) implements Command {}

    /** Changes nothing; answered by {@link Outcome.ContentCheck}, so that each member compares its content with this. */
    record CheckContent(long revision, String hash) implements Command {}

    /** Notes that the newest revision now is the newest at a time of the leader's clock. */
    record MarkTime(long millis) implements Command {}

    /** Raises an alarm; raising it again changes nothing. */
    record RaiseAlarm(Alarm alarm) implements Command {}

    /** Disarms alarms; those that are not raised are passed over. */
    record DisarmAlarms(List<Alarm> alarms) implements Command {}

    /**
     * Ends leases whose time the leader saw run out. Each takes effect only if the lease was not renewed since.
     */
    record ExpireLeases(List<Expiry> leases) implements Command {
        /** {@code renewedAt} is the log index of the grant or renewal whose time has run out. */
        public record Expiry(long lease, long renewedAt) {}
    }
}
