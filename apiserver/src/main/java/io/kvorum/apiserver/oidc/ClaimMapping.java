package io.kvorum.apiserver.oidc;

import com.nimbusds.jwt.JWTClaimsSet;
import io.kvorum.apiserver.request.User;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes a user of the claims of a token that is believed. */
final class ClaimMapping {
    private static final String EMAIL = "email";

    private final Issuer issuer;

    ClaimMapping(Issuer issuer) {
        this.issuer = issuer;
    }

    /** Null when a claim is missing, has not the value it must have, or is no text. */
    @Nullable
    User user(JWTClaimsSet claims) {
        for (Map.Entry<String, String> required : issuer.required().entrySet()) {
            if (!required.getValue().equals(claims.getClaim(required.getKey()))) {
                return null;
            }
        }
        String claim = issuer.username().claim();
        // An address that its owner has not confirmed may be somebody else's.
        boolean confirmed = !claim.equals(EMAIL) || !Boolean.FALSE.equals(claims.getClaim("email_verified"));
        if (!confirmed || !(claims.getClaim(claim) instanceof String name) || name.isEmpty()) {
            return null;
        }
        List<String> groups = groups(claims);
        if (groups == null) {
            return null;
        }
        Object uid = issuer.uidClaim().isEmpty() ? "" : claims.getClaim(issuer.uidClaim());
        return uid instanceof String text ? new User(issuer.username().prefix() + name, text, groups, Map.of()) : null;
    }

    /** One text or a list of them. */
    private @Nullable List<String> groups(JWTClaimsSet claims) {
        List<String> groups = new ArrayList<>();
        Object given = issuer.groups().claim().isEmpty()
                ? null
                : claims.getClaim(issuer.groups().claim());
        List<?> all = given == null ? List.of() : given instanceof List<?> list ? list : List.of(given);
        for (Object group : all) {
            if (!(group instanceof String text)) {
                return null;
            }
            groups.add(issuer.groups().prefix() + text);
        }
        groups.add(User.AUTHENTICATED);
        return List.copyOf(groups);
    }
}
