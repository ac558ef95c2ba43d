package io.kvorum.testkit.collection;

import io.kvorum.testkit.collection.Finding.Sort;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Looks for what no correct cluster can have shown. */
public final class CollectionCheck {
    private CollectionCheck() {}

    /**
     * What was found.
     *
     * @param findings the first ten of each sort
     * @param counts how many there are of each sort
     */
    public record Report(List<Finding> findings, Map<Sort, Integer> counts) {
        public boolean clean() {
            return counts.isEmpty();
        }

        /** Everything there is to read: a counterexample per finding. */
        @Override
        public String toString() {
            return clean()
                    ? "nothing found"
                    : counts + "\n" + findings.stream().map(Finding::toString).collect(Collectors.joining("\n"));
        }
    }

    /** Fails with {@link IllegalArgumentException} when the writers did not keep to the rules of this package. */
    public static Report of(Recording recording) {
        Findings findings = new Findings();
        Model model = Model.of(recording, findings);
        WatchRules watches = new WatchRules(model, findings);
        ListRules lists = new ListRules(model, findings);
        OrderRules order = new OrderRules(model, findings);
        for (ClientLog log : recording.clients()) {
            log.watches().forEach(watch -> watches.check(log.client(), watch));
            log.listings().forEach(listing -> lists.check(log.client(), listing));
            order.check(log);
        }
        order.checkTime(recording.clients());
        return findings.report();
    }
}
