package io.kvorum.torture.check;

import io.kvorum.torture.history.Call;
import io.kvorum.torture.history.Fate;
import io.kvorum.torture.history.History;
import io.kvorum.torture.history.KeyValue;
import io.kvorum.torture.history.Operation;
import io.kvorum.torture.history.Reply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of every lease from the calls about it: until when it must have lived, from when on it cannot live any
 * more, when it must be over.
 */
final class Leases {
    private static final long SECOND = 1_000_000_000L;

    /** One lease. */
    private static final class Life {
        private final List<Operation> calls = new ArrayList<>();
        /** The acknowledged grant. */
        private @Nullable Operation grant;

        private boolean asked;
        private long guaranteed = Long.MIN_VALUE;
        private @Nullable Operation guarantee;
        private long revoking = Long.MAX_VALUE;
        private long lastRenewal = Long.MIN_VALUE;
        private long ttl;
        /** The first that said, or made sure, that the lease was gone, and cannot have meant that it was not yet. */
        private @Nullable Operation gone;
        /** The revision at which its keys went, by its end alone. */
        private long ended = Long.MAX_VALUE;
    }

    private final Map<Long, Life> lives = new HashMap<>();
    private final Findings findings;
    private final Bounds bounds;
    private final History.@Nullable Healthy healthy;

    Leases(History history, Bounds bounds, Findings findings) {
        this.findings = findings;
        this.bounds = bounds;
        this.healthy = history.healthy();
        for (KeyValue kv : history.base().kvs()) {
            life(kv.lease()).asked = true;
        }
        for (Operation operation : history.operations()) {
            long lease = leaseOf(operation.call());
            if (lease != 0) {
                life(lease).calls.add(operation);
            }
        }
        lives.values().forEach(this::learn);
    }

    private Life life(long lease) {
        return lives.computeIfAbsent(lease, id -> new Life());
    }

    /** The lease a call is about or would attach; 0: none. A transaction's puts are looked at one by one. */
    static long leaseOf(Call call) {
        if (call instanceof Call.LeaseGrant grant) {
            return grant.lease();
        } else if (call instanceof Call.LeaseKeepAlive keepAlive) {
            return keepAlive.lease();
        } else if (call instanceof Call.LeaseRevoke revoke) {
            return revoke.lease();
        } else if (call instanceof Call.LeaseTimeToLive timeToLive) {
            return timeToLive.lease();
        }
        return call instanceof Call.Put put ? put.lease() : 0;
    }

    private void learn(Life life) {
        for (Operation operation : life.calls) {
            if (operation.call() instanceof Call.LeaseGrant grant && !(operation.fate() instanceof Fate.Failed)) {
                life.asked = true;
                life.ttl = Math.max(life.ttl, grant.ttlSeconds() * SECOND);
                if (operation.fate() instanceof Reply.LeaseGrant reply) {
                    life.grant = operation;
                    renewed(life, operation, reply.ttlSeconds() * SECOND);
                }
            }
        }
        for (Operation operation : life.calls) {
            if (operation.call() instanceof Call.LeaseKeepAlive) {
                keptAlive(life, operation);
            } else if (operation.call() instanceof Call.LeaseRevoke && !(operation.fate() instanceof Fate.Failed)) {
                life.revoking = Math.min(life.revoking, operation.invoked());
            }
            if (saysGone(operation) && comesAfterGrant(life, operation)) {
                life.gone = earlier(life.gone, operation);
            }
        }
    }

    private static void keptAlive(Life life, Operation operation) {
        if (operation.fate() instanceof Reply.LeaseKeepAlive reply) {
            if (reply.ttlSeconds() > 0) {
                renewed(life, operation, reply.ttlSeconds() * SECOND);
            }
        } else if (operation.fate() instanceof Fate.Unknown) {
            life.lastRenewal = Math.max(life.lastRenewal, operation.completed());
        }
    }

    private static void renewed(Life life, Operation operation, long ttl) {
        life.ttl = Math.max(life.ttl, ttl);
        life.lastRenewal = Math.max(life.lastRenewal, operation.completed());
        if (operation.invoked() + ttl > life.guaranteed) {
            life.guaranteed = operation.invoked() + ttl;
            life.guarantee = operation;
        }
    }

    private static boolean saysGone(Operation operation) {
        if (operation.fate() instanceof Fate.Failed failed) {
            return failed.code() == Fate.Code.LEASE_NOT_FOUND;
        } else if (operation.fate() instanceof Reply.LeaseKeepAlive reply) {
            return reply.ttlSeconds() <= 0;
        } else if (operation.fate() instanceof Reply.LeaseTimeToLive reply) {
            return reply.ttlSeconds() < 0;
        }
        return operation.fate() instanceof Reply.LeaseRevoke;
    }

