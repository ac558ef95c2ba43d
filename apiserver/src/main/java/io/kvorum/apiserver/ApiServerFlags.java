package io.kvorum.apiserver;

import io.kvorum.apiserver.request.RequestTimeout;
import io.kvorum.component.FeatureGates;
import io.kvorum.component.FixedFlags;
import io.kvorum.component.Flags;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The API server's own flags, with upstream's names and defaults. */
final class ApiServerFlags {
    static final String MUTATING_POLICIES = "MutatingAdmissionPolicy";

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
    final AuthorizationFlags authorization;
    final WebhookTokenFlags webhookTokens;
    final Supplier<Duration> requestTimeout;
    final Supplier<List<String>> origins;
    final Supplier<@Nullable Path> tokenAuthFile;
    final Supplier<List<String>> serviceAccountKeyFiles;
    final Supplier<@Nullable Path> serviceAccountSigningKeyFile;
    final Supplier<List<String>> serviceAccountIssuers;
    final Supplier<List<String>> apiAudiences;
    final Supplier<Duration> mostTokenLife;
    final Supplier<@Nullable String> auditLogPath;
    final Supplier<Integer> auditLogMaxSize;
    final Supplier<Integer> auditLogMaxBackup;
    final Supplier<Boolean> anonymousAuth;
    final Supplier<Duration> compactionInterval;
    final Supplier<Duration> sizeInterval;
    final Supplier<Duration> healthcheckTimeout;
    final Supplier<Duration> readycheckTimeout;
    final Supplier<Integer> maxRequests;
    final Supplier<Integer> maxMutatingRequests;
    final Supplier<List<String>> disabledPlugins;
    final Supplier<List<String>> enabledPlugins;
    final Supplier<Duration> endpointLease;
    final Supplier<List<String>> runtimeConfig;
    final Supplier<@Nullable Path> certDir;
    final Supplier<@Nullable String> keySetUri;
    final Supplier<String> externalHostname;
    final Supplier<Boolean> allowPrivileged;
    final FeatureGates features;
    final FixedFlags fixed;
    final Supplier<Boolean> bootstrapTokens;
    final Supplier<Boolean> fairness;
    final Supplier<@Nullable Path> encryptionConfig;
    final Supplier<Boolean> encryptionReload;
    final Supplier<Integer> minRequestTimeout;
    final Supplier<ServingTls> servingTls;
    final Supplier<Double> goAwayChance;
    final Supplier<List<String>> transportSecurity;
    final Supplier<Duration> shutdownDelay;
    final Supplier<@Nullable Path> auditPolicy;
    final Supplier<Integer> auditLogMaxAge;
    final OpenIdFlags openId;
    final Supplier<@Nullable Path> proxyClientCertificate;
    final Supplier<@Nullable Path> proxyClientKey;
    final Supplier<@Nullable Path> requestHeaderAuthority;
    final Supplier<List<String>> requestHeaderNames;

