package io.kvorum.apiserver;

import io.kvorum.apiserver.audit.AuditPolicy;
import io.kvorum.apiserver.edge.CrossOrigin;
import io.kvorum.apiserver.oidc.Issuer;
import io.kvorum.apiserver.proxy.ClientConnections;
import io.kvorum.apiserver.proxy.ServerTrust;
import io.kvorum.apiserver.request.RequestTimeout;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an API server may be given beside its configuration.
 *
 * @param connections of requests that other servers answer
 * @param identity shown to extension API servers; null: none
 * @param bootstrapTokens whether Secrets of their type let in
 * @param issuers of OpenID Connect whose tokens are believed
 * @param auditPolicy what is written down of which requests
 * @param fairness whether requests are let in by priority levels, not by their number alone
 * @param served which of the built-in API
 * @param keySet URL of the keys that verify service account tokens, as others are told; null: at this server
 * @param timeout how long a request may take
 * @param origins whose web pages may ask
 */
public record ServingOptions(
        ClientConnections connections,
        ServerTrust.@Nullable Identity identity,
        boolean bootstrapTokens,
        List<Issuer> issuers,
        AuditPolicy auditPolicy,
        boolean fairness,
        RuntimeConfig served,
        @Nullable String keySet,
        RequestTimeout timeout,
        CrossOrigin origins) {
    /** Nothing out of the ordinary. */
    public static ServingOptions plain(Vertx vertx) {
        return new ServingOptions(
                new ClientConnections(vertx, new HttpClientOptions()),
                null,
                false,
                List.of(),
                AuditPolicy.METADATA,
                true,
                RuntimeConfig.ALL,
                null,
                RequestTimeout.DEFAULT,
                CrossOrigin.NONE);
    }

    /** The same, with another part of the built-in API. */
    public ServingOptions serving(RuntimeConfig part) {
        return new ServingOptions(
                connections, identity, bootstrapTokens, issuers, auditPolicy, fairness, part, keySet, timeout, origins);
    }

    /** The same, with the keys of service account tokens elsewhere. */
    public ServingOptions withKeySet(String uri) {
        return new ServingOptions(
                connections, identity, bootstrapTokens, issuers, auditPolicy, fairness, served, uri, timeout, origins);
    }

    /** The same, with another policy of the audit log. */
    public ServingOptions withAuditPolicy(AuditPolicy policy) {
        return new ServingOptions(
                connections, identity, bootstrapTokens, issuers, policy, fairness, served, keySet, timeout, origins);
    }

    /** The same, where bootstrap tokens let in. */
    public ServingOptions withBootstrapTokens() {
        return new ServingOptions(
                connections, identity, true, issuers, auditPolicy, fairness, served, keySet, timeout, origins);
    }

    /** The same, with these issuers. */
    public ServingOptions withIssuers(List<Issuer> believed) {
        return new ServingOptions(
                connections,
                identity,
                bootstrapTokens,
                believed,
                auditPolicy,
                fairness,
                served,
                keySet,
                timeout,
                origins);
    }

    /** The same, with another time for requests. */
    public ServingOptions withTimeout(RequestTimeout most) {
        return new ServingOptions(
                connections, identity, bootstrapTokens, issuers, auditPolicy, fairness, served, keySet, most, origins);
    }

    /** The same, with web pages that may ask. */
    public ServingOptions withOrigins(CrossOrigin allowed) {
        return new ServingOptions(
                connections,
                identity,
                bootstrapTokens,
                issuers,
                auditPolicy,
                fairness,
                served,
                keySet,
                timeout,
                allowed);
    }
}
