package io.kvorum.gateway.control;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayClass;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1beta1.ReferenceGrant;
import io.kvorum.client.Informer;
import io.kvorum.client.Informers;
import io.kvorum.client.ListOptions;
import io.kvorum.client.Lister;
import io.kvorum.client.ObjectKey;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The cluster as the informers' caches show it. */
final class InformedCluster implements Cluster {
    private static final String SERVICE_NAME = "kubernetes.io/service-name";
    private static final String SERVICE_INDEX = "service";
    /** Certificates only: what else is secret is none of the gateway's business. */
    private static final ListOptions TLS_SECRETS = ListOptions.fields("type=kubernetes.io/tls");

    /** Told of what has changed. */
    interface Changes {
        /** Something that decides what is served. */
        void plan();

        /** Endpoints only. */
        void endpoints();

        /** A status or some other metadata of a gateway, route or class. */
        void status();
    }

    private final Lister<GatewayClass> classes;
    private final Lister<Gateway> gateways;
    private final Lister<HTTPRoute> routes;
    private final Lister<ReferenceGrant> grants;
    private final Lister<Service> services;
    private final Lister<Secret> secrets;
    private final Lister<Namespace> namespaces;
    private final Lister<EndpointSlice> slices;

    InformedCluster(Informers informers, Changes changes) {
        this.classes = specs(informers.of(GatewayClass.class), changes);
        this.gateways = specs(informers.of(Gateway.class), changes);
        this.routes = specs(informers.of(HTTPRoute.class), changes);
        this.grants = specs(informers.of(ReferenceGrant.class), changes);
        this.services = any(informers.of(Service.class), changes);
        this.secrets = any(informers.of(Secret.class, TLS_SECRETS), changes);
        this.namespaces = any(informers.of(Namespace.class), changes);
        Informer<EndpointSlice> sliceInformer = informers.of(EndpointSlice.class);
        sliceInformer.index(SERVICE_INDEX, slice -> List.of(serviceOf(slice).toString()));
        sliceInformer.handler(Informer.Handler.each(slice -> changes.endpoints()));
        this.slices = sliceInformer.lister();
    }

    private static ObjectKey serviceOf(EndpointSlice slice) {
        @Nullable
        String name = slice.getMetadata().getLabels() == null
                ? null
                : slice.getMetadata().getLabels().get(SERVICE_NAME);
        return new ObjectKey(slice.getMetadata().getNamespace(), Names.orElse(name, ""));
    }

    /** A change of the generation is a change of the spec; all else, such as the status written here, is not. */
    private static <T extends HasMetadata> Lister<T> specs(Informer<T> informer, Changes changes) {
        informer.handler(new Informer.Handler<>() {
            @Override
            public void added(T object) {
                changes.plan();
            }

            @Override
            public void updated(T before, T after) {
                if (Objects.equals(
                                before.getMetadata().getGeneration(),
                                after.getMetadata().getGeneration())
                        && Objects.equals(
                                before.getMetadata().getUid(),
                                after.getMetadata().getUid())) {
                    changes.status();
                } else {
                    changes.plan();
                }
            }

            @Override
            public void deleted(T object) {
                changes.plan();
            }
        });
        return informer.lister();
    }

    private static <T extends HasMetadata> Lister<T> any(Informer<T> informer, Changes changes) {
        informer.handler(Informer.Handler.each(object -> changes.plan()));
        return informer.lister();
    }

    @Override
    public List<GatewayClass> classes() {
        return classes.list();
    }

    @Override
    public List<Gateway> gateways() {
        return gateways.list();
    }

    @Override
    public List<HTTPRoute> routes() {
        return routes.list();
    }

    @Override
    public List<ReferenceGrant> grants() {
        return grants.list();
    }

    @Override
    public @Nullable Service service(ObjectKey key) {
        return services.get(key);
    }

    @Override
    public @Nullable Secret secret(ObjectKey key) {
        return secrets.get(key);
    }

    @Override
    public @Nullable Namespace namespace(String name) {
        return namespaces.get(new ObjectKey("", name));
    }

    @Override
    public List<EndpointSlice> slices(ObjectKey service) {
        return slices.byIndex(SERVICE_INDEX, service.toString());
    }

    @Nullable
    GatewayClass gatewayClass(ObjectKey key) {
        return classes.get(key);
    }

    @Nullable
    Gateway gateway(ObjectKey key) {
        return gateways.get(key);
    }

    @Nullable
    HTTPRoute route(ObjectKey key) {
        return routes.get(key);
    }
}
