package io.kvorum.cel;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/** A regular expression as Go reads it: whatever it is held against takes time in proportion to its length. */
public final class LinearPattern {
    private final Pattern pattern;

    private LinearPattern(Pattern pattern) {
        this.pattern = pattern;
    }

    /** @throws IllegalArgumentException with Go's words */
    public static LinearPattern compile(String expression) {
        try {
            return new LinearPattern(Pattern.compile(expression));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "error parsing regexp: " + e.getDescription() + ": `" + e.getPattern() + "`", e);
        }
    }

    /** Whether some part of the text matches. */
    public boolean find(String text) {
        return pattern.matcher(text).find();
    }
}