    /** Before the grant was acknowledged "gone" may mean "not yet". */
    private static boolean comesAfterGrant(Life life, Operation operation) {
        return life.grant != null && life.grant.completed() < operation.invoked();
    }

    private static Operation earlier(@Nullable Operation one, Operation other) {
        return one == null || other.completed() < one.completed() ? other : one;
    }

    /** What the calls alone say against the promises. */
    void check() {
        lives.forEach((lease, life) -> {
            for (Operation operation : life.calls) {
                if (saysGone(operation) && !(operation.fate() instanceof Reply.LeaseRevoke)) {
                    goneTooEarly(lease, life, operation);
                }
                aliveWhenGone(lease, life, operation);
            }
        });
    }

    private void goneTooEarly(long lease, Life life, Operation operation) {
        @Nullable Operation guarantee = life.guarantee;
        if (guarantee != null
                && comesAfterGrant(life, operation)
                && guarantee.invoked() < operation.completed()
                && operation.completed() < life.guaranteed - slack()
                && life.revoking > operation.completed()) {
            findings.add(
                    Kind.LEASE_TOO_SHORT,
                    operation,
                    "lease " + lease + " is said to be gone " + seconds(life.guaranteed - operation.completed())
                            + " before its time, which operation " + guarantee.id() + " renewed",
                    guarantee);
        }
    }

    private void aliveWhenGone(long lease, Life life, Operation operation) {
        @Nullable Operation gone = life.gone;
        if (gone == null || operation.invoked() <= gone.completed()) {
            return;
        }
        if (operation.fate() instanceof Reply.LeaseKeepAlive reply && reply.ttlSeconds() > 0
                || operation.fate() instanceof Reply.LeaseTimeToLive ttl && ttl.ttlSeconds() >= 0) {
            findings.add(
                    Kind.DEAD_LEASE_ALIVE,
                    operation,
                    "lease " + lease + " was gone when operation " + gone.id() + " ended (" + gone + ")",
                    gone);
        }
    }

    /** Whether the lease may have ended, by itself or revoked, before {@code time}. */
    boolean mayBeOverBy(long lease, long time) {
        Life life = life(lease);
        return life.revoking < time || life.guaranteed - slack() <= time || life.guarantee == null;
    }

    /** The call that promised that the lease lives longer than {@code time}; null: none. */
    @Nullable
    Operation guarantee(long lease) {
        return life(lease).guarantee;
    }

    String early(long lease, long time) {
        return seconds(life(lease).guaranteed - time);
    }

    /** All keys of the lease went at {@code revision}, and nothing but its end can have done it. */
    void ended(long lease, long revision) {
        life(lease).ended = Math.min(life(lease).ended, revision);
    }

    /** Checks a put that was done at {@code revision} with a lease. */
    void attached(long lease, long revision, Operation by) {
        Life life = life(lease);
        String put = "a put with lease " + lease + " was done at revision " + revision + ", ";
        if (!life.asked) {
            findings.add(Kind.DEAD_LEASE_PUT, by, put + "but nobody was granted that lease");
        } else if (life.ended < revision) {
            findings.add(Kind.DEAD_LEASE_PUT, by, put + "but its keys went with it at " + life.ended);
        } else if (life.gone != null && by.invoked() > life.gone.completed() && by.ok()) {
            findings.add(
                    Kind.DEAD_LEASE_PUT,
                    by,
                    put + "but it was gone when operation " + life.gone.id() + " ended (" + life.gone + ")",
                    life.gone);
        }
    }

    /** Checks a key with a lease that a linearizable read shows. */
    void shown(KeyValue kv, Operation by) {
        if (healthy == null || by.invoked() < healthy.from() || by.invoked() > healthy.to()) {
            return;
        }
        Life life = life(kv.lease());
        if (life.grant == null) {
            return;
        }
        // A new leader may give every lease its whole time anew.
        long over = Math.max(life.lastRenewal, healthy.from())
                + life.ttl
                + bounds.leaseEnd().toNanos();
        if (by.invoked() > over) {
            findings.add(
                    Kind.LEASE_OUTLIVED,
                    by,
                    kv + " is there "
                            + seconds(by.invoked() - over + bounds.leaseEnd().toNanos())
                            + " after its lease should have run out");
        }
    }

    private long slack() {
        return bounds.leaseSlack().toNanos();
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.3f s", nanos / 1e9);
    }
}
