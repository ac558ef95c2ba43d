package io.kvorum.apiserver.registry;

import io.kvorum.store.client.Compare;
import io.kvorum.store.client.Op;
import java.util.List;

/**
 * What is written in the same transaction as an object: reservations that must be free and their keys.
 *
 * @param lease the lease the object hangs on, 0 for none
 */
public record Attachment(List<Compare> compares, List<Op> ops, long lease) {
    public static final Attachment NONE = new Attachment(List.of(), List.of(), 0);

    public static Attachment leased(long lease) {
        return new Attachment(List.of(), List.of(), lease);
    }
}