    ApiServerFlags(Flags flags) {
        securePort = flags.integer("secure-port", 6443, "port of HTTPS");
        bindAddress = flags.optionalText("bind-address", "address to listen on; the component's own by default");
        advertiseAddress = flags.optionalText(
                "advertise-address",
                "address the kubernetes Service leads to; by default that of --bind-address, or the component's own");
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
        authorization = new AuthorizationFlags(flags);
        webhookTokens = new WebhookTokenFlags(flags);
        requestTimeout = flags.duration(
                "request-timeout",
                RequestTimeout.DEFAULT.most(),
                "how long a request may take, but for watches, logs, streams and proxied ones");
        minRequestTimeout = flags.integer(
                "min-request-timeout",
                1800,
                "seconds that a watch lasts at least which asks for nothing else; at most twice that; 0: without end");
        servingTls = ServingTls.flags(flags);
        goAwayChance = flags.decimal(
                "goaway-chance",
                0,
                "share of HTTP/2 requests after which the client is to open another connection, 0 to 0.02");
        transportSecurity = flags.list(
                "strict-transport-security-directives",
                List.of(),
                "of the header Strict-Transport-Security, none by default; max-age=31536000,includeSubDomains,preload");
        shutdownDelay = flags.duration(
                "shutdown-delay-duration",
                Duration.ZERO,
                "how long requests are served on, though /readyz says no, before the server ends");
        origins = flags.list(
                "cors-allowed-origins",
                List.of(),
                "regular expressions of origins whose web pages may ask; each says where the host begins and ends, for"
                        + " example //example[.]com(:|$)");
        tokenAuthFile =
                flags.optionalPath("token-auth-file", "CSV file of static tokens: token,user,uid,\"group1,group2\"");
        serviceAccountKeyFiles = flags.list(
                "service-account-key-file",
                List.of(),
                "PEM files of keys, public or private, that service account tokens may be signed with");
        serviceAccountSigningKeyFile = flags.optionalPath(
                "service-account-signing-key-file", "PEM file of the private key that new tokens are signed with");
        serviceAccountIssuers = flags.list(
                "service-account-issuer",
                List.of("https://kubernetes.default.svc.cluster.local"),
                "who issues service account tokens; the first makes them, all are accepted");
        apiAudiences = flags.list(
                "api-audiences", List.of(), "whom tokens for the API server are meant for; its issuers by default");
        mostTokenLife = flags.duration(
                "service-account-max-token-expiration",
                Duration.ZERO,
                "the longest life of a requested token; 0 for no limit but 2^32 s");
        auditLogPath = flags.optionalText(
                "audit-log-path", "file of the audit log, audit.log in the data folder by default; empty: none");
        auditLogMaxSize = flags.integer("audit-log-maxsize", 16, "megabytes of one audit log file");
        auditLogMaxBackup = flags.integer("audit-log-maxbackup", 4, "how many full audit log files are kept");
        anonymousAuth = flags.bool(
                "anonymous-auth",
                false,
                "let requests without credentials in as system:anonymous; those for health always are; not with"
                        + " AlwaysAllow");
        compactionInterval =
                flags.duration("etcd-compaction-interval", Duration.ofMinutes(5), "interval of compaction; 0 for none");
        sizeInterval = flags.duration(
                "etcd-db-metric-poll-interval",
                Duration.ofSeconds(30),
                "how often the stores are asked for their size, for apiserver_storage_size_bytes; 0 for never");
        healthcheckTimeout = flags.duration(
                "etcd-healthcheck-timeout",
                ApiServerConfig.DEFAULT_CHECK_TIMEOUT,
                "how long the stores may take to answer when health is asked for");
        readycheckTimeout = flags.duration(
                "etcd-readycheck-timeout",
                ApiServerConfig.DEFAULT_CHECK_TIMEOUT,
                "how long the stores may take to answer when readiness is asked for");
        maxRequests = flags.integer("max-requests-inflight", 400, "most reading requests at a time; 0 for no limit");
        maxMutatingRequests =
                flags.integer("max-mutating-requests-inflight", 200, "most writing requests at a time; 0 for no limit");
        disabledPlugins = flags.list(
                "disable-admission-plugins",
                List.of(),
                "admission plugins to leave out, of " + String.join(", ", AdmissionPlugins.NAMES));
        enabledPlugins = flags.list(
                "enable-admission-plugins", List.of(), "admission plugins to have; all there are, are on by default");
        fairness = flags.bool(
                "enable-priority-and-fairness",
                true,
                "let requests in by FlowSchemas and priority levels, which share the seats of both limits in flight");
        bootstrapTokens = flags.bool(
                "enable-bootstrap-token-auth",
                false,
                "let in who shows a token of a Secret of type bootstrap.kubernetes.io/token in kube-system");
        encryptionConfig = flags.optionalPath(
                "encryption-provider-config", "file that says which resources are encrypted in the store, and how");
        encryptionReload = flags.bool(
                "encryption-provider-config-automatic-reload",
                false,
                "read the file of --encryption-provider-config again when it changes");
        auditPolicy = flags.optionalPath(
                "audit-policy-file",
                "file that says what is written down of which requests; without it: metadata of all");
        auditLogMaxAge = flags.integer("audit-log-maxage", 0, "days after which full audit log files go; 0: never");
        openId = new OpenIdFlags(flags, serviceAccountIssuers);
        proxyClientCertificate = flags.optionalPath(
                "proxy-client-cert-file", "PEM file of the certificate shown to extension API servers");
        proxyClientKey = flags.optionalPath("proxy-client-key-file", "PEM file of its private key (PKCS 8)");
        requestHeaderAuthority = flags.optionalPath(
                "requestheader-client-ca-file",
                "PEM file of the authority of --proxy-client-cert-file, told to extension API servers");
        requestHeaderNames = flags.list(
                "requestheader-allowed-names",
                List.of(),
                "common names of certificates that extension API servers believe user headers of; none: all");
        runtimeConfig = flags.list(
                "runtime-config",
                List.of(),
                "KEY=true|false: which built-in API is served; api/all, api/ga, api/beta, api/alpha, group/version or"
                        + " group/version/resource");
        externalHostname = flags.text(
                "external-hostname", "", "host that discovery names; that of --advertise-address by default");
        keySetUri = flags.optionalText(
                "service-account-jwks-uri",
                "https URL where others find the keys of tokens; at this server by default");
        certDir = flags.optionalPath(
                "cert-dir", "folder of apiserver.crt and apiserver.key; instead of --tls-cert-file and its key");
        allowPrivileged = flags.bool("allow-privileged", true, "whether containers may be privileged");
        features = new FeatureGates(flags, Set.of(MUTATING_POLICIES));
        fixed = fixed(flags);
        endpointLease = flags.duration(
                "endpoint-lease-duration",
                Duration.ofSeconds(15),
                "how long an API server that no longer says it lives stays an endpoint of the kubernetes Service");
    }

