package io.kvorum.apiserver;

import io.kvorum.api.BuiltinCatalog;
import io.kvorum.api.GoDuration;
import io.kvorum.apiserver.audit.AuditLog;
import io.kvorum.apiserver.audit.AuditPolicy;
import io.kvorum.apiserver.audit.FileAuditLog;
import io.kvorum.apiserver.bootstrap.BirthDocument;
import io.kvorum.apiserver.bootstrap.BirthObjects;
import io.kvorum.apiserver.bootstrap.Compaction;
import io.kvorum.apiserver.bootstrap.IdentityLeases;
import io.kvorum.apiserver.bootstrap.KubernetesService;
import io.kvorum.apiserver.bootstrap.SystemNamespaces;
import io.kvorum.apiserver.config.ConfigFile;
import io.kvorum.apiserver.config.ConfigReload;
import io.kvorum.apiserver.config.ReloadMetrics;
import io.kvorum.apiserver.edge.BusEdge;
import io.kvorum.apiserver.edge.CrossOrigin;
import io.kvorum.apiserver.edge.EdgeOptions;
import io.kvorum.apiserver.edge.HttpsEdge;
import io.kvorum.apiserver.edge.UpgradeProxy;
import io.kvorum.apiserver.encryption.EncryptingStore;
import io.kvorum.apiserver.encryption.EncryptionRules;
import io.kvorum.apiserver.flow.FlowKeeper;
import io.kvorum.apiserver.metrics.MeteredStore;
import io.kvorum.apiserver.metrics.Meters;
import io.kvorum.apiserver.metrics.StorageSize;
import io.kvorum.apiserver.proxy.ClientConnections;
import io.kvorum.apiserver.request.RequestTimeout;
import io.kvorum.apiserver.token.SecretTokens;
import io.kvorum.component.Component;
import io.kvorum.component.ComponentContext;
import io.kvorum.component.Flags;
import io.kvorum.component.HealthCheck;
import io.kvorum.component.UsageException;
import io.kvorum.store.client.Store;
import io.kvorum.store.client.StoreClients;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The API server as a component: listens first, reads the store, then becomes ready and tends what is its own. */
final class ApiServer implements Component {
    private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);
    private static final double MOST_GO_AWAY = 0.02;

    private @Nullable ApiServerFlags flags;
    private @Nullable Prepared prepared;
    private boolean namespacesMade;

    @Override
    public String role() {
        return "apiserver";
    }

    @Override
    public boolean believesSenders() {
        return true;
    }

    @Override
    public int defaultHealthPort() {
        return 8080;
    }

    @Override
    public void declare(Flags declared) {
        flags = new ApiServerFlags(declared);
    }

    /** All but the store's data: the handlers are made and HTTPS listens, ready to say that it is not. */
    @Override
    public Future<Void> prepare(ComponentContext context) {
        if (flags == null) {
            throw new IllegalStateException("started before its flags were declared");
        }
        ApiServerConfig config = ApiServerConfig.of(flags, context.identity(), context.version());
        Duration endpointLease = flags.endpointLease.get();
        if (endpointLease.toSeconds() < 1) {
            throw new UsageException("--endpoint-lease-duration must be at least 1s, is " + endpointLease);
        }
        EdgeOptions edge = edge(flags);
        Duration delay = flags.shutdownDelay.get();
        if (delay.isNegative()) {
            throw new UsageException("--shutdown-delay-duration can not be negative value");
        }
        context.delayShutdown(delay);
        Meters meters = new Meters(context.prometheus());
        Store store = encrypted(context, flags, config.name(), meters);
        Future<BirthDocument> birth = context.vertx().executeBlocking(BirthDocument::read, false);
        AuditLog audit = auditLog(flags, context);
        KubeletConnection kubelets = KubeletConnection.of(flags, context.identity());
        ApiServing serving = new ApiServing(
                config,
                context.vertx(),
                context.clock(),
                store,
                context.bus(),
                meters,
                context::scrape,
                audit,
                new ServingOptions(
                        new ClientConnections(context.vertx(), kubelets.clientOptions()),
                        FrontProxy.identity(flags),
                        flags.bootstrapTokens.get(),
                        flags.openId.issuers(),
                        auditPolicy(flags),
                        flags.fairness.get(),
                        RuntimeConfig.parse(
                                flags.runtimeConfig.get(), BuiltinCatalog.load().all()),
                        keySet(flags.keySetUri.get()),
                        edge.timeout(),
                        edge.origins()));
        ServerMetrics.tell(meters, flags.features);
        serving.live(
                "poststarthook/start-system-namespaces-controller",
                HealthCheck.of(() -> namespacesMade ? null : "the namespaces of birth are not made yet"));
        serving.readiness().forEach((name, check) -> context.health().ready(name, check));
        // The process tells by itself that it ends, but not where clients ask.
        serving.ready("shutdown", HealthCheck.of(() -> context.isEnding() ? "process is shutting down" : null));
        serving.configs().forEach(each -> reload(context, each));
        prepared = new Prepared(config, endpointLease, store, new StorageSize(store, meters), serving, birth);
        UpgradeProxy upgrades = new UpgradeProxy(context.vertx(), kubelets.clientOptions());
        return new HttpsEdge(context.vertx(), serving.pipeline()::handle, upgrades, edge, meters)
                .listen(config.serverOptions(), config.bindAddress(), config.securePort())
                .compose(server -> {
                    context.onShutdown("https", server::close);
                    return context.serve(new BusEdge(serving.pipeline()));
                });
    }

    private static void reload(ComponentContext context, ConfigReload<?> config) {
        config.start();
        context.onShutdown("configuration", () -> {
            config.stop();
            return Future.succeededFuture();
        });
    }

    @Override
    public Future<Void> start(ComponentContext context) {
        Prepared ready = prepared;
        if (ready == null) {
            throw new IllegalStateException("started before it was prepared");
        }
        return ready.serving
                .cache()
                .start()
                .compose(synced -> ready.serving.loaded())
                .compose(loaded -> ready.birth)
                .compose(document -> begin(context, ready, document));
    }

    /** What is there before the store is. */
    private record Prepared(
            ApiServerConfig config,
            Duration endpointLease,
            Store store,
            StorageSize size,
            ApiServing serving,
            Future<BirthDocument> birth) {}

    private Future<Void> begin(ComponentContext context, Prepared ready, BirthDocument document) {
        ApiServerConfig config = ready.config;
        Duration endpointLease = ready.endpointLease;
        Store store = ready.store;
        ApiServing serving = ready.serving;
        serving.born(document);
        context.onShutdown("watch cache", () -> {
            serving.cache().close();
            return Future.succeededFuture();
        });
        BirthObjects birth = new BirthObjects(serving.registry(), serving.cache());
        KubernetesService service = new KubernetesService(
                context.vertx(),
                context.clock(),
                serving.registry(),
                serving.pipeline(),
                serving.cache(),
                config,
                endpointLease);
        new Compaction(store).start(context.vertx(), config.storage().compactionInterval());
        ready.size.start(context.vertx(), config.storage().sizeInterval());
        return birth.namespaces().onSuccess(made -> {
            namespacesMade = true;
            SystemNamespaces namespaces = new SystemNamespaces(context.vertx(), birth);
            namespaces.start(SystemNamespaces.INTERVAL);
            context.onShutdown("system namespaces", () -> {
                namespaces.stop();
                return Future.succeededFuture();
            });
            service.start();
            context.onShutdown("endpoint lease", service::stop);
            // Not waited for: the API serves without them, and what failed is made at the next start.
            startSecretTokens(context, config, serving);
            serving.apiServices()
                    .start()
                    .onFailure(cause -> LOG.warn("APIServices are incomplete cause={}", cause.toString()));
            context.onShutdown("api services", () -> {
                serving.apiServices().stop();
                return Future.succeededFuture();
            });
            FrontProxy.publish(context.vertx(), serving, flagsOf())
                    .onFailure(cause ->
                            LOG.warn("extension-apiserver-authentication not written cause={}", cause.toString()));
            birth.others(document)
                    .onSuccess(all -> {
                        serving.reconciled();
                        FlowKeeper flows =
                                new FlowKeeper(context.vertx(), context.clock(), serving.registry(), serving.cache());
                        flows.start();
                        context.onShutdown("flow control", () -> {
                            flows.stop();
                            return Future.succeededFuture();
                        });
                    })
                    .onFailure(cause -> LOG.warn("objects of birth are incomplete cause={}", cause.toString()));
            serving.allocations()
                    .run()
                    .onFailure(cause -> LOG.warn("service allocations not repaired cause={}", cause.toString()));
        });
    }

    private ApiServerFlags flagsOf() {
        return Objects.requireNonNull(flags, "declare() comes before start()");
    }

    private static Store encrypted(ComponentContext context, ApiServerFlags flags, String name, Meters meters) {
        Store store = new MeteredStore(StoreClients.connect(context), meters);
        Path file = flags.encryptionConfig.get();
        boolean again = flags.encryptionReload.get();
        if (file == null) {
            if (again) {
                throw new UsageException("--encryption-provider-config-automatic-reload must be set with"
                        + " --encryption-provider-config");
            }
            return store;
        }
        String text = OpenIdFlags.read("encryption-provider-config", file);
        EncryptingStore encrypting;
        try {
            encrypting = new EncryptingStore(store, EncryptionRules.parse(text));
        } catch (IllegalArgumentException e) {
            throw new UsageException("--encryption-provider-config: " + file + ": " + e.getMessage());
        }
        if (again) {
            reload(
                    context,
                    new ConfigReload<>(
                            context.vertx(),
                            "encryption",
                            new ConfigFile<>(file, text, EncryptionRules::parse),
                            ReloadMetrics.of(meters, context.clock(), IdentityLeases.nameOf(name))
                                    .metrics("encryption"),
                            String::equals,
                            encrypting::use));
        }
        return encrypting;
    }

    private static EdgeOptions edge(ApiServerFlags flags) {
        Duration timeout = flags.requestTimeout.get();
        if (timeout.isNegative() || timeout.isZero()) {
            throw new UsageException("--request-timeout must be more than 0, is " + GoDuration.format(timeout));
        }
        try {
            return new EdgeOptions(
                    new RequestTimeout(timeout),
                    CrossOrigin.of(flags.origins.get()),
                    goAwayChance(flags.goAwayChance.get()),
                    transportSecurity(flags.transportSecurity.get()));
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }

    private static double goAwayChance(double chance) {
        if (!(chance >= 0 && chance <= MOST_GO_AWAY)) {
            throw new UsageException("--goaway-chance can not be less than 0 or greater than 0.02");
        }
        return chance;
    }

    private static String transportSecurity(List<String> directives) {
        for (String directive : directives) {
            boolean known = directive.startsWith("max-age=")
                    || directive.equals("includeSubDomains")
                    || directive.equals("preload");
            if (!known) {
                throw new UsageException("--strict-transport-security-directives invalid, allowed values:"
                        + " max-age=expireTime, includeSubDomains, preload. see"
                        + " https://tools.ietf.org/html/rfc6797#section-6.1 for more information");
            }
        }
        return String.join("; ", directives);
    }

    private static @Nullable String keySet(@Nullable String uri) {
        if (uri != null && !uri.startsWith("https://")) {
            throw new UsageException("--service-account-jwks-uri: requires https scheme, parsed as: " + uri);
        }
        return uri;
    }

    private static AuditPolicy auditPolicy(ApiServerFlags flags) {
        Path file = flags.auditPolicy.get();
        if (file == null) {
            return AuditPolicy.METADATA;
        }
        try {
            return AuditPolicy.parse(OpenIdFlags.read("audit-policy-file", file));
        } catch (IllegalArgumentException e) {
            throw new UsageException("--audit-policy-file: " + file + ": " + e.getMessage());
        }
    }

    private static AuditLog auditLog(ApiServerFlags flags, ComponentContext context) {
        String given = flags.auditLogPath.get();
        if (given != null && given.isEmpty()) {
            return AuditLog.NONE;
        }
        Path file = given == null ? context.dataDir().resolve("audit.log") : Path.of(given);
        try {
            AuditLog log = new FileAuditLog(
                    file,
                    (long) flags.auditLogMaxSize.get() << 20,
                    flags.auditLogMaxBackup.get(),
                    Duration.ofDays(flags.auditLogMaxAge.get()));
            context.onShutdown("audit log", log::close);
            return log;
        } catch (IOException e) {
            throw new UsageException("--audit-log-path: cannot write " + file + ": " + e.getMessage());
        }
    }

    private static void startSecretTokens(ComponentContext context, ApiServerConfig config, ApiServing serving) {
        ApiServerConfig.Tls tls = config.tls();
        Future<byte @Nullable []> authority = tls == null
                ? Future.succeededFuture()
                : context.vertx()
                        .fileSystem()
                        .readFile(tls.clientCa().toString())
                        .map(Buffer::getBytes);
        authority
                .onSuccess(pem -> {
                    SecretTokens tokens = serving.secretTokens(context.vertx(), pem);
                    tokens.start();
                    context.onShutdown("token secrets", () -> {
                        tokens.stop();
                        return Future.succeededFuture();
                    });
                })
                .onFailure(cause -> context.fatal("--client-ca-file", cause));
    }
}
