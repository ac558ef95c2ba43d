package io.kvorum.apiserver.oidc;

import io.kvorum.apiserver.auth.TokenAuthenticator;
import io.kvorum.apiserver.proxy.ClientConnections;
import io.kvorum.apiserver.proxy.ServerTrust;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Believes the ID tokens of those issuers that are configured now. Belongs to the event loop. */
public final class IssuerTokens implements TokenAuthenticator {
    private static final Duration PAUSE = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Vertx vertx;
    private final Clock clock;
    private final ClientConnections connections;
    private final List<String> audiences;
    private Generation current;

    /** @param trust of their own: nobody else's clients go when the issuers do */
    private record Generation(ServerTrust trust, List<OpenIdTokens> all, TokenAuthenticator asked) {}

    /** @param audiences the API server's own */
    public IssuerTokens(
            Vertx vertx, Clock clock, ClientConnections connections, List<String> audiences, List<Issuer> issuers) {
        this.vertx = vertx;
        this.clock = clock;
        this.connections = connections;
        this.audiences = List.copyOf(audiences);
        this.current = generation(issuers);
    }

    private Generation generation(List<Issuer> issuers) {
        ServerTrust trust = new ServerTrust(connections, null);
        List<OpenIdTokens> all = issuers.stream()
                .map(issuer -> new OpenIdTokens(vertx, clock, issuer, new DiscoveredKeys(issuer, trust), audiences))
                .toList();
        return new Generation(trust, all, TokenAuthenticator.firstOf(List.copyOf(all)));
    }

    @Override
    public Future<@Nullable Found> authenticate(String token, List<String> shownTo) {
        return current.asked.authenticate(token, shownTo);
    }

    /**
     * Believes these and no others from when the keys of all of them are known. Fails when they cannot be had within a minute:
     * then those of before are still believed.
     */
    public Future<Void> replace(List<Issuer> issuers) {
        Generation next = generation(issuers);
        return prepared(next, System.nanoTime() + PATIENCE.toNanos())
                .onSuccess(known -> {
                    Generation before = current;
                    current = next;
                    // Its keys may just be asked for.
                    vertx.setTimer(PATIENCE.toMillis(), over -> before.trust.retain(Set.of()));
                })
                .onFailure(cause -> next.trust.retain(Set.of()));
    }

    private Future<Void> prepared(Generation next, long deadline) {
        return Future.join(next.all.stream().map(OpenIdTokens::prepare).toList())
                .<Void>mapEmpty()
                .recover(cause -> System.nanoTime() + PAUSE.toNanos() > deadline
                        ? Future.failedFuture(cause)
                        : pause().compose(over -> prepared(next, deadline)));
    }

    private Future<Void> pause() {
        Promise<Void> over = Promise.promise();
        vertx.setTimer(PAUSE.toMillis(), id -> over.complete());
        return over.future();
    }
}
