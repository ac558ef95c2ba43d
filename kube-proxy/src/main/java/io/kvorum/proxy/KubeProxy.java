package io.kvorum.proxy;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.kvorum.client.Informer;
import io.kvorum.client.Informers;
import io.kvorum.client.Lister;
import io.kvorum.client.ObjectKey;
import io.kvorum.proxy.net.Frontends;
import io.kvorum.proxy.rules.Frontend;
import io.kvorum.proxy.rules.FrontendRules;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Follows services and endpoint slices and keeps the frontends equal to what they say. A change is applied in the same
 * turn its event arrives in: from then on an endpoint that was removed gets no new connection.
 */
public final class KubeProxy {
    private static final String SERVICE_NAME = "kubernetes.io/service-name";
    private static final String SERVICE_INDEX = "service";

    /** How long open connections may last when the proxy ends; less than a step of the shutdown. */
    private static final Duration DRAIN = Duration.ofMillis(4000);

    private final Informers informers;
    private final FrontendRules rules;
    private final Frontends frontends;
    private final Lister<Service> services;
    private final Lister<EndpointSlice> slices;
    /** Services that want an address which another one holds. */
    private final Set<ObjectKey> contested = new LinkedHashSet<>();

    private boolean synced;

    public KubeProxy(Informers informers, FrontendRules rules, Frontends frontends) {
        this.informers = informers;
        this.rules = rules;
        this.frontends = frontends;
        Informer<Service> serviceInformer = informers.of(Service.class);
        Informer<EndpointSlice> sliceInformer = informers.of(EndpointSlice.class);
        sliceInformer.index(SERVICE_INDEX, slice -> List.of(serviceOf(slice).toString()));
        this.services = serviceInformer.lister();
        this.slices = sliceInformer.lister();
        serviceInformer.handler(Informer.Handler.each(service -> changed(ObjectKey.of(service))));
        sliceInformer.handler(new Informer.Handler<>() {
            @Override
            public void added(EndpointSlice slice) {
                changed(serviceOf(slice));
            }

            @Override
            public void updated(EndpointSlice before, EndpointSlice after) {
                ObjectKey old = serviceOf(before);
                changed(serviceOf(after));
                if (!old.equals(serviceOf(after))) {
                    changed(old);
                }
            }

            @Override
            public void deleted(EndpointSlice slice) {
                changed(serviceOf(slice));
            }
        });
    }

    /** Completes when the first list of both kinds is in place and its frontends are being opened. */
    public Future<Void> start() {
        return informers.startAll().onSuccess(listed -> {
            synced = true;
            services.list().forEach(service -> sync(ObjectKey.of(service)));
        });
    }

    public boolean synced() {
        return synced;
    }

    public Future<Void> stop() {
        synced = false;
        informers.stopAll();
        return frontends.close(DRAIN);
    }

    /** Before both lists are there, a service would be opened without its endpoints and reset its clients. */
    private void changed(ObjectKey service) {
        if (synced) {
            sync(service);
        }
    }

    private void sync(ObjectKey key) {
        int before = frontends.addresses();
        apply(key);
        if (frontends.addresses() < before && !contested.isEmpty()) {
            // After a new list the old holder of an address may be told of after the new one.
            List.copyOf(contested).forEach(this::apply);
        }
    }

    private void apply(ObjectKey key) {
        @Nullable Service service = services.get(key);
        List<Frontend> wanted =
                service == null ? List.of() : rules.frontends(service, slices.byIndex(SERVICE_INDEX, key.toString()));
        if (frontends.apply(key.toString(), wanted)) {
            contested.remove(key);
        } else {
            contested.add(key);
        }
    }

    private static ObjectKey serviceOf(HasMetadata slice) {
        @Nullable
        String name = slice.getMetadata().getLabels() == null
                ? null
                : slice.getMetadata().getLabels().get(SERVICE_NAME);
        return new ObjectKey(slice.getMetadata().getNamespace(), name == null ? "" : name);
    }
}
