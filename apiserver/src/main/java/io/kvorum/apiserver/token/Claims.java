package io.kvorum.apiserver.token;

import com.nimbusds.jwt.JWTClaimsSet;
import io.kvorum.apiserver.request.User;
import java.text.ParseException;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a service account's token says.
 *
 * @param legacy whether it is the content of a Secret, without end
 * @param expiry {@link Instant#MAX} for legacy tokens
 * @param id unique, empty for legacy tokens
 * @param pod the pod it depends on; likewise {@code secret}; {@code node} is where that pod runs
 */
record Claims(
        boolean legacy,
        String issuer,
        String namespace,
        Reference account,
        List<String> audiences,
        Instant notBefore,
        Instant expiry,
        String id,
        @Nullable Reference pod,
        @Nullable Reference node,
        @Nullable Reference secret) {
    private static final String KUBERNETES = "kubernetes.io";
    static final String LEGACY_ISSUER = "kubernetes/serviceaccount";
    private static final String LEGACY = "kubernetes.io/serviceaccount/";

    /** An object by name and uid. */
    record Reference(String name, String uid) {}

    /** As the claims of a JSON Web Token. */
    JWTClaimsSet encode(Instant now) {
        JWTClaimsSet.Builder claims =
                new JWTClaimsSet.Builder().issuer(issuer).subject(User.serviceAccountName(namespace, account.name()));
        if (legacy) {
            claims.claim(LEGACY + "namespace", namespace)
                    .claim(LEGACY + "service-account.name", account.name())
                    .claim(LEGACY + "service-account.uid", account.uid());
            if (secret != null) {
                claims.claim(LEGACY + "secret.name", secret.name());
            }
            return claims.build();
        }
        Map<String, Object> own = new LinkedHashMap<>();
        own.put("namespace", namespace);
        put(own, "node", node);
        put(own, "pod", pod);
        put(own, "secret", secret);
        put(own, "serviceaccount", account);
        return claims.audience(audiences)
                .issueTime(Date.from(now))
                .notBeforeTime(Date.from(notBefore))
                .expirationTime(Date.from(expiry))
                .jwtID(id)
                .claim(KUBERNETES, own)
                .build();
    }

    private static void put(Map<String, Object> into, String field, @Nullable Reference reference) {
        if (reference != null) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("name", reference.name());
            object.put("uid", reference.uid());
            into.put(field, object);
        }
    }

    /** Null for claims that are no service account's. */
    static @Nullable Claims decode(JWTClaimsSet claims) {
        try {
            return LEGACY_ISSUER.equals(claims.getIssuer()) ? legacy(claims) : bound(claims);
        } catch (ParseException e) {
            return null;
        }
    }

    private static @Nullable Claims legacy(JWTClaimsSet claims) throws ParseException {
        String namespace = claims.getStringClaim(LEGACY + "namespace");
        String name = claims.getStringClaim(LEGACY + "service-account.name");
        String uid = claims.getStringClaim(LEGACY + "service-account.uid");
        String secret = claims.getStringClaim(LEGACY + "secret.name");
        if (namespace == null || name == null || uid == null || secret == null) {
            return null;
        }
        return legacy(namespace, new Reference(name, uid), secret);
    }

    /** What the token in a Secret says: for ever, and for every audience that the server has itself. */
    static Claims legacy(String namespace, Reference account, String secret) {
        return new Claims(
                true,
                LEGACY_ISSUER,
                namespace,
                account,
                List.of(),
                Instant.MIN,
                Instant.MAX,
                "",
                null,
                null,
                new Reference(secret, ""));
    }

    private static @Nullable Claims bound(JWTClaimsSet claims) throws ParseException {
        Map<String, Object> own = claims.getJSONObjectClaim(KUBERNETES);
        Date expiry = claims.getExpirationTime();
        Date notBefore = claims.getNotBeforeTime();
        String issuer = claims.getIssuer();
        if (own == null || expiry == null || issuer == null || !(own.get("namespace") instanceof String namespace)) {
            return null;
        }
        Reference account = reference(own, "serviceaccount");
        boolean named = account != null
                && User.serviceAccountName(namespace, account.name()).equals(claims.getSubject());
        if (account == null || !named) {
            return null;
        }
        return new Claims(
                false,
                issuer,
                namespace,
                account,
                List.copyOf(claims.getAudience()),
                notBefore == null ? Instant.MIN : notBefore.toInstant(),
                expiry.toInstant(),
                claims.getJWTID() == null ? "" : claims.getJWTID(),
                reference(own, "pod"),
                reference(own, "node"),
                reference(own, "secret"));
    }

    private static @Nullable Reference reference(Map<String, Object> own, String field) {
        return own.get(field) instanceof Map<?, ?> object
                        && object.get("name") instanceof String name
                        && object.get("uid") instanceof String uid
                ? new Reference(name, uid)
                : null;
    }

    /** The user that shows this token. */
    User user() {
        Map<String, List<String>> extra = new LinkedHashMap<>();
        if (!id.isEmpty()) {
            extra.put("authentication.kubernetes.io/credential-id", List.of("JTI=" + id));
        }
        extra(extra, "node", node);
        extra(extra, "pod", pod);
        return User.serviceAccount(namespace, account.name(), account.uid(), extra);
    }

    private static void extra(Map<String, List<String>> extra, String what, @Nullable Reference reference) {
        if (reference != null) {
            extra.put("authentication.kubernetes.io/" + what + "-name", List.of(reference.name()));
            extra.put("authentication.kubernetes.io/" + what + "-uid", List.of(reference.uid()));
        }
    }
}
