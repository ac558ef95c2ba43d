package io.kvorum.gateway.routing;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A condition on a header or on a parameter of the query.
 *
 * @param pattern null for an exact comparison with {@code value}
 */
public record ValueMatch(
        String name, String value, @Nullable Pattern pattern) {
    public static ValueMatch exact(String name, String value) {
        return new ValueMatch(name, value, null);
    }

    /** The whole value has to match. */
    public static ValueMatch regular(String name, String expression) {
        return new ValueMatch(name, expression, Pattern.compile(expression));
    }

    boolean matches(@Nullable String actual) {
        return actual != null
                && (pattern == null
                        ? actual.equals(value)
                        : pattern.matcher(actual).matches());
    }
}
