package io.kvorum.controllers.endpointslice;

import io.fabric8.kubernetes.api.model.Node;
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
import io.kvorum.controllers.services.ServiceEvents;
import io.kvorum.controllers.services.ServicePods;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The EndpointSlice controller. Slices that others made, or of Services without a selector, are left alone. */
public final class EndpointSliceController extends ReconcileLoop<ObjectKey> {
    private static final String OF_SERVICE = "managedSlicesOfService";

    private final ResourceClient<EndpointSlice> slices;
    private final Lister<EndpointSlice> sliceLister;
    private final Lister<Service> serviceLister;
    private final Lister<Node> nodeLister;
    private final ControllerContext context;
    private final EventRecorder events;
    private final int maxEndpoints;

    /** @param maxEndpoints most endpoints in a slice */
    public EndpointSliceController(ControllerContext context, int concurrency, int maxEndpoints) {
        super(context, "endpointslice-controller", concurrency);
        this.context = context;
        this.maxEndpoints = maxEndpoints;
        slices = context.client().resources(EndpointSlice.class);
        Informer<EndpointSlice> informer = context.informers().of(EndpointSlice.class);
        informer.index(OF_SERVICE, slice -> {
            @Nullable ObjectKey service = serviceOf(slice);
            return service == null ? List.of() : List.of(service.toString());
        });
        sliceLister = informer.lister();
        serviceLister = context.informers().of(Service.class).lister();
        nodeLister = context.informers().of(Node.class).lister();
        events = context.events(name());
        informer.handler(new SliceHandler());
        ServiceEvents.watch(context, controller::enqueue);
    }

    @Override
    public Future<Result> reconcile(ObjectKey key) {
        @Nullable Service service = serviceLister.get(key);
        if (service == null || service.getMetadata().getDeletionTimestamp() != null || !ServicePods.managed(service)) {
            // The slices of a deleted Service go with their owner.
            return Future.succeededFuture(Result.done());
        }
        SlicePlan plan = SlicePlan.of(
                service,
                ServicePods.of(service, context.pods().lister()),
                sliceLister.byIndex(OF_SERVICE, key.toString()),
                this::zone,
                maxEndpoints);
        List<Future<?>> writes = new ArrayList<>();
        plan.update().forEach(slice -> writes.add(slices.update(slice)));
        plan.create().forEach(slice -> writes.add(slices.create(slice)));
        plan.delete()
                .forEach(slice -> writes.add(ignoreGone(slices.delete(
                        slice.getMetadata().getNamespace(),
                        slice.getMetadata().getName(),
                        PodControl.thisVery(slice)))));
        if (writes.isEmpty()) {
            return Future.succeededFuture(Result.done());
        }
        return Future.join(writes).map(Result.done()).onFailure(cause -> {
            if (!raced(cause)) {
                events.event(
                        service,
                        "Warning",
                        "FailedToUpdateEndpointSlices",
                        "Error updating Endpoint Slices for Service " + key + ": " + cause.getMessage());
            }
        });
    }

    /** The cache was behind, or the namespace goes away: not worth an event. */
    private static boolean raced(Throwable cause) {
        return PodControl.namespaceTerminating(cause)
                || (cause instanceof ApiException no && (no.conflict() || no.alreadyExists() || no.notFound()));
    }

    private static Future<Void> ignoreGone(Future<Void> deletion) {
        return deletion.recover(cause -> cause instanceof ApiException no && no.notFound()
                ? Future.succeededFuture()
                : Future.failedFuture(cause));
    }

    private @Nullable String zone(@Nullable String nodeName) {
        @Nullable Node node = nodeName == null ? null : nodeLister.get(new ObjectKey("", nodeName));
        @Nullable
        Map<String, String> labels = node == null ? null : node.getMetadata().getLabels();
        return labels == null ? null : labels.get("topology.kubernetes.io/zone");
    }

    private static @Nullable ObjectKey serviceOf(EndpointSlice slice) {
        @Nullable Map<String, String> labels = slice.getMetadata().getLabels();
        if (labels == null || !SlicePlan.CONTROLLER.equals(labels.get(SlicePlan.MANAGED_BY))) {
            return null;
        }
        @Nullable String service = labels.get(SlicePlan.SERVICE_NAME);
        return service == null ? null : new ObjectKey(slice.getMetadata().getNamespace(), service);
    }

    /** A slice that somebody else changed or deleted is put right. */
    private final class SliceHandler implements Informer.Handler<EndpointSlice> {
        private void look(EndpointSlice slice) {
            @Nullable ObjectKey service = serviceOf(slice);
            if (service != null) {
                controller.enqueue(service);
            }
        }

        @Override
        public void added(EndpointSlice slice) {
            look(slice);
        }

        @Override
        public void updated(EndpointSlice before, EndpointSlice after) {
            if (!Objects.equals(serviceOf(before), serviceOf(after))) {
                look(before);
            }
            look(after);
        }

        @Override
        public void deleted(EndpointSlice slice) {
            look(slice);
        }
    }
}
