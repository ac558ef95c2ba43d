package io.kvorum.store.etcd;

import java.util.concurrent.CompletableFuture;

/** Makes the member give the disk back what it no longer needs. */
@FunctionalInterface
public interface Defragmenter {
    /** Completes when that is done; any thread. */
    CompletableFuture<?> defragment();
}
