package io.kvorum.store.client;

import java.util.List;

/**
 * The outcome of a transaction.
 *
 * @param revision the store's revision after the transaction; that of its writes, if it wrote
 * @param succeeded whether the compares held
 */
public record TxnResult(long revision, boolean succeeded, List<OpResult> results) implements OpResult {}
