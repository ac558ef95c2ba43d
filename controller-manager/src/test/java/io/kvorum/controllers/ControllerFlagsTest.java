package io.kvorum.controllers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.component.ComponentFlags;
import io.kvorum.component.UsageException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControllerFlagsTest {
    private static ControllerFlags parse(String... args) {
        ComponentFlags flags = new ComponentFlags();
        ControllerFlags declared = new ControllerFlags(flags);
        flags.parse(List.of(args));
        return declared;
    }

    private static List<String> enabled(String... args) {
        ControllerFlags flags = parse(args);
        return ControllerNames.ALL.stream().filter(flags::enabled).toList();
    }

    @Test
    void defaultsAreKubernetes() {
        ControllerFlags flags = parse();
        assertThat(flags.leaderElect.get()).isTrue();
        assertThat(flags.leaseDuration.get()).isEqualTo(Duration.ofSeconds(15));
        assertThat(flags.renewDeadline.get()).isEqualTo(Duration.ofSeconds(10));
        assertThat(flags.retryPeriod.get()).isEqualTo(Duration.ofSeconds(2));
        assertThat(flags.leaseName.get()).isEqualTo("kube-controller-manager");
        assertThat(flags.nodeMonitorPeriod.get()).isEqualTo(Duration.ofSeconds(5));
        assertThat(flags.nodeMonitorGracePeriod.get()).isEqualTo(Duration.ofSeconds(50));
        assertThat(flags.terminatedPodThreshold.get()).isEqualTo(12500);
        assertThat(flags.maxEndpointsPerSlice.get()).isEqualTo(100);
        assertThat(flags.nodeEvictionRate.get()).isEqualTo(0.1);
    }

    @Test
    void controllersAreChosenByName() {
        assertThat(enabled()).isEqualTo(ControllerNames.ALL);
        assertThat(enabled("--controllers=*,-job-controller"))
                .hasSize(ControllerNames.ALL.size() - 1)
                .doesNotContain("job-controller");
        assertThat(enabled("--controllers=job-controller,deployment-controller"))
                .containsExactly("deployment-controller", "job-controller");
    }

    /** So that command lines of any set-up may be taken as they are. */
    @Test
    void namesOfFormerTimesCountAndThoseOfOtherControllersMayBeLeftOut() {
        assertThat(
                        enabled(
                                "--controllers=*,-daemonset,bootstrapsigner,tokencleaner,-ttl,-horizontal-pod-autoscaler-controller"))
                .hasSize(ControllerNames.ALL.size() - 1)
                .doesNotContain("daemonset-controller");
        assertThat(enabled("--controllers=deployment,podgc"))
                .containsExactly("deployment-controller", "pod-garbage-collector-controller");
        assertThatThrownBy(() -> enabled("--controllers=ttl-controller"))
                .hasMessageStartingWith("--controllers: \"ttl-controller\" is not in the list of known controllers");
    }

    @Test
    void whatCannotBeChosenIsTold() {
        assertThatCode(() -> parse(
                                "--use-service-account-credentials",
                                "--allocate-node-cidrs=false",
                                "--kube-api-content-type=application/json")
                        .fixed
                        .check())
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> parse("--kubeconfig=/etc/kubernetes/controller-manager.conf")
                        .fixed
                        .check())
                .isInstanceOf(UsageException.class)
                .hasMessage(
                        "--kubeconfig has no meaning here: API servers are called over the bus, which --join names");
        assertThatThrownBy(() -> parse("--allocate-node-cidrs").fixed.check())
                .hasMessage("--allocate-node-cidrs: \"true\" cannot be had: every kubelet is given its block with"
                        + " --pod-cidr; leave it out");
    }

    @Test
    void oneAuthorityIsForAllSignersOrEachHasItsOwn(@TempDir Path folder) throws Exception {
        KeyPair keys = KeyPairGenerator.getInstance("EC").generateKeyPair();
        X500Name name = new X500Name("CN=ours");
        byte[] signed = new JcaX509v3CertificateBuilder(
                        name, BigInteger.ONE, new Date(), new Date(), name, keys.getPublic())
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()))
                .getEncoded();
        String certificate = "=" + pem(folder.resolve("ca.crt"), "CERTIFICATE", signed);
        String key = "="
                + pem(folder.resolve("ca.key"), "PRIVATE KEY", keys.getPrivate().getEncoded());
        assertThat(Authorities.signing(parse())).isEmpty();
        assertThat(Authorities.signing(
                        parse("--cluster-signing-cert-file" + certificate, "--cluster-signing-key-file" + key)))
                .hasSize(4);
        String[] own = {
            "--cluster-signing-kubelet-client-cert-file" + certificate,
            "--cluster-signing-kubelet-client-key-file" + key
        };
        assertThat(Authorities.signing(parse(own))).containsOnlyKeys("kubernetes.io/kube-apiserver-client-kubelet");
        assertThatThrownBy(() -> Authorities.signing(parse(own[0])))
                .isInstanceOf(UsageException.class)
                .hasMessage("--cluster-signing-kubelet-client-cert-file and --cluster-signing-kubelet-client-key-file"
                        + " belong together: give both or none");
        assertThatThrownBy(() -> Authorities.signing(parse(
                        own[0],
                        own[1],
                        "--cluster-signing-cert-file" + certificate,
                        "--cluster-signing-key-file" + key)))
                .hasMessageStartingWith(
                        "--cluster-signing-kubelet-client-cert-file and --cluster-signing-cert-file exclude"
                                + " each other");
    }

    private static Path pem(Path file, String type, byte[] content) throws IOException {
        String body = Base64.getMimeEncoder().encodeToString(content);
        return Files.writeString(file, "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n");
    }

    @Test
    void anUnknownControllerIsRefusedByName() {
        assertThatThrownBy(() -> enabled("--controllers=*,-jobs"))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("\"jobs\"")
                .hasMessageContaining("job-controller");
    }
}
