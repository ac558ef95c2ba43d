package io.kvorum.apiserver;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.TimeUnit;

/** An OpenID Connect issuer over HTTPS. */
final class IssuerServer implements AutoCloseable {
    private final Vertx vertx = Vertx.vertx();
    private final RSAKey key = new RSAKeyGenerator(2048).keyID("k1").generate();
    private final Path authority;
    private final HttpServer server;

    IssuerServer(Path folder) throws Exception {
        ApiServerConfig.Tls tls = new TestAuthority("CN=issuer").serving(Files.createDirectories(folder));
        authority = tls.clientCa();
        server = vertx.createHttpServer(new HttpServerOptions()
                        .setSsl(true)
                        .setKeyCertOptions(new PemKeyCertOptions()
                                .setCertPath(tls.certificate().toString())
                                .setKeyPath(tls.key().toString())))
                .requestHandler(request -> request.response()
                        .end(
                                request.path().equals("/keys")
                                        ? new JWKSet(key.toPublicJWK()).toString()
                                        : "{\"issuer\":\"" + url() + "\",\"jwks_uri\":\"" + url() + "/keys\"}"))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }

    String url() {
        return "https://127.0.0.1:" + server.actualPort();
    }

    /** The item of {@code jwt} in an AuthenticationConfiguration that believes it. */
    String jwt(String prefix) throws Exception {
        String pem = Files.readString(authority).strip().replace("\r", "").replace("\n", "\n      ");
        return "- issuer:\n    url: " + url() + "\n    audiences: [kvorum]\n    certificateAuthority: |\n      " + pem
                + "\n  claimMappings: {username: {claim: sub, prefix: \"" + prefix + "\"}}\n";
    }

    String token(String subject) throws Exception {
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("k1").build(),
                new JWTClaimsSet.Builder()
                        .issuer(url())
                        .audience("kvorum")
                        .subject(subject)
                        .expirationTime(Date.from(Instant.now().plusSeconds(600)))
                        .build());
        jwt.sign(new RSASSASigner(key));
        return jwt.serialize();
    }

    @Override
    public void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
}
