package io.kvorum.apiserver;

import io.kvorum.apiserver.bootstrap.BirthObjects;
import io.kvorum.apiserver.bootstrap.Compaction;
import io.kvorum.apiserver.bootstrap.KubernetesService;
import io.kvorum.apiserver.edge.BusEdge;
import io.kvorum.apiserver.edge.HttpsEdge;
import io.kvorum.apiserver.edge.UpgradeProxy;
import io.kvorum.apiserver.service.AllocationRepair;
import io.kvorum.component.Component;
import io.kvorum.component.ComponentContext;
import io.kvorum.component.Flags;
import io.kvorum.component.UsageException;
import io.kvorum.store.client.Store;
import io.kvorum.store.client.StoreClients;
import io.vertx.core.Future;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The API server as a component: listens first, reads the store, then becomes ready and tends what is its own. */
final class ApiServer implements Component {
    private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);

    private @Nullable ApiServerFlags flags;
    private @Nullable Prepared prepared;
    private boolean namespacesMade;

    @Override
    public String role() {
        return "apiserver";
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
        ApiServerConfig config = ApiServerConfig.of(flags, context.identity());
        Duration endpointLease = flags.endpointLease.get();
        if (endpointLease.toSeconds() < 1) {
            throw new UsageException("--endpoint-lease-duration must be at least 1s, is " + endpointLease);
        }
        Store store = StoreClients.connect(context);
        ApiServing serving =
                new ApiServing(config, context.vertx(), context.clock(), store, context.bus(), context.metrics());
        serving.ready("namespaces", () -> namespacesMade ? null : "the namespaces of birth are not made yet");
        serving.checks().forEach(context.health()::ready);
        prepared = new Prepared(config, endpointLease, store, serving);
        UpgradeProxy upgrades = new UpgradeProxy(
                context.vertx(), KubeletConnection.of(flags, context.identity()).clientOptions());
        return new HttpsEdge(context.vertx(), serving.pipeline()::handle, upgrades)
                .listen(config.serverOptions(), config.bindAddress(), config.securePort())
                .compose(server -> {
                    context.onShutdown("https", server::close);
                    return context.serve(new BusEdge(serving.pipeline()));
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
                .compose(synced -> begin(context, ready.config, ready.endpointLease, ready.store, ready.serving));
    }

    /** What is there before the store is. */
    private record Prepared(ApiServerConfig config, Duration endpointLease, Store store, ApiServing serving) {}

    private Future<Void> begin(
            ComponentContext context, ApiServerConfig config, Duration endpointLease, Store store, ApiServing serving) {
        context.onShutdown("watch cache", () -> {
            serving.cache().close();
            return Future.succeededFuture();
        });
        BirthObjects birth = new BirthObjects(context.vertx(), serving.registry(), serving.cache());
        KubernetesService service = new KubernetesService(
                context.vertx(),
                context.clock(),
                serving.registry(),
                serving.pipeline(),
                serving.cache(),
                config,
                endpointLease);
        new Compaction(store).start(context.vertx(), config.compactionInterval());
        return birth.namespaces().onSuccess(made -> {
            namespacesMade = true;
            service.start();
            context.onShutdown("endpoint lease", service::stop);
            // Not waited for: the API serves without them, and what failed is made at the next start.
            birth.others().onFailure(cause -> LOG.warn("objects of birth are incomplete cause={}", cause.toString()));
            new AllocationRepair(serving.cache(), store)
                    .run()
                    .onFailure(cause -> LOG.warn("service allocations not repaired cause={}", cause.toString()));
        });
    }
}
