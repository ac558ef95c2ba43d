package io.kvorum.cli.pki;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A cluster's certificate authority, kept as PEM files {@code ca.crt} and {@code ca.key} in its pki folder. Keys are
 * ECDSA P-256, RSA 2048 for users; certificates follow RFC 5280 with the subject names Kubernetes reads users and groups from.
 */
public final class CertificateAuthority {
    private static final Duration AUTHORITY_LIFE = Duration.ofDays(3650);
    private static final Duration LEAF_LIFE = Duration.ofDays(365);
    /** Renewed at the next start when less than this is left. */
    private static final Duration RENEWAL = Duration.ofDays(30);

    private final Path folder;
    private final X509Certificate certificate;
    private final PrivateKey key;
    private final Clock clock;

    private CertificateAuthority(Path folder, X509Certificate certificate, PrivateKey key, Clock clock) {
        this.folder = folder;
        this.certificate = certificate;
        this.key = key;
        this.clock = clock;
    }

    /** Opens the authority in {@code folder}, or makes a new one. */
    public static CertificateAuthority openOrCreate(Path folder, Clock clock) throws IOException {
        Path certificateFile = folder.resolve("ca.crt");
        Path keyFile = folder.resolve("ca.key");
        try {
            Files.createDirectories(folder);
            if (Files.exists(certificateFile) && Files.exists(keyFile)) {
                return new CertificateAuthority(
                        folder, readCertificate(certificateFile), ClientTls.key(keyFile, "EC"), clock);
            }
            KeyPair pair = ellipticKeyPair();
            X500NameBuilder subject = new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, "kvorum-ca");
            Instant now = clock.instant();
            X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                            subject.build(),
                            serial(),
                            Date.from(now.minus(Duration.ofMinutes(5))),
                            Date.from(now.plus(AUTHORITY_LIFE)),
                            subject.build(),
                            pair.getPublic())
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(true))
                    .addExtension(
                            Extension.keyUsage,
                            true,
                            new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyCertSign | KeyUsage.cRLSign));
            X509Certificate certificate = sign(builder, pair.getPrivate());
            PrivateFiles.write(keyFile, pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
            write(certificateFile, pem("CERTIFICATE", certificate.getEncoded()));
            return new CertificateAuthority(folder, certificate, pair.getPrivate(), clock);
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IOException(
                    "cannot make the cluster's certificate authority in " + folder + ": " + e.getMessage(), e);
        }
    }

    public Path certificateFile() {
        return folder.resolve("ca.crt");
    }

    /**
     * Makes {@code <name>.crt} and {@code <name>.key} for a server, unless they are there, name the same addresses and
     * last.
     *
     * @param names DNS names and IP addresses, as they go into the subject alternative names
     */
    public void server(String name, String commonName, List<String> names) throws IOException {
        issue(name, commonName, List.of(), names, KeyPurposeId.id_kp_serverAuth, false);
    }

    /** Makes {@code <name>.crt} and {@code <name>.key} for a client: common name = user, organisations = groups. */
    public void client(String name, String user, List<String> groups) throws IOException {
        issue(name, user, groups, List.of(), KeyPurposeId.id_kp_clientAuth, true);
    }

    /** Makes {@code sa.key} and {@code sa.pub}, by which service account tokens are signed and verified, unless they are there. */
    public void serviceAccountKeys() throws IOException {
        Path keyFile = folder.resolve("sa.key");
        Path publicFile = folder.resolve("sa.pub");
        if (Files.exists(keyFile) && Files.exists(publicFile)) {
            return;
        }
        try {
            KeyPair pair = ellipticKeyPair();
            PrivateFiles.write(keyFile, pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
            write(publicFile, pem("PUBLIC KEY", pair.getPublic().getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot make the key of service accounts in " + folder + ": " + e.getMessage(), e);
        }
    }

    /** As {@link #client}, for one of our own components: its key is elliptic, which is made in no time. */
    public void component(String name, String user, List<String> groups) throws IOException {
        issue(name, user, groups, List.of(), KeyPurposeId.id_kp_clientAuth, false);
    }

    private void issue(
            String name, String commonName, List<String> groups, List<String> names, KeyPurposeId purpose, boolean rsa)
            throws IOException {
        Path certificateFile = folder.resolve(name + ".crt");
        Path keyFile = folder.resolve(name + ".key");
        try {
            if (Files.exists(certificateFile)
                    && Files.exists(keyFile)
                    && usable(readCertificate(certificateFile), names)) {
                return;
            }
            KeyPair pair = rsa ? rsaKeyPair() : ellipticKeyPair();
            X500NameBuilder subject = new X500NameBuilder(BCStyle.INSTANCE);
            groups.forEach(group -> subject.addRDN(BCStyle.O, group));
            subject.addRDN(BCStyle.CN, commonName);
            Instant now = clock.instant();
            X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                            certificate,
                            serial(),
                            Date.from(now.minus(Duration.ofMinutes(5))),
                            Date.from(now.plus(LEAF_LIFE)),
                            subject.build(),
                            pair.getPublic())
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                    .addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
            addNames(builder, names);
            X509Certificate leaf = sign(builder, key);
            PrivateFiles.write(keyFile, pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
            write(certificateFile, pem("CERTIFICATE", leaf.getEncoded()));
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IOException("cannot make the certificate " + certificateFile + ": " + e.getMessage(), e);
        }
    }

    private static void addNames(X509v3CertificateBuilder builder, List<String> names) throws CertIOException {
        if (names.isEmpty()) {
            return;
        }
        GeneralName[] all = names.stream()
                .map(name -> new GeneralName(isAddress(name) ? GeneralName.iPAddress : GeneralName.dNSName, name))
                .toArray(GeneralName[]::new);
        builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(all));
    }

    private static boolean isAddress(String name) {
        return name.chars().allMatch(c -> c == '.' || Character.isDigit(c)) || name.contains(":");
    }

    private boolean usable(X509Certificate leaf, List<String> names) throws GeneralSecurityException {
        if (leaf.getNotAfter().toInstant().isBefore(clock.instant().plus(RENEWAL))) {
            return false;
        }
        List<String> present = leaf.getSubjectAlternativeNames() == null
                ? List.of()
                : leaf.getSubjectAlternativeNames().stream()
                        .map(entry -> String.valueOf(entry.get(1)))
                        .toList();
        return present.containsAll(names);
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey signer)
            throws GeneralSecurityException, OperatorCreationException {
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer)));
    }

    private static KeyPair ellipticKeyPair() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    /** For keys that go into kubeconfigs: some client libraries read no other kind without further libraries. */
    private static KeyPair rsaKeyPair() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        return generator.generateKeyPair();
    }

    private static BigInteger serial() {
        return new BigInteger(127, new SecureRandom()).setBit(126);
    }

    private static X509Certificate readCertificate(Path file) throws IOException, GeneralSecurityException {
        try (var in = Files.newInputStream(file)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private static String pem(String type, byte[] bytes) {
        StringWriter out = new StringWriter();
        out.write("-----BEGIN " + type + "-----\n");
        out.write(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes));
        out.write("\n-----END " + type + "-----\n");
        return out.toString();
    }

    private static void write(Path file, String text) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".tmp");
        Files.writeString(next, text);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
