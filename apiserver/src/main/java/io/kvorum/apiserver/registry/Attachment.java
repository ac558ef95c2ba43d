package io.kvorum.apiserver.registry;

import io.kvorum.store.client.Compare;
import io.kvorum.store.client.Op;
import java.util.ArrayList;
import java.util.List;

/**
 * What is written in the same transaction as an object: reservations that must be free and their keys.
 *
 * @param lease the lease the object hangs on, 0 for none
 */
public record Attachment(List<Compare> compares, List<Op> ops, long lease) {
    public static final Attachment NONE = new Attachment(List.of(), List.of(), 0);

    /** This with another, which hangs on no lease of its own. */
    public Attachment and(Attachment other) {
        if (other.compares.isEmpty() && other.ops.isEmpty()) {
            return this;
        }
        List<Compare> allCompares = new ArrayList<>(compares);
        allCompares.addAll(other.compares);
        List<Op> allOps = new ArrayList<>(ops);
        allOps.addAll(other.ops);
        return new Attachment(allCompares, allOps, lease);
    }

    public static Attachment leased(long lease) {
        return new Attachment(List.of(), List.of(), lease);
    }
}
