package io.kvorum.apiserver;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.BuiltinCatalog;
import io.kvorum.api.ResourceCatalog;
import io.kvorum.api.validation.ValidationOptions;
import io.kvorum.apiserver.admission.Admission;
import io.kvorum.apiserver.admission.AdmissionChain;
import io.kvorum.apiserver.admission.DefaultTolerationSeconds;
import io.kvorum.apiserver.admission.NamespaceLifecycle;
import io.kvorum.apiserver.admission.PriorityResolution;
import io.kvorum.apiserver.admission.ServiceAccountName;
import io.kvorum.apiserver.auth.Authenticator;
import io.kvorum.apiserver.auth.Authorizer;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.cache.WatchCache;
import io.kvorum.apiserver.discovery.DiscoveryDocuments;
import io.kvorum.apiserver.pipeline.Discovery;
import io.kvorum.apiserver.pipeline.HealthPaths;
import io.kvorum.apiserver.pipeline.MetricsPath;
import io.kvorum.apiserver.pipeline.OpenApi;
import io.kvorum.apiserver.pipeline.Pipeline;
import io.kvorum.apiserver.pipeline.ProtobufBodies;
import io.kvorum.apiserver.pipeline.RequestMetrics;
import io.kvorum.apiserver.pipeline.RootPaths;
import io.kvorum.apiserver.pipeline.VersionInfo;
import io.kvorum.apiserver.registry.EventLeases;
import io.kvorum.apiserver.registry.Registry;
import io.kvorum.apiserver.registry.Reservations;
import io.kvorum.apiserver.registry.TableFormat;
import io.kvorum.apiserver.service.ServiceReservations;
import io.kvorum.apiserver.table.Tables;
import io.kvorum.bus.BusClient;
import io.kvorum.openapi.OpenApiDocuments;
import io.kvorum.store.client.Store;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The wiring of an API server between its edges and its store; belongs to one event loop. */
public final class ApiServing {
    private final WatchCache cache;
    private final Registry registry;
    private final Pipeline pipeline;
    private final Map<String, Supplier<@Nullable String>> ready = new LinkedHashMap<>();

    public ApiServing(
            ApiServerConfig config, Vertx vertx, Clock clock, Store store, BusClient bus, MeterRegistry metrics) {
        ResourceCatalog catalog = BuiltinCatalog.load();
        RandomGenerator random = new SplittableRandom(new java.security.SecureRandom().nextLong());
        cache = new WatchCache(vertx, store);
        ready.put("ping", () -> null);
        Map<String, Supplier<@Nullable String>> live = Map.copyOf(ready);
        ready.put("etcd", () -> cache.synced() ? null : "the watch cache is not synced");
        Authorizer authorizer = Authorizer.ALWAYS_ALLOW;
        Reservations services = new ServiceReservations(
                cache, config.serviceRange(), config.firstNodePort(), config.lastNodePort(), random);
        registry = new Registry(new Registry.Parts(
                vertx,
                clock,
                random,
                catalog,
                store,
                cache,
                bus,
                tables(clock),
                new AdmissionChain(plugins(config, cache)),
                authorizer,
                new EventLeases(store, clock, config.eventTtl()),
                new ValidationOptions(config.loopbackRanges()),
                Map.of("core/services", services)));
        pipeline = new Pipeline(
                new Authenticator(config.anonymousAuth()),
                authorizer,
                List.of(
                        new Discovery(
                                new DiscoveryDocuments(catalog, config.advertiseAddress() + ":" + config.securePort())),
                        new HealthPaths(live, ready),
                        new VersionInfo(),
                        new OpenApi(vertx, OpenApiDocuments.load()),
                        new MetricsPath(metrics),
                        new RootPaths(catalog)),
                registry,
                config.maxReading(),
                config.maxMutating(),
                new RequestMetrics(metrics),
                new ProtobufBodies(vertx));
        metrics.gauge("apiserver.current.inflight.requests.reading", pipeline, Pipeline::reading);
        metrics.gauge("apiserver.current.inflight.requests.mutating", pipeline, Pipeline::mutating);
        metrics.gauge("apiserver.watch.cache.revision", cache, WatchCache::revision);
    }

    /** Adds a check to readiness; null means well. */
    public void ready(String name, Supplier<@Nullable String> check) {
        ready.put(name, check);
    }

    public Map<String, Supplier<@Nullable String>> checks() {
        return ready;
    }

    public WatchCache cache() {
        return cache;
    }

    public Registry registry() {
        return registry;
    }

    public Pipeline pipeline() {
        return pipeline;
    }

    private static List<Admission> plugins(ApiServerConfig config, WatchCache cache) {
        Map<String, Supplier<Admission>> known = new LinkedHashMap<>();
        known.put("NamespaceLifecycle", () -> new NamespaceLifecycle(cache));
        known.put("ServiceAccount", ServiceAccountName::new);
        known.put("Priority", () -> new PriorityResolution(cache));
        known.put(
                "DefaultTolerationSeconds",
                () -> new DefaultTolerationSeconds(config.notReadyToleration(), config.unreachableToleration()));
        List<Admission> plugins = new ArrayList<>();
        known.forEach((name, make) -> {
            if (!config.disabledPlugins().contains(name)) {
                plugins.add(make.get());
            }
        });
        return plugins;
    }

    private static TableFormat tables(Clock clock) {
        return (info, objects, metadata, include) -> {
            ObjectNode list = ObjectJson.object();
            list.set("metadata", metadata);
            ArrayNode items = list.putArray("items");
            objects.forEach(items::add);
            return Tables.table(info, list, Tables.IncludeObject.parse(include), "v1", Instant.now(clock), true);
        };
    }
}
