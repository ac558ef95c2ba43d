package io.kvorum.controllers.bootstrap;

import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
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
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Deletes bootstrap tokens when they have run out; keys are names of Secrets in kube-system. */
public final class TokenCleaner extends ReconcileLoop<String> {
    private final ResourceClient<Secret> secrets;
    private final Lister<Secret> lister;
    private final Clock clock;

    public TokenCleaner(ControllerContext context) {
        super(context, "token-cleaner-controller", 1);
        secrets = context.client().resources(Secret.class);
        clock = context.clock();
        Informer<Secret> informer = tokens(context);
        lister = informer.lister();
        informer.handler(Informer.Handler.present(
                secret -> controller.enqueue(secret.getMetadata().getName())));
    }

    static Informer<Secret> tokens(ControllerContext context) {
        return context.informers().of(Secret.class, ListOptions.fields("type=" + BootstrapToken.TYPE));
    }

    @Override
    public Future<Result> reconcile(String name) {
        @Nullable Secret secret = lister.get(new ObjectKey(BootstrapToken.NAMESPACE, name));
        @Nullable BootstrapToken token = secret == null ? null : BootstrapToken.of(secret);
        if (secret == null || token == null || token.end() == null) {
            return Future.succeededFuture(Result.done());
        }
        Duration left = Duration.between(clock.instant(), token.end());
        if (token.lastsAt(clock.instant())) {
            return Future.succeededFuture(Result.after(left));
        }
        return secrets.delete(
                        BootstrapToken.NAMESPACE,
                        name,
                        new DeleteOptionsBuilder()
                                .withNewPreconditions()
                                .withUid(secret.getMetadata().getUid())
                                .endPreconditions()
                                .build())
                .map(Result.done())
                .recover(cause -> cause instanceof ApiException no && (no.notFound() || no.conflict())
                        ? Future.succeededFuture(Result.done())
                        : Future.failedFuture(cause));
    }
}
