package io.kvorum.store.etcd;

import java.util.concurrent.CompletableFuture;

/** Makes the member give the disk back what it no longer needs. */
@FunctionalInterface
public interface Defragmenter {
    /** Of a member that gives the disk back by itself only. */
    Defragmenter NONE = () -> CompletableFuture.failedFuture(EtcdErrors.DEFRAGMENT.asRuntimeException());

    /** Completes when that is done; any thread. */
    CompletableFuture<?> defragment();
}
