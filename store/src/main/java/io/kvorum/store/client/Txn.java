package io.kvorum.store.client;

import java.util.List;

/** If all {@code compares} hold, {@code success}, else {@code failure}; atomic, at one revision. */
public record Txn(List<Compare> compares, List<Op> success, List<Op> failure) {
    public static Txn of(Op... ops) {
        return new Txn(List.of(), List.of(ops), List.of());
    }
}
