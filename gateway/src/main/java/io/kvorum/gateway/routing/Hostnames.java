package io.kvorum.gateway.routing;

import org.jspecify.annotations.Nullable;

/** Host names with or without a wildcard in front. The empty one stands for every host. */
public final class Hostnames {
    private Hostnames() {}

    /** Whether {@code host}, in lower case, is one of those {@code pattern} stands for. */
    public static boolean matches(String pattern, String host) {
        if (pattern.isEmpty()) {
            return true;
        }
        // A wildcard stands for one label or more, so its dot must not be the first character.
        return pattern.startsWith("*.")
                ? host.endsWith(pattern.substring(1)) && host.length() > pattern.length() - 1
                : host.equals(pattern);
    }

    /** The names both stand for: the more specific of the two; null when there are none. */
    public static @Nullable String intersection(String a, String b) {
        if (a.isEmpty() || a.equals(b)) {
            return b;
        } else if (b.isEmpty()) {
            return a;
        }
        boolean wildA = a.startsWith("*.");
        boolean wildB = b.startsWith("*.");
        if (wildA && wildB) {
            return a.endsWith(b.substring(1)) ? a : b.endsWith(a.substring(1)) ? b : null;
        } else if (wildA) {
            return matches(a, b) ? b : null;
        }
        return wildB && matches(b, a) ? a : null;
    }

    /** Larger for the more specific: exact names before wildcards before none, longer before shorter. */
    public static int specificity(String pattern) {
        return pattern.isEmpty() ? 0 : pattern.startsWith("*.") ? pattern.length() : 100_000 + pattern.length();
    }
}
