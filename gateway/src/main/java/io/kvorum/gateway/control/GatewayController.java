package io.kvorum.gateway.control;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayClass;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayClassBuilder;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.kvorum.api.ApiException;
import io.kvorum.client.ApiClient;
import io.kvorum.client.Controller;
import io.kvorum.client.Informers;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.Reconciler;
import io.kvorum.client.Timers;
import io.kvorum.gateway.proxy.Certificate;
import io.kvorum.gateway.proxy.DataPlane;
import io.kvorum.gateway.proxy.Endpoints;
import io.kvorum.gateway.proxy.GatewayMetrics;
import io.kvorum.gateway.routing.ServicePortRef;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the data plane equal to what the objects say, and their status to what is so. Every instance serves; the one that
 * leads writes.
 *
 * <p>Changes within one turn of the event loop are taken together. Endpoints take a way of their own, since they change
 * most and have to be followed at once: a pod that is about to end must get no further request.
 */
public final class GatewayController {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayController.class);
    /** How soon a port that could not be opened is tried again, and the addresses of other instances are looked at. */
    private static final Duration AGAIN = Duration.ofSeconds(3);

    private final Context context;
    private final Informers informers;
    private final InformedCluster cluster;
    private final ApiClient client;
    private final DataPlane plane;
    private final Timers timers;
    private final Clock clock;
    private final Supplier<List<String>> addresses;
    private final BooleanSupplier leading;
    private final ListenerCheck.CertificateReader certificates;
    private final Controller<ObjectKey> classes;
    private final Controller<ObjectKey> gateways;
    private final Controller<ObjectKey> routes;

    private Translation translation = new Translation(Map.of(), Set.of(), Map.of(), Map.of());
    private boolean planDue;
    private boolean endpointsDue;
    private boolean turnDue;
    private boolean synced;
    private boolean stopped;

    /**
     * @param address this instance's own, where it listens
     * @param addresses of all instances
     * @param leading whether this instance may write at the moment
     */
    public GatewayController(
            Vertx vertx,
            ApiClient client,
            Informers informers,
            String address,
            GatewayMetrics metrics,
            Clock clock,
            Supplier<List<String>> addresses,
            BooleanSupplier leading) {
        this.context = vertx.getOrCreateContext();
        this.client = client;
        this.informers = informers;
        this.timers = Timers.on(vertx);
        this.clock = clock;
        this.addresses = addresses;
        this.leading = leading;
        this.certificates = (chain, key) -> Certificate.parse(vertx, chain, key);
        this.plane = new DataPlane(vertx, address, metrics, this::writeAll);
        this.classes = controller("gatewayclass-status", vertx, this::writeClass);
        this.gateways = controller("gateway-status", vertx, this::writeGateway);
        this.routes = controller("httproute-status", vertx, this::writeRoute);
        this.cluster = new InformedCluster(informers, new InformedCluster.Changes() {
            @Override
            public void plan() {
                planDue = true;
                turn();
            }

            @Override
            public void endpoints() {
                endpointsDue = true;
                turn();
            }

            @Override
            public void status() {
                writeAll();
            }
        });
    }

    private Controller<ObjectKey> controller(String name, Vertx vertx, Reconciler<ObjectKey> reconciler) {
        return Controller.builder(name, vertx, reconciler)
                .timers(timers)
                .clock(clock)
                .build();
    }

    /** Completes when everything is listed and being served. */
    public Future<Void> start() {
        classes.start();
        gateways.start();
        routes.start();
        return informers.startAll().onSuccess(listed -> {
            synced = true;
            planDue = true;
            run();
            again();
        });
    }

    public boolean synced() {
        return synced;
    }

    /** This instance leads from now on: it sees that the class exists, and writes what is to be written. */
    public void lead(String className) {
        GatewayClass type = new GatewayClassBuilder()
                .withNewMetadata()
                .withName(className)
                .endMetadata()
                .withNewSpec()
                .withControllerName(Names.CONTROLLER)
                .withDescription("Kvorum's own gateway")
                .endSpec()
                .build();
        if (cluster.gatewayClass(new ObjectKey("", className)) == null) {
            client.resources(GatewayClass.class).create(type).onFailure(cause -> {
                if (!(cause instanceof ApiException api) || !api.alreadyExists()) {
                    LOG.warn("cannot create the gateway class name={} cause={}", className, cause.getMessage());
                    timers.after(AGAIN, () -> {
                        if (leading.getAsBoolean() && !stopped) {
                            lead(className);
                        }
                    });
                }
            });
        }
        writeAll();
    }

    /** Lets requests under way end. */
    public Future<Void> stop() {
        stopped = true;
        informers.stopAll();
        return Future.join(classes.stop(), gateways.stop(), routes.stop()).transform(done -> plane.close());
    }

    private void turn() {
        if (synced && !turnDue) {
            turnDue = true;
            context.runOnContext(v -> run());
        }
    }

    private void again() {
        timers.after(AGAIN, () -> {
            if (!stopped) {
                planDue = !plane.failures().isEmpty() || planDue;
                run();
                writeAll();
                again();
            }
        });
    }

    private void run() {
        turnDue = false;
        if (stopped) {
            return;
        }
        if (planDue) {
            planDue = false;
            endpointsDue = false;
            translation = Translator.translate(cluster, certificates);
            plane.apply(translation.ports(), endpoints());
            writeAll();
        } else if (endpointsDue) {
            endpointsDue = false;
            plane.endpoints(endpoints());
        }
    }

    private Map<ServicePortRef, Endpoints> endpoints() {
        Map<ServicePortRef, Endpoints> all = new HashMap<>();
        translation.services().forEach(ref -> all.put(ref, EndpointReader.read(cluster, ref)));
        return all;
    }

    /** Looks whether the status of anything has to be written. */
    private void writeAll() {
        if (synced && leading.getAsBoolean()) {
            cluster.classes().forEach(type -> classes.enqueue(ObjectKey.of(type)));
            cluster.gateways().forEach(gateway -> gateways.enqueue(ObjectKey.of(gateway)));
            cluster.routes().forEach(route -> routes.enqueue(ObjectKey.of(route)));
        }
    }

    private String now() {
        return Instant.now(clock).truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private Future<Reconciler.Result> writeClass(ObjectKey key) {
        @Nullable GatewayClass type = cluster.gatewayClass(key);
        if (type == null || !Names.CONTROLLER.equals(type.getSpec().getControllerName())) {
            return done();
        }
        return write(GatewayClass.class, type, Statuses.gatewayClass(type, now()));
    }

    private Future<Reconciler.Result> writeGateway(ObjectKey key) {
        @Nullable Gateway gateway = cluster.gateway(key);
        Translation.@Nullable GatewayVerdict verdict = translation.gateways().get(key);
        if (gateway == null || verdict == null) {
            return done();
        }
        return write(
                Gateway.class,
                gateway,
                Statuses.gateway(gateway, verdict, addresses.get(), plane.open(), plane.failures(), now()));
    }

    private Future<Reconciler.Result> writeRoute(ObjectKey key) {
        @Nullable HTTPRoute route = cluster.route(key);
        if (route == null) {
            return done();
        }
        List<Translation.ParentVerdict> verdicts = translation.routes().getOrDefault(key, List.of());
        return write(HTTPRoute.class, route, Statuses.route(route, verdicts, now()));
    }

    private static Future<Reconciler.Result> done() {
        return Future.succeededFuture(Reconciler.Result.done());
    }

    private <T extends HasMetadata> Future<Reconciler.Result> write(Class<T> type, T before, T after) {
        if (before == after || !leading.getAsBoolean()) {
            return done();
        }
        return client.resources(type).updateStatus(after).map(Reconciler.Result.done());
    }
}
