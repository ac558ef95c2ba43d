package io.kvorum.apiserver;

import io.kvorum.component.Flags;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The API server's own flags, with upstream's names and defaults. */
final class ApiServerFlags {
    final Supplier<Integer> securePort;
    final Supplier<@Nullable String> bindAddress;
    final Supplier<@Nullable String> advertiseAddress;
    final Supplier<@Nullable Path> tlsCertFile;
    final Supplier<@Nullable Path> tlsPrivateKeyFile;
    final Supplier<@Nullable Path> clientCaFile;
    final Supplier<@Nullable Path> kubeletClientCertificate;
    final Supplier<@Nullable Path> kubeletClientKey;
    final Supplier<@Nullable Path> kubeletCertificateAuthority;
    final Supplier<String> serviceClusterIpRange;
    final Supplier<String> serviceNodePortRange;
    final Supplier<List<String>> loopbackRanges;
    final Supplier<Integer> notReadySeconds;
    final Supplier<Integer> unreachableSeconds;
    final Supplier<Duration> eventTtl;
    final Supplier<List<String>> authorizationMode;
    final Supplier<Boolean> anonymousAuth;
    final Supplier<Duration> compactionInterval;
    final Supplier<Integer> maxRequests;
    final Supplier<Integer> maxMutatingRequests;
    final Supplier<List<String>> disabledPlugins;
    final Supplier<Duration> endpointLease;

    ApiServerFlags(Flags flags) {
        securePort = flags.integer("secure-port", 6443, "port of HTTPS");
        bindAddress = flags.optionalText("bind-address", "address to listen on; the component's own by default");
        advertiseAddress = flags.optionalText(
                "advertise-address", "address the kubernetes Service leads to; the component's own by default");
        tlsCertFile = flags.optionalPath("tls-cert-file", "PEM file of the serving certificate");
        tlsPrivateKeyFile = flags.optionalPath("tls-private-key-file", "PEM file of its private key (PKCS 8)");
        clientCaFile = flags.optionalPath(
                "client-ca-file", "PEM file of the authorities whose client certificates are trusted");
        kubeletClientCertificate = flags.optionalPath(
                "kubelet-client-certificate", "PEM file of the certificate shown to kubelets, for streams into pods");
        kubeletClientKey = flags.optionalPath("kubelet-client-key", "PEM file of its private key (PKCS 8)");
        kubeletCertificateAuthority = flags.optionalPath(
                "kubelet-certificate-authority", "PEM file of the authorities of kubelets' serving certificates");
        serviceClusterIpRange =
                flags.text("service-cluster-ip-range", "10.0.0.0/24", "CIDR that cluster IPs are taken from");
        serviceNodePortRange = flags.text(
                "service-node-port-range", "30000-32767", "ports reserved for NodePort services, both inclusive");
        loopbackRanges = flags.list(
                "loopback-ranges",
                List.of(),
                "CIDRs inside 127.0.0.0/8 that belong to the cluster and may be endpoints");
        notReadySeconds = flags.integer(
                "default-not-ready-toleration-seconds", 300, "how long pods stay on a node that is not ready");
        unreachableSeconds = flags.integer(
                "default-unreachable-toleration-seconds", 300, "how long pods stay on an unreachable node");
        eventTtl = flags.duration("event-ttl", Duration.ofHours(1), "how long Events are kept");
        authorizationMode = flags.list("authorization-mode", List.of("AlwaysAllow"), "authorization modes, in order");
        anonymousAuth = flags.bool("anonymous-auth", false, "let requests without credentials in as system:anonymous");
        compactionInterval =
                flags.duration("etcd-compaction-interval", Duration.ofMinutes(5), "interval of compaction; 0 for none");
        maxRequests = flags.integer("max-requests-inflight", 400, "most reading requests at a time; 0 for no limit");
        maxMutatingRequests =
                flags.integer("max-mutating-requests-inflight", 200, "most writing requests at a time; 0 for no limit");
        disabledPlugins = flags.list(
                "disable-admission-plugins",
                List.of(),
                "admission plugins to leave out: NamespaceLifecycle, ServiceAccount, DefaultTolerationSeconds,"
                        + " Priority");
        endpointLease = flags.duration(
                "endpoint-lease-duration",
                Duration.ofSeconds(15),
                "how long an API server that no longer says it lives stays an endpoint of the kubernetes Service");
    }
}
