package io.kvorum.torture.check;

import java.util.List;
import java.util.Map;

/**
 * What came of checking a history.
 *
 * @param violations by the time of their culprits; at most {@link Findings#PER_KIND} of one kind
 * @param counts of all violations, also of those not kept
 * @param revisions how many revisions the store went through
 * @param unknownApplied how many writes of unknown fate were found to have been done
 * @param unseen revisions of which nobody knows what was written in them; the less of them there are, the more the
 *     checks can say. None when something watches all keys from the beginning to the end
 */
public record Report(
        List<Violation> violations, Map<Kind, Integer> counts, long revisions, int unknownApplied, int unseen) {
    /** Whether no promise was broken. */
    public boolean clean() {
        return counts.isEmpty();
    }
}
