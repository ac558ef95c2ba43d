package io.kvorum.apiserver.auth;

import io.kvorum.api.ApiException;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.Credentials;
import io.kvorum.apiserver.request.User;
import io.vertx.core.Future;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.jspecify.annotations.Nullable;

/**
 * Names the user of a request: the identity of a bus sender that proved itself; common name and organisations of a
 * verified client certificate; the owner of a bearer token. A wrong token is refused also where anonymous requests are
 * let in.
 */
public final class Authenticator {
    private static final String BEARER = "bearer ";

    private final AnonymousAccess anonymous;
    private final TokenAuthenticator tokens;
    private final AuthenticationMetrics metrics;
    // A connection shows the same certificate object with every request; its subject is parsed once.
    private final Map<X509Certificate, User> users = new WeakHashMap<>();

    public Authenticator(AnonymousAccess anonymous, TokenAuthenticator tokens, AuthenticationMetrics metrics) {
        this.metrics = metrics;
        this.anonymous = anonymous;
        this.tokens = tokens;
    }

    /** Fails with 401 when the sender cannot be named; complete at once unless a token's signature has to be checked. */
    public Future<User> authenticate(ApiRequest request) {
        long began = System.nanoTime();
        Future<User> named;
        try {
            named = named(request);
        } catch (ApiException unknown) {
            metrics.broken(System.nanoTime() - began);
            throw unknown;
        }
        if (named == null) {
            metrics.failed(System.nanoTime() - began);
            throw unauthorized();
        }
        return named.onComplete(done -> {
            long nanos = System.nanoTime() - began;
            if (done.succeeded()) {
                metrics.succeeded(done.result().name(), nanos);
            } else {
                metrics.broken(nanos);
            }
        });
    }

    /** Null when there is no credential and none is not enough. */
    private @Nullable Future<User> named(ApiRequest request) {
        Credentials credentials = request.credentials();
        if (credentials.busSender() != null) {
            return Future.succeededFuture(
                    BusIdentities.user(credentials.busSender(), request.header(BusIdentities.ACT_AS)));
        }
        X509Certificate certificate = credentials.certificate();
        if (certificate != null) {
            User user = users.get(certificate);
            if (user == null) {
                user = ofCertificate(certificate);
                users.put(certificate, user);
            }
            metrics.certified(certificate);
            return Future.succeededFuture(user);
        }
        String authorization = request.header("Authorization").trim();
        if (authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return tokens.authenticate(authorization.substring(BEARER.length()).trim(), List.of())
                    .map(found -> {
                        if (found == null) {
                            throw unauthorized();
                        }
                        return found.user();
                    })
                    .recover(cause -> Future.failedFuture(cause instanceof TokenFailure ? unauthorized() : cause));
        }
        if (anonymous.lets(request.path(), authorization.isEmpty())) {
            return Future.succeededFuture(User.ANONYMOUS);
        }
        return null;
    }

    private static User ofCertificate(X509Certificate certificate) {
        String name = "";
        List<String> groups = new ArrayList<>();
        try {
            for (Rdn rdn : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                if (rdn.getType().equalsIgnoreCase("CN")) {
                    name = rdn.getValue().toString();
                } else if (rdn.getType().equalsIgnoreCase("O")) {
                    groups.add(rdn.getValue().toString());
                }
            }
        } catch (InvalidNameException e) {
            throw unauthorized();
        }
        if (name.isEmpty()) {
            throw unauthorized();
        }
        groups.add(User.AUTHENTICATED);
        return new User(name, List.copyOf(groups));
    }

    static ApiException unauthorized() {
        return new ApiException(401, "Unauthorized", "Unauthorized", null);
    }
}
