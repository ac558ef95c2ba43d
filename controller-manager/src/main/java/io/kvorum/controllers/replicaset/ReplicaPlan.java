package io.kvorum.controllers.replicaset;

import io.fabric8.kubernetes.api.model.Pod;
import io.kvorum.controllers.pods.PodDeletionOrder;
import io.kvorum.controllers.pods.PodStates;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What to do about the number of pods of a ReplicaSet or ReplicationController.
 *
 * @param create how many to create, at most {@link #BURST}
 * @param delete which to delete, at most {@link #BURST}, the first to go first
 */
record ReplicaPlan(int create, List<Pod> delete) {
    /** Most pods created or deleted in one go. */
    static final int BURST = 500;

    /**
     * @param replicas how many pods are wanted
     * @param pods those of the owner; finished and terminating ones do not count
     * @param related active pods of all ReplicaSets of one Deployment: where they crowd a node, pods are deleted first
     */
    static ReplicaPlan of(int replicas, List<Pod> pods, List<Pod> related, Instant now) {
        List<Pod> active = pods.stream().filter(PodStates::active).toList();
        int excess = active.size() - replicas;
        if (excess < 0) {
            return new ReplicaPlan(Math.min(-excess, BURST), List.of());
        }
        if (excess == 0) {
            return new ReplicaPlan(0, List.of());
        }
        Map<String, Integer> perNode = new HashMap<>();
        for (Pod each : related) {
            if (PodStates.active(each) && each.getSpec().getNodeName() != null) {
                perNode.merge(each.getSpec().getNodeName(), 1, Integer::sum);
            }
        }
        return new ReplicaPlan(
                0,
                active.stream()
                        .sorted(new PodDeletionOrder(now, perNode))
                        .limit(Math.min(excess, BURST))
                        .toList());
    }
}
