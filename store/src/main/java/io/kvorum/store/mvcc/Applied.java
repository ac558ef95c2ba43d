package io.kvorum.store.mvcc;

import io.kvorum.store.client.WatchEvent;
import java.util.List;

/**
 * What applying one command did.
 *
 * @param revision the store's revision afterwards
 * @param events changes in key order, at most one a key, all at {@code revision}; empty when nothing was written
 */
public record Applied(long revision, Outcome outcome, List<WatchEvent> events) {}
