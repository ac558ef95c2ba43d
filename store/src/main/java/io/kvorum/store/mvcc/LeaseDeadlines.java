package io.kvorum.store.mvcc;

import io.kvorum.store.mvcc.Command.ExpireLeases.Expiry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * When leases run out, as the leader sees it. A new leader starts an empty one, which gives every lease its full time
 * again: a lease may live longer than granted, never shorter. Not thread-safe. Time comes in from a monotonic clock.
 */
public final class LeaseDeadlines {
    private record Deadline(long renewedAt, long atNanos) {}

    private Map<Long, Deadline> deadlines = new HashMap<>();

    /**
     * How long a lease has left.
     *
     * @param nowNanos monotonic time
     * @return nanoseconds, 0 when its time has run out; -1 when there is no such lease
     */
    public long remainingNanos(Snapshot snapshot, long id, long nowNanos) {
        Lease lease = snapshot.leases().get(id);
        if (lease == null) {
            return -1;
        }
        Deadline known = deadlines.get(id);
        return known != null && known.renewedAt == lease.renewedAt()
                ? Math.max(0, known.atNanos - nowNanos)
                : TimeUnit.SECONDS.toNanos(lease.seconds()); // granted or renewed a moment ago
    }

    /**
     * Takes notice of the leases at hand.
     *
     * @param nowNanos monotonic time
     * @return the leases whose time has run out, to be proposed; they come again until they are gone
     */
    public List<Expiry> due(Snapshot snapshot, long nowNanos) {
        Map<Long, Deadline> next = new HashMap<>();
        List<Expiry> due = new ArrayList<>();
        snapshot.visitLeases((id, seconds, renewedAt) -> {
            Deadline known = deadlines.get(id);
            Deadline deadline = known != null && known.renewedAt == renewedAt
                    ? known
                    : new Deadline(renewedAt, nowNanos + TimeUnit.SECONDS.toNanos(seconds));
            next.put(id, deadline);
            if (nowNanos - deadline.atNanos >= 0) {
                due.add(new Expiry(id, renewedAt));
            }
        });
        deadlines = next;
        return due;
    }
}
