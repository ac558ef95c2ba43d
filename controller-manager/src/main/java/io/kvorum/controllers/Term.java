package io.kvorum.controllers;

import io.kvorum.client.ApiClient;
import io.kvorum.client.InformerFactory;
import io.kvorum.client.Informers;
import io.kvorum.component.ComponentContext;
import io.kvorum.controllers.deployment.DeploymentController;
import io.kvorum.controllers.disruption.DisruptionController;
import io.kvorum.controllers.endpoints.EndpointsController;
import io.kvorum.controllers.endpointslice.EndpointSliceController;
import io.kvorum.controllers.garbage.GarbageCollector;
import io.kvorum.controllers.job.JobController;
import io.kvorum.controllers.job.TtlAfterFinishedController;
import io.kvorum.controllers.loop.ControlLoop;
import io.kvorum.controllers.loop.ControllerContext;
import io.kvorum.controllers.namespace.NamespaceController;
import io.kvorum.controllers.nodelifecycle.NodeLifecycleController;
import io.kvorum.controllers.nodelifecycle.TaintEvictionController;
import io.kvorum.controllers.podgc.PodGarbageCollector;
import io.kvorum.controllers.replicaset.ReplicaSetController;
import io.kvorum.controllers.rootca.RootCaController;
import io.kvorum.controllers.serviceaccount.ServiceAccountController;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One term of leadership: the caches and controllers from taking the lead until losing it. Belongs to one context. */
final class Term {
    private static final Logger LOG = LoggerFactory.getLogger(Term.class);

    private final Informers informers;
    private final List<ControlLoop> loops = new ArrayList<>();
    private boolean over;

    private Term(Informers informers) {
        this.informers = informers;
    }

    /** Builds every enabled controller, and starts them when the caches are filled. */
    static Term begin(
            ComponentContext component,
            ControllerFlags flags,
            ApiClient client,
            @Nullable String rootCa,
            BooleanSupplier leading) {
        // Within this term only: a later term of the same process has its own client.
        Term[] self = new Term[1];
        ApiClient guarded = new LeadingClient(client, () -> leading.getAsBoolean() && !self[0].over);
        Informers informers = InformerFactory.create(component.vertx(), guarded, component.clock());
        Term term = new Term(informers);
        self[0] = term;
        ControllerContext context = ControllerContext.create(
                component.vertx(),
                guarded,
                informers,
                component.clock(),
                component.identity().name(),
                component.metrics());
        term.build(context, flags, rootCa);
        informers.startAll().onSuccess(synced -> term.start()).onFailure(cause -> {
            // The end of the term stops informers that are still filling.
            if (!term.over) {
                component.fatal("informers", cause);
            }
        });
        return term;
    }

    /** @param rootCa certificates to publish, in PEM; null to publish none */
    private void build(ControllerContext context, ControllerFlags flags, @Nullable String rootCa) {
        add(flags, ControllerNames.REPLICA_SET, () -> new ReplicaSetController(context, flags.replicaSetSyncs.get()));
        add(flags, ControllerNames.DEPLOYMENT, () -> new DeploymentController(context, flags.deploymentSyncs.get()));
        add(flags, ControllerNames.ENDPOINTS, () -> new EndpointsController(context, flags.endpointSyncs.get()));
        add(
                flags,
                ControllerNames.ENDPOINT_SLICE,
                () -> new EndpointSliceController(
                        context, flags.serviceEndpointSyncs.get(), flags.maxEndpointsPerSlice.get()));
        add(flags, ControllerNames.JOB, () -> new JobController(context, flags.jobSyncs.get()));
        add(
                flags,
                ControllerNames.TTL_AFTER_FINISHED,
                () -> new TtlAfterFinishedController(context, flags.ttlAfterFinishedSyncs.get()));
        add(
                flags,
                ControllerNames.NAMESPACE,
                () -> new NamespaceController(
                        context, flags.namespaceSyncs.get(), flags.namespaceContentRetryPeriod.get()));
        add(
                flags,
                ControllerNames.SERVICE_ACCOUNT,
                () -> new ServiceAccountController(context, flags.serviceAccountSyncs.get()));
        if (rootCa != null) {
            add(flags, ControllerNames.ROOT_CA, () -> new RootCaController(context, rootCa));
        }
        add(
                flags,
                ControllerNames.NODE_LIFECYCLE,
                () -> new NodeLifecycleController(
                        context,
                        new NodeLifecycleController.Settings(
                                flags.nodeMonitorPeriod.get(),
                                flags.nodeMonitorGracePeriod.get(),
                                flags.nodeStartupGracePeriod.get(),
                                flags.nodeEvictionRate.get(),
                                flags.secondaryNodeEvictionRate.get(),
                                flags.largeClusterSizeThreshold.get(),
                                flags.unhealthyZoneThreshold.get())));
        add(flags, ControllerNames.TAINT_EVICTION, () -> new TaintEvictionController(context));
        if (flags.enableGarbageCollector.get()) {
            add(
                    flags,
                    ControllerNames.GARBAGE_COLLECTOR,
                    () -> new GarbageCollector(context, flags.gcSyncs.get(), flags.discoveryPeriod.get()));
        }
        add(
                flags,
                ControllerNames.POD_GC,
                () -> new PodGarbageCollector(
                        context,
                        flags.podGcPeriod.get(),
                        flags.podGcQuarantine.get(),
                        flags.terminatedPodThreshold.get()));
        add(flags, ControllerNames.DISRUPTION, () -> new DisruptionController(context, flags.disruptionSyncs.get()));
    }

    private void add(ControllerFlags flags, String name, Supplier<ControlLoop> loop) {
        if (flags.enabled(name)) {
            loops.add(loop.get());
        }
    }

    private void start() {
        if (!over) {
            LOG.info("caches are filled, starting controllers count={}", loops.size());
            loops.forEach(ControlLoop::start);
        }
    }

    /** Nothing is sent to the API from here on; completes when what was under way has ended. */
    Future<?> end() {
        over = true;
        informers.stopAll();
        return Future.join(loops.stream().map(ControlLoop::stop).toList());
    }
}
