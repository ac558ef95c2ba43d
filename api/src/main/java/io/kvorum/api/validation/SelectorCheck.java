package io.kvorum.api.validation;

import org.jspecify.annotations.Nullable;

/** Says what is wrong with an expression that chooses devices. */
@FunctionalInterface
public interface SelectorCheck {
    /** Takes every expression. */
    SelectorCheck NONE = expression -> null;

    /** What is wrong, null when nothing is. */
    @Nullable
    Problem check(String expression);

    /** @param cost whether the expression is good but may cost too much */
    record Problem(String message, boolean cost) {}
}
