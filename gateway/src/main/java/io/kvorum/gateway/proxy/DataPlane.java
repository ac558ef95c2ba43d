package io.kvorum.gateway.proxy;

import io.kvorum.gateway.routing.ServicePortRef;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves what it is told to, from one address. Everything but the mirrors runs on the context it was made on.
 *
 * <p>{@link #apply} may be called at any time: servers that stay keep their connections, those that are gone drain, new
 * ones are opened; a port that cannot be opened is told by {@link #failures} and tried again at the next call.
 */
public final class DataPlane {
    private static final Logger LOG = LoggerFactory.getLogger(DataPlane.class);

    private final Vertx vertx;
    private final String address;
    private final GatewayMetrics metrics;
    private final Backends backends;
    private final Mirrors mirrors;
    private final Runnable changed;
    private final Map<Integer, PortServer> servers = new HashMap<>();
    private final Map<Integer, String> failures = new HashMap<>();
    private final Set<Integer> open = new HashSet<>();

    /** @param changed told when a port was opened or could not be */
    public DataPlane(Vertx vertx, String address, GatewayMetrics metrics, Runnable changed) {
        this.vertx = vertx;
        this.address = address;
        this.metrics = metrics;
        this.changed = changed;
        this.backends = new Backends(vertx, address);
        this.mirrors = new Mirrors(vertx, otherLoop(vertx), address, metrics);
    }

    /** A context whose event loop is not the caller's, where there are several. */
    private static Context otherLoop(Vertx vertx) {
        ContextInternal own = (ContextInternal) vertx.getOrCreateContext();
        VertxInternal internal = (VertxInternal) vertx;
        ContextInternal other = internal.createEventLoopContext();
        for (int i = 0; i < 8 && other.nettyEventLoop() == own.nettyEventLoop(); i++) {
            other = internal.createEventLoopContext();
        }
        return other;
    }

    Vertx vertx() {
        return vertx;
    }

    GatewayMetrics metrics() {
        return metrics;
    }

    Backends backends() {
        return backends;
    }

    Mirrors mirrors() {
        return mirrors;
    }

    /** The same listeners and routes with other endpoints: the usual change, and the one that has to be quick. */
    public void endpoints(Map<ServicePortRef, Endpoints> endpoints) {
        backends.update(endpoints);
        mirrors.update(endpoints);
    }

    public void apply(Map<Integer, PortPlan> ports, Map<ServicePortRef, Endpoints> endpoints) {
        endpoints(endpoints);
        for (Integer port : List.copyOf(servers.keySet())) {
            @Nullable PortPlan plan = ports.get(port);
            @Nullable PortServer server = servers.get(port);
            if (server != null && (plan == null || plan.tls() != server.tls())) {
                servers.remove(port);
                open.remove(port);
                LOG.info("closing port={}", port);
                server.drain().onFailure(cause -> LOG.warn("closing port={} cause={}", port, cause.getMessage()));
            }
        }
        failures.keySet().retainAll(ports.keySet());
        ports.forEach((port, plan) -> {
            @Nullable PortServer server = servers.get(port);
            if (server == null) {
                server = new PortServer(vertx, this, address, port, plan.tls());
                servers.put(port, server);
                open(port, server);
            }
            server.update(plan);
        });
    }

    private void open(int port, PortServer server) {
        server.listen().onComplete(listening -> {
            if (servers.get(port) != server) {
                return;
            }
            if (listening.succeeded()) {
                LOG.info("listening address={} port={}", address, port);
                failures.remove(port);
                open.add(port);
            } else {
                String why = String.valueOf(listening.cause().getMessage());
                LOG.warn("cannot listen address={} port={} cause={}", address, port, why);
                failures.put(port, why);
                servers.remove(port);
            }
            changed.run();
        });
    }

    /** Ports that could not be opened, with the reason. */
    public Map<Integer, String> failures() {
        return Map.copyOf(failures);
    }

    /** Ports that are served. */
    public Set<Integer> open() {
        return Set.copyOf(open);
    }

    /** Lets what is under way end and closes everything. */
    public Future<Void> close() {
        List<Future<?>> drained = new ArrayList<>();
        servers.values().forEach(server -> drained.add(server.drain()));
        servers.clear();
        open.clear();
        return Future.join(drained)
                .transform(all -> Future.join(backends.close(), mirrors.close()).mapEmpty());
    }
}
