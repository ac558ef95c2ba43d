package io.kvorum.gateway.routing;

import java.util.regex.Pattern;

/** A condition on the path. */
public sealed interface PathMatch {
    boolean matches(String path);

    /** Exact before regular expression before prefix. */
    int rank();

    /** How many characters it names; the longer prefix wins. */
    int length();

    /** The whole path. */
    record Exact(String value) implements PathMatch {
        @Override
        public boolean matches(String path) {
            return path.equals(value);
        }

        @Override
        public int rank() {
            return 2;
        }

        @Override
        public int length() {
            return value.length();
        }
    }

    /** The whole path, as a regular expression. */
    record Regular(Pattern pattern) implements PathMatch {
        @Override
        public boolean matches(String path) {
            return pattern.matcher(path).matches();
        }

        @Override
        public int rank() {
            return 1;
        }

        @Override
        public int length() {
            return pattern.pattern().length();
        }
    }

    /** Whole elements from the start: {@code /abc} matches {@code /abc/def} and not {@code /abcd}; a slash at its end does not count. */
    record Prefix(String value) implements PathMatch {
        public Prefix {
            value = value.length() > 1 && value.endsWith("/") ? value.substring(0, value.length() - 1) : value;
        }

        @Override
        public boolean matches(String path) {
            return value.equals("/")
                    ? path.startsWith("/")
                    : path.startsWith(value) && (path.length() == value.length() || path.charAt(value.length()) == '/');
        }

        @Override
        public int rank() {
            return 0;
        }

        @Override
        public int length() {
            return value.length();
        }
    }
}
