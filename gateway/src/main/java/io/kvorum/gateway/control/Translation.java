package io.kvorum.gateway.control;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.ParentReference;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.RouteGroupKind;
import io.kvorum.client.ObjectKey;
import io.kvorum.gateway.proxy.PortPlan;
import io.kvorum.gateway.routing.ServicePortRef;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What follows from the objects: what is to be served, and what is to be said of each object.
 *
 * @param services every port of a service that a route sends requests to
 */
public record Translation(
        Map<Integer, PortPlan> ports,
        Set<ServicePortRef> services,
        Map<ObjectKey, GatewayVerdict> gateways,
        Map<ObjectKey, List<ParentVerdict>> routes) {
    /** What is said of a gateway. Whether it is programmed depends on its ports as well. */
    record GatewayVerdict(Condition accepted, List<ListenerVerdict> listeners) {}

    /**
     * What is said of a listener.
     *
     * @param valid whether it is served, if its port can be opened
     */
    record ListenerVerdict(
            String name,
            int port,
            boolean valid,
            List<Condition> conditions,
            int attachedRoutes,
            List<RouteGroupKind> supportedKinds) {}

    /** What is said of a route at one of its parents. */
    record ParentVerdict(ParentReference parent, List<Condition> conditions) {}
}
