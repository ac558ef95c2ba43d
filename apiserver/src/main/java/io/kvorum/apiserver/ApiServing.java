package io.kvorum.apiserver;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.BuiltinCatalog;
import io.kvorum.api.ResourceCatalog;
import io.kvorum.api.validation.ValidationOptions;
import io.kvorum.apiserver.ApiServerConfig.AuthorizationMode;
import io.kvorum.apiserver.admission.Admission;
import io.kvorum.apiserver.admission.AdmissionChain;
import io.kvorum.apiserver.admission.DefaultTolerationSeconds;
import io.kvorum.apiserver.admission.NamespaceLifecycle;
import io.kvorum.apiserver.admission.PriorityResolution;
import io.kvorum.apiserver.admission.ServiceAccountAdmission;
import io.kvorum.apiserver.audit.AuditLog;
import io.kvorum.apiserver.auth.Access;
import io.kvorum.apiserver.auth.Authenticator;
import io.kvorum.apiserver.auth.Authorizer;
import io.kvorum.apiserver.auth.AuthorizerChain;
import io.kvorum.apiserver.auth.Impersonation;
import io.kvorum.apiserver.auth.RulesDescriber;
import io.kvorum.apiserver.auth.StaticTokens;
import io.kvorum.apiserver.auth.TokenAuthenticator;
import io.kvorum.apiserver.bootstrap.BirthDocument;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.cache.WatchCache;
import io.kvorum.apiserver.discovery.DiscoveryDocuments;
import io.kvorum.apiserver.node.NodeAuthorizer;
import io.kvorum.apiserver.node.NodeRestriction;
import io.kvorum.apiserver.pipeline.Discovery;
import io.kvorum.apiserver.pipeline.HealthPaths;
import io.kvorum.apiserver.pipeline.MetricsPath;
import io.kvorum.apiserver.pipeline.OpenApi;
import io.kvorum.apiserver.pipeline.OpenIdPaths;
import io.kvorum.apiserver.pipeline.Pipeline;
import io.kvorum.apiserver.pipeline.ProtobufBodies;
import io.kvorum.apiserver.pipeline.RequestMetrics;
import io.kvorum.apiserver.pipeline.RootPaths;
import io.kvorum.apiserver.pipeline.VersionInfo;
import io.kvorum.apiserver.rbac.RbacAuthorizer;
import io.kvorum.apiserver.rbac.RoleGuard;
import io.kvorum.apiserver.registry.EventLeases;
import io.kvorum.apiserver.registry.Registry;
import io.kvorum.apiserver.registry.Reservations;
import io.kvorum.apiserver.registry.TableFormat;
import io.kvorum.apiserver.service.ServiceReservations;
import io.kvorum.apiserver.table.Tables;
import io.kvorum.apiserver.token.AccountTokens;
import io.kvorum.apiserver.token.SecretTokens;
import io.kvorum.apiserver.token.SigningKeys;
import io.kvorum.apiserver.token.TokenRequests;
import io.kvorum.bus.BusClient;
import io.kvorum.component.UsageException;
import io.kvorum.openapi.OpenApiDocuments;
import io.kvorum.store.client.Store;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    private final RbacAuthorizer rbac;
    private boolean born;
    private final NodeAuthorizer node;
    private final AccountTokens accountTokens;
    private final Future<Void> loaded;
    private final Registry registry;
    private final Pipeline pipeline;
    private final Map<String, Supplier<@Nullable String>> ready = new LinkedHashMap<>();

    public ApiServing(
            ApiServerConfig config,
            Vertx vertx,
            Clock clock,
            Store store,
            BusClient bus,
            MeterRegistry metrics,
            AuditLog audit) {
        ResourceCatalog catalog = BuiltinCatalog.load();
        RandomGenerator random = new SplittableRandom(new java.security.SecureRandom().nextLong());
        cache = new WatchCache(vertx, store);
        ready.put("ping", () -> null);
        Map<String, Supplier<@Nullable String>> live = Map.copyOf(ready);
        ready.put("etcd", () -> cache.synced() ? null : "the watch cache is not synced");
        rbac = new RbacAuthorizer(cache);
        node = new NodeAuthorizer(cache);
        Future<SigningKeys> keys = vertx.executeBlocking(
                () -> SigningKeys.read(
                        config.auth().accountKeys(), config.auth().signingKey()),
                false);
        loaded = keys.mapEmpty();
        accountTokens = new AccountTokens(
                vertx,
                clock,
                cache,
                keys,
                config.auth().signingKey() != null,
                config.auth().issuers(),
                config.auth().audiences());
        TokenAuthenticator tokens = TokenAuthenticator.firstOf(authenticators(config.auth()));
        Authorizer authorizer = authorizer(config.auth().modes());
        Access access = new Access(authorizer, cache::fresh, () -> born);
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
                new AdmissionChain(plugins(config, vertx, random, cache, new RoleGuard(rbac, authorizer))),
                access,
                rules(config.auth().modes()),
                tokens,
                new TokenRequests(accountTokens, cache, clock, config.auth().mostTokenLife()),
                new EventLeases(store, clock, config.eventTtl()),
                new ValidationOptions(config.loopbackRanges()),
                Map.of("core/services", services)));
        pipeline = new Pipeline(
                new Authenticator(config.auth().anonymous(), tokens),
                new Impersonation(authorizer),
                access,
                List.of(
                        new Discovery(
                                new DiscoveryDocuments(catalog, config.advertiseAddress() + ":" + config.securePort())),
                        new HealthPaths(live, ready),
                        new VersionInfo(config.version()),
                        new OpenApi(vertx, OpenApiDocuments.load()),
                        new MetricsPath(metrics),
                        new OpenIdPaths(accountTokens, config.advertiseAddress() + ":" + config.securePort()),
                        new RootPaths(catalog)),
                registry,
                config.maxReading(),
                config.maxMutating(),
                new RequestMetrics(metrics),
                new ProtobufBodies(vertx),
                audit,
                clock);
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

    /** Completes when the keys of service accounts are read; fails when they cannot be used. */
    public Future<Void> loaded() {
        return loaded;
    }

    /** The token controller of this server. */
    public SecretTokens secretTokens(Vertx vertx, byte @Nullable [] authority) {
        SecretTokens.Writer writer = new SecretTokens.Writer() {
            @Override
            public Future<Void> replaceSecret(ObjectNode secret) {
                return registry.replace("", "v1", "secrets", secret);
            }

            @Override
            public Future<Void> deleteSecret(String namespace, String name, String uid) {
                return registry.delete("", "v1", "secrets", namespace, name, uid);
            }
        };
        return new SecretTokens(vertx, cache, accountTokens, writer, authority);
    }

    /** The objects of birth count from here on, once the cache is synced. */
    public void born(BirthDocument document) {
        rbac.born(document.rbac());
        node.born(document.clusterRole("system:node"));
        born = true;
    }

    /** What is stored has all that belongs to it: now only that counts. */
    public void reconciled() {
        rbac.reconciled();
    }

    public Registry registry() {
        return registry;
    }

    public Pipeline pipeline() {
        return pipeline;
    }

    private List<TokenAuthenticator> authenticators(ApiServerConfig.Auth auth) {
        List<TokenAuthenticator> all = new ArrayList<>();
        Path file = auth.tokens();
        if (file != null) {
            try {
                all.add(StaticTokens.parse(Files.readAllLines(file), auth.audiences()));
            } catch (IOException | IllegalArgumentException e) {
                throw new UsageException("--token-auth-file: " + file + ": " + e.getMessage());
            }
        }
        all.add(accountTokens);
        return all;
    }

    private Authorizer authorizer(List<AuthorizationMode> modes) {
        List<Authorizer> chain = new ArrayList<>(List.of(Authorizer.MASTERS));
        for (AuthorizationMode mode : modes) {
            switch (mode) {
                case RBAC -> chain.add(rbac);
                case ALWAYS_ALLOW -> chain.add(Authorizer.ALWAYS_ALLOW);
                case ALWAYS_DENY -> chain.add(Authorizer.ALWAYS_DENY);
                case NODE -> chain.add(node);
            }
        }
        return new AuthorizerChain(chain);
    }

    private RulesDescriber rules(List<AuthorizationMode> modes) {
        if (modes.contains(AuthorizationMode.ALWAYS_ALLOW)) {
            return RulesDescriber.EVERYTHING;
        }
        return modes.contains(AuthorizationMode.RBAC) ? rbac : RulesDescriber.NOTHING;
    }

    private static List<Admission> plugins(
            ApiServerConfig config, Vertx vertx, RandomGenerator random, WatchCache cache, RoleGuard guard) {
        Map<String, Supplier<Admission>> known = new LinkedHashMap<>();
        known.put("NamespaceLifecycle", () -> new NamespaceLifecycle(cache));
        known.put("ServiceAccount", () -> new ServiceAccountAdmission(vertx, cache, random));
        known.put("NodeRestriction", () -> new NodeRestriction(cache));
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
        plugins.add(guard);
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