    /** Upstream's flags that can say one thing. */
    private static FixedFlags fixed(Flags flags) {
        return new FixedFlags(flags)
                .none(
                        "objects are kept in Kvorum's stores, which --join names",
                        "etcd-servers",
                        "etcd-servers-overrides",
                        "etcd-prefix",
                        "etcd-cafile",
                        "etcd-certfile",
                        "etcd-keyfile")
                .only("storage-backend", List.of("", "etcd3"), "objects are kept in Kvorum's stores")
                .only("storage-media-type", List.of("", "application/json"), "objects are stored as application/json")
                .always("service-account-lookup", true, "a token is worth nothing once its account is gone")
                .always(
                        "enable-garbage-collector",
                        true,
                        "--enable-garbage-collector=false of the controller manager turns it off")
                .always("enable-aggregator-routing", true, "requests go to the endpoints of a Service themselves")
                .only("endpoint-reconciler-type", List.of("lease"), "endpoints are those of API servers that live")
                .only("requestheader-username-headers", List.of("X-Remote-User"), "extension API servers are told so")
                .only("requestheader-uid-headers", List.of("X-Remote-Uid"), "extension API servers are told so")
                .only("requestheader-group-headers", List.of("X-Remote-Group"), "extension API servers are told so")
                .only(
                        "requestheader-extra-headers-prefix",
                        List.of("X-Remote-Extra-"),
                        "extension API servers are told so")
                .only(
                        "kubelet-preferred-address-types",
                        List.of(
                                "InternalIP",
                                "InternalIP,ExternalIP,Hostname",
                                "InternalIP,Hostname,InternalDNS,ExternalDNS,ExternalIP"),
                        "kubelets are called at their InternalIP")
                .none("there is no mode ABAC", "authorization-policy-file")
                .none("admission plugins have no configuration", "admission-control-config-file")
                .common();
    }
}
