package io.kvorum.controllers.replicaset;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatus;

/** A kind whose objects keep a number of alike pods: how to read one and how to write its status. */
interface ReplicaKind<O extends HasMetadata> {
    Class<O> type();

    /** As in owner references, for example {@code ReplicaSet}. */
    default String kind() {
        return HasMetadata.getKind(type());
    }

    Replicated read(O object);

    /** The same object with another status. */
    O withStatus(O object, ReplicaSetStatus status);
}
