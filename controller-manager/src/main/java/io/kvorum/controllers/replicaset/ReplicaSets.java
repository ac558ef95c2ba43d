package io.kvorum.controllers.replicaset;

import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetSpec;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatus;

/** {@code apps/v1} ReplicaSets. */
final class ReplicaSets implements ReplicaKind<ReplicaSet> {
    @Override
    public Class<ReplicaSet> type() {
        return ReplicaSet.class;
    }

    @Override
    public Replicated read(ReplicaSet replicaSet) {
        ReplicaSetSpec spec = replicaSet.getSpec();
        return new Replicated(
                Replicated.orElse(spec.getReplicas(), 1),
                Replicated.orElse(spec.getMinReadySeconds(), 0),
                spec.getSelector(),
                spec.getTemplate(),
                replicaSet.getMetadata().getGeneration(),
                replicaSet.getStatus());
    }

    @Override
    public ReplicaSet withStatus(ReplicaSet replicaSet, ReplicaSetStatus status) {
        return new ReplicaSetBuilder(replicaSet).withStatus(status).build();
    }
}
