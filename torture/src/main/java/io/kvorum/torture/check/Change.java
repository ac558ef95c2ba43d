package io.kvorum.torture.check;

import io.kvorum.torture.history.KeyValue;
import org.jspecify.annotations.Nullable;

/**
 * What a revision did to a key.
 *
 * @param before null: it was not there
 * @param after null: it was deleted
 * @param sure false when it is not known how the key was before, and so not its version, or whether it was there at all
 */
record Change(
        String key, @Nullable KeyValue before, @Nullable KeyValue after, boolean sure) {}
