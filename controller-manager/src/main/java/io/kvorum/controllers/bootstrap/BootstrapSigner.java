package io.kvorum.controllers.bootstrap;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.kvorum.api.ApiException;
import io.kvorum.client.Informer;
import io.kvorum.client.ListOptions;
import io.kvorum.client.Lister;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.ResourceClient;
import io.kvorum.controllers.loop.ControllerContext;
import io.kvorum.controllers.loop.ReconcileLoop;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Signs the kubeconfig of {@code kube-public/cluster-info} with every token that is for signing, so that who has a token
 * can tell a true one. There is one key.
 */
public final class BootstrapSigner extends ReconcileLoop<String> {
    private static final String NAMESPACE = "kube-public";
    private static final String NAME = "cluster-info";
    private static final String KUBECONFIG = "kubeconfig";
    private static final String SIGNATURE = "jws-kubeconfig-";

    private final ResourceClient<ConfigMap> configMaps;
    private final Lister<ConfigMap> lister;
    private final Lister<Secret> tokens;
    private final Clock clock;

    public BootstrapSigner(ControllerContext context) {
        super(context, "bootstrap-signer-controller", 1);
        configMaps = context.client().resources(ConfigMap.class);
        clock = context.clock();
        Informer<ConfigMap> informer =
                context.informers().of(ConfigMap.class, ListOptions.fields("metadata.name=" + NAME));
        lister = informer.lister();
        informer.handler(Informer.Handler.each(any -> controller.enqueue(NAME)));
        Informer<Secret> secrets = TokenCleaner.tokens(context);
        tokens = secrets.lister();
        secrets.handler(Informer.Handler.each(any -> controller.enqueue(NAME)));
    }

    @Override
    public Future<Result> reconcile(String name) {
        @Nullable ConfigMap info = lister.get(new ObjectKey(NAMESPACE, NAME));
        if (info == null || info.getData() == null || !info.getData().containsKey(KUBECONFIG)) {
            return Future.succeededFuture(Result.done());
        }
        Map<String, String> wanted = signed(info.getData(), tokens.list(), clock);
        if (wanted.equals(info.getData())) {
            return Future.succeededFuture(Result.done());
        }
        return configMaps
                .update(new ConfigMapBuilder(info).withData(wanted).build())
                .map(Result.done())
                .recover(cause -> cause instanceof ApiException no && no.notFound()
                        ? Future.succeededFuture(Result.done())
                        : Future.failedFuture(cause));
    }

    /** The data with a signature for each token that signs, and for no other. */
    static Map<String, String> signed(Map<String, String> data, Collection<Secret> secrets, Clock clock) {
        Map<String, String> next = new TreeMap<>(data);
        next.keySet().removeIf(key -> key.startsWith(SIGNATURE));
        for (Secret secret : secrets) {
            @Nullable BootstrapToken token = BootstrapToken.of(secret);
            if (token != null
                    && token.signs()
                    && token.lastsAt(clock.instant())
                    && !token.id().isEmpty()) {
                next.put(
                        SIGNATURE + token.id(),
                        DetachedSignature.of(data.getOrDefault(KUBECONFIG, ""), token.id(), token.secret()));
            }
        }
        return next;
    }
}
