package io.kvorum.torture.sim;

import io.kvorum.torture.history.Call;
import io.kvorum.torture.history.Compare;
import io.kvorum.torture.history.KeyRange;
import io.kvorum.torture.history.KeyValue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** What clients ask for, by chance. */
final class Calls {
    static final long TTL_SECONDS = 1;

    private final Simulation.Plan plan;
    private final Chaos chaos;
    private final List<Long> leases = new ArrayList<>();
    private int values;
    private long lastLease = 100;

    Calls(Simulation.Plan plan, Chaos chaos) {
        this.plan = plan;
        this.chaos = chaos;
    }

    void granted(long lease) {
        leases.add(lease);
    }

    Call next(Mvcc store) {
        int kind = chaos.below(100);
        if (plan.leases() && kind < 18) {
            return lease();
        } else if (plan.past() && kind < 20) {
            return new Call.Compact(Math.max(1, store.revision() - chaos.below(30)));
        } else if (kind < 50) {
            return put(key());
        } else if (kind < 58) {
            return new Call.Delete(chaos.chance(0.7) ? KeyRange.key(key()) : prefix(), chaos.chance(0.5));
        } else if (kind < 72) {
            return txn(store);
        }
        return range(store, true);
    }

    private Call lease() {
        int kind = chaos.below(10);
        if (leases.isEmpty() || kind < 3) {
            return new Call.LeaseGrant(++lastLease, TTL_SECONDS);
        }
        long lease = recent();
        if (kind < 7) {
            return new Call.LeaseKeepAlive(lease);
        }
        return kind < 8 ? new Call.LeaseRevoke(lease) : new Call.LeaseTimeToLive(lease, false);
    }

    private long recent() {
        return leases.get(Math.max(0, leases.size() - 1 - chaos.below(4)));
    }

    private String key() {
        int number = chaos.below(plan.keys());
        return (number % 2 == 0 ? "a/" : "b/") + number;
    }

    private KeyRange prefix() {
        return chaos.chance(0.2) ? KeyRange.all() : KeyRange.prefix(chaos.chance(0.5) ? "a/" : "b/");
    }

    private Call.Put put(String key) {
        boolean leased = !leases.isEmpty() && chaos.chance(0.5);
        return new Call.Put(key, "v" + ++values, leased ? recent() : 0, chaos.chance(0.5));
    }

    private Call.Range range(Mvcc store, boolean whole) {
        boolean past = whole && plan.past() && chaos.chance(0.2);
        return new Call.Range(
                chaos.chance(0.5) ? KeyRange.key(key()) : prefix(),
                past ? Math.max(1, store.revision() - chaos.below(25)) : 0,
                whole && plan.serializable() && chaos.chance(0.4),
                chaos.chance(0.2) ? 1 + chaos.below(3) : 0,
                chaos.chance(0.1));
    }

    private Call.Txn txn(Mvcc store) {
        List<Compare> compares = new ArrayList<>();
        for (int i = chaos.below(3); i > 0; i--) {
            compares.add(compare(store));
        }
        return new Call.Txn(compares, steps(store), steps(store));
    }

    /** Often true: of the key as it is. */
    private Compare compare(Mvcc store) {
        String key = key();
        @Nullable KeyValue kv = store.at(store.revision()).get(key);
        Compare.Relation relation = Compare.Relation.values()[chaos.below(chaos.chance(0.7) ? 1 : 4)];
        return switch (chaos.below(4)) {
            case 0 -> Compare.value(key, relation, kv == null ? "v1" : kv.value());
            case 1 -> Compare.version(key, relation, kv == null ? 0 : kv.version());
            case 2 -> Compare.create(key, relation, kv == null ? 0 : kv.createRevision());
            default -> Compare.mod(key, relation, kv == null ? 0 : kv.modRevision());
        };
    }

    private List<Call.Step> steps(Mvcc store) {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < plan.keys(); i++) {
            keys.add((i % 2 == 0 ? "a/" : "b/") + i);
        }
        Collections.shuffle(keys, new Random(chaos.below(Integer.MAX_VALUE)));
        List<Call.Step> steps = new ArrayList<>();
        for (int i = chaos.below(Math.min(3, plan.keys() + 1)); i >= 0; i--) {
            int kind = chaos.below(10);
            if (kind < 6 && i < keys.size()) {
                steps.add(put(keys.get(i)));
            } else if (kind < 8 && i < keys.size()) {
                steps.add(new Call.Delete(KeyRange.key(keys.get(i)), chaos.chance(0.5)));
            } else {
                steps.add(range(store, false));
            }
        }
        return steps;
    }
}
