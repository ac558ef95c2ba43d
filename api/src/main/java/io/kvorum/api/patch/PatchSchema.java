package io.kvorum.api.patch;

import java.util.Set;

/**
 * What a strategic merge patch needs to know of the type of a value. The schema of a list answers {@link #field} for
 * the fields of its elements, the schema of a map for its values.
 */
public interface PatchSchema {
    /** The schema of a field; {@link #UNKNOWN} where there is none. */
    PatchSchema field(String name);

    /** {@code merge}, {@code replace}, {@code retainKeys}; empty for the default, which replaces lists and merges maps. */
    Set<String> strategies();

    /** The field that tells the elements of a merged list apart; empty for lists of strings and numbers. */
    String mergeKey();

    /** A type of which nothing is known: its lists are replaced, its maps merged. */
    PatchSchema UNKNOWN = new PatchSchema() {
        @Override
        public PatchSchema field(String name) {
            return this;
        }

        @Override
        public Set<String> strategies() {
            return Set.of();
        }

        @Override
        public String mergeKey() {
            return "";
        }
    };
}
