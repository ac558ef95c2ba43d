package io.kvorum.apiserver.oidc;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A provider whose tokens are believed.
 *
 * @param url as in the claim {@code iss}
 * @param discoveryUrl of its configuration; null: below {@code url}
 * @param authorities PEM of those who may certify it; null: those of the JDK
 * @param audiences one of which a token must name
 * @param username claim and prefix
 * @param groups claim and prefix; an empty claim: none
 * @param uidClaim empty: none
 * @param required claims that must have these values
 * @param algorithms of signatures that are accepted
 * @param expressions in place of claims
 */
public record Issuer(
        String url,
        @Nullable String discoveryUrl,
        @Nullable String authorities,
        List<String> audiences,
        Mapping username,
        Mapping groups,
        String uidClaim,
        Map<String, String> required,
        List<String> algorithms,
        ClaimExpressions expressions) {
    /** The signature algorithms that upstream knows. */
    static final List<String> ALGORITHMS =
            List.of("RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512");

    /** A claim and what goes before its value. */
    public record Mapping(String claim, String prefix) {}

    /** Fails with IllegalArgumentException that says what is wrong. */
    public Issuer {
        if (!url.startsWith("https://")) {
            throw new IllegalArgumentException("issuer url \"" + url + "\" must use https");
        }
        if (audiences.isEmpty()) {
            throw new IllegalArgumentException("at least one audience (client id) is required");
        }
        for (String algorithm : algorithms) {
            if (!ALGORITHMS.contains(algorithm)) {
                throw new IllegalArgumentException("unsupported signing algorithm \"" + algorithm + "\"");
            }
        }
    }
}
