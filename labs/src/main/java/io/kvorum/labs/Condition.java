package io.kvorum.labs;

import java.util.regex.Pattern;

/** What a printed value must be. */
public sealed interface Condition {
    boolean holds(String value);

    /** Equal, character by character. */
    record Is(String expected) implements Condition {
        @Override
        public boolean holds(String value) {
            return value.equals(expected);
        }
    }

    /** Anything else, the empty value included. */
    record IsNot(String unwanted) implements Condition {
        @Override
        public boolean holds(String value) {
            return !value.equals(unwanted);
        }
    }

    /** A whole number that is not lower; an empty value counts as 0. Of several words the sum is meant. */
    record AtLeast(long least) implements Condition {
        @Override
        public boolean holds(String value) {
            long sum = 0;
            for (String word : value.strip().split("\\s+")) {
                try {
                    sum += word.isEmpty() ? 0 : Long.parseLong(word);
                } catch (NumberFormatException e) {
                    return false;
                }
            }
            return sum >= least;
        }
    }

    /** Contains a match of the pattern. */
    record Matches(Pattern pattern) implements Condition {
        @Override
        public boolean holds(String value) {
            return pattern.matcher(value).find();
        }
    }
}
