package io.kvorum.torture.load;

import io.kvorum.torture.history.Call;
import io.kvorum.torture.history.Fate;
import io.kvorum.torture.history.KeyValue;
import io.kvorum.torture.history.Reply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** What one client has learned from its answers, and the values and leases it has used up. Not thread-safe. */
final class Knowledge {
    private static final int MOST_LEASES = 4;

    private final int client;
    private final Map<String, Long> modRevisions = new HashMap<>();
    private final List<Long> leases = new ArrayList<>();
    private long revision = 1;
    private long compacted;
    private long values;
    private long granted;

    Knowledge(int client) {
        this.client = client;
    }

    /** The newest revision seen. */
    long revision() {
        return revision;
    }

    /** The revision that was compacted to by the last call; 0 when that was another call, or not acknowledged. */
    long justCompacted() {
        return compacted;
    }

    /** The revision of a key as last seen, 0 when it was not there. */
    long modRevision(String key) {
        return modRevisions.getOrDefault(key, 0L);
    }

    /** A value that nobody else writes. */
    String value(int bytes) {
        return Values.of(client, ++values, bytes);
    }

    /** Something about leases: a grant, a key attached, a renewal, an end. */
    Call leaseCall(RandomGenerator random) {
        if (leases.isEmpty() || (leases.size() < MOST_LEASES && random.nextInt(8) == 0)) {
            long lease = ((long) client << 32) + ++granted;
            leases.add(lease);
            return new Call.LeaseGrant(lease, 3 + random.nextInt(6));
        }
        long lease = leases.get(random.nextInt(leases.size()));
        int dice = random.nextInt(100);
        if (dice < 45) {
            return new Call.Put("e/" + client + "/" + random.nextInt(6), value(0), lease, false);
        } else if (dice < 80) {
            return new Call.LeaseKeepAlive(lease);
        } else if (dice < 92) {
            return new Call.LeaseTimeToLive(lease, true);
        }
        leases.remove(lease);
        return new Call.LeaseRevoke(lease);
    }

    /** Learns from an answer. */
    void learn(Call call, Fate fate) {
        compacted = fate instanceof Reply && call instanceof Call.Compact compact ? compact.revision() : 0;
        if (fate instanceof Fate.Failed failed && failed.code() == Fate.Code.LEASE_NOT_FOUND) {
            forgetLease(call);
        }
        if (!(fate instanceof Reply reply)) {
            return;
        }
        revision = Math.max(revision, reply.revision());
        if (reply instanceof Reply.LeaseKeepAlive renewed && renewed.ttlSeconds() <= 0) {
            forgetLease(call);
        } else if (call instanceof Call.Txn txn && reply instanceof Reply.Txn answer) {
            List<Call.Step> steps = txn.branch(answer.succeeded());
            for (int i = 0; i < steps.size(); i++) {
                step(steps.get(i), answer.replies().get(i), answer.revision());
            }
        } else if (call instanceof Call.Step step) {
            step(step, reply, reply.revision());
        }
    }

    private void step(Call.Step step, Reply reply, long at) {
        if (step instanceof Call.Put put) {
            modRevisions.put(put.key(), at);
        } else if (step instanceof Call.Delete delete) {
            modRevisions.keySet().removeIf(delete.keys()::contains);
        } else if (step instanceof Call.Range range && range.revision() == 0 && reply instanceof Reply.Range found) {
            if (range.keys().single() && found.kvs().isEmpty()) {
                modRevisions.remove(range.keys().key());
            }
            for (KeyValue kv : found.kvs()) {
                modRevisions.put(kv.key(), kv.modRevision());
            }
        }
    }

    private void forgetLease(Call call) {
        if (call instanceof Call.LeaseKeepAlive keepAlive) {
            leases.remove(keepAlive.lease());
        } else if (call instanceof Call.Put put) {
            leases.remove(put.lease());
        } else if (call instanceof Call.LeaseRevoke revoke) {
            leases.remove(revoke.lease());
        }
    }
}
