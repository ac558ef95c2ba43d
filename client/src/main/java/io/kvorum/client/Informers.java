package io.kvorum.client;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.vertx.core.Future;

/** The informers of a process, one per resource and selector, shared by whoever asks. */
public interface Informers {
    <T extends HasMetadata> Informer<T> of(Class<T> type);

    /** An informer of a part of the objects, for example the pods of one node. */
    <T extends HasMetadata> Informer<T> of(Class<T> type, ListOptions options);

    /** Starts all that were asked for; completes when all are synced. */
    Future<Void> startAll();

    void stopAll();
}
