package io.kvorum.testkit.collection;

import java.util.List;

/**
 * One thing that a correct cluster cannot have shown.
 *
 * @param what in one sentence
 * @param evidence lines that show it: what the client saw around it, what the writers know
 */
public record Finding(Sort sort, String what, List<String> evidence) {
    /** What can be wrong. */
    public enum Sort {
        /** A watch left out a change. */
        GAP,
        /** A version after a newer one, or the same one again. */
        STEP_BACK,
        /** A list is not the state that there was at its version. */
        MIXED_SNAPSHOT,
        /** A consistent list lacks what had been acknowledged before, or a list is older than it was asked to be. */
        STALE_READ,
        /** Something was shown that nobody wrote, or that was refused. */
        PHANTOM,
        /** Two were told different things about one version. */
        DISAGREEMENT,
        /** An event that does not follow from the state before it. */
        NONSENSE
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(sort + ": " + what);
        evidence.forEach(line -> text.append("\n    ").append(line));
        return text.toString();
    }
}
