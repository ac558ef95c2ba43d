package io.kvorum.torture.check;

import io.kvorum.torture.history.History;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks a history against everything etcd promises of keys, watches and leases. The history's writes must write values
 * that are unique for their key, and its times must be of one clock.
 */
public final class Checks {
    /** So many violations are told with the operations around them. */
    private static final int TOLD_IN_FULL = 20;

    private Checks() {}

    /**
     * With {@link Bounds#DEFAULT}. Throws {@code IllegalArgumentException} when one value is written to a key by two
     * calls, so that it cannot be told which of them was done.
     */
    public static Report run(History history) {
        return run(history, Bounds.DEFAULT);
    }

    public static Report run(History history, Bounds bounds) {
        Findings findings = new Findings();
        Sightings sightings = new Sightings(history, findings);
        Compactions compactions = new Compactions(history.operations());
        Claims claims = new Claims(history, sightings, findings);
        Leases leases = new Leases(history, bounds, findings);
        Watches watches = new Watches(history, sightings, compactions, bounds, findings);
        Replay replay = new Replay(history, sightings, claims, leases, watches, findings);
        replay.run();
        leases.check();
        new OrderCheck(history, sightings, claims, compactions, bounds, findings).run();
        ConnectionCheck.run(history.operations(), sightings, findings);
        return new Report(
                inFull(findings.byTime(), history),
                findings.counts(),
                sightings.newest() - sightings.base(),
                replay.unknownApplied(),
                replay.unseen());
    }

    private static List<Violation> inFull(List<Violation> violations, History history) {
        List<Violation> told = new ArrayList<>();
        for (Violation violation : violations) {
            told.add(told.size() < TOLD_IN_FULL ? Surroundings.of(violation, history) : violation);
        }
        return told;
    }
}
