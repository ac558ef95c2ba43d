package io.kvorum.controllers.replicaset;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatus;
import org.jspecify.annotations.Nullable;

/**
 * What a ReplicaSet and a ReplicationController ask for and report, in the words of the younger kind.
 *
 * @param replicas {@code spec.replicas}, 1 where it is not given
 * @param minReadySeconds 0 where it is not given
 * @param generation {@code metadata.generation}
 * @param status what was reported last, null before the first report
 */
record Replicated(
        int replicas,
        int minReadySeconds,
        LabelSelector selector,
        PodTemplateSpec template,
        @Nullable Long generation,
        @Nullable ReplicaSetStatus status) {
    static int orElse(@Nullable Integer number, int absent) {
        return number == null ? absent : number;
    }
}
