package io.kvorum.gateway.control;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.AllowedRoutes;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Listener;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.RouteGroupKind;
import io.kvorum.client.ObjectKey;
import io.kvorum.gateway.proxy.Certificate;
import io.kvorum.gateway.routing.Route;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One listener while a translation is made: what was found out about it, and the routes attached so far. */
final class ServedListener {
    private final ObjectKey gateway;
    private final Listener listener;
    private final boolean valid;
    private final List<Condition> conditions;
    private final List<Certificate> certificates;
    private final List<RouteGroupKind> supportedKinds;
    private final List<Route> routes = new ArrayList<>();

    ServedListener(
            ObjectKey gateway,
            Listener listener,
            boolean valid,
            List<Condition> conditions,
            List<Certificate> certificates,
            List<RouteGroupKind> supportedKinds) {
        this.gateway = gateway;
        this.listener = listener;
        this.valid = valid;
        this.conditions = conditions;
        this.certificates = certificates;
        this.supportedKinds = supportedKinds;
    }

    void attach(Route route) {
        routes.add(route);
    }

    ObjectKey gateway() {
        return gateway;
    }

    String id() {
        return gateway + "/" + listener.getName();
    }

    String name() {
        return listener.getName();
    }

    int port() {
        return listener.getPort();
    }

    boolean tls() {
        return "HTTPS".equals(listener.getProtocol());
    }

    /** Empty for every host. */
    String hostname() {
        return Names.orElse(listener.getHostname(), "");
    }

    @Nullable
    AllowedRoutes allowedRoutes() {
        return listener.getAllowedRoutes();
    }

    boolean valid() {
        return valid;
    }

    List<Condition> conditions() {
        return conditions;
    }

    List<Certificate> certificates() {
        return certificates;
    }

    List<RouteGroupKind> supportedKinds() {
        return supportedKinds;
    }

    List<Route> routes() {
        return routes;
    }

    /** How many different routes are attached. */
    int attachedRoutes() {
        return (int) routes.stream().map(Route::id).distinct().count();
    }
}
