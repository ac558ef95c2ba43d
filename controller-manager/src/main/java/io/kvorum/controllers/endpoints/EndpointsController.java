package io.kvorum.controllers.endpoints;

import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.EndpointsBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.kvorum.api.ApiException;
import io.kvorum.client.EventRecorder;
import io.kvorum.client.Informer;
import io.kvorum.client.Lister;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.ResourceClient;
import io.kvorum.controllers.loop.ControllerContext;
import io.kvorum.controllers.loop.ReconcileLoop;
import io.kvorum.controllers.pods.PodControl;
import io.kvorum.controllers.services.ServiceEvents;
import io.kvorum.controllers.services.ServicePods;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The Endpoints controller. Endpoints of Services without a selector are left alone. */
public final class EndpointsController extends ReconcileLoop<ObjectKey> {
    static final String MANAGED_BY = "endpoints.kubernetes.io/managed-by";
    static final String HEADLESS = "service.kubernetes.io/headless";
    static final String OVER_CAPACITY = "endpoints.kubernetes.io/over-capacity";

    private final ResourceClient<Endpoints> endpoints;
    private final Lister<Endpoints> endpointsLister;
    private final Lister<Service> serviceLister;
    private final ControllerContext context;
    private final EventRecorder events;

    public EndpointsController(ControllerContext context, int concurrency) {
        super(context, "endpoints-controller", concurrency);
        this.context = context;
        endpoints = context.client().resources(Endpoints.class);
        Informer<Endpoints> informer = context.informers().of(Endpoints.class);
        endpointsLister = informer.lister();
        serviceLister = context.informers().of(Service.class).lister();
        events = context.events("endpoint-controller");
        ServiceEvents.watch(context, controller::enqueue);
        informer.handler(new Informer.Handler<>() {
            @Override
            public void added(Endpoints object) {
                // Those of a Service that was deleted while nobody led are found at the start.
                controller.enqueue(ObjectKey.of(object));
            }

            @Override
            public void updated(Endpoints before, Endpoints after) {}

            @Override
            public void deleted(Endpoints object) {
                controller.enqueue(ObjectKey.of(object));
            }
        });
    }

    @Override
    public Future<Result> reconcile(ObjectKey key) {
        @Nullable Service service = serviceLister.get(key);
        @Nullable Endpoints current = endpointsLister.get(key);
        if (service == null) {
            return current == null || !ours(current) ? Future.succeededFuture(Result.done()) : delete(current);
        }
        if (!ServicePods.managed(service) || service.getMetadata().getDeletionTimestamp() != null) {
            return Future.succeededFuture(Result.done());
        }
        EndpointSubsets.Computed computed = EndpointSubsets.of(
                service, ServicePods.of(service, context.pods().lister()));
        Endpoints wanted = wanted(service, current, computed);
        if (wanted.equals(current)) {
            return Future.succeededFuture(Result.done());
        }
        boolean fresh = current == null;
        return (fresh ? endpoints.create(wanted) : endpoints.update(wanted))
                .map(Result.done())
                .onFailure(cause -> {
                    boolean raced = PodControl.namespaceTerminating(cause)
                            || (cause instanceof ApiException no && (no.conflict() || no.alreadyExists()));
                    if (!raced) {
                        events.event(
                                service,
                                "Warning",
                                fresh ? "FailedToCreateEndpoint" : "FailedToUpdateEndpoint",
                                "Failed to " + (fresh ? "create endpoint for service " : "update endpoint ")
                                        + key
                                        + ": "
                                        + cause.getMessage());
                    }
                });
    }

    /** Made by this controller, and so not by a user for a Service that is to come. */
    private static boolean ours(Endpoints object) {
        @Nullable Map<String, String> labels = object.getMetadata().getLabels();
        return labels != null && labels.containsKey(MANAGED_BY);
    }

    private Future<Result> delete(Endpoints current) {
        DeleteOptions options = PodControl.thisVery(current);
        return endpoints
                .delete(
                        current.getMetadata().getNamespace(),
                        current.getMetadata().getName(),
                        options)
                .map(Result.done())
                .recover(cause -> cause instanceof ApiException no && no.notFound()
                        ? Future.succeededFuture(Result.done())
                        : Future.failedFuture(cause));
    }

    private static Endpoints wanted(Service service, @Nullable Endpoints current, EndpointSubsets.Computed computed) {
        Map<String, String> labels = new LinkedHashMap<>(
                service.getMetadata().getLabels() == null
                        ? Map.of()
                        : service.getMetadata().getLabels());
        labels.put(MANAGED_BY, "endpoint-controller");
        labels.remove(HEADLESS);
        if (ServicePods.headless(service)) {
            labels.put(HEADLESS, "");
        }
        Map<String, String> annotations = new LinkedHashMap<>(
                current == null || current.getMetadata().getAnnotations() == null
                        ? Map.of()
                        : current.getMetadata().getAnnotations());
        annotations.remove(OVER_CAPACITY);
        if (computed.truncated()) {
            annotations.put(OVER_CAPACITY, "truncated");
        }
        EndpointsBuilder base = current == null
                ? new EndpointsBuilder()
                        .withNewMetadata()
                        .withNamespace(service.getMetadata().getNamespace())
                        .withName(service.getMetadata().getName())
                        .endMetadata()
                : new EndpointsBuilder(current);
        return base.editMetadata()
                .withLabels(labels)
                .withAnnotations(annotations)
                .endMetadata()
                .withSubsets(computed.subsets())
                .build();
    }
}
