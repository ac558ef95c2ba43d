package io.kvorum.faults.plan;

import java.util.List;

/** Something to be drawn by the seed, and named as {@code ${variable}} in the step. */
public sealed interface Pick {
    /** Where it stands, for messages. */
    Place place();

    /**
     * Some of several members.
     *
     * @param from expressions; {@code role:ROLE} stands for each of its members, {@code nodes} for each node
     */
    record Members(Place place, List<String> from, int count) implements Pick {}

    /** A value within bounds, both included. */
    record Between(Place place, Bound low, Bound high) implements Pick {}

    /**
     * A number with its unit.
     *
     * @param unit {@code ms} for durations, which are all in milliseconds; otherwise as written: {@code %}, {@code kbit}
     */
    record Bound(long amount, String unit) {
        String text() {
            return amount + unit;
        }
    }
}
