package io.kvorum.apiserver.oidc;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.kvorum.apiserver.auth.TokenAuthenticator;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Believes the ID tokens of one issuer. Its keys are fetched when a token needs one that is not known, at most once in
 * ten seconds; signatures are checked on a worker.
 */
public final class OpenIdTokens implements TokenAuthenticator {
    private static final Logger LOG = LoggerFactory.getLogger(OpenIdTokens.class);
    private static final Duration FETCH_PAUSE = Duration.ofSeconds(10);
    private static final int LONGEST = 64 << 10;

    private final Vertx vertx;
    private final Clock clock;
    private final Issuer issuer;
    private final ClaimMapping mapping;
    private final KeySource source;
    private final List<String> own;
    private JWKSet keys = new JWKSet();
    private Instant fetched = Instant.EPOCH;
    private @Nullable Future<Void> fetching;

    /** Where the keys of an issuer come from. */
    @FunctionalInterface
    public interface KeySource {
        Future<JWKSet> fetch();
    }

    /** @param audiences the API server's own, which a believed token is good for */
    public OpenIdTokens(Vertx vertx, Clock clock, Issuer issuer, KeySource source, List<String> audiences) {
        this.vertx = vertx;
        this.clock = clock;
        this.issuer = issuer;
        this.mapping = new ClaimMapping(issuer);
        this.source = source;
        this.own = List.copyOf(audiences);
    }

    /** Fetches the keys, not only when a token needs one; fails when they cannot be had. */
    Future<Void> prepare() {
        fetched = clock.instant();
        return source.fetch().onSuccess(found -> keys = found).mapEmpty();
    }

    /** Fails with {@link io.kvorum.apiserver.auth.TokenFailure} when a rule of the issuer is against it. */
    @Override
    public Future<@Nullable Found> authenticate(String token, List<String> audiences) {
        List<String> meant = audiences.isEmpty()
                ? own
                : audiences.stream().filter(own::contains).toList();
        SignedJWT jwt = ours(token);
        if (jwt == null || meant.isEmpty()) {
            return Future.succeededFuture();
        }
        return key(jwt.getHeader().getKeyID())
                .compose(key -> key == null
                        ? Future.succeededFuture(false)
                        : vertx.executeBlocking(() -> verified(jwt, key), false))
                .map(good -> {
                    if (!good) {
                        return null;
                    }
                    var user = mapping.user(claims(jwt), jwt.getPayload().toString());
                    return user == null ? null : new Found(user, meant);
                });
    }

    /** The token when it is one of this issuer's, for us, and in its time; its signature is not looked at. */
    private @Nullable SignedJWT ours(String token) {
        if (token.length() > LONGEST || token.chars().filter(c -> c == '.').count() != 2) {
            return null;
        }
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            JWTClaimsSet claims = jwt.getJWTClaimsSet();
            Date now = Date.from(clock.instant());
            Date end = claims.getExpirationTime();
            Date begin = claims.getNotBeforeTime();
            boolean fits = issuer.url().equals(claims.getIssuer())
                    && issuer.algorithms()
                            .contains(jwt.getHeader().getAlgorithm().getName())
                    && claims.getAudience().stream().anyMatch(issuer.audiences()::contains)
                    && end != null
                    && end.after(now)
                    && (begin == null || !begin.after(now));
            return fits ? jwt : null;
        } catch (ParseException none) {
            return null;
        }
    }

    private static JWTClaimsSet claims(SignedJWT jwt) {
        try {
            return jwt.getJWTClaimsSet();
        } catch (ParseException e) {
            throw new IllegalStateException("claims could be read before", e);
        }
    }

    private static boolean verified(SignedJWT jwt, JWK key) {
        try {
            return key instanceof AsymmetricJWK asymmetric
                    && jwt.verify(new DefaultJWSVerifierFactory()
                            .createJWSVerifier(jwt.getHeader(), asymmetric.toPublicKey()));
        } catch (JOSEException unfit) {
            return false;
        }
    }

    private Future<@Nullable JWK> key(@Nullable String id) {
        JWK known = find(id);
        if (known != null
                || Duration.between(fetched, clock.instant()).compareTo(FETCH_PAUSE) < 0 && fetching == null) {
            return Future.succeededFuture(known);
        }
        return fetch().map(done -> find(id));
    }

    private @Nullable JWK find(@Nullable String id) {
        if (id == null) {
            return keys.size() == 1 ? keys.getKeys().get(0) : null;
        }
        return keys.getKeyByKeyId(id);
    }

    /** One fetch at a time; a failed one leaves the keys that are known. */
    private Future<Void> fetch() {
        Future<Void> under = fetching;
        if (under != null) {
            return under;
        }
        fetched = clock.instant();
        Future<Void> begun = source.fetch().<Void>transform(done -> {
            fetching = null;
            if (done.succeeded()) {
                keys = done.result();
            } else {
                LOG.warn("keys not fetched issuer={} cause={}", issuer.url(), String.valueOf(done.cause()));
            }
            return Future.succeededFuture();
        });
        fetching = begun.isComplete() ? null : begun;
        return begun;
    }
}
