package io.kvorum.controllers.replicaset;

import io.fabric8.kubernetes.api.model.ReplicationController;
import io.kvorum.controllers.loop.ControllerContext;

/** The controller of ReplicationControllers, the older form of ReplicaSets. */
public final class ReplicationControllerController extends ReplicaController<ReplicationController> {
    public ReplicationControllerController(ControllerContext context, int concurrency) {
        super(
                context,
                "replicationcontroller-controller",
                "replication-controller",
                new ReplicationControllers(),
                concurrency);
    }
}
