package io.kvorum.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.apiserver.auth.AnonymousAccess;
import io.kvorum.component.ComponentFlags;
import io.kvorum.component.Identity;
import io.kvorum.component.KubernetesVersion;
import io.kvorum.component.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiServerConfigTest {
    @TempDir
    Path folder;

    @BeforeEach
    void files() throws Exception {
        for (String name : List.of("apiserver.crt", "apiserver.key", "ca.crt")) {
            Files.writeString(folder.resolve(name), "");
        }
    }

    private ApiServerConfig parse(String... more) {
        List<String> args = new ArrayList<>(List.of("--client-ca-file=" + folder.resolve("ca.crt")));
        args.addAll(List.of(more));
        if (args.stream().noneMatch(arg -> arg.startsWith("--cert-dir="))) {
            args.add("--cert-dir=" + folder);
        }
        ComponentFlags flags = new ComponentFlags();
        ApiServerFlags declared = new ApiServerFlags(flags);
        flags.parse(args);
        return ApiServerConfig.of(
                declared, new Identity("c", "apiserver", "apiserver-0", "127.7.0.40"), KubernetesVersion.BUILT_IN);
    }

    @Test
    void theKubernetesServiceLeadsToWhatIsAdvertised() {
        assertThat(parse().advertiseAddress()).isEqualTo("127.7.0.40");
        assertThat(parse("--bind-address=127.7.0.41").advertiseAddress()).isEqualTo("127.7.0.41");
        assertThat(parse("--bind-address=0.0.0.0").advertiseAddress()).isEqualTo("127.7.0.40");
        assertThat(parse("--bind-address=127.7.0.41", "--advertise-address=10.0.0.1")
                        .advertiseAddress())
                .isEqualTo("10.0.0.1");
        assertThatThrownBy(() -> parse("--advertise-address=api.example.com"))
                .isInstanceOf(UsageException.class)
                .hasMessage("--advertise-address: \"api.example.com\" is not an IPv4 address");
    }

    @Test
    void clientsAreToldTheHostTheyKnow() {
        assertThat(parse("--advertise-address=10.0.0.1").externalAddress()).isEqualTo("10.0.0.1:6443");
        assertThat(parse("--advertise-address=10.0.0.1", "--external-hostname=api.example.com")
                        .externalAddress())
                .isEqualTo("api.example.com:6443");
    }

    /** What kubeadm writes into the manifest of an API server, but for its files and etcd. */
    @Test
    void usualFlagsAreTaken() {
        assertThat(parse(
                                "--advertise-address=10.0.0.1",
                                "--allow-privileged=true",
                                "--authorization-mode=Node,RBAC",
                                "--enable-admission-plugins=NodeRestriction",
                                "--enable-bootstrap-token-auth=true",
                                "--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname",
                                "--requestheader-allowed-names=front-proxy-client",
                                "--requestheader-extra-headers-prefix=X-Remote-Extra-",
                                "--requestheader-group-headers=X-Remote-Group",
                                "--requestheader-username-headers=X-Remote-User",
                                "--secure-port=6443",
                                "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
                                "--service-cluster-ip-range=10.96.0.0/12")
                        .disabledPlugins())
                .isEmpty();
    }

    @Test
    void theServingCertificateMayBeInAFolder() {
        assertThat(parse().tls())
                .isNotNull()
                .satisfies(tls -> assertThat(tls.certificate()).isEqualTo(folder.resolve("apiserver.crt")));
        Path none = folder.resolve("none");
        assertThatThrownBy(() -> parse("--cert-dir=" + none))
                .isInstanceOf(UsageException.class)
                .hasMessageStartingWith("--cert-dir: cannot read " + none.resolve("apiserver.crt"))
                .hasMessageContaining("--tls-cert-file");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--tls-min-version=VersionTLS9|--tls-min-version: unknown tls version \"VersionTLS9\"",
                "--tls-min-version=VersionTLS11|--tls-min-version: \"VersionTLS11\" cannot be had: give VersionTLS12 or"
                        + " VersionTLS13",
                "--tls-cipher-suites=TLS_NULL|--tls-cipher-suites: Cipher suite TLS_NULL not supported or doesn't"
                        + " exist",
                "--http2-max-streams-per-connection=-1|--http2-max-streams-per-connection can not be a negative value",
                "--min-request-timeout=-1|--min-request-timeout can not be negative value",
            })
    void whatCannotBeServedIsRefused(String flag, String message) {
        assertThatThrownBy(() -> parse(flag)).isInstanceOf(UsageException.class).hasMessage(message);
    }

    @Test
    void whatIsServedMayBeChosen() {
        assertThat(parse("--min-request-timeout=300").leastWatchSeconds()).isEqualTo(300);
        assertThat(parse().servingTls()).isEqualTo(ServingTls.DEFAULT);
        ServingTls tls = parse(
                        "--tls-min-version=VersionTLS13",
                        "--tls-cipher-suites=TLS_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305",
                        "--http2-max-streams-per-connection=250")
                .servingTls();
        assertThat(tls)
                .isEqualTo(new ServingTls(
                        "TLSv1.3",
                        List.of("TLS_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
                        250));
    }

    @Test
    void aFeatureThatIsOffIsNoPlugin() {
        assertThat(parse().disabledPlugins()).isEmpty();
        assertThat(parse("--feature-gates=MutatingAdmissionPolicy=false").disabledPlugins())
                .containsExactly("MutatingAdmissionPolicy");
        assertThat(parse("--allow-privileged=false").privileged()).isFalse();
    }

    @Test
    void whoDecidesIsToldByFlags() throws Exception {
        assertThat(parse().auth().deciders().stream().map(each -> each.mode().name()))
                .containsExactly("NODE", "RBAC");
        Path webhook = webhook();
        List<ApiServerConfig.Decider> deciders = parse(
                        "--authorization-mode=RBAC,Webhook",
                        "--authorization-webhook-config-file=" + webhook,
                        "--authorization-webhook-cache-authorized-ttl=1m")
                .auth()
                .deciders();
        assertThat(deciders.get(1).webhook()).satisfies(how -> {
            assertThat(how.version()).isEqualTo("v1beta1");
            assertThat(how.authorizedLife()).hasMinutes(1);
            assertThat(how.unauthorizedLife()).hasSeconds(30);
            assertThat(how.deniesOnError()).isFalse();
        });
        assertThat(parse("--authentication-token-webhook-config-file=" + webhook)
                        .auth()
                        .webhook())
                .satisfies(how -> assertThat(how.life()).hasMinutes(2));
        Path config = Files.writeString(
                folder.resolve("authz.yaml"),
                "{apiVersion: apiserver.config.k8s.io/v1, kind: AuthorizationConfiguration, authorizers:"
                        + " [{type: RBAC, name: rbac}]}");
        assertThat(parse("--authorization-config=" + config).auth().deciders()).hasSize(1);
        for (String other : List.of("--authorization-mode=RBAC", "--authorization-webhook-version=v1")) {
            assertThatThrownBy(() -> parse("--authorization-config=" + config, other))
                    .isInstanceOf(UsageException.class)
                    .hasMessage("--authorization-config can not be specified when --authorization-mode or"
                            + " --authorization-webhook-* flags are defined");
        }
        assertThatThrownBy(() -> parse("--authorization-webhook-config-file=" + webhook))
                .hasMessage("cannot specify --authorization-webhook-config-file without mode Webhook");
    }

    private Path webhook() throws Exception {
        return Files.writeString(folder.resolve("webhook.yaml"), """
            current-context: webhook
            contexts: [{name: webhook, context: {cluster: a}}]
            clusters: [{name: a, cluster: {server: "https://127.0.0.1:1"}}]
            """);
    }

    @Test
    void whoIsAnonymousIsToldByFlagOrFile() throws Exception {
        assertThat(parse().auth().anonymous()).isEqualTo(AnonymousAccess.HEALTH);
        assertThat(parse("--anonymous-auth").auth().anonymous()).isEqualTo(AnonymousAccess.EVERYWHERE);
        assertThat(parse("--anonymous-auth", "--authorization-mode=AlwaysAllow")
                        .auth()
                        .anonymous())
                .isEqualTo(AnonymousAccess.HEALTH);
        Path file = Files.writeString(
                folder.resolve("authn.yaml"),
                "{apiVersion: apiserver.config.k8s.io/v1, kind: AuthenticationConfiguration,"
                        + " anonymous: {enabled: true, conditions: [{path: /livez}]}}");
        assertThat(parse("--authentication-config=" + file).auth().anonymous())
                .isEqualTo(new AnonymousAccess(true, Set.of("/livez")));
        assertThat(new AnonymousAccess(true, Set.of("/livez", "/api")).unless(true))
                .isEqualTo(new AnonymousAccess(true, Set.of("/livez")));
        assertThatThrownBy(() -> parse("--authentication-config=" + file, "--anonymous-auth=false"))
                .isInstanceOf(UsageException.class)
                .hasMessage("--anonymous-auth flag cannot be set when anonymous field is configured in authentication"
                        + " configuration file");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "--etcd-servers=http://127.0.0.1:2379|--etcd-servers has no meaning here: objects are kept in Kvorum's"
                        + " stores, which --join names",
                "--storage-media-type=application/yaml|--storage-media-type: \"application/yaml\" cannot be had:"
                        + " objects are stored as application/json; leave it out",
                "--authorization-mode=RBAC,ABAC|authorization-mode \"ABAC\" is not a valid mode",
                "--authorization-mode=RBAC,RBAC|authorization-mode [\"RBAC\" \"RBAC\"] has mode specified more than"
                        + " once",
                "--authorization-mode=Webhook|authorization-mode Webhook's authorization config file not passed",
                "--authorization-policy-file=x|--authorization-policy-file has no meaning here: there is no mode ABAC",
                "--feature-gates=Nonsense=true|--feature-gates: unrecognized feature gate: Nonsense",
            })
    void whatCannotBeHadIsTold(String flag, String why) {
        assertThatThrownBy(() -> parse(flag)).isInstanceOf(UsageException.class).hasMessage(why);
    }
}
