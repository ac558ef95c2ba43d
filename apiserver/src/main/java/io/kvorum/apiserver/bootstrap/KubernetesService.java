package io.kvorum.apiserver.bootstrap;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.ApiServerConfig;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.WatchCache;
import io.kvorum.apiserver.pipeline.Pipeline;
import io.kvorum.apiserver.registry.Registry;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.Credentials;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.SortedSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Service {@code default/kubernetes} and where it leads: to the API servers that live. Each keeps its {@link
 * IdentityLeases identity Lease} and writes the endpoints from those that were renewed lately; a server that ends takes its
 * Lease away, one that died leaves it until it has run out.
 */
public final class KubernetesService {
    private static final Logger LOG = LoggerFactory.getLogger(KubernetesService.class);
    private static final int RENEWALS_PER_ENDPOINT_LEASE = 3;
    private static final Duration REQUEST = Duration.ofSeconds(5);
    private static final String LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/";
    private static final String SLICES = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices";
    private static final String RANGES = "/apis/networking.k8s.io/v1/servicecidrs";
    private static final String ENDPOINTS = "/api/v1/namespaces/default/endpoints";

    /** Identity Leases are renewed at least this often, as upstream's are. */
    private static final Duration MOST_BETWEEN_RENEWALS = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final Clock clock;
    private final Registry registry;
    private final Pipeline pipeline;
    private final WatchCache cache;
    private final ApiServerConfig config;
    private final Duration endpointLease;
    private final IdentityLeases leases;
    private long timer = -1;
    private boolean running;
    private boolean stopped;

    /** @param endpointLease how long a server that no longer renews its Lease is still an endpoint */
    public KubernetesService(
            Vertx vertx,
            Clock clock,
            Registry registry,
            Pipeline pipeline,
            WatchCache cache,
            ApiServerConfig config,
            Duration endpointLease) {
        this.vertx = vertx;
        this.clock = clock;
        this.registry = registry;
        this.pipeline = pipeline;
        this.cache = cache;
        this.config = config;
        this.endpointLease = endpointLease;
        this.leases = new IdentityLeases(clock, cache, config.name(), config.advertiseAddress());
    }

    public void start() {
        tick();
        long millis = endpointLease.toMillis() / RENEWALS_PER_ENDPOINT_LEASE;
        timer = vertx.setPeriodic(Math.min(millis, MOST_BETWEEN_RENEWALS.toMillis()), id -> tick());
    }

    /** Takes the Lease away and this server out of the endpoints. */
    public Future<?> stop() {
        stopped = true;
        vertx.cancelTimer(timer);
        return send("DELETE", LEASES + leases.name(), null)
                .compose(deleted -> cache.fresh())
                .compose(fresh -> endpoints());
    }

    private void tick() {
        if (running || stopped) {
            return;
        }
        running = true;
        renew().compose(renewed -> range())
                .compose(ranged -> service())
                .compose(served -> cache.fresh())
                .compose(fresh -> endpoints())
                .compose(kept -> removeExpired())
                .onComplete(done -> {
                    running = false;
                    if (done.failed()) {
                        warn(done.cause());
                    }
                });
    }

    private static void warn(Throwable cause) {
        String what = "endpoints of the kubernetes Service not kept cause={}";
        if (cause instanceof RuntimeException && !(cause instanceof ApiException)) {
            LOG.warn(what, cause.toString(), cause); // a bug, whose place must be seen
        } else {
            LOG.warn(what, cause.toString());
        }
    }

    private Future<Void> renew() {
        ObjectNode lease = leases.renewed();
        return leases.known()
                ? send("PUT", LEASES + leases.name(), lease)
                : created(registry.create("coordination.k8s.io", "v1", "leases", lease));
    }

    /** Any server does it, so several may at once. */
    private Future<Void> removeExpired() {
        Future<Void> removed = Future.succeededFuture();
        for (String name : leases.expired()) {
            removed = removed.compose(last -> send("DELETE", LEASES + name, null));
        }
        return removed;
    }

    /** The ServiceCIDR of the addresses that this server gives to Services, and that it is ready. */
    private Future<Void> range() {
        ObjectVersion known = cache.of("networking.k8s.io/servicecidrs").get("kubernetes");
        if (known == null) {
            ObjectNode cidr = BirthObjects.object("networking.k8s.io/v1", "ServiceCIDR", "kubernetes");
            cidr.putObject("spec").putArray("cidrs").add(config.serviceRange().text());
            return created(registry.create("networking.k8s.io", "v1", "servicecidrs", cidr));
        }
        if (!known.selectable().path("status").path("conditions").isEmpty()
                || known.selectable().path("metadata").has("deletionTimestamp")) {
            return Future.succeededFuture();
        }
        ObjectNode cidr = known.tree();
        cidr.putObject("status")
                .putArray("conditions")
                .addObject()
                .put("type", "Ready")
                .put("status", "True")
                .put("reason", "")
                .put("message", "Kubernetes default Service CIDR is ready")
                .put(
                        "lastTransitionTime",
                        Instant.now(clock).truncatedTo(ChronoUnit.SECONDS).toString());
        return send("PUT", RANGES + "/kubernetes/status", cidr);
    }

