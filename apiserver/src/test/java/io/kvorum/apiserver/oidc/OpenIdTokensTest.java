package io.kvorum.apiserver.oidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.kvorum.apiserver.auth.TokenAuthenticator.Found;
import io.kvorum.apiserver.request.User;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Whose ID tokens are believed, and who they make of their owners. */
class OpenIdTokensTest {
    private static final Instant NOW = Instant.parse("2026-05-01T10:00:00Z");
    private static RSAKey key;
    private static RSAKey other;

    private final Vertx vertx = Vertx.vertx();
    private final AtomicInteger fetches = new AtomicInteger();

    @BeforeAll
    static void keys() throws Exception {
        key = new RSAKeyGenerator(2048).keyID("k1").generate();
        other = new RSAKeyGenerator(2048).keyID("k1").generate();
    }

    @AfterEach
    void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private static Issuer issuer(String usernameClaim, Map<String, String> required) {
        return new Issuer(
                "https://login.example",
                null,
                null,
                List.of("kvorum"),
                new Issuer.Mapping(usernameClaim, "oidc:"),
                new Issuer.Mapping("groups", "g:"),
                "",
                required,
                List.of("RS256"));
    }

    private static JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .issuer("https://login.example")
                .audience("kvorum")
                .subject("bob")
                .expirationTime(Date.from(NOW.plusSeconds(60)));
    }

    private static String signed(JWTClaimsSet claims, RSAKey by) throws Exception {
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("k1").build(), claims);
        jwt.sign(new RSASSASigner(by));
        return jwt.serialize();
    }

    private @Nullable User user(Issuer issuer, String token) throws Exception {
        OpenIdTokens tokens = tokens(issuer);
        Found found = tokens.authenticate(token, List.of())
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        return found == null ? null : found.user();
    }

    private OpenIdTokens tokens(Issuer issuer) {
        return new OpenIdTokens(
                vertx,
                Clock.fixed(NOW, ZoneOffset.UTC),
                issuer,
                () -> {
                    fetches.incrementAndGet();
                    return Future.succeededFuture(new JWKSet(key.toPublicJWK()));
                },
                List.of("api"));
    }

    @Test
    void aTokenNamesItsUserAndGroupsWithTheirPrefixes() throws Exception {
        User user = user(
                issuer("sub", Map.of()),
                signed(claims().claim("groups", List.of("devs", "ops")).build(), key));
        assertThat(user).isEqualTo(new User("oidc:bob", List.of("g:devs", "g:ops", User.AUTHENTICATED)));
        user = user(
                issuer("sub", Map.of()), signed(claims().claim("groups", "devs").build(), key));
        assertThat(user).isEqualTo(new User("oidc:bob", List.of("g:devs", User.AUTHENTICATED)));
    }

    @Test
    void tokensOfOthersForOthersOrOutOfTimeAreNot() throws Exception {
        Issuer issuer = issuer("sub", Map.of());
        assertThat(user(issuer, signed(claims().build(), other))).isNull();
        assertThat(user(issuer, signed(claims().issuer("https://evil").build(), key)))
                .isNull();
        assertThat(user(issuer, signed(claims().audience("else").build(), key))).isNull();
        assertThat(user(issuer, signed(claims().expirationTime(Date.from(NOW)).build(), key)))
                .isNull();
        assertThat(user(
                        issuer,
                        signed(
                                claims().notBeforeTime(Date.from(NOW.plusSeconds(9)))
                                        .build(),
                                key)))
                .isNull();
        assertThat(user(issuer, "a.b.c")).isNull();
        assertThat(user(issuer, "opaque")).isNull();
    }

    @Test
    void anUnsignedTokenIsNotBelieved() throws Exception {
        String token = signed(claims().build(), key);
        String none = "eyJhbGciOiJub25lIn0." + token.split("\\.")[1] + ".";
        assertThat(user(issuer("sub", Map.of()), none)).isNull();
    }

    @Test
    void anAddressMustBeConfirmedAndRequiredClaimsMustHold() throws Exception {
        Issuer email = issuer("email", Map.of());
        assertThat(user(
                        email,
                        signed(
                                claims().claim("email", "b@x")
                                        .claim("email_verified", false)
                                        .build(),
                                key)))
                .isNull();
        assertThat(user(email, signed(claims().claim("email", "b@x").build(), key)))
                .isNotNull();
        Issuer strict = issuer("sub", Map.of("hd", "example.com"));
        assertThat(user(strict, signed(claims().build(), key))).isNull();
        assertThat(user(strict, signed(claims().claim("hd", "example.com").build(), key)))
                .isNotNull();
    }

    @Test
    void keysAreFetchedOnceAndNotForEveryUnknownKey() throws Exception {
        OpenIdTokens tokens = tokens(issuer("sub", Map.of()));
        for (int i = 0; i < 3; i++) {
            tokens.authenticate(signed(claims().build(), key), List.of())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
        }
        assertThat(fetches).hasValue(1);
    }

    @Test
    void aStructuredConfigurationNamesItsIssuers() {
        List<Issuer> issuers = AuthenticationConfig.parse("""
                apiVersion: apiserver.config.k8s.io/v1beta1
                kind: AuthenticationConfiguration
                jwt:
                - issuer: {url: https://a.example, audiences: [one, two]}
                  claimMappings:
                    username: {claim: sub, prefix: "a:"}
                    groups: {claim: roles, prefix: ""}
                  claimValidationRules: [{claim: hd, requiredValue: example.com}]
                """);
        assertThat(issuers).hasSize(1);
        assertThat(issuers.get(0).audiences()).containsExactly("one", "two");
        assertThat(issuers.get(0).username()).isEqualTo(new Issuer.Mapping("sub", "a:"));
        assertThat(issuers.get(0).required()).containsEntry("hd", "example.com");
        assertThatThrownBy(() -> AuthenticationConfig.parse("""
                        apiVersion: apiserver.config.k8s.io/v1
                        kind: AuthenticationConfiguration
                        jwt: [{issuer: {url: "http://a", audiences: [x]}, claimMappings: {username: {claim: sub}}}]
                        """)).hasMessageContaining("must use https");
    }
}
