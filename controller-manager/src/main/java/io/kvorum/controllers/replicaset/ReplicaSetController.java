package io.kvorum.controllers.replicaset;

import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.kvorum.controllers.loop.ControllerContext;

/** The ReplicaSet controller. */
public final class ReplicaSetController extends ReplicaController<ReplicaSet> {
    public ReplicaSetController(ControllerContext context, int concurrency) {
        super(context, "replicaset-controller", "replicaset-controller", new ReplicaSets(), concurrency);
    }
}
