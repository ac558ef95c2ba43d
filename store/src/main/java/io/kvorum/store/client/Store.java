package io.kvorum.store.client;

import io.vertx.core.Future;
import java.time.Duration;

/** The replicated key-value store, as its clients see it. Futures fail with {@link StoreException}. */
public interface Store {
    /** Carries a transaction out, exactly once even if it is retried inside. Strictly serializable. */
    Future<TxnResult> commit(Txn txn);

    /** Reads a range; linearizable unless the request says serializable. */
    Future<RangeResult> range(RangeRequest request);

    /** The newest revision, linearizable: not older than any write acknowledged before the call. */
    Future<Long> revision();

    /** Bytes of the store's files at one of its members. */
    Future<Long> diskBytes();

    /**
     * Watches a range of keys from {@code startRevision} inclusive (0: from the next change on), for ever.
     *
     * @return succeeds when the watch is established; close it to end it
     */
    Future<StoreWatch> watch(KeyRange range, long startRevision, boolean previous, WatchHandler handler);

    /** Forgets versions that were superseded at or before {@code revision}. */
    Future<Void> compact(long revision);

    /** Grants a lease of about {@code timeToLive} (whole seconds, at least 1) and returns its id. */
    Future<Long> grantLease(Duration timeToLive);

    /** Renews a lease for its full time; fails with {@link StoreException.Refused} when it is gone. */
    Future<Void> keepLeaseAlive(long lease);

    /** Ends a lease and deletes the keys attached to it. */
    Future<Void> revokeLease(long lease);
}
