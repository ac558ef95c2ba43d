package io.kvorum.controllers.mirroring;

import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.kvorum.api.ApiException;
import io.kvorum.client.EventRecorder;
import io.kvorum.client.Informer;
import io.kvorum.client.Lister;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.ResourceClient;
import io.kvorum.controllers.loop.ControllerContext;
import io.kvorum.controllers.loop.ReconcileLoop;
import io.kvorum.controllers.pods.PodControl;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The EndpointSliceMirroring controller: Endpoints of a Service without a selector, made by hand or by another controller,
 * are mirrored to slices, for those who look at slices only.
 */
public final class EndpointSliceMirroringController extends ReconcileLoop<ObjectKey> {
    private static final String OF_SERVICE = "mirroredSlicesOfService";
    private static final String LEADER = "control-plane.alpha.kubernetes.io/leader";

    private final ResourceClient<EndpointSlice> slices;
    private final Lister<Endpoints> endpointsLister;
    private final Lister<Service> serviceLister;
    private final Lister<EndpointSlice> sliceLister;
    private final EventRecorder events;
    private final int most;

    /**
     * @param concurrency how many Services are worked on at a time
     * @param most addresses of a subset that are mirrored
     */
    public EndpointSliceMirroringController(ControllerContext context, int concurrency, int most) {
        super(context, "endpointslice-mirroring-controller", concurrency);
        this.most = most;
        slices = context.client().resources(EndpointSlice.class);
        Informer<Endpoints> endpoints = context.informers().of(Endpoints.class);
        Informer<Service> services = context.informers().of(Service.class);
        Informer<EndpointSlice> mirrors = context.informers().of(EndpointSlice.class);
        mirrors.index(OF_SERVICE, slice -> {
            @Nullable ObjectKey service = mirrored(slice);
            return service == null ? List.of() : List.of(service.toString());
        });
        endpointsLister = endpoints.lister();
        serviceLister = services.lister();
        sliceLister = mirrors.lister();
        events = context.events(name());
        endpoints.handler(new Keys<Endpoints>(ObjectKey::of));
        services.handler(new Keys<Service>(ObjectKey::of));
        mirrors.handler(new Keys<EndpointSlice>(EndpointSliceMirroringController::mirrored));
    }

    /** Has the Service that an object is about looked at. */
    private final class Keys<T> implements Informer.Handler<T> {
        private final Function<T, @Nullable ObjectKey> key;

        Keys(Function<T, @Nullable ObjectKey> key) {
            this.key = key;
        }

        @Override
        public void added(T object) {
            @Nullable ObjectKey service = key.apply(object);
            if (service != null) {
                controller.enqueue(service);
            }
        }

        @Override
        public void updated(T before, T after) {
            added(before);
            added(after);
        }

        @Override
        public void deleted(T object) {
            added(object);
        }
    }

    @Override
    public Future<Result> reconcile(ObjectKey key) {
        @Nullable Endpoints endpoints = endpointsLister.get(key);
        @Nullable Service service = serviceLister.get(key);
        List<EndpointSlice> existing = sliceLister.byIndex(OF_SERVICE, key.toString());
        if (endpoints == null || service == null || !toMirror(endpoints) || hasSelector(service)) {
            return Future.join(existing.stream().map(this::delete).toList()).map(Result.done());
        }
        MirrorPlan plan = MirrorPlan.of(endpoints, existing, most);
        if (plan.skipped() > 0) {
            events.event(
                    endpoints,
                    "Warning",
                    "TooManyAddressesToMirror",
                    "A max of " + most + " addresses can be mirrored to EndpointSlices per Endpoints subset. "
                            + plan.skipped() + " addresses were skipped");
        }
        List<Future<?>> writes = new ArrayList<>();
        plan.create().forEach(slice -> writes.add(slices.create(slice)));
        plan.update().forEach(slice -> writes.add(slices.update(slice)));
        plan.delete().forEach(slice -> writes.add(delete(slice)));
        return Future.join(writes).map(Result.done()).recover(cause -> {
            if (PodControl.namespaceTerminating(cause)) {
                return Future.succeededFuture(Result.done());
            }
            if (!(cause instanceof ApiException raced && (raced.conflict() || raced.notFound()))) {
                events.event(
                        endpoints,
                        "Warning",
                        "FailedToUpdateEndpointSlices",
                        "Error updating EndpointSlices for Endpoints " + key + ": " + cause.getMessage());
            }
            return Future.failedFuture(cause);
        });
    }

    private Future<Void> delete(EndpointSlice slice) {
        return slices.delete(
                        slice.getMetadata().getNamespace(), slice.getMetadata().getName(), PodControl.thisVery(slice))
                .recover(cause -> cause instanceof ApiException no && no.notFound()
                        ? Future.succeededFuture()
                        : Future.failedFuture(cause));
    }

    private static boolean toMirror(Endpoints endpoints) {
        @Nullable Map<String, String> labels = endpoints.getMetadata().getLabels();
        @Nullable Map<String, String> annotations = endpoints.getMetadata().getAnnotations();
        return endpoints.getMetadata().getDeletionTimestamp() == null
                && !(labels != null && "true".equals(labels.get(MirrorPlan.SKIP)))
                && !(annotations != null && annotations.containsKey(LEADER));
    }

    private static boolean hasSelector(Service service) {
        @Nullable Map<String, String> selector = service.getSpec().getSelector();
        return selector != null && !selector.isEmpty();
    }

    private static @Nullable ObjectKey mirrored(EndpointSlice slice) {
        @Nullable Map<String, String> labels = slice.getMetadata().getLabels();
        if (labels == null || !MirrorPlan.CONTROLLER.equals(labels.get(MirrorPlan.MANAGED_BY))) {
            return null;
        }
        @Nullable String service = labels.get(MirrorPlan.SERVICE_NAME);
        return service == null ? null : new ObjectKey(slice.getMetadata().getNamespace(), service);
    }
}
