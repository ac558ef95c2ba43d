package io.kvorum.apiserver.auth;

import io.kvorum.apiserver.auth.Authorizer.Attributes;
import io.kvorum.apiserver.auth.Authorizer.Decision;
import io.kvorum.apiserver.cache.WatchCache;
import io.kvorum.apiserver.request.User;
import io.vertx.core.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Decisions as requests get them. What is allowed is told at once; what is refused is looked at again when everything
 * written so far is known, so that a right just given holds at every API server. Webhooks are not asked again then.
 */
public final class Access {
    private static final long MOST_WAIT_MILLIS = 1_000;

    private final Authorizer authorizer;
    private final Supplier<Future<Void>> fresh;
    private final BooleanSupplier loaded;

    /**
     * @param fresh completes when all that is written is known
     * @param loaded whether the authorizer knows who may what; until then it can allow but not refuse
     */
    public Access(Authorizer authorizer, Supplier<Future<Void>> fresh, BooleanSupplier loaded) {
        this.authorizer = authorizer;
        this.fresh = fresh;
        this.loaded = loaded;
    }

    /** Fails with 503 while a server that starts cannot tell. */
    public Future<Decision> decide(User user, Attributes asked) {
        // Asked before the decision: what becomes known after it does not make it a well-founded one.
        boolean known = loaded.getAsBoolean();
        Authorizer.Heard heard = new Authorizer.Heard();
        Future<Decision> first = authorizer.authorize(user, asked, heard);
        return first.succeeded() && first.result().allowed()
                ? first
                : first.compose(decision -> decision.allowed() ? first : again(user, asked, heard, decision, known));
    }

    private Future<Decision> again(
            User user, Attributes asked, Authorizer.Heard heard, Decision decision, boolean known) {
        // Without an answer of the store, what was known decides.
        return fresh.get().timeout(MOST_WAIT_MILLIS, TimeUnit.MILLISECONDS).transform(done -> {
            if (done.failed()) {
                return told(decision, known);
            }
            boolean knownNow = loaded.getAsBoolean();
            return authorizer.authorize(user, asked, heard).compose(second -> told(second, knownNow));
        });
    }

    private static Future<Decision> told(Decision decision, boolean known) {
        return decision.allowed() || known
                ? Future.succeededFuture(decision)
                : Future.failedFuture(WatchCache.notReady());
    }
}
