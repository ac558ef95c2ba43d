package io.kvorum.apiserver;

import static io.kvorum.apiserver.GuardedServer.ISSUER;
import static io.kvorum.apiserver.GuardedServer.TEAM;
import static io.kvorum.apiserver.GuardedServer.WHO;
import static io.kvorum.apiserver.GuardedServer.made;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens of service accounts that are not quite right. */
class AuthBypassTokensComponentTest {
    @TempDir
    Path folder;

    private GuardedServer guarded;
    private SignedJWT real;

    @BeforeEach
    void start() throws Exception {
        guarded = new GuardedServer(folder);
        made(guarded.admin.post(TEAM + "/serviceaccounts", "{\"metadata\":{\"name\":\"robot\"}}"));
        real = SignedJWT.parse(made(guarded.admin.post(TEAM + "/serviceaccounts/robot/token", "{\"spec\":{}}"))
                .json()
                .at("/status/token")
                .asText());
    }

    @AfterEach
    void stop() throws Exception {
        guarded.close();
    }

    private int who(String token) throws Exception {
        return guarded.bearer(token).post(WHO, "{}").status();
    }

    private JWTClaimsSet.Builder claims() throws Exception {
        return new JWTClaimsSet.Builder(real.getJWTClaimsSet());
    }

    private String signed(JWSHeader header, JWTClaimsSet claims, KeyPair keys) throws Exception {
        SignedJWT token = new SignedJWT(header, claims);
        token.sign(new ECDSASigner((ECPrivateKey) keys.getPrivate()));
        return token.serialize();
    }

    private String signed(JWTClaimsSet claims) throws Exception {
        return signed(real.getHeader(), claims, guarded.accountKeys);
    }

    private static KeyPair strangers() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        return generator.generateKeyPair();
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whatIsSignedHereByTheRightKeyIsATokenUnlessSaidOtherwise() throws Exception {
        assertThat(who(signed(claims().build()))).isEqualTo(201);
    }

    @Test
    void anotherKeyCountsForNothingWhateverTheHeaderSays() throws Exception {
        KeyPair keys = strangers();
        ECKey own = new ECKey.Builder(Curve.P_256, (ECPublicKey) keys.getPublic()).build();
        JWSHeader.Builder header = new JWSHeader.Builder(JWSAlgorithm.ES256).type(JOSEObjectType.JWT);
        List<JWSHeader> headers = List.of(
                real.getHeader(),
                header.build(),
                header.jwk(own).build(),
                header.jwkURL(URI.create("http://127.0.0.1:1/keys")).build(),
                header.keyID("../../../dev/null").build(),
                header.keyID("' OR 1=1 --").build(),
                header.keyID("").build());
        for (JWSHeader one : headers) {
            assertThat(who(signed(one, claims().build(), keys)))
                    .as(one.toString())
                    .isEqualTo(401);
        }
    }