    private Future<Void> service() {
        if (cache.of("core/services").get("default/kubernetes") != null) {
            return Future.succeededFuture();
        }
        ObjectNode service = BirthObjects.object("v1", "Service", "kubernetes");
        ObjectNode meta = Tree.ensureObject(service, "metadata");
        meta.put("namespace", "default");
        meta.putObject("labels").put("component", "apiserver").put("provider", "kubernetes");
        ObjectNode spec = service.putObject("spec");
        spec.put("clusterIP", config.serviceRange().address(0));
        ObjectNode port = spec.putArray("ports").addObject();
        port.put("name", "https").put("protocol", "TCP").put("port", 443).put("targetPort", config.securePort());
        return created(registry.create("", "v1", "services", service));
    }

    private Future<Void> endpoints() {
        SortedSet<String> addresses = leases.live(endpointLease);
        return slice(addresses).compose(done -> legacy(addresses));
    }

    private Future<Void> slice(SortedSet<String> addresses) {
        ObjectNode slice = BirthObjects.object("discovery.k8s.io/v1", "EndpointSlice", "kubernetes");
        ObjectNode meta = Tree.ensureObject(slice, "metadata");
        meta.put("namespace", "default");
        meta.putObject("labels").put("kubernetes.io/service-name", "kubernetes");
        slice.put("addressType", "IPv4");
        ArrayNode endpoints = slice.putArray("endpoints");
        for (String address : addresses) {
            ObjectNode endpoint = endpoints.addObject();
            endpoint.putArray("addresses").add(address);
            endpoint.putObject("conditions").put("ready", true);
        }
        ObjectNode port = slice.putArray("ports").addObject();
        port.put("name", "https").put("protocol", "TCP").put("port", config.securePort());
        ObjectVersion known = cache.of("discovery.k8s.io/endpointslices").get("default/kubernetes");
        if (known == null) {
            return created(registry.create("discovery.k8s.io", "v1", "endpointslices", slice));
        }
        boolean same = Tree.semanticallyEqual(known.selectable().get("endpoints"), endpoints)
                && Tree.semanticallyEqual(known.selectable().get("ports"), slice.get("ports"));
        return same ? Future.succeededFuture() : send("PUT", SLICES + "/kubernetes", slice);
    }

    private Future<Void> legacy(SortedSet<String> addresses) {
        ObjectNode object = BirthObjects.object("v1", "Endpoints", "kubernetes");
        ObjectNode meta = Tree.ensureObject(object, "metadata");
        meta.put("namespace", "default");
        meta.putObject("labels").put("endpointslice.kubernetes.io/skip-mirror", "true");
        ArrayNode subsets = object.putArray("subsets");
        if (!addresses.isEmpty()) {
            ObjectNode subset = subsets.addObject();
            ArrayNode list = subset.putArray("addresses");
            addresses.forEach(address -> list.addObject().put("ip", address));
            subset.putArray("ports")
                    .addObject()
                    .put("name", "https")
                    .put("protocol", "TCP")
                    .put("port", config.securePort());
        }
        ObjectVersion known = cache.of("core/endpoints").get("default/kubernetes");
        if (known == null) {
            return created(registry.create("", "v1", "endpoints", object));
        }
        boolean same = Tree.semanticallyEqual(known.selectable().get("subsets"), subsets);
        return same ? Future.succeededFuture() : send("PUT", ENDPOINTS + "/kubernetes", object);
    }

    private static Future<Void> created(Future<ObjectVersion> creation) {
        return creation.<Void>mapEmpty()
                .recover(cause -> cause instanceof ApiException refused && refused.alreadyExists()
                        ? Future.succeededFuture()
                        : Future.failedFuture(cause));
    }

    /** A request of the server to itself, through the pipeline like any other. */
    private Future<Void> send(String method, String uri, @org.jspecify.annotations.Nullable ObjectNode body) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        headers.set("User-Agent", "kvorum-apiserver");
        Buffer bytes = body == null ? Buffer.buffer() : Buffer.buffer(ObjectJson.encode(body));
        Credentials self = new Credentials(null, "apiserver/" + config.name(), config.bindAddress());
        return pipeline.handle(ApiRequest.of(method, uri, headers, bytes, self, REQUEST))
                .compose(response -> response.status() < 300 || response.status() == 404
                        ? Future.succeededFuture()
                        : Future.failedFuture(
                                method + " " + uri + " answered " + response.status() + ": " + response.body()));
    }
}
