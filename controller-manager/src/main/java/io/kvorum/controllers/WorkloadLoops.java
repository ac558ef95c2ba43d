package io.kvorum.controllers;

import io.kvorum.controllers.cronjob.CronJobController;
import io.kvorum.controllers.daemonset.DaemonSetController;
import io.kvorum.controllers.loop.ControlLoop;
import io.kvorum.controllers.loop.ControllerContext;
import io.kvorum.controllers.replicaset.ReplicaSetController;
import io.kvorum.controllers.replicaset.ReplicationControllerController;
import io.kvorum.controllers.statefulset.StatefulSetController;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** How to build the controllers that keep pods or Jobs, by their names. */
final class WorkloadLoops {
    private WorkloadLoops() {}

    static Map<String, Function<ControllerContext, ControlLoop>> of(ControllerFlags flags) {
        Map<String, Function<ControllerContext, ControlLoop>> loops = new LinkedHashMap<>();
        loops.put(
                ControllerNames.REPLICA_SET, context -> new ReplicaSetController(context, flags.replicaSetSyncs.get()));
        loops.put(
                ControllerNames.REPLICATION_CONTROLLER,
                context -> new ReplicationControllerController(context, flags.replicationControllerSyncs.get()));
        loops.put(ControllerNames.DAEMON_SET, context -> new DaemonSetController(context, flags.daemonSetSyncs.get()));
        loops.put(
                ControllerNames.STATEFUL_SET,
                context -> new StatefulSetController(context, flags.statefulSetSyncs.get()));
        loops.put(ControllerNames.CRON_JOB, context -> new CronJobController(context, flags.cronJobSyncs.get()));
        return loops;
    }
}
