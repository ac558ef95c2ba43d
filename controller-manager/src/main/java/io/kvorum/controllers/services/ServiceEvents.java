package io.kvorum.controllers.services;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.kvorum.client.Informer;
import io.kvorum.client.ObjectKey;
import io.kvorum.controllers.loop.ControllerContext;
import java.util.function.Consumer;

/** Names the Services to look at when a Service or a pod changes. */
public final class ServiceEvents {
    private final Informer<Service> services;
    private final Consumer<ObjectKey> enqueue;

    private ServiceEvents(Informer<Service> services, Consumer<ObjectKey> enqueue) {
        this.services = services;
        this.enqueue = enqueue;
    }

    /** @param enqueue gets the keys of Services */
    public static void watch(ControllerContext context, Consumer<ObjectKey> enqueue) {
        Informer<Service> services = context.informers().of(Service.class);
        ServiceEvents events = new ServiceEvents(services, enqueue);
        services.handler(Informer.Handler.each(service -> enqueue.accept(ObjectKey.of(service))));
        context.pods().handler(new Informer.Handler<>() {
            @Override
            public void added(Pod pod) {
                events.enqueueServicesOf(pod);
            }

            @Override
            public void updated(Pod before, Pod after) {
                if (ServicePods.changed(before, after)) {
                    events.enqueueServicesOf(before);
                    events.enqueueServicesOf(after);
                }
            }

            @Override
            public void deleted(Pod pod) {
                events.enqueueServicesOf(pod);
            }
        });
    }

    private void enqueueServicesOf(Pod pod) {
        for (Service each : services.lister().inNamespace(pod.getMetadata().getNamespace())) {
            if (ServicePods.selects(each, pod)) {
                enqueue.accept(ObjectKey.of(each));
            }
        }
    }
}
