package io.kvorum.torture.check;

import io.kvorum.torture.history.KeyValue;
import java.util.LinkedHashMap;
import java.util.Map;

/** What was seen of a revision that no answer claims. */
final class Evidence {
    private final Map<String, KeyValue> keys = new LinkedHashMap<>();
    private final Culprit seenBy;

    Evidence(Culprit seenBy) {
        this.seenBy = seenBy;
    }

    void add(KeyValue kv) {
        keys.putIfAbsent(kv.key(), kv);
    }

    /** By key; a deletion is of version 0. */
    Map<String, KeyValue> keys() {
        return keys;
    }

    boolean onlyDeletions() {
        return keys.values().stream().allMatch(kv -> kv.version() == 0);
    }

    Culprit seenBy() {
        return seenBy;
    }

    @Override
    public String toString() {
        return keys.values().toString();
    }
}
