package io.kvorum.controllers.replicaset;

import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.ReplicationController;
import io.fabric8.kubernetes.api.model.ReplicationControllerBuilder;
import io.fabric8.kubernetes.api.model.ReplicationControllerConditionBuilder;
import io.fabric8.kubernetes.api.model.ReplicationControllerSpec;
import io.fabric8.kubernetes.api.model.ReplicationControllerStatus;
import io.fabric8.kubernetes.api.model.ReplicationControllerStatusBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetConditionBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatus;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatusBuilder;
import org.jspecify.annotations.Nullable;

/** Core ReplicationControllers: a selector is a set of labels, and terminating pods are not reported. */
final class ReplicationControllers implements ReplicaKind<ReplicationController> {
    @Override
    public Class<ReplicationController> type() {
        return ReplicationController.class;
    }

    @Override
    public Replicated read(ReplicationController object) {
        ReplicationControllerSpec spec = object.getSpec();
        return new Replicated(
                Replicated.orElse(spec.getReplicas(), 1),
                Replicated.orElse(spec.getMinReadySeconds(), 0),
                new LabelSelectorBuilder().withMatchLabels(spec.getSelector()).build(),
                spec.getTemplate(),
                object.getMetadata().getGeneration(),
                younger(object.getStatus()));
    }

    private static @Nullable ReplicaSetStatus younger(@Nullable ReplicationControllerStatus status) {
        return status == null
                ? null
                : new ReplicaSetStatusBuilder()
                        .withReplicas(status.getReplicas())
                        .withFullyLabeledReplicas(status.getFullyLabeledReplicas())
                        .withReadyReplicas(status.getReadyReplicas())
                        .withAvailableReplicas(status.getAvailableReplicas())
                        .withObservedGeneration(status.getObservedGeneration())
                        .withConditions(status.getConditions().stream()
                                .map(each -> new ReplicaSetConditionBuilder()
                                        .withType(each.getType())
                                        .withStatus(each.getStatus())
                                        .withReason(each.getReason())
                                        .withMessage(each.getMessage())
                                        .withLastTransitionTime(each.getLastTransitionTime())
                                        .build())
                                .toList())
                        .build();
    }

    @Override
    public ReplicationController withStatus(ReplicationController object, ReplicaSetStatus status) {
        return new ReplicationControllerBuilder(object)
                .withStatus(new ReplicationControllerStatusBuilder()
                        .withReplicas(status.getReplicas())
                        .withFullyLabeledReplicas(status.getFullyLabeledReplicas())
                        .withReadyReplicas(status.getReadyReplicas())
                        .withAvailableReplicas(status.getAvailableReplicas())
                        .withObservedGeneration(status.getObservedGeneration())
                        .withConditions(status.getConditions().stream()
                                .map(each -> new ReplicationControllerConditionBuilder()
                                        .withType(each.getType())
                                        .withStatus(each.getStatus())
                                        .withReason(each.getReason())
                                        .withMessage(each.getMessage())
                                        .withLastTransitionTime(each.getLastTransitionTime())
                                        .build())
                                .toList())
                        .build())
                .build();
    }
}
