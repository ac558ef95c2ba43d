package io.kvorum.store.etcd;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Date;
import java.util.concurrent.atomic.AtomicInteger;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** Signs certificates for one test. */
public final class TestAuthority {
    private final Path folder;
    private final X500Name name;
    private final KeyPair keys;
    private final AtomicInteger serial = new AtomicInteger();

    /** The authority's own certificate. */
    public final Path certificate;

    /** A certificate and its key, as files. */
    public record Issued(Path certificate, Path key) {}

    public TestAuthority(Path folder, String name)
            throws IOException, GeneralSecurityException, OperatorCreationException {
        this.folder = folder;
        this.name = new X500Name("CN=" + name);
        this.keys = keys();
        this.certificate =
                write(name + ".crt", "CERTIFICATE", sign(this.name, keys, null).getEncoded());
    }

    /** A certificate for 127.0.0.1. */
    Issued issue(String who) throws IOException, GeneralSecurityException, OperatorCreationException {
        return issue(who, "127.0.0.1");
    }

    public Issued issue(String who, String address)
            throws IOException, GeneralSecurityException, OperatorCreationException {
        KeyPair own = keys();
        X509Certificate signed = sign(new X500Name("CN=" + who), own, address);
        return new Issued(
                write(name + "-" + who + ".crt", "CERTIFICATE", signed.getEncoded()),
                write(name + "-" + who + ".key", "PRIVATE KEY", own.getPrivate().getEncoded()));
    }

    /** @param address null for the authority itself */
    private X509Certificate sign(X500Name subject, KeyPair subjectKeys, @Nullable String address)
            throws GeneralSecurityException, OperatorCreationException, CertIOException {
        Instant now = Instant.now();
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                name,
                BigInteger.valueOf(serial.incrementAndGet()),
                Date.from(now.minus(1, ChronoUnit.HOURS)),
                Date.from(now.plus(1, ChronoUnit.HOURS)),
                subject,
                subjectKeys.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(address == null));
        if (address != null) {
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(GeneralName.iPAddress, address)));
        }
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    }

    private static KeyPair keys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        return generator.generateKeyPair();
    }

    private Path write(String file, String type, byte[] der) throws IOException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return Files.writeString(
                folder.resolve(file), "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n");
    }
}
