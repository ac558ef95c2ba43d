package io.kvorum.apiserver;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
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

/** A certificate authority with EC keys, and the files and clients that go with it. */
final class TestAuthority {
    record Identity(KeyPair keys, X509Certificate certificate) {}

    final Identity self;

    TestAuthority(String name) {
        self = issue(name, null, true, "localhost");
    }

    Identity issue(String subject) {
        return issue(subject, self, false, "localhost");
    }

    /** Of a server with a name beside its address. */
    Identity issue(String subject, String dnsName) {
        return issue(subject, self, false, dnsName);
    }

    private static Identity issue(String subject, @Nullable Identity issuer, boolean authority, String dnsName) {
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
            builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName[] {
                new GeneralName(GeneralName.iPAddress, "127.0.0.1"), new GeneralName(GeneralName.dNSName, dnsName)
            }));
            var signer = new JcaContentSignerBuilder("SHA256withECDSA")
                    .build((issuer == null ? keys : issuer.keys()).getPrivate());
            return new Identity(keys, new JcaX509CertificateConverter().getCertificate(builder.build(signer)));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Files for a server at 127.0.0.1 that trusts this authority. */
    ApiServerConfig.Tls serving(Path folder) throws Exception {
        Identity serving = issue("CN=apiserver");
        return new ApiServerConfig.Tls(
                pem(folder, "server.crt", "CERTIFICATE", serving.certificate().getEncoded()),
                pem(
                        folder,
                        "server.key",
                        "PRIVATE KEY",
                        serving.keys().getPrivate().getEncoded()),
                pem(folder, "ca.crt", "CERTIFICATE", self.certificate().getEncoded()));
    }

    static Path pem(Path folder, String name, String what, byte[] der) throws IOException {
        String text = "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END "
                + what + "-----\n";
        return Files.writeString(folder.resolve(name), text);
    }

    /** The TLS side of a client; null shows no certificate. */
    SSLContext client(@Nullable Identity client) throws GeneralSecurityException, IOException {
        char[] password = "x".toCharArray();
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, password);
        trusted.setCertificateEntry("ca", self.certificate());
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
        return tls;
    }
}