    @Test
    void noAlgorithmAndASharedSecretCountForNothing() throws Exception {
        String payload = real.serialize().split("\\.")[1];
        for (String alg : List.of("none", "None", "NONE", "nOnE", "", "HS256", "ES384", "RS256")) {
            String head = base64(
                    "{\"alg\":\"" + alg + "\",\"kid\":\"" + real.getHeader().getKeyID() + "\"}");
            assertThat(who(head + "." + payload + ".")).as(alg).isEqualTo(401);
            assertThat(who(head + "." + payload + "." + real.serialize().split("\\.")[2]))
                    .as(alg)
                    .isEqualTo(401);
        }
        byte[] publicKey = guarded.accountKeys.getPublic().getEncoded();
        byte[] pem = Files.readAllBytes(folder.resolve("sa.pub"));
        for (byte[] secret : List.of(publicKey, pem)) {
            SignedJWT shared = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.HS256)
                            .keyID(real.getHeader().getKeyID())
                            .build(),
                    claims().build());
            shared.sign(new MACSigner(secret));
            assertThat(who(shared.serialize())).isEqualTo(401);
        }
        // The signature of zeros that broken verifiers of ECDSA take for any text.
        String zeros = Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[64]);
        String[] parts = real.serialize().split("\\.");
        assertThat(who(parts[0] + "." + payload + "." + zeros)).isEqualTo(401);
    }

    @Test
    void timesAudienceAndIssuerMustFit() throws Exception {
        Date past = Date.from(Instant.now().minusSeconds(60));
        Date future = Date.from(Instant.now().plusSeconds(3_000));
        Map<String, JWTClaimsSet> wrong = new LinkedHashMap<>();
        wrong.put("run out", claims().expirationTime(past).build());
        wrong.put("without an end", claims().expirationTime(null).build());
        wrong.put("not yet", claims().notBeforeTime(future).build());
        wrong.put("for others", claims().audience("vault").build());
        wrong.put("for nobody", claims().audience(List.of()).build());
        wrong.put("for almost us", claims().audience(ISSUER + "/").build());
        wrong.put("by others", claims().issuer("https://elsewhere").build());
        wrong.put("by nobody", claims().issuer(null).build());
        wrong.put(
                "by the old issuer",
                claims().issuer("kubernetes/serviceaccount").build());
        for (Map.Entry<String, JWTClaimsSet> one : wrong.entrySet()) {
            assertThat(who(signed(one.getValue()))).as(one.getKey()).isEqualTo(401);
        }
    }

    @Test
    void whatATokenSaysMustHoldTogetherAndBeThere() throws Exception {
        Map<String, Object> about = new LinkedHashMap<>(real.getJWTClaimsSet().getJSONObjectClaim("kubernetes.io"));
        Map<String, JWTClaimsSet> wrong = new LinkedHashMap<>();
        wrong.put(
                "another subject",
                claims().subject("system:serviceaccount:kube-system:robot").build());
        wrong.put("a user", claims().subject("admin").build());
        wrong.put("nothing about", claims().claim("kubernetes.io", null).build());
        about.put("namespace", "kube-system");
        wrong.put(
                "another namespace",
                claims().claim("kubernetes.io", new LinkedHashMap<>(about))
                        .subject("system:serviceaccount:kube-system:robot")
                        .build());
        about.put("namespace", "default");
        about.put("serviceaccount", Map.of("name", "robot", "uid", "another"));
        wrong.put(
                "another uid",
                claims().claim("kubernetes.io", new LinkedHashMap<>(about)).build());
        about.put("serviceaccount", Map.of("name", "robot"));
        wrong.put(
                "no uid",
                claims().claim("kubernetes.io", new LinkedHashMap<>(about)).build());
        about.put("serviceaccount", List.of("robot"));
        wrong.put(
                "no account",
                claims().claim("kubernetes.io", new LinkedHashMap<>(about)).build());
        for (Map.Entry<String, JWTClaimsSet> one : wrong.entrySet()) {
            assertThat(who(signed(one.getValue()))).as(one.getKey()).isEqualTo(401);
        }
    }

    @Test
    void aTokenIsNotFoundElsewhereThanInItsHeader() throws Exception {
        Http nobody = new Http(guarded.server, guarded.authority.client(null));
        for (String name : List.of("access_token", "token", "bearer", "Authorization")) {
            assertThat(nobody.get("/version?" + name + "=admin-token").status())
                    .as(name)
                    .isEqualTo(401);
        }
        for (String scheme : List.of("Basic", "Token", "Bearer:", "Digest", "Negotiate")) {
            Http other =
                    new Http(guarded.server, guarded.authority.client(null), "Authorization", scheme + " admin-token");
            assertThat(other.get("/version").status()).as(scheme).isEqualTo(401);
        }
        for (String token : List.of("admin-token,admin-token", "admin-toke", "ADMIN-TOKEN", "admin-token.", "*")) {
            assertThat(who(token)).as(token).isEqualTo(401);
        }
    }

    @Test
    void aTokenOfAPodIsNotThatOfItsSuccessor() throws Exception {
        String pod = "{\"metadata\":{\"name\":\"p\"},\"spec\":{\"serviceAccountName\":\"robot\","
                + "\"terminationGracePeriodSeconds\":0,\"automountServiceAccountToken\":false,"
                + "\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}";
        String uid = made(guarded.admin.post(TEAM + "/pods", pod))
                .json()
                .at("/metadata/uid")
                .asText();
        String token = made(guarded.admin.post(
                        TEAM + "/serviceaccounts/robot/token",
                        "{\"spec\":{\"boundObjectRef\":{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"name\":\"p\",\"uid\":\""
                                + uid + "\"}}}"))
                .json()
                .at("/status/token")
                .asText();
        assertThat(who(token)).isEqualTo(201);
        guarded.admin.delete(TEAM + "/pods/p", "{\"gracePeriodSeconds\":0}");
        made(guarded.admin.post(TEAM + "/pods", pod));
        assertThat(who(token)).isEqualTo(401);
    }
}
