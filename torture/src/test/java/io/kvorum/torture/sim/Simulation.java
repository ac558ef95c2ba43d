package io.kvorum.torture.sim;

import io.kvorum.torture.history.Call;
import io.kvorum.torture.history.Fate;
import io.kvorum.torture.history.History;
import io.kvorum.torture.history.KeyRange;
import io.kvorum.torture.history.Operation;
import io.kvorum.torture.history.Reply;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.BooleanSupplier;

/** Clients, members and watchers on a virtual clock. The same seed, plan and bug give the same history. */
public final class Simulation {
    static final long MILLI = 1_000_000L;
    static final int MEMBERS = 3;

    /**
     * What goes on.
     *
     * @param oneIn how seldom the bug strikes
     */
    public record Plan(
            int clients,
            int operations,
            int keys,
            int watchers,
            boolean leases,
            boolean serializable,
            boolean past,
            int oneIn) {
        public static final Plan EVERYTHING = new Plan(5, 400, 6, 6, true, true, true, 12);
        /** Many keys, so that those of a lease are not soon put by somebody else. */
        public static final Plan LEASES = new Plan(5, 600, 40, 6, true, true, true, 4);
        /** What the search for an order can do in no time. */
        public static final Plan SMALL = new Plan(4, 14, 2, 1, false, false, false, 3);
    }

    /** @param struck how often the bug did */
    public record Outcome(History history, int struck) {}

    private record Timed(long at, long number, Runnable action) {}

    private final Plan plan;
    private final Chaos chaos;
    private final Mvcc store;
    private final Calls calls;
    private final PriorityQueue<Timed> agenda =
            new PriorityQueue<>(Comparator.comparingLong(Timed::at).thenComparingLong(Timed::number));
    private final List<Operation> operations = new ArrayList<>();
    private final long[] members = new long[MEMBERS];
    private final Map<Long, Long> expiries = new HashMap<>();
    private final List<Watcher> watchers = new ArrayList<>();
    private final List<Watcher.Stream> streams = new ArrayList<>();
    private long now;
    private long scheduled;
    private boolean healthy;
    private int connections;

    private Simulation(long seed, Plan plan, Bug bug) {
        this.plan = plan;
        this.chaos = new Chaos(new Random(seed), bug, plan.oneIn);
        this.store = new Mvcc(chaos);
        this.calls = new Calls(plan, chaos);
        Arrays.fill(members, 1);
    }

    public static Outcome run(long seed, Plan plan, Bug bug) {
        Simulation simulation = new Simulation(seed, plan, bug);
        return new Outcome(simulation.run(), simulation.chaos.struck());
    }

    private History run() {
        for (int i = 0; i < plan.watchers; i++) {
            Watcher watcher = new Watcher(this, store, chaos, i);
            watchers.add(watcher);
            watcher.open(i == 0 ? 2 : 0);
        }
        for (int client = 1; client <= plan.clients; client++) {
            int id = client;
            connections++;
            int connection = connections;
            after(pause(), () -> next(id, connection));
        }
        until(() -> operations.size() >= plan.operations);
        healthy = true;
        long from = now;
        long quiet = now + 40_000 * MILLI;
        after(30_000 * MILLI, this::last);
        until(() -> now >= quiet);
        return new History(
                History.Base.EMPTY,
                operations,
                streams.stream().map(Watcher.Stream::recorded).toList(),
                List.of(),
                List.of(),
                new History.Healthy(from, now));
    }

    private void last() {
        int id = begin(1, 0, new Call.Range(KeyRange.all(), 0, false, 0, false));
        end(id, store.execute(operations.get(id).call(), members[0]));
    }

    private void until(BooleanSupplier over) {
        while (!over.getAsBoolean() && !agenda.isEmpty()) {
            Timed next = agenda.remove();
            now = next.at;
            next.action.run();
        }
    }

    void after(long delay, Runnable action) {
        agenda.add(new Timed(now + delay, scheduled++, action));
    }

    long now() {
        return now;
    }

    boolean healthy() {
        return healthy;
    }

    int newStream(Watcher.Stream stream) {
        streams.add(stream);
        return streams.size() - 1;
    }

    /** How far the member has come: somewhat further than when it was last asked. */
    long advance(int member) {
        members[member] += chaos.below((int) (store.revision() - members[member]) + 1);
        return members[member];
    }

    void catchUp(int member) {
        members[member] = store.revision();
    }

    private long pause() {
        return 1 + chaos.below(20) * MILLI + chaos.below(1000);
    }

    private int begin(int client, int connection, Call call) {
        int id = operations.size();
        operations.add(new Operation(
                id, client, "m" + client % MEMBERS, connection, now, now, call, new Fate.Unknown("under way")));
        return id;
    }

