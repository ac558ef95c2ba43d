package io.kvorum.controllers;

import io.kvorum.client.ApiClient;
import io.kvorum.client.InformerFactory;
import io.kvorum.client.Informers;
import io.kvorum.component.ComponentContext;
import io.kvorum.controllers.admissionpolicy.PolicyStatusController;
import io.kvorum.controllers.bootstrap.BootstrapSigner;
import io.kvorum.controllers.bootstrap.TokenCleaner;
import io.kvorum.controllers.certificates.ApprovingController;
import io.kvorum.controllers.certificates.CleaningController;
import io.kvorum.controllers.certificates.SigningAuthority;
import io.kvorum.controllers.certificates.SigningController;
import io.kvorum.controllers.clusterrole.ClusterRoleAggregationController;
import io.kvorum.controllers.deployment.DeploymentController;
import io.kvorum.controllers.disruption.DisruptionController;
import io.kvorum.controllers.endpoints.EndpointsController;
import io.kvorum.controllers.endpointslice.EndpointSliceController;
import io.kvorum.controllers.garbage.GarbageCollector;
import io.kvorum.controllers.job.JobController;
import io.kvorum.controllers.job.TtlAfterFinishedController;
import io.kvorum.controllers.loop.ControlLoop;
import io.kvorum.controllers.loop.ControllerContext;
import io.kvorum.controllers.mirroring.EndpointSliceMirroringController;
import io.kvorum.controllers.namespace.NamespaceController;
import io.kvorum.controllers.nodelifecycle.NodeLifecycleController;
import io.kvorum.controllers.nodelifecycle.TaintEvictionController;
import io.kvorum.controllers.podgc.PodGarbageCollector;
import io.kvorum.controllers.quota.ResourceQuotaController;
import io.kvorum.controllers.rootca.RootCaController;
import io.kvorum.controllers.serviceaccount.ServiceAccountController;
import io.kvorum.controllers.servicecidr.ServiceCidrController;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
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
            Function<String, ApiClient> accounts,
            Authorities authorities,
            BooleanSupplier leading) {
        // Within this term only: a later term of the same process has its own client.
        Term[] self = new Term[1];
        BooleanSupplier holds = () -> leading.getAsBoolean() && !self[0].over;
        ApiClient guarded = new LeadingClient(client, holds);
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
        term.build(
                controller -> context.as(new LeadingClient(accounts.apply(ControllerNames.account(controller)), holds)),
                flags,
                authorities);
        informers.startAll().onSuccess(synced -> term.start()).onFailure(cause -> {
            // The end of the term stops informers that are still filling.
            if (!term.over) {
                component.fatal("informers", cause);
            }
        });
        return term;
    }

    /** @param contexts the context for a controller by its name, with a client that acts as the controller's account */
    private void build(Function<String, ControllerContext> contexts, ControllerFlags flags, Authorities authorities) {
        @Nullable String rootCa = authorities.published();
        Map<String, SigningAuthority> signing = authorities.signing();
        BiConsumer<String, Function<ControllerContext, ControlLoop>> enabled = (name, loop) -> {
            if (flags.enabled(name)) {
                loops.add(loop.apply(contexts.apply(name)));
            }
        };
        WorkloadLoops.of(flags).forEach(enabled);
        StorageLoops.of(flags).forEach(enabled);
        enabled.accept(
                ControllerNames.DEPLOYMENT, context -> new DeploymentController(context, flags.deploymentSyncs.get()));
        enabled.accept(
                ControllerNames.ENDPOINTS, context -> new EndpointsController(context, flags.endpointSyncs.get()));
        enabled.accept(
                ControllerNames.ENDPOINT_SLICE,
                context -> new EndpointSliceController(
                        context, flags.serviceEndpointSyncs.get(), flags.maxEndpointsPerSlice.get()));
        enabled.accept(
                ControllerNames.ENDPOINT_SLICE_MIRRORING,
                context -> new EndpointSliceMirroringController(
                        context, flags.mirroringSyncs.get(), flags.maxMirrored.get()));
        enabled.accept(
                ControllerNames.SERVICE_CIDR,
                context -> new ServiceCidrController(context, flags.serviceCidrSyncs.get()));
        enabled.accept(ControllerNames.JOB, context -> new JobController(context, flags.jobSyncs.get()));
        enabled.accept(
                ControllerNames.TTL_AFTER_FINISHED,
                context -> new TtlAfterFinishedController(context, flags.ttlAfterFinishedSyncs.get()));
        enabled.accept(
                ControllerNames.NAMESPACE,
                context -> new NamespaceController(
                        context, flags.namespaceSyncs.get(), flags.namespaceContentRetryPeriod.get()));
        enabled.accept(
                ControllerNames.SERVICE_ACCOUNT,
                context -> new ServiceAccountController(context, flags.serviceAccountSyncs.get()));
        if (rootCa != null) {
            enabled.accept(ControllerNames.ROOT_CA, context -> new RootCaController(context, rootCa));
        }
        enabled.accept(
                ControllerNames.NODE_LIFECYCLE,
                context -> new NodeLifecycleController(
                        context,
                        new NodeLifecycleController.Settings(
                                flags.nodeMonitorPeriod.get(),
                                flags.nodeMonitorGracePeriod.get(),
                                flags.nodeStartupGracePeriod.get(),
                                flags.nodeEvictionRate.get(),
                                flags.secondaryNodeEvictionRate.get(),
                                flags.largeClusterSizeThreshold.get(),
                                flags.unhealthyZoneThreshold.get())));
        enabled.accept(ControllerNames.TAINT_EVICTION, context -> new TaintEvictionController(context));
        if (flags.enableGarbageCollector.get()) {
            enabled.accept(
                    ControllerNames.GARBAGE_COLLECTOR,
                    context -> new GarbageCollector(context, flags.gcSyncs.get(), flags.discoveryPeriod.get()));
        }
        enabled.accept(
                ControllerNames.POD_GC,
                context -> new PodGarbageCollector(
                        context,
                        flags.podGcPeriod.get(),
                        flags.podGcQuarantine.get(),
                        flags.terminatedPodThreshold.get()));
        enabled.accept(
                ControllerNames.DISRUPTION, context -> new DisruptionController(context, flags.disruptionSyncs.get()));
        enabled.accept(
                ControllerNames.RESOURCE_QUOTA,
                context -> new ResourceQuotaController(context, flags.quotaSyncs.get(), flags.quotaSyncPeriod.get()));
        enabled.accept(ControllerNames.CLUSTER_ROLE_AGGREGATION, ClusterRoleAggregationController::new);
        enabled.accept(ControllerNames.CSR_APPROVING, ApprovingController::new);
        enabled.accept(ControllerNames.CSR_CLEANER, CleaningController::new);
        enabled.accept(ControllerNames.TOKEN_CLEANER, TokenCleaner::new);
        enabled.accept(ControllerNames.BOOTSTRAP_SIGNER, BootstrapSigner::new);
        enabled.accept(
                ControllerNames.POLICY_STATUS,
                context -> new PolicyStatusController(context, flags.policyStatusSyncs.get()));
        if (!signing.isEmpty()) {
            enabled.accept(
                    ControllerNames.CSR_SIGNING,
                    context -> new SigningController(context, signing, flags.signingDuration.get()));
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
