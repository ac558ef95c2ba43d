package io.kvorum.apiserver;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.BuiltinCatalog;
import io.kvorum.api.ResourceCatalog;
import io.kvorum.api.custom.RuleSet;
import io.kvorum.api.managed.SchemaSource;
import io.kvorum.api.validation.ValidationOptions;
import io.kvorum.apiserver.admission.Admission;
import io.kvorum.apiserver.admission.AdmissionChain;
import io.kvorum.apiserver.admission.AdmissionSteps;
import io.kvorum.apiserver.admission.ClaimResize;
import io.kvorum.apiserver.admission.DefaultClass;
import io.kvorum.apiserver.admission.DefaultTolerationSeconds;
import io.kvorum.apiserver.admission.DeviceAdminAccess;
import io.kvorum.apiserver.admission.LimitRanger;
import io.kvorum.apiserver.admission.NamespaceLifecycle;
import io.kvorum.apiserver.admission.NewNodeTaint;
import io.kvorum.apiserver.admission.PodSecurity;
import io.kvorum.apiserver.admission.PodTopologyLabels;
import io.kvorum.apiserver.admission.PriorityResolution;
import io.kvorum.apiserver.admission.RuntimeClassAdmission;
import io.kvorum.apiserver.admission.ServiceAccountAdmission;
import io.kvorum.apiserver.admission.StorageProtection;
import io.kvorum.apiserver.aggregation.Aggregator;
import io.kvorum.apiserver.aggregation.ApiServiceKeeper;
import io.kvorum.apiserver.aggregation.Contribution;
import io.kvorum.apiserver.aggregation.MergedDiscovery;
import io.kvorum.apiserver.audit.AuditLog;
import io.kvorum.apiserver.auth.Access;
import io.kvorum.apiserver.auth.AuthenticationMetrics;
import io.kvorum.apiserver.auth.Authenticator;
import io.kvorum.apiserver.auth.Authorizer;
import io.kvorum.apiserver.auth.CurrentAuthorizer;
import io.kvorum.apiserver.auth.Impersonation;
import io.kvorum.apiserver.auth.StaticTokens;
import io.kvorum.apiserver.auth.TokenAuthenticator;
import io.kvorum.apiserver.bootstrap.BirthDocument;
import io.kvorum.apiserver.bootstrap.IdentityLeases;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.cache.WatchCache;
import io.kvorum.apiserver.certificates.RequestFacts;
import io.kvorum.apiserver.certificates.SignerGuard;
import io.kvorum.apiserver.config.ConfigDocument;
import io.kvorum.apiserver.config.ConfigFile;
import io.kvorum.apiserver.config.ConfigReload;
import io.kvorum.apiserver.config.ReloadMetrics;
import io.kvorum.apiserver.crd.CelRules;
import io.kvorum.apiserver.crd.CelSelectors;
import io.kvorum.apiserver.crd.ConversionWebhook;
import io.kvorum.apiserver.crd.CustomOpenApi;
import io.kvorum.apiserver.crd.CustomResources;
import io.kvorum.apiserver.crd.DefinitionController;
import io.kvorum.apiserver.crd.TrimmedDocuments;
import io.kvorum.apiserver.discovery.DiscoveryDocuments;
import io.kvorum.apiserver.discovery.EnabledResources;
import io.kvorum.apiserver.discovery.ServedPaths;
import io.kvorum.apiserver.flow.FlowControl;
import io.kvorum.apiserver.metrics.Meters;
import io.kvorum.apiserver.node.NodeAuthorizer;
import io.kvorum.apiserver.node.NodeRestriction;
import io.kvorum.apiserver.oidc.Issuer;
import io.kvorum.apiserver.oidc.IssuerTokens;
import io.kvorum.apiserver.pipeline.AuditTrail;
import io.kvorum.apiserver.pipeline.Deadlines;
import io.kvorum.apiserver.pipeline.Discovery;
import io.kvorum.apiserver.pipeline.Elsewhere;
import io.kvorum.apiserver.pipeline.HealthPaths;
import io.kvorum.apiserver.pipeline.InFlight;
import io.kvorum.apiserver.pipeline.MetricsPath;
import io.kvorum.apiserver.pipeline.OpenApi;
import io.kvorum.apiserver.pipeline.OpenIdPaths;
import io.kvorum.apiserver.pipeline.Pipeline;
import io.kvorum.apiserver.pipeline.ProtobufBodies;
import io.kvorum.apiserver.pipeline.RequestMetrics;
import io.kvorum.apiserver.pipeline.RootPaths;
import io.kvorum.apiserver.pipeline.StoreCheck;
import io.kvorum.apiserver.pipeline.VersionInfo;
import io.kvorum.apiserver.policy.MutatingPolicies;
import io.kvorum.apiserver.policy.PolicyMetrics;
import io.kvorum.apiserver.policy.PolicyRules;
import io.kvorum.apiserver.policy.ValidatingPolicies;
import io.kvorum.apiserver.proxy.ResourceProxy;
import io.kvorum.apiserver.proxy.ServerTrust;
import io.kvorum.apiserver.quota.QuotaLedger;
import io.kvorum.apiserver.rbac.RbacAuthorizer;
import io.kvorum.apiserver.rbac.RoleGuard;
import io.kvorum.apiserver.registry.Converter;
import io.kvorum.apiserver.registry.EventLeases;
import io.kvorum.apiserver.registry.KindTypes;
import io.kvorum.apiserver.registry.Registry;
import io.kvorum.apiserver.registry.Reservations;
import io.kvorum.apiserver.registry.TableFormat;
import io.kvorum.apiserver.remote.AuthorizationMetrics;
import io.kvorum.apiserver.remote.ReviewClient;
import io.kvorum.apiserver.remote.TokenCacheMetrics;
import io.kvorum.apiserver.remote.WebhookTokens;
import io.kvorum.apiserver.service.AllocationRepair;
import io.kvorum.apiserver.service.ServiceAddresses;
import io.kvorum.apiserver.service.ServiceReservations;
import io.kvorum.apiserver.table.Tables;
import io.kvorum.apiserver.token.AccountTokens;
import io.kvorum.apiserver.token.BootstrapTokens;
import io.kvorum.apiserver.token.SecretTokens;
import io.kvorum.apiserver.token.SigningKeys;
import io.kvorum.apiserver.token.TokenRequests;
import io.kvorum.apiserver.usage.UsageApi;
import io.kvorum.apiserver.webhook.AdmissionMetrics;
import io.kvorum.apiserver.webhook.ConditionRules;
import io.kvorum.apiserver.webhook.HookClient;
import io.kvorum.apiserver.webhook.WebhookAdmission;
import io.kvorum.bus.BusClient;
import io.kvorum.component.HealthCheck;
import io.kvorum.component.UsageException;
import io.kvorum.openapi.OpenApiDocuments;
import io.kvorum.store.client.Store;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
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
    private final AllocationRepair allocations;
    private final Registry registry;
    private final ApiServiceKeeper apiServices;
    private final DefinitionController definitions;
    private final Pipeline pipeline;
    private final Map<String, HealthCheck> live = new LinkedHashMap<>();
    private final Map<String, HealthCheck> ready = new LinkedHashMap<>();
    private final List<ConfigReload<?>> configs = new ArrayList<>();

    public ApiServing(
            ApiServerConfig config,
            Vertx vertx,
            Clock clock,
            Store store,
            BusClient bus,
            Meters meters,
            Supplier<String> scrape,
            AuditLog audit) {
        this(config, vertx, clock, store, bus, meters, scrape, audit, ServingOptions.plain(vertx));
    }

    public ApiServing(
            ApiServerConfig config,
            Vertx vertx,
            Clock clock,
            Store store,
            BusClient bus,
            Meters meters,
            Supplier<String> scrape,
            AuditLog audit,
            ServingOptions options) {
        RandomGenerator random = new SplittableRandom(new SecureRandom().nextLong());
        cache = new WatchCache(vertx, store);
        RuleSet.Compiler rules = new CelRules(meters);
        CustomResources catalog = new CustomResources(BuiltinCatalog.load(), cache, rules);
        // Named as upstream names those that say the same there.
        StoreCheck storeCheck = new StoreCheck(store);
        live("ping", HealthCheck.of(() -> null));
        live("etcd", storeCheck.within(config.storage().healthTimeout()));
        ready("etcd-readiness", storeCheck.within(config.storage().readyTimeout()));
        ready("informer-sync", HealthCheck.of(() -> cache.synced() ? null : "the watch cache is not synced"));
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
        ReloadMetrics.Of reloads = ReloadMetrics.of(meters, clock, IdentityLeases.nameOf(config.name()));
        TokenAuthenticator tokens =
                TokenAuthenticator.firstOf(authenticators(config.auth(), vertx, clock, options, meters, reloads));
        Deciders deciders = new Deciders(
                vertx,
                clock,
                options,
                node,
                rbac,
                new AuthorizationMetrics(meters),
                config.auth().deciders());
        CurrentAuthorizer authorizer = deciders.current();
        ConfigFile<List<ApiServerConfig.Decider>> decidersFile =
                config.auth().sources().authorization();
        if (decidersFile != null) {
            configs.add(new ConfigReload<>(
                    vertx,
                    "authorization",
                    decidersFile,
                    reloads.metrics("authorization"),
                    ConfigDocument::sameTree,
                    deciders::replace));
        }
        Access access = new Access(authorizer, cache::fresh, () -> born);
        ServiceAddresses addresses = new ServiceAddresses(cache, config.serviceRange(), random, clock);
        Reservations services =
                new ServiceReservations(cache, addresses, config.firstNodePort(), config.lastNodePort(), random);
        allocations = new AllocationRepair(cache, store, addresses);
        HookClient hooks = new HookClient(cache, new ServerTrust(options.connections(), null));
        Converter converter = new ConversionWebhook(hooks);
        SchemaSource types = new KindTypes(catalog);
        registry = new Registry(new Registry.Parts(
                vertx,
                clock,
                random,
                catalog,
                options.served(),
                types,
                store,
                cache,
                bus,
                tables(clock),
                new AdmissionChain(
                        plugins(
                                config,
                                vertx,
                                random,
                                clock,
                                cache,
                                catalog,
                                types,
                                authorizer,
                                new PolicyMetrics(meters),
                                new WebhookAdmission(
                                        cache, catalog, converter, hooks, authorizer, new AdmissionMetrics(meters)),
                                own(new RoleGuard(rbac, authorizer)),
                                own(new RequestFacts(clock)),
                                own(new SignerGuard(authorizer, config.disabledPlugins())),
                                own(new PolicyRules()),
                                own(new DeviceAdminAccess(cache)),
                                own(new ConditionRules())),
                        new AdmissionSteps(meters)),
                access,
                authorizer,
                tokens,
                new TokenRequests(accountTokens, cache, clock, config.auth().mostTokenLife()),
                new EventLeases(store, clock, config.eventTtl()),
                new ValidationOptions(config.loopbackRanges(), rules, new CelSelectors())
                        .withPrivileged(config.privileged()),
                converter,
                Map.of("core/services", services),
                config.disabledPlugins().contains("ResourceQuota") ? null : new QuotaLedger(cache, clock),
                new ResourceProxy(cache, options.connections(), random),
                config.leastWatchSeconds(),
                meters));
        definitions = new DefinitionController(vertx, clock, cache, registry, catalog);
        ServerTrust trust = new ServerTrust(options.connections(), options.identity());
        Aggregator aggregator = new Aggregator(cache, trust, random);
        ResourceCatalog enabled = new EnabledResources(catalog, options.served());
        apiServices = new ApiServiceKeeper(
                vertx,
                clock,
                registry,
                cache,
                new EnabledResources(BuiltinCatalog.load(), options.served()),
                aggregator,
                trust);
        UsageApi usage = new UsageApi(cache, bus, clock);
        Supplier<List<Contribution>> contributions = () -> contributions(aggregator);
        FlowControl flows = options.fairness() && config.maxReading() + config.maxMutating() > 0
                ? new FlowControl(vertx, cache, config.maxReading() + config.maxMutating(), meters)
                : null;
        // Priority levels have the seats of both together; then nobody else counts.
        InFlight inFlight =
                flows == null ? new InFlight(config.maxReading(), config.maxMutating()) : new InFlight(0, 0);
        pipeline = new Pipeline(
                new Authenticator(config.auth().anonymous(), tokens, new AuthenticationMetrics(meters, clock)),
                new Impersonation(authorizer),
                access,
                List.of(
                        new MergedDiscovery(
                                new Discovery(new DiscoveryDocuments(enabled, config.externalAddress())),
                                contributions),
                        new HealthPaths(live, ready, meters),
                        new VersionInfo(config.version()),
                        new MergedDiscovery(
                                new OpenApi(vertx, new CustomOpenApi(catalog, openApi(options.served()))),
                                contributions),
                        new MetricsPath(vertx, scrape),
                        new OpenIdPaths(
                                accountTokens,
                                options.keySet() != null
                                        ? options.keySet()
                                        : "https://" + config.externalAddress() + OpenIdPaths.KEYS),
                        new RootPaths(enabled, live.keySet(), ready.keySet())),
                Elsewhere.firstOf(List.of(aggregator, usage)),
                registry,
                flows,
                inFlight,
                new RequestMetrics(meters),
                new ProtobufBodies(vertx),
                new AuditTrail(audit, options.auditPolicy(), clock, meters),
                new Deadlines(vertx, options.timeout()));
        ServerMetrics.tell(meters, config.version(), cache, inFlight);
    }

    /** Adds a check to health, liveness and readiness. */
    final void live(String name, HealthCheck check) {
        live.put(name, check);
        ready.put(name, check);
    }

    /** Adds a check to readiness alone. */
    final void ready(String name, HealthCheck check) {
        ready.put(name, check);
    }

    /** The checks of readiness by name. */
    Map<String, HealthCheck> readiness() {
        return ready;
    }

    public WatchCache cache() {
        return cache;
    }

    /** Completes when the keys of service accounts are read; fails when they cannot be used. */
    public Future<Void> loaded() {
        return loaded;
    }

    /** Configuration files that are read again when they change. */
    public List<ConfigReload<?>> configs() {
        return configs;
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
        definitions.start();
    }

    /** What is stored has all that belongs to it: now only that counts. */
    public void reconciled() {
        rbac.reconciled();
    }

    public AllocationRepair allocations() {
        return allocations;
    }

    public Registry registry() {
        return registry;
    }

    public Pipeline pipeline() {
        return pipeline;
    }

    /** Keeps the APIServices of this server. */
    public ApiServiceKeeper apiServices() {
        return apiServices;
    }

    /** The metrics API is this server's own, unless somebody has put another in its place. */
    private static List<Contribution> contributions(Aggregator aggregator) {
        List<Contribution> all = new ArrayList<>(aggregator.contributions());
        Contribution own = UsageApi.contribution();
        if (all.stream().noneMatch(each -> each.group().equals(own.group()))) {
            all.add(own);
        }
        return all;
    }

    private List<TokenAuthenticator> authenticators(
            ApiServerConfig.Auth auth,
            Vertx vertx,
            Clock clock,
            ServingOptions options,
            Meters meters,
            ReloadMetrics.Of reloads) {
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
        if (options.bootstrapTokens()) {
            all.add(new BootstrapTokens(cache, clock, auth.audiences()));
        }
        IssuerTokens issuers =
                new IssuerTokens(vertx, clock, options.connections(), auth.audiences(), options.issuers());
        all.add(issuers);
        ConfigFile<List<Issuer>> issuersFile = auth.sources().authentication();
        if (issuersFile != null) {
            configs.add(new ConfigReload<>(
                    vertx,
                    "authentication",
                    issuersFile,
                    reloads.metrics("authentication"),
                    String::equals,
                    issuers::replace));
        }
        WebhookTokens.How webhook = auth.webhook();
        if (webhook != null) {
            ReviewClient client = new ReviewClient(
                    vertx,
                    options.connections(),
                    webhook.service(),
                    ReviewClient.TIMEOUT,
                    options.timeout().most());
            all.add(new WebhookTokens(webhook, client, clock, auth.audiences(), new TokenCacheMetrics(meters)));
        }
        return all;
    }

    /** One that cannot be left out; called as its class is. */
    private static AdmissionChain.Plugin own(Admission admission) {
        return new AdmissionChain.Plugin(admission.getClass().getSimpleName(), admission);
    }

    private static List<AdmissionChain.Plugin> plugins(
            ApiServerConfig config,
            Vertx vertx,
            RandomGenerator random,
            Clock clock,
            WatchCache cache,
            ResourceCatalog catalog,
            SchemaSource types,
            Authorizer authorizer,
            PolicyMetrics policyMetrics,
            WebhookAdmission webhooks,
            AdmissionChain.Plugin... always) {
        Map<String, Supplier<Admission>> known = new LinkedHashMap<>();
        known.put("NamespaceLifecycle", () -> new NamespaceLifecycle(cache));
        known.put("ServiceAccount", () -> new ServiceAccountAdmission(vertx, cache, random));
        known.put("LimitRanger", () -> new LimitRanger(cache, clock));
        known.put("RuntimeClass", () -> new RuntimeClassAdmission(cache));
        known.put("DefaultStorageClass", () -> DefaultClass.storage(cache));
        known.put("DefaultIngressClass", () -> DefaultClass.ingress(cache));
        known.put("NodeRestriction", () -> new NodeRestriction(cache));
        known.put("TaintNodesByCondition", NewNodeTaint::new);
        known.put("StorageObjectInUseProtection", StorageProtection::new);
        known.put("PersistentVolumeClaimResize", () -> new ClaimResize(cache));
        known.put("Priority", () -> new PriorityResolution(cache));
        known.put(
                "DefaultTolerationSeconds",
                () -> new DefaultTolerationSeconds(config.notReadyToleration(), config.unreachableToleration()));
        known.put("PodTopologyLabels", () -> new PodTopologyLabels(cache));
        known.put("PodSecurity", () -> new PodSecurity(cache));
        known.put("MutatingAdmissionPolicy", () -> new MutatingPolicies(cache, catalog, types, authorizer));
        known.put("MutatingAdmissionWebhook", webhooks::mutating);
        // The last word, on the object as it would be stored.
        known.put("ValidatingAdmissionPolicy", () -> new ValidatingPolicies(cache, catalog, authorizer, policyMetrics));
        known.put("ValidatingAdmissionWebhook", webhooks::validating);
        List<AdmissionChain.Plugin> plugins = new ArrayList<>();
        known.forEach((name, make) -> {
            if (AdmissionPlugins.on(name, config.disabledPlugins())) {
                plugins.add(new AdmissionChain.Plugin(name, make.get()));
            }
        });
        plugins.addAll(List.of(always));
        return plugins;
    }

    private static CustomOpenApi.Documents openApi(RuntimeConfig served) {
        CustomOpenApi.Documents all = CustomOpenApi.builtin(OpenApiDocuments.load());
        return served.isAll()
                ? all
                : new TrimmedDocuments(
                        all, new ServedPaths(BuiltinCatalog.load().all(), served));
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
