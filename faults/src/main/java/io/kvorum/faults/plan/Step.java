package io.kvorum.faults.plan;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One step of a plan. Steps of a list follow each other. */
public sealed interface Step {
    Head head();

    /** Something written, with the place where it stands. It may have variables and, for durations, be a range. */
    record Text(Place place, String value) {}

    /**
     * What every step has.
     *
     * @param name for messages and {@code heal}; the path if the plan gives none
     * @param at when it starts, since the start of the list it is in; null: when the one before is done
     * @param after how long after the one before is done it starts; null: at once
     * @param picks variables of this step and those in it
     */
    record Head(
            Place place,
            String name,
            @Nullable Text at,
            @Nullable Text after,
            Map<String, Pick> picks) {}

    /** Starts a fault; done as soon as it is in force. {@code duration} null: until it is healed. */
    record Inject(Head head, Text fault, @Nullable Text duration) implements Step {}

    /** Lets time pass. */
    record Sleep(Head head, Text duration) implements Step {}

    /** Waits for a condition; the plan fails if it does not hold in time. */
    record Await(Head head, Condition condition, Text timeout) implements Step {}

    /** Ends what a step of that name set, or with {@code all} whatever the plan set. */
    record Heal(Head head, Text target) implements Step {}

    /** The same steps again and again; {@code every} null: one right after the other. */
    record Repeat(Head head, int count, @Nullable Text every, List<Step> steps) implements Step {}

    /** Lists of steps side by side; done when all are. */
    record Parallel(Head head, List<List<Step>> branches) implements Step {}

    /**
     * What can be waited for.
     *
     * @param members expressions; empty: all components, for a leader: the role
     */
    record Condition(Place place, Kind kind, String members) {
        /** Conditions by their first word. */
        public enum Kind {
            READY,
            LEADER,
            HEALED
        }

        @Override
        public String toString() {
            return kind.name().toLowerCase(Locale.ROOT) + (members.isEmpty() ? "" : " " + members);
        }
    }
}
