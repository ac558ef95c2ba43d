package io.kvorum.apiserver.oidc;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.jwk.JWKSet;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.proxy.Forwarder;
import io.kvorum.apiserver.proxy.ServerTrust;
import io.kvorum.apiserver.proxy.Target;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import java.net.URI;
import java.text.ParseException;

/** The keys of an issuer, found by its discovery document. */
public final class DiscoveredKeys implements OpenIdTokens.KeySource {
    private static final String DOCUMENT = "/.well-known/openid-configuration";

    private final Issuer issuer;
    private final ServerTrust trust;

    public DiscoveredKeys(Issuer issuer, ServerTrust trust) {
        this.issuer = issuer;
        this.trust = trust;
    }

    @Override
    public Future<JWKSet> fetch() {
        String url = issuer.url();
        String below = (url.endsWith("/") ? url.substring(0, url.length() - 1) : url) + DOCUMENT;
        String discovery = issuer.discoveryUrl();
        return get(discovery == null ? below : discovery)
                .compose(text -> {
                    JsonNode document = ObjectJson.parseAny(text);
                    return Tree.text(document, "issuer").equals(url)
                            ? get(Tree.text(document, "jwks_uri"))
                            : Future.failedFuture("the document is of the issuer " + Tree.text(document, "issuer"));
                })
                .compose(text -> {
                    try {
                        return Future.succeededFuture(JWKSet.parse(text));
                    } catch (ParseException e) {
                        return Future.failedFuture("its keys cannot be read: " + e.getMessage());
                    }
                });
    }

    private Future<String> get(String url) {
        URI uri;
        try {
            uri = URI.create(url);
        } catch (IllegalArgumentException malformed) {
            return Future.failedFuture("no URL: " + url);
        }
        if (!"https".equals(uri.getScheme()) || uri.getHost() == null) {
            return Future.failedFuture("no https URL: " + url);
        }
        Target target = new Target(
                trust.client(
                        issuer.url() + " " + uri.getHost(),
                        issuer.authorities() == null ? "" : issuer.authorities(),
                        false,
                        uri.getHost()),
                true,
                uri.getHost(),
                uri.getPort() < 0 ? 443 : uri.getPort(),
                uri.getRawPath(),
                uri.getRawQuery() == null ? "" : uri.getRawQuery(),
                null,
                MultiMap.caseInsensitiveMultiMap());
        return Forwarder.get(target)
                .compose(answer -> answer.status() == 200
                        ? Future.succeededFuture(answer.body().toString())
                        : Future.failedFuture(url + ": status " + answer.status()));
    }
}
