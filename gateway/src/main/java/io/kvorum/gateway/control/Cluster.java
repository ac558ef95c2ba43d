package io.kvorum.gateway.control;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayClass;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1beta1.ReferenceGrant;
import io.kvorum.client.ObjectKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What of the cluster the gateway looks at: the caches of informers, or a test's lists. */
interface Cluster {
    List<GatewayClass> classes();

    List<Gateway> gateways();

    List<HTTPRoute> routes();

    List<ReferenceGrant> grants();

    @Nullable
    Service service(ObjectKey key);

    @Nullable
    Secret secret(ObjectKey key);

    @Nullable
    Namespace namespace(String name);

    /** The slices of a service. */
    List<EndpointSlice> slices(ObjectKey service);
}
