package io.kvorum.store.server;

import io.kvorum.component.ComponentContext;
import io.kvorum.store.etcd.EtcdFace;
import io.kvorum.store.etcd.ListenAddress;
import io.kvorum.store.etcd.TlsFiles;
import io.vertx.core.Future;

/** The face for clients of etcd's API, made only where it is asked for: without it no class of gRPC is loaded. */
final class ClientFace {
    private final ComponentContext context;
    private final EtcdFace.Settings settings;

    ClientFace(ComponentContext context, StoreFlags flags) {
        this.context = context;
        this.settings = new EtcdFace.Settings(
                context.identity().cluster(),
                ListenAddress.of(flags.listenClient.get(), context.identity().address()),
                new TlsFiles(
                        flags.certFile.get(),
                        flags.keyFile.get(),
                        flags.trustedCaFile.get(),
                        flags.clientCertAuth.get()),
                context.clock());
    }

    String url() {
        return settings.url();
    }

    Future<Void> serve(MemberStore store, MemberDirectory directory) {
        return context.vertx()
                .executeBlocking(
                        () -> EtcdFace.start(context.vertx(), store, directory, store.replica()::defragment, settings))
                .map(face -> {
                    context.onShutdown(
                            "clients of etcd's API",
                            () -> context.vertx().executeBlocking(() -> {
                                face.close();
                                return null;
                            }));
                    return null;
                });
    }
}
