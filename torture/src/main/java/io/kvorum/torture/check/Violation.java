package io.kvorum.torture.check;

import io.kvorum.torture.history.Operation;
import java.util.List;

/**
 * A promise that was broken.
 *
 * @param sentence what is wrong, with the values
 * @param culprit the first thing seen that cannot be
 * @param involved operations the sentence speaks of, besides the culprit
 * @param around operations of the same keys near in time, by invocation, with the culprit and those involved; empty
 *     when there are so many violations that only the first ones are told in full
 */
public record Violation(Kind kind, String sentence, Culprit culprit, List<Operation> involved, List<Operation> around) {
    @Override
    public String toString() {
        return kind + ": " + sentence + " [" + culprit + "]";
    }
}
