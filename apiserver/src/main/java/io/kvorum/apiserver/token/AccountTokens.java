package io.kvorum.apiserver.token;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jwt.JWTClaimsSet;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.auth.TokenAuthenticator;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.WatchCache;
import io.kvorum.apiserver.request.User;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Makes service account tokens and tells whose they are. Belongs to the API server's event loop. */
public final class AccountTokens implements TokenAuthenticator {
    private static final int MOST_KNOWN = 4096;
    /** A pod under deletion may still need its token to end orderly. */
    private static final Duration AFTER_DELETION = Duration.ofSeconds(60);

    private final Vertx vertx;
    private final Clock clock;
    private final WatchCache cache;
    private final Future<SigningKeys> keys;
    private final boolean signs;
    private final List<String> issuers;
    private final List<String> audiences;

    /** What verified tokens said, those used last at the end. */
    private final Map<String, Known> known = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
            return size() > MOST_KNOWN;
        }
    };

    private record Known(Claims claims, User user) {}

    /**
     * @param keys are being read
     * @param signs whether one of them makes tokens
     * @param issuers the first makes tokens, all are accepted
     * @param audiences whom tokens for this API server are meant for
     */
    public AccountTokens(
            Vertx vertx,
            Clock clock,
            WatchCache cache,
            Future<SigningKeys> keys,
            boolean signs,
            List<String> issuers,
            List<String> audiences) {
        this.vertx = vertx;
        this.clock = clock;
        this.cache = cache;
        this.keys = keys;
        this.signs = signs;
        this.issuers = List.copyOf(issuers);
        this.audiences = List.copyOf(audiences);
    }

    public List<String> audiences() {
        return audiences;
    }

    public boolean canSign() {
        return signs;
    }

    String issuer() {
        return issuers.get(0);
    }

    /** The public keys as a JSON Web Key Set. */
    public Future<String> keySet() {
        return keys.map(SigningKeys::keySet);
    }

    /** The discovery document of OpenID Connect. */
    public Future<Map<String, Object>> discovery(String keySetUri) {
        return keys.map(all -> discovery(all, keySetUri));
    }

    private Map<String, Object> discovery(SigningKeys known, String keySetUri) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("issuer", issuer());
        document.put("jwks_uri", keySetUri);
        document.put("response_types_supported", List.of("id_token"));
        document.put("subject_types_supported", List.of("public"));
        document.put("id_token_signing_alg_values_supported", known.algorithms());
        return document;
    }

    Future<String> sign(Claims claims) {
        JWTClaimsSet encoded = claims.encode(clock.instant());
        return keys.compose(all -> vertx.executeBlocking(() -> all.sign(encoded), false));
    }

    @Override
    public Future<@Nullable Found> authenticate(String token, List<String> shownTo) {
        Known verified = known.get(token);
        if (verified != null) {
            return judged(token, verified, shownTo);
        }
        if (token.chars().filter(c -> c == '.').count() != 2) {
            return Future.succeededFuture();
        }
        return keys.compose(all -> vertx.executeBlocking(() -> all.verify(token), false))
                .compose(said -> {
                    Claims claims = said == null ? null : Claims.decode(said);
                    boolean ours = claims != null && (claims.legacy() || issuers.contains(claims.issuer()));
                    if (claims == null || !ours) {
                        return Future.succeededFuture();
                    }
                    Known found = new Known(claims, claims.user());
                    known.put(token, found);
                    return judged(token, found, shownTo);
                });
    }

    /** Null unless the token counts now: in its time, for the audience, with all it depends on in place. */
    private Future<@Nullable Found> judged(String token, Known verified, List<String> shownTo) {
        Claims claims = verified.claims();
        Instant now = clock.instant();
        List<String> wanted = shownTo.isEmpty() ? audiences : shownTo;
        List<String> own = claims.legacy() ? audiences : claims.audiences();
        List<String> meant = wanted.stream().filter(own::contains).toList();
        if (now.isAfter(claims.expiry())
                || now.isBefore(claims.notBefore().minusSeconds(leeway(claims)))
                || meant.isEmpty()) {
            return Future.succeededFuture();
        }
        if (cache.synced() && stands(token, claims, now)) {
            return Future.succeededFuture(new Found(verified.user(), meant));
        }
        // What it depends on may just have been made through another API server.
        return cache.fresh()
                .timeout(5, TimeUnit.SECONDS)
                .recover(cause -> Future.failedFuture(WatchCache.notReady()))
                .map(fresh -> stands(token, claims, now) ? new Found(verified.user(), meant) : null);
    }

    /** Clocks of API servers may differ a little. */
    private static long leeway(Claims claims) {
        return claims.notBefore().equals(Instant.MIN) ? 0 : 10;
    }

    private boolean stands(String token, Claims claims, Instant now) {
        String namespace = claims.namespace();
        if (!lives("core/serviceaccounts", namespace, claims.account(), Instant.MAX)) {
            return false;
        }
        Claims.Reference pod = claims.pod();
        if (pod != null && !lives("core/pods", namespace, pod, now)) {
            return false;
        }
        Claims.Reference secret = claims.secret();
        if (secret == null) {
            return true;
        }
        return claims.legacy()
                ? holds(namespace + "/" + secret.name(), token)
                : lives("core/secrets", namespace, secret, Instant.MAX);
    }

    /** @param now how far a deletion may have come; MAX: any deletion ends it */
    private boolean lives(String resource, String namespace, Claims.Reference wanted, Instant now) {
        ObjectVersion found = cache.of(resource).get(namespace + "/" + wanted.name());
        if (found == null) {
            return false;
        }
        JsonNode meta = found.selectable().path("metadata");
        String deleted = Tree.text(meta, "deletionTimestamp");
        return Tree.text(meta, "uid").equals(wanted.uid()) && (deleted.isEmpty() || within(deleted, now));
    }

    private static boolean within(String deleted, Instant now) {
        try {
            return !now.equals(Instant.MAX)
                    && now.isBefore(Instant.parse(deleted).plus(AFTER_DELETION));
        } catch (DateTimeException e) {
            return false;
        }
    }

    /** Whether the Secret still holds this very token. */
    private boolean holds(String secret, String token) {
        ObjectVersion found = cache.of("core/secrets").get(secret);
        if (found == null || Tree.has(found.selectable().path("metadata"), "deletionTimestamp")) {
            return false;
        }
        String data = Tree.text(found.selectable(), "data", "token");
        byte[] expected = Base64.getEncoder().encode(token.getBytes(StandardCharsets.US_ASCII));
        return MessageDigest.isEqual(expected, data.getBytes(StandardCharsets.US_ASCII));
    }

    /** Kinds that tokens may be bound to. */
    static final Set<String> BINDABLE = Set.of("Pod", "Secret", "Node");
}
