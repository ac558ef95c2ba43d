package io.kvorum.cli.pki;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateAuthorityTest {
    @TempDir
    Path folder;

    @Test
    void aServersCertificateIsSignedByTheAuthorityAndNamesItsAddresses() throws Exception {
        CertificateAuthority authority = CertificateAuthority.openOrCreate(folder, Clock.systemUTC());
        authority.server("api", "kube-apiserver", List.of("kubernetes", "127.7.0.40"));
        X509Certificate leaf = certificate("api.crt");
        leaf.verify(certificate("ca.crt").getPublicKey());
        assertThat(leaf.getSubjectAlternativeNames())
                .extracting(entry -> String.valueOf(entry.get(1)))
                .containsExactly("kubernetes", "127.7.0.40");
        assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
    }

    @Test
    void aClientsCertificateCarriesUserAndGroupsAndItsKeyIsPrivate() throws Exception {
        CertificateAuthority authority = CertificateAuthority.openOrCreate(folder, Clock.systemUTC());
        authority.client("admin", "kubernetes-admin", List.of("system:masters"));
        assertThat(certificate("admin.crt").getSubjectX500Principal().getName())
                .contains("CN=kubernetes-admin")
                .contains("O=system:masters");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("admin.key"))))
                .isEqualTo("rw-------");
        assertThat(ClientTls.context(folder, "admin").getProtocol()).isEqualTo("TLS");
    }

    @Test
    void certificatesAreKeptWhileTheyFitAndRenewedBeforeTheyEnd() throws Exception {
        CertificateAuthority authority = CertificateAuthority.openOrCreate(folder, Clock.systemUTC());
        authority.server("api", "kube-apiserver", List.of("127.7.0.40"));
        String first = Files.readString(folder.resolve("api.crt"));
        CertificateAuthority.openOrCreate(folder, Clock.systemUTC())
                .server("api", "kube-apiserver", List.of("127.7.0.40"));
        assertThat(Files.readString(folder.resolve("api.crt"))).isEqualTo(first);

        authority.server("api", "kube-apiserver", List.of("127.7.0.40", "127.7.0.41"));
        String wider = Files.readString(folder.resolve("api.crt"));
        assertThat(wider).isNotEqualTo(first);

        Clock nearTheEnd = Clock.offset(Clock.systemUTC(), Duration.ofDays(340));
        CertificateAuthority.openOrCreate(folder, nearTheEnd)
                .server("api", "kube-apiserver", List.of("127.7.0.40", "127.7.0.41"));
        assertThat(Files.readString(folder.resolve("api.crt"))).isNotEqualTo(wider);
    }

    private X509Certificate certificate(String name) throws Exception {
        try (var in = Files.newInputStream(folder.resolve(name))) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }
}
