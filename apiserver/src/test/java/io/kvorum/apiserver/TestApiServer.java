package io.kvorum.apiserver;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.ApiServerConfig.AuthorizationMode;
import io.kvorum.apiserver.audit.AuditLog;
import io.kvorum.apiserver.auth.AnonymousAccess;
import io.kvorum.apiserver.bootstrap.BirthDocument;
import io.kvorum.apiserver.bootstrap.BirthObjects;
import io.kvorum.apiserver.bootstrap.KubernetesService;
import io.kvorum.apiserver.bootstrap.SystemNamespaces;
import io.kvorum.apiserver.cache.CacheEvent;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.Watcher;
import io.kvorum.apiserver.config.ConfigReload;
import io.kvorum.apiserver.edge.EdgeOptions;
import io.kvorum.apiserver.edge.HttpsEdge;
import io.kvorum.apiserver.edge.UpgradeProxy;
import io.kvorum.apiserver.metrics.MeteredStore;
import io.kvorum.apiserver.metrics.Meters;
import io.kvorum.apiserver.service.AddressRange;
import io.kvorum.bus.BusClient;
import io.kvorum.bus.BusUnavailableException;
import io.kvorum.component.KubernetesVersion;
import io.kvorum.component.MetricsText;
import io.kvorum.store.client.MemoryStore;
import io.kvorum.store.client.Store;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** An API server over plain HTTP with its store in memory; {@code main} serves kubectl with {@code -s http://...}. */
public final class TestApiServer implements AutoCloseable {
    private static final BusClient NO_BUS =
            (address, request) -> Future.failedFuture(new BusUnavailableException("nobody serves " + address, false));

    private final Vertx vertx;
    private final Context context;
    private final MemoryStore store;
    private final ApiServing serving;
    private final int port;

    /** What of a server's configuration tests change. */
    record Shape(int leastWatchSeconds, ServingTls tls, double goAwayChance, String transportSecurity) {
        static final Shape USUAL = new Shape(1800, ServingTls.DEFAULT, 0, "");
    }

    private TestApiServer(Vertx vertx, Context context, MemoryStore store, ApiServing serving, int port) {
        this.context = context;
        this.vertx = vertx;
        this.store = store;
        this.serving = serving;
        this.port = port;
    }

    public static TestApiServer start(int port) throws Exception {
        return start(port, null);
    }

    /** Lets everybody do everything; without TLS also requests without credentials. */
    public static TestApiServer start(int port, ApiServerConfig.@Nullable Tls tls) throws Exception {
        return start(port, tls, auth(tls == null, AuthorizationMode.ALWAYS_ALLOW));
    }

    static ApiServerConfig.Auth auth(boolean anonymous, AuthorizationMode... modes) {
        List<String> issuers = List.of("https://kubernetes.default.svc.cluster.local");
        return auth(anonymous, List.of(modes), null, List.of(), null, issuers, issuers);
    }

    /** Without webhooks, as the rest of {@link ApiServerConfig.Auth} has it. */
    public static ApiServerConfig.Auth auth(
            boolean anonymous,
            List<AuthorizationMode> modes,
            @Nullable Path tokens,
            List<Path> accountKeys,
            @Nullable Path signingKey,
            List<String> issuers,
            List<String> audiences) {
        return new ApiServerConfig.Auth(
                anonymous ? AnonymousAccess.EVERYWHERE : AnonymousAccess.HEALTH,
                modes.stream()
                        .map(mode -> new ApiServerConfig.Decider(mode, null))
                        .toList(),
                tokens,
                accountKeys,
                signingKey,
                issuers,
                audiences,
                Duration.ZERO,
                null,
                ApiServerConfig.Sources.NONE);
    }

    /** @param tls null: plain HTTP */
    public static TestApiServer start(int port, ApiServerConfig.@Nullable Tls tls, ApiServerConfig.Auth auth)
            throws Exception {
        return start(port, tls, auth, ServingOptions::plain, AuditLog.NONE);
    }

    /** @param options made for the server's Vert.x */
    static TestApiServer start(
            int port,
            ApiServerConfig.@Nullable Tls tls,
            ApiServerConfig.Auth auth,
            Function<Vertx, ServingOptions> options,
            AuditLog audit)
            throws Exception {
        return start(port, tls, auth, options, audit, UnaryOperator.identity(), Shape.USUAL);
    }

    /** Lets everybody do everything. */
    static TestApiServer start(ApiServerConfig.@Nullable Tls tls, Shape shape) throws Exception {
        ApiServerConfig.Auth auth = auth(true, AuthorizationMode.ALWAYS_ALLOW);
        return start(0, tls, auth, ServingOptions::plain, AuditLog.NONE, UnaryOperator.identity(), shape);
    }

    /** @param around what the server is given in place of its store */
    static TestApiServer start(UnaryOperator<Store> around) throws Exception {
        return start(around, ServingOptions::plain);
    }

    /** @param options made for the server's Vert.x */
    static TestApiServer start(UnaryOperator<Store> around, Function<Vertx, ServingOptions> options) throws Exception {
        ApiServerConfig.Auth auth = auth(true, AuthorizationMode.ALWAYS_ALLOW);
        return start(0, null, auth, options, AuditLog.NONE, around, Shape.USUAL);
    }

    private static TestApiServer start(
            int port,
            ApiServerConfig.@Nullable Tls tls,
            ApiServerConfig.Auth auth,
            Function<Vertx, ServingOptions> given,
            AuditLog audit,
            UnaryOperator<Store> around,
            Shape shape)
            throws Exception {
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
        MemoryStore store = MemoryStore.create(vertx);
        ApiServerConfig config = new ApiServerConfig(
                "apiserver-0",
                KubernetesVersion.BUILT_IN,
                "127.0.0.1",
                "127.0.0.1",
                port == 0 ? 6443 : port,
                tls,
                AddressRange.parse("10.96.0.0/24"),
                30000,
                30010,
                List.of("127.0.0.0/8"),
                Duration.ofSeconds(300),
                Duration.ofSeconds(300),
                Duration.ofHours(1),
                auth,
                new ApiServerConfig.Storage(
                        Duration.ZERO,
                        Duration.ZERO,
                        ApiServerConfig.DEFAULT_CHECK_TIMEOUT,
                        ApiServerConfig.DEFAULT_CHECK_TIMEOUT),
                400,
                200,
                Set.of(),
                true,
                "127.0.0.1",
                shape.leastWatchSeconds(),
                shape.tls());
        Context context = vertx.getOrCreateContext();
        CompletableFuture<TestApiServer> started = new CompletableFuture<>();
        context.runOnContext(go -> {
            ServingOptions options = given.apply(vertx);
            PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            Meters meters = new Meters(prometheus.getPrometheusRegistry());
            ApiServing serving = new ApiServing(
                    config,
                    vertx,
                    Clock.systemUTC(),
                    new MeteredStore(around.apply(store), meters),
                    NO_BUS,
                    meters,
                    () -> MetricsText.of(prometheus),
                    audit,
                    options);
            serving.configs().forEach(ConfigReload::start);
            List<Future<?>> accounts = new ArrayList<>();
            serving.cache()
                    .start()
                    .compose(synced -> vertx.executeBlocking(BirthDocument::read, false))
                    .onSuccess(serving::born)
                    .onSuccess(born -> giveAccounts(vertx, serving, accounts))
                    .compose(born -> new BirthObjects(serving.registry(), serving.cache()).namespaces())
                    // Nothing is on its way any more when a test begins.
                    .compose(made -> serving.cache().fresh())
                    .compose(fresh -> Future.all(accounts))
                    .compose(made -> new HttpsEdge(
                                    vertx,
                                    serving.pipeline()::handle,
                                    new UpgradeProxy(vertx, new HttpClientOptions()),
                                    new EdgeOptions(
                                            options.timeout(),
                                            options.origins(),
                                            shape.goAwayChance(),
                                            shape.transportSecurity()),
                                    meters)
                            .listen(config.serverOptions(), "127.0.0.1", port))
                    .map(HttpServer::actualPort)
                    .onSuccess(actual -> {
                        if (auth.signingKey() != null) {
                            serving.secretTokens(vertx, null).start();
                        }
                        new KubernetesService(
                                        vertx,
                                        Clock.systemUTC(),
                                        serving.registry(),
                                        serving.pipeline(),
                                        serving.cache(),
                                        config,
                                        Duration.ofSeconds(15))
                                .start();
                        started.complete(new TestApiServer(vertx, context, store, serving, actual));
                    })
                    .onFailure(started::completeExceptionally);
        });
        return started.get(20, TimeUnit.SECONDS);
    }

    /** Every namespace has the account {@code default}, which controllers give it elsewhere; pods get no token. */
    private static void giveAccounts(Vertx vertx, ApiServing serving, List<Future<?>> given) {
        serving.cache().of("core/namespaces").watch(serving.cache().revision(), new Changes(event -> {
            ObjectVersion made = event.after();
            if (made != null && event.before() == null) {
                given.add(giveAccount(vertx, serving, made.name()));
            }
        }));
        serving.cache().of("core/serviceaccounts").watch(serving.cache().revision(), new Changes(event -> {
            ObjectVersion gone = event.after() == null ? event.before() : null;
            if (gone != null
                    && gone.name().equals("default")
                    && serving.cache().of("core/namespaces").get(gone.namespace()) != null) {
                giveAccount(vertx, serving, gone.namespace());
            }
        }));
    }

    private static Future<ObjectVersion> giveAccount(Vertx vertx, ApiServing serving, String namespace) {
        ObjectNode account = Tree.newObject();
        account.put("apiVersion", "v1").put("kind", "ServiceAccount");
        account.putObject("metadata").put("name", "default").put("namespace", namespace);
        account.put("automountServiceAccountToken", false);
        Promise<ObjectVersion> done = Promise.promise();
        // Not within the change that is being told.
        vertx.runOnContext(v ->
                serving.registry().create("", "v1", "serviceaccounts", account).onComplete(done));
        return done.future();
    }

    private record Changes(Consumer<CacheEvent> told) implements Watcher {
        @Override
        public void changed(CacheEvent event) {
            told.accept(event);
        }

        @Override
        public void lost() {}
    }

    /** Makes and keeps APIServices from here on. */
    void keepApiServices() throws Exception {
        CompletableFuture<Void> started = new CompletableFuture<>();
        context.runOnContext(go -> serving.apiServices()
                .start()
                .compose(made -> serving.cache().fresh())
                .onSuccess(started::complete)
                .onFailure(started::completeExceptionally));
        started.get(20, TimeUnit.SECONDS);
    }

    /** Looks after the namespaces every cluster has from here on. */
    void keepNamespaces(Duration interval) {
        context.runOnContext(go ->
                new SystemNamespaces(vertx, new BirthObjects(serving.registry(), serving.cache())).start(interval));
    }

    public int port() {
        return port;
    }

    public ApiServing serving() {
        return serving;
    }

    /** @param resource see {@link io.kvorum.apiserver.cache.StoreKeys#resource} */
    int watchers(String resource) throws Exception {
        CompletableFuture<Integer> count = new CompletableFuture<>();
        context.runOnContext(go -> count.complete(serving.cache().of(resource).watchers()));
        return count.get(5, TimeUnit.SECONDS);
    }

    public MemoryStore store() {
        return store;
    }

    @Override
    public void close() throws Exception {
        serving.configs().forEach(ConfigReload::stop);
        store.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    public static void main(String[] args) throws Exception {
        TestApiServer server = start(Integer.parseInt(args[0]));
        System.out.println("listening on " + server.port());
        while (System.in.read() >= 0) {
            // Ends with its standard input.
        }
        server.close();
    }
}