    private void end(int id, Fate fate) {
        operations.set(id, operations.get(id).ended(now, fate));
    }

    private void next(int client, int connection) {
        if (healthy) {
            return;
        }
        Call call = calls.next(store);
        int id = begin(client, connection, call);
        int member = client % MEMBERS;
        double fate = chaos.below(1000) / 1000.0;
        if (fate < 0.08) {
            unknown(id, call, member);
            after(pause() * 3, () -> next(client, ++connections));
        } else if (fate < 0.12) {
            refuse(id, call, member);
            after(pause(), () -> next(client, connection));
        } else {
            after(pause(), () -> {
                Fate told = execute(call, member);
                after(pause(), () -> {
                    end(id, told);
                    after(pause(), () -> next(client, connection));
                });
            });
        }
    }

    /** The client gives up; it is done never, before that, or long after. */
    private void unknown(int id, Call call, int member) {
        after(pause() * 2, () -> end(id, new Fate.Unknown("deadline")));
        if (chaos.chance(0.6)) {
            after(pause() * (1 + chaos.below(5)), () -> execute(call, member));
        }
    }

    private void refuse(int id, Call call, int member) {
        if (call instanceof Call.Put && chaos.strikes(Bug.FAILED_BUT_DONE)) {
            after(pause(), () -> execute(call, member));
        }
        after(pause(), () -> end(id, new Fate.Failed(Fate.Code.REFUSED, "no leader")));
    }

    private Fate execute(Call call, int member) {
        boolean serializable = call instanceof Call.Range range && range.serializable();
        Fate fate = lease(call) ? lease(call, member) : store.execute(call, serializable ? advance(member) : 0);
        if (!serializable) {
            catchUp(member);
        }
        if (fate instanceof Reply && call instanceof Call.Put && chaos.strikes(Bug.DONE_TWICE)) {
            after(pause() * 3, () -> store.execute(call, 0));
        }
        if (fate instanceof Reply && call instanceof Call.Put && chaos.strikes(Bug.SKIPPED_REVISION)) {
            store.skip();
        }
        return fate;
    }

    private static boolean lease(Call call) {
        return call instanceof Call.LeaseGrant
                || call instanceof Call.LeaseKeepAlive
                || call instanceof Call.LeaseRevoke
                || call instanceof Call.LeaseTimeToLive;
    }

    private Fate lease(Call call, int member) {
        if (call instanceof Call.LeaseGrant grant) {
            store.grant(grant.lease());
            calls.granted(grant.lease());
            renew(grant.lease());
            return new Reply.LeaseGrant(store.revision(), Calls.TTL_SECONDS);
        } else if (call instanceof Call.LeaseKeepAlive keepAlive) {
            if (!store.alive(keepAlive.lease())) {
                boolean undead = chaos.strikes(Bug.LEASE_UNDEAD);
                return new Reply.LeaseKeepAlive(store.revision(), undead ? Calls.TTL_SECONDS : 0);
            }
            renew(keepAlive.lease());
            return new Reply.LeaseKeepAlive(store.revision(), Calls.TTL_SECONDS);
        } else if (call instanceof Call.LeaseRevoke revoke) {
            if (!store.alive(revoke.lease())) {
                return new Fate.Failed(Fate.Code.LEASE_NOT_FOUND, "");
            }
            store.end(revoke.lease(), Bug.REVOKE_IN_PART);
            return new Reply.LeaseRevoke(store.revision());
        }
        long lease = ((Call.LeaseTimeToLive) call).lease();
        boolean alive = store.alive(lease);
        long left = alive ? Math.max(0, (expiries.getOrDefault(lease, now) - now) / 1_000_000_000L) : -1;
        return new Reply.LeaseTimeToLive(store.revision(), left, Calls.TTL_SECONDS, List.of());
    }

    private void renew(long lease) {
        long ttl = Calls.TTL_SECONDS * 1000 * MILLI;
        if (chaos.strikes(Bug.LEASE_SHORT)) {
            ttl /= 4;
        } else if (chaos.strikes(Bug.LEASE_ENDLESS)) {
            ttl *= 1000;
        }
        expiries.put(lease, now + ttl);
        after(ttl, () -> expire(lease));
    }

    private void expire(long lease) {
        if (store.alive(lease) && expiries.getOrDefault(lease, 0L) <= now) {
            store.end(lease, Bug.LEASE_TORN);
            if (chaos.has(Bug.LEASE_TORN)) {
                after(100 * MILLI, () -> store.end(lease, Bug.NONE));
            }
        }
    }
}
