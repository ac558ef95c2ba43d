package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS, client certificates and HTTP/2. */
class HttpsComponentTest {
    @TempDir
    Path folder;

    private final Authority ours = new Authority("CN=ours");
    private final Authority theirs = new Authority("CN=theirs");
    private TestApiServer server;

    private record Identity(KeyPair keys, X509Certificate certificate) {}

    /** A certificate authority with EC keys. */
    private static final class Authority {
        final Identity self;

        Authority(String name) {
            self = issue(name, null, true);
        }

        Identity issue(String subject) {
            return issue(subject, self, false);
        }

        private static Identity issue(String subject, @Nullable Identity issuer, boolean authority) {
            try {
                KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
                generator.initialize(256);
                KeyPair keys = generator.generateKeyPair();
                X500Name issuerName = new X500Name(
                        issuer == null
                                ? subject
                                : issuer.certificate().getSubjectX500Principal().getName());
                JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                        issuerName,
                        BigInteger.valueOf(System.nanoTime()),
                        Date.from(Instant.now().minusSeconds(60)),
                        Date.from(Instant.now().plusSeconds(3600)),
                        new X500Name(subject),
                        keys.getPublic());
                builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
                builder.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1")));
                var signer = new JcaContentSignerBuilder("SHA256withECDSA")
                        .build((issuer == null ? keys : issuer.keys()).getPrivate());
                return new Identity(keys, new JcaX509CertificateConverter().getCertificate(builder.build(signer)));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @BeforeEach
    void start() throws Exception {
        Identity serving = ours.issue("CN=apiserver");
        server = TestApiServer.start(
                0,
                new ApiServerConfig.Tls(
                        pem("server.crt", "CERTIFICATE", serving.certificate().getEncoded()),
                        pem(
                                "server.key",
                                "PRIVATE KEY",
                                serving.keys().getPrivate().getEncoded()),
                        pem("ca.crt", "CERTIFICATE", ours.self.certificate().getEncoded())));
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private Path pem(String name, String what, byte[] der) throws Exception {
        String text = "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END "
                + what + "-----\n";
        return Files.writeString(folder.resolve(name), text);
    }

    private HttpResponse<String> whoAmI(@Nullable Identity client) throws Exception {
        char[] password = "x".toCharArray();
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, password);
        trusted.setCertificateEntry("ca", ours.self.certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, password);
        if (client != null) {
            own.setKeyEntry("me", client.keys().getPrivate(), password, new Certificate[] {client.certificate()});
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, password);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        HttpRequest request = HttpRequest.newBuilder(URI.create(
                        "https://127.0.0.1:" + server.port() + "/apis/authentication.k8s.io/v1/selfsubjectreviews"))
                .timeout(Duration.ofSeconds(20))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build();
        return HttpClient.newBuilder().sslContext(tls).build().send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void certificateNamesUserAndGroupsOverHttp2() throws Exception {
        HttpResponse<String> answer = whoAmI(ours.issue("O=team,CN=jane"));
        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(answer.body()).contains("\"username\":\"jane\"").contains("[\"team\",\"system:authenticated\"]");
    }

    @Test
    void noCertificateIsUnauthorized() throws Exception {
        HttpResponse<String> answer = whoAmI(null);
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).contains("\"reason\":\"Unauthorized\"");
    }

    @Test
    void certificateOfAnotherAuthorityGetsNoAnswer() throws Exception {
        Identity stranger = theirs.issue("O=system:masters,CN=mallory");
        boolean refused;
        try {
            refused = whoAmI(stranger).statusCode() == 401;
        } catch (java.io.IOException handshake) {
            refused = true;
        }
        assertThat(refused).isTrue();
    }
}
