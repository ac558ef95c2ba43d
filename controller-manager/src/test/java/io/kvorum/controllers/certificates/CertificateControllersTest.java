package io.kvorum.controllers.certificates;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What each signer signs, what is in it, and when a request is done with. */
class CertificateControllersTest {
    private static final Instant NOW = Instant.parse("2026-05-01T10:00:00Z");
    private static final List<String> CLIENT = List.of("digital signature", "client auth");

    private static KeyPair keys() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        return generator.generateKeyPair();
    }

    private static RequestedCertificate wanted(String subject, GeneralName... names) throws Exception {
        return RequestedCertificate.parse(base64(subject, names));
    }

    private static String base64(String subject, GeneralName... names) throws Exception {
        KeyPair keys = keys();
        PKCS10CertificationRequestBuilder builder =
                new JcaPKCS10CertificationRequestBuilder(new X500Name(subject), keys.getPublic());
        if (names.length > 0) {
            ExtensionsGenerator extensions = new ExtensionsGenerator();
            extensions.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
            builder.addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate());
        }
        byte[] der = builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()))
                .getEncoded();
        String pem = "-----BEGIN CERTIFICATE REQUEST-----\n"
                + Base64.getMimeEncoder().encodeToString(der) + "\n-----END CERTIFICATE REQUEST-----\n";
        return Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII));
    }

    private static X509Certificate authority(KeyPair keys, Duration life) throws Exception {
        X500Name name = new X500Name("CN=ours");
        return new JcaX509CertificateConverter()
                .getCertificate(new JcaX509v3CertificateBuilder(
                                name, BigInteger.ONE, Date.from(NOW), Date.from(NOW.plus(life)), name, keys.getPublic())
                        .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    }

    private static X509Certificate read(byte[] pem) throws Exception {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem));
    }

    @Test
    void aSignedCertificateHasWhatWasAskedForAndVerifies() throws Exception {
        KeyPair keys = keys();
        X509Certificate ours = authority(keys, Duration.ofDays(100));
        X509Certificate signed = read(new SigningAuthority(ours, keys.getPrivate())
                .sign(
                        wanted("O=devs,CN=bob", new GeneralName(GeneralName.dNSName, "a.example")),
                        List.of("digital signature", "key encipherment", "client auth"),
                        Duration.ofDays(10),
                        NOW));
        signed.verify(keys.getPublic());
        assertThat(signed.getSubjectX500Principal().getName()).isEqualTo("CN=bob,O=devs");
        assertThat(signed.getIssuerX500Principal()).isEqualTo(ours.getSubjectX500Principal());
        assertThat(signed.getNotBefore()).isEqualTo(Date.from(NOW.minus(Duration.ofMinutes(5))));
        assertThat(signed.getNotAfter()).isEqualTo(Date.from(NOW.plus(Duration.ofDays(10))));
        assertThat(signed.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
        assertThat(signed.getKeyUsage()).startsWith(true, false, true, false);
        assertThat(signed.getBasicConstraints()).isEqualTo(-1);
        assertThat(signed.getSubjectAlternativeNames().toString()).isEqualTo("[[2, a.example]]");
    }

    @Test
    void noCertificateOutlivesItsAuthority() throws Exception {
        KeyPair keys = keys();
        X509Certificate ours = authority(keys, Duration.ofDays(3));
        X509Certificate signed = read(new SigningAuthority(ours, keys.getPrivate())
                .sign(wanted("CN=bob"), CLIENT, Duration.ofDays(365), NOW));
        assertThat(signed.getNotAfter()).isEqualTo(ours.getNotAfter());
    }

    @Test
    void theSignersHaveTheirRules() throws Exception {
        GeneralName dns = new GeneralName(GeneralName.dNSName, "n1");
        RequestedCertificate node = wanted("O=system:nodes,CN=system:node:n1");
        RequestedCertificate named = wanted("O=system:nodes,CN=system:node:n1", dns);
        List<String> server = List.of("digital signature", "key encipherment", "server auth");
        assertThat(Signer.KUBELET_CLIENT.objection(node, CLIENT)).isNull();
        assertThat(Signer.KUBELET_CLIENT.objection(named, CLIENT)).isEqualTo("DNS subjectAltNames are not allowed");
        assertThat(Signer.KUBELET_CLIENT.objection(node, server)).startsWith("usages did not match");
        assertThat(Signer.KUBELET_CLIENT.objection(wanted("O=devs,CN=system:node:n1"), CLIENT))
                .isEqualTo("subject organization is not system:nodes");
        assertThat(Signer.KUBELET_SERVING.objection(named, server)).isNull();
        assertThat(Signer.KUBELET_SERVING.objection(node, server)).isEqualTo("DNS or IP subjectAltName is required");
        assertThat(Signer.KUBELET_SERVING.objection(wanted("O=system:nodes,CN=n1", dns), server))
                .isEqualTo("subject common name does not begin with system:node:");
        assertThat(Signer.API_SERVER_CLIENT.objection(wanted("CN=bob"), CLIENT)).isNull();
        assertThat(Signer.API_SERVER_CLIENT.objection(wanted("CN=bob"), server))
                .isEqualTo("invalid usage for client certificate: server auth");
        assertThat(Signer.API_SERVER_CLIENT.objection(wanted("CN=bob"), List.of("digital signature")))
                .isEqualTo("missing required usage for client certificate: client auth");
        assertThat(Signer.of("example.com/mine")).isNull();
    }

    private static CertificateSigningRequest request(String type, @Nullable String certificate) {
        return new CertificateSigningRequestBuilder()
                .withNewMetadata()
                .withName("a")
                .withCreationTimestamp("2026-05-01T00:00:00Z")
                .endMetadata()
                .withNewStatus()
                .withCertificate(certificate)
                .addNewCondition()
                .withType(type)
                .withStatus("True")
                .withLastUpdateTime("2026-05-01T08:00:00Z")
                .endCondition()
                .endStatus()
                .build();
    }

    @Test
    void requestsAreKeptAnHourAfterTheirEndAndADayWhileTheyWait() {
        Instant hour = Instant.parse("2026-05-01T09:00:00Z");
        Instant day = Instant.parse("2026-05-02T00:00:00Z");
        String foreign = Base64.getEncoder().encodeToString("no certificate".getBytes(StandardCharsets.US_ASCII));
        assertThat(CleaningController.end(request("Denied", null))).isEqualTo(hour);
        assertThat(CleaningController.end(request("Failed", null))).isEqualTo(hour);
        assertThat(CleaningController.end(request("Approved", foreign))).isEqualTo(hour);
        assertThat(CleaningController.end(request("Approved", null))).isEqualTo(day);
        assertThat(CleaningController.end(request("Other", null))).isEqualTo(day);
    }
}
