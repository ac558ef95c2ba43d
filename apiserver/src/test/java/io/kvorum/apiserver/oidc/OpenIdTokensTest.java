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
import io.kvorum.apiserver.auth.AnonymousAccess;
import io.kvorum.apiserver.auth.TokenAuthenticator.Found;
import io.kvorum.apiserver.auth.TokenFailure;
import io.kvorum.apiserver.request.User;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
                List.of("RS256"),
                ClaimExpressions.NONE);
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

    /** Whatever is said of an address but that it is confirmed, says that it is not. */
    @Test
    void anAddressIsConfirmedByNothingElse() throws Exception {
        Issuer email = issuer("email", Map.of());
        for (Object said : new Object[] {"false", "true", 1, List.of(true)}) {
            assertThat(user(
                            email,
                            signed(
                                    claims().claim("email", "b@x")
                                            .claim("email_verified", said)
                                            .build(),
                                    key)))
                    .as(String.valueOf(said))
                    .isNull();
        }
    }

    // ---- a structured configuration

    private static final String CONFIG = """
            apiVersion: apiserver.config.k8s.io/v1
            kind: AuthenticationConfiguration
            jwt:
            - issuer: {url: https://login.example, audiences: [kvorum]}
              claimMappings:
                username: {expression: "'x:' + claims.sub"}
                groups: {expression: "claims.roles.split(',').map(role, 'g:' + role)"}
                uid: {expression: "string(claims.number)"}
                extra:
                - {key: example.com/tenant, valueExpression: "claims.?tenant.orValue('')"}
                - {key: example.com/all, valueExpression: "claims.all"}
              claimValidationRules:
              - {expression: "claims.exp - claims.nbf <= 3600", message: too long a life}
              userValidationRules:
              - {expression: "!user.username.startsWith('x:system:')", message: reserved}
              - {expression: "user.groups.all(g, g != 'g:root')"}
            """;

    private static AuthenticationConfig config(String yaml) {
        return AuthenticationConfig.parse(yaml, List.of("https://kubernetes.default.svc"));
    }

    private static JWTClaimsSet.Builder rich() {
        return claims().notBeforeTime(Date.from(NOW.minusSeconds(60)))
                .claim("roles", "dev,ops")
                .claim("number", 7)
                .claim("all", List.of("a", "b"));
    }

    @Test
    void expressionsMakeTheUser() throws Exception {
        Issuer issuer = config(CONFIG).issuers().get(0);
        assertThat(user(issuer, signed(rich().build(), key)))
                .isEqualTo(new User(
                        "x:bob",
                        "7",
                        List.of("g:dev", "g:ops", User.AUTHENTICATED),
                        Map.of("example.com/all", List.of("a", "b"))));
        User tenant = Objects.requireNonNull(
                user(issuer, signed(rich().claim("tenant", "t").build(), key)));
        assertThat(tenant.extra()).containsEntry("example.com/tenant", List.of("t"));
    }

    @Test
    void rulesThatDoNotHoldRefuse() throws Exception {
        Issuer issuer = config(CONFIG).issuers().get(0);
        refused(
                issuer,
                rich().expirationTime(Date.from(NOW.plusSeconds(3600))),
                "oidc: validation expression 'claims.exp - claims.nbf <= 3600' failed: too long a life");
        refused(
                issuer,
                rich().subject("system:admin"),
                "oidc: validation expression '!user.username.startsWith('x:system:')' failed: reserved");
        refused(
                issuer,
                rich().claim("roles", "dev,root"),
                "oidc: validation expression 'user.groups.all(g, g != 'g:root')' failed");
        refused(
                issuer,
                rich().claim("roles", null),
                "oidc: error evaluating groups claim expression: expression 'claims.roles.split(',').map(role, 'g:' +"
                        + " role)' resulted in error: no such key: roles");
        refused(
                issuer,
                rich().claim("all", List.of(1)),
                "oidc: error evaluating extra claim expression: expected a list of strings");
        refused(
                config(CONFIG.replace("'x:' + claims.sub", "claims.nick"))
                        .issuers()
                        .get(0),
                rich().claim("nick", ""),
                "oidc: empty username via CEL expression is not allowed");
    }

    private void refused(Issuer issuer, JWTClaimsSet.Builder claims, String why) throws Exception {
        String token = signed(claims.build(), key);
        assertThatThrownBy(() -> user(issuer, token))
                .hasRootCauseMessage(why)
                .hasRootCauseInstanceOf(TokenFailure.class);
    }

    @Test
    void aStructuredConfigurationNamesItsIssuers() {
        List<Issuer> issuers = config("""
                apiVersion: apiserver.config.k8s.io/v1beta1
                kind: AuthenticationConfiguration
                jwt:
                - issuer: {url: https://a.example, audiences: [one, two], audienceMatchPolicy: MatchAny}
                  claimMappings:
                    username: {claim: sub, prefix: "a:"}
                    groups: {claim: roles, prefix: ""}
                  claimValidationRules: [{claim: hd, requiredValue: example.com}]
                """).issuers();
        assertThat(issuers).hasSize(1);
        assertThat(issuers.get(0).audiences()).containsExactly("one", "two");
        assertThat(issuers.get(0).username()).isEqualTo(new Issuer.Mapping("sub", "a:"));
        assertThat(issuers.get(0).required()).containsEntry("hd", "example.com");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "issuer: {url: \"http://a\", audiences: [x]}, claimMappings: {username: {claim: sub, prefix: \"\"}}|jwt[0].issuer.url:"
                        + " Invalid value: \"http://a\": URL scheme must be https",
                "issuer: {url: \"https://kubernetes.default.svc\", audiences: [x]}, claimMappings: {username: {claim: sub, prefix:"
                        + " \"\"}}|jwt[0].issuer.url: Invalid value: \"https://kubernetes.default.svc\": URL must not overlap with"
                        + " disallowed issuers: [https://kubernetes.default.svc]",
                "issuer: {url: \"https://me@a?b#c\", audiences: []}, claimMappings: {username: {claim: sub, prefix: \"\"}}|"
                        + "[jwt[0].issuer.url: Invalid value: \"https://me@a?b#c\": URL must not contain a username or password,"
                        + " jwt[0].issuer.url: Invalid value: \"https://me@a?b#c\": URL must not contain a query,"
                        + " jwt[0].issuer.url: Invalid value: \"https://me@a?b#c\": URL must not contain a fragment,"
                        + " jwt[0].issuer.audiences: Required value: at least one jwt[0].issuer.audiences is required]",
                "issuer: {url: \"https://a\", audiences: [x, y]}, claimMappings: {username: {claim: sub}}|"
                        + "[jwt[0].issuer.audienceMatchPolicy: Invalid value: \"\": audienceMatchPolicy must be MatchAny for"
                        + " multiple audiences, jwt[0].claimMappings.username.prefix: Required value: prefix is required when claim"
                        + " is set. It can be set to an empty string to disable prefixing]",
                "issuer: {url: \"https://a\", audiences: [x]}|jwt[0].claimMappings.username: Required value: claim or expression is"
                        + " required",
                "issuer: {url: \"https://a\", audiences: [x]}, claimMappings: {username: {expression: claims.email}}|"
                        + "jwt[0].claimMappings.username.expression: Invalid value: \"claims.email\": claims.email_verified must be"
                        + " used in claimMappings.username.expression or claimMappings.extra[*].valueExpression or"
                        + " claimValidationRules[*].expression when claims.email is used in claimMappings.username.expression",
                "issuer: {url: \"https://a\", audiences: [x]}, claimMappings: {username: {claim: sub, prefix: \"\"}, extra: [{key:"
                        + " k8s.io/x, valueExpression: claims.a}, {key: x, valueExpression: claims.a}]}|"
                        + "[jwt[0].claimMappings.extra[0].key: Invalid value: \"k8s.io/x\": k8s.io, kubernetes.io and their"
                        + " subdomains are reserved for Kubernetes use, jwt[0].claimMappings.extra[1].key: Invalid value: \"x\":"
                        + " must be a domain-prefixed path (such as \"acme.io/foo\")]",
                "issuer: {url: \"https://a\", audiences: [x]}, claimMappings: {username: {claim: sub, prefix: \"\"}},"
                        + " claimValidationRules: [{expression: claims.a}]|jwt[0].claimValidationRules[0].expression: Invalid value:"
                        + " \"claims.a\": must evaluate to bool",
                "issuer: {url: \"https://a\", audiences: [x], ca: y}, claimMappings: {username: {claim: sub, prefix: \"\"}}|strict"
                        + " decoding error: unknown field \"jwt[0].issuer.ca\"",
            })
    void whatIsWrongWithAnIssuerIsTold(String jwt, String why) {
        String head = "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\njwt: [{";
        assertThatThrownBy(() -> config(head + jwt + "}]")).hasMessage(why);
    }

    @Test
    void anAddressMayBeLookedAtWhereItsConfirmationIs() {
        assertThat(config(CONFIG.replace("'x:' + claims.sub", "claims.email")
                                .replace("claims.all", "claims.?email_verified.orValue(false) ? ['y'] : []"))
                        .issuers())
                .hasSize(1);
    }

    @Test
    void whoNeedsNoCredentialIsSaid() {
        String head = "{apiVersion: apiserver.config.k8s.io/v1, kind: AuthenticationConfiguration";
        assertThat(config(head + "}").anonymous()).isNull();
        assertThat(config(head + ", anonymous: {enabled: false}}").anonymous()).isEqualTo(AnonymousAccess.NOWHERE);
        assertThat(config(head + ", anonymous: {enabled: true}}").anonymous()).isEqualTo(AnonymousAccess.EVERYWHERE);
        assertThat(config(head + ", anonymous: {enabled: true, conditions: [{path: /livez}]}}")
                        .anonymous())
                .isEqualTo(new AnonymousAccess(true, Set.of("/livez")));
        assertThatThrownBy(() -> config(head + ", anonymous: {enabled: false, conditions: [{path: /livez}]}}"))
                .hasMessageStartingWith("anonymous.conditions: Invalid value: ")
                .hasMessageEndingWith("enabled should be set to true when conditions are defined");
    }
}
