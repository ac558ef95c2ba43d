package io.kvorum.controllers;

import io.kvorum.component.FeatureGates;
import io.kvorum.component.FixedFlags;
import io.kvorum.component.Flags;
import io.kvorum.component.UsageException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The flags of the controller manager; names and defaults are Kubernetes', except where a description says "Kvorum". */
final class ControllerFlags {
    final Supplier<List<String>> controllers;
    final Supplier<Boolean> leaderElect;
    final Supplier<Duration> leaseDuration;
    final Supplier<Duration> renewDeadline;
    final Supplier<Duration> retryPeriod;
    final Supplier<String> leaseName;
    final Supplier<String> leaseNamespace;
    final Supplier<Integer> replicaSetSyncs;
    final Supplier<Integer> replicationControllerSyncs;
    final Supplier<Integer> daemonSetSyncs;
    final Supplier<Integer> statefulSetSyncs;
    final Supplier<Integer> deploymentSyncs;
    final Supplier<Integer> endpointSyncs;
    final Supplier<Integer> serviceEndpointSyncs;
    final Supplier<Integer> maxEndpointsPerSlice;
    final Supplier<Integer> jobSyncs;
    final Supplier<Integer> cronJobSyncs;
    final Supplier<Integer> serviceCidrSyncs;
    final Supplier<Integer> policyStatusSyncs;
    final Supplier<Integer> mirroringSyncs;
    final Supplier<Integer> maxMirrored;
    final Supplier<Integer> ttlAfterFinishedSyncs;
    final Supplier<Integer> namespaceSyncs;
    final Supplier<Integer> serviceAccountSyncs;
    final Supplier<Integer> gcSyncs;
    final Supplier<Boolean> enableGarbageCollector;
    final Supplier<Duration> namespaceContentRetryPeriod;
    final Supplier<Duration> discoveryPeriod;
    final Supplier<@Nullable Path> rootCaFile;
    final Supplier<Duration> nodeMonitorPeriod;
    final Supplier<Duration> nodeMonitorGracePeriod;
    final Supplier<Duration> nodeStartupGracePeriod;
    final Supplier<Double> nodeEvictionRate;
    final Supplier<Double> secondaryNodeEvictionRate;
    final Supplier<Integer> largeClusterSizeThreshold;
    final Supplier<Double> unhealthyZoneThreshold;
    final Supplier<Integer> terminatedPodThreshold;
    final Supplier<Duration> podGcPeriod;
    final Supplier<Duration> podGcQuarantine;
    final Supplier<Integer> disruptionSyncs;
    final Supplier<Duration> claimBinderPeriod;
    final Supplier<Integer> quotaSyncs;
    final Supplier<Duration> quotaSyncPeriod;
    final Supplier<@Nullable Path> signingCertificate;
    final Supplier<@Nullable Path> signingKey;
    final Map<String, SigningFiles> signers;
    final Supplier<Duration> signingDuration;
    final FeatureGates features;
    final FixedFlags fixed;

    ControllerFlags(Flags flags) {
        controllers = flags.list(
                "controllers",
                List.of("*"),
                "Controllers to run: '*' for all, 'foo' for the one named foo, '-foo' to leave it out. All: "
                        + String.join(", ", ControllerNames.ALL));
        leaderElect = flags.bool("leader-elect", true, "Take part in a leader election and work only while leading");
        leaseDuration = flags.duration(
                "leader-elect-lease-duration",
                Duration.ofSeconds(15),
                "How long others wait after the last renewal seen before they take over");
        renewDeadline = flags.duration(
                "leader-elect-renew-deadline",
                Duration.ofSeconds(10),
                "How long the leader tries to renew before it stops leading; less than the lease duration");
        retryPeriod = flags.duration(
                "leader-elect-retry-period", Duration.ofSeconds(2), "Time between tries to lead or renew");
        leaseName = flags.text(
                "leader-elect-resource-name", "kube-controller-manager", "Name of the Lease to hold while leading");
        leaseNamespace = flags.text(
                "leader-elect-resource-namespace", "kube-system", "Namespace of the Lease to hold while leading");
        replicaSetSyncs = flags.integer("concurrent-replicaset-syncs", 5, "ReplicaSets worked on at once");
        replicationControllerSyncs =
                flags.integer("concurrent-rc-syncs", 5, "ReplicationControllers worked on at once");
        daemonSetSyncs = flags.integer("concurrent-daemonset-syncs", 2, "DaemonSets worked on at once");
        statefulSetSyncs = flags.integer("concurrent-statefulset-syncs", 5, "StatefulSets worked on at once");
        deploymentSyncs = flags.integer("concurrent-deployment-syncs", 5, "Deployments worked on at once");
        endpointSyncs = flags.integer("concurrent-endpoint-syncs", 5, "Services whose Endpoints are worked on at once");
        serviceEndpointSyncs = flags.integer(
                "concurrent-service-endpoint-syncs", 5, "Services whose EndpointSlices are worked on at once");
        maxEndpointsPerSlice =
                flags.integer("max-endpoints-per-slice", 100, "Most endpoints in one EndpointSlice, 1 to 1000");
        jobSyncs = flags.integer("concurrent-job-syncs", 5, "Jobs worked on at once");
        mirroringSyncs = flags.integer(
                "mirroring-concurrent-service-endpoint-syncs", 5, "Services whose Endpoints are mirrored at once");
        maxMirrored = flags.integer(
                "mirroring-max-endpoints-per-subset", 1000, "addresses of an Endpoints subset that are mirrored");
        serviceCidrSyncs = flags.integer("concurrent-service-cidr-syncs", 5, "Kvorum: ServiceCIDRs worked on at once");
        policyStatusSyncs = flags.integer(
                "concurrent-validating-admission-policy-status-syncs",
                5,
                "ValidatingAdmissionPolicies whose expressions are typed at once");
        cronJobSyncs = flags.integer("concurrent-cron-job-syncs", 5, "CronJobs worked on at once");
        ttlAfterFinishedSyncs =
                flags.integer("concurrent-ttl-after-finished-syncs", 5, "Finished Jobs looked at at once");
        namespaceSyncs = flags.integer("concurrent-namespace-syncs", 10, "Namespaces deleted at once");
        serviceAccountSyncs = flags.integer(
                "concurrent-serviceaccount-syncs", 1, "Kvorum: namespaces given a default ServiceAccount at once");
        gcSyncs = flags.integer("concurrent-gc-syncs", 20, "Objects garbage-collected at once");
        enableGarbageCollector =
                flags.bool("enable-garbage-collector", true, "Collect the dependents of deleted owners");
        namespaceContentRetryPeriod = flags.duration(
                "namespace-content-retry-period",
                Duration.ofSeconds(1),
                "Kvorum: when to look again at a namespace whose content is not gone yet");
        discoveryPeriod = flags.duration(
                "gc-discovery-period",
                Duration.ofSeconds(30),
                "Kvorum: how often the garbage collector asks which resources there are");
        rootCaFile = flags.optionalPath(
                "root-ca-file", "Certificates, in PEM, that every namespace gets in its ConfigMap kube-root-ca.crt");
        nodeMonitorPeriod = flags.duration(
                "node-monitor-period", Duration.ofSeconds(5), "How often the health of nodes is looked at");
        nodeMonitorGracePeriod = flags.duration(
                "node-monitor-grace-period",
                Duration.ofSeconds(50),
                "How long a running node may be silent before it is marked unhealthy; several times the kubelet's lease renewal");
        nodeStartupGracePeriod = flags.duration(
                "node-startup-grace-period",
                Duration.ofSeconds(60),
                "How long a starting node may be silent before it is marked unhealthy");
        nodeEvictionRate =
                flags.decimal("node-eviction-rate", 0.1, "Nodes per second that are evicted while a zone is healthy");
        secondaryNodeEvictionRate = flags.decimal(
                "secondary-node-eviction-rate",
                0.01,
                "Nodes per second that are evicted while a zone is unhealthy; 0 where the cluster is small");
        largeClusterSizeThreshold = flags.integer(
                "large-cluster-size-threshold", 50, "From how many nodes on a cluster is large for eviction");
        unhealthyZoneThreshold = flags.decimal(
                "unhealthy-zone-threshold",
                0.55,
                "Share of nodes (at least 3) not Ready from which a zone is unhealthy");
        terminatedPodThreshold = flags.integer(
                "terminated-pod-gc-threshold",
                12500,
                "How many finished pods may exist before the oldest are deleted; 0 or less: no limit");
        podGcPeriod = flags.duration(
                "pod-gc-period", Duration.ofSeconds(20), "Kvorum: how often leftover pods are looked for");
        podGcQuarantine = flags.duration(
                "pod-gc-quarantine",
                Duration.ofSeconds(40),
                "Kvorum: how long a node must be gone before its pods are deleted");
        disruptionSyncs = flags.integer(
                "concurrent-disruption-syncs", 1, "Kvorum: PodDisruptionBudgets whose status is worked on at once");
        claimBinderPeriod = flags.duration(
                "pvclaimbinder-sync-period",
                Duration.ofSeconds(15),
                "How often claims without a volume are looked at again");
        quotaSyncs = flags.integer("concurrent-resource-quota-syncs", 5, "ResourceQuotas that are counted at once");
        quotaSyncPeriod = flags.duration(
                "resource-quota-sync-period", Duration.ofMinutes(5), "How often quotas are counted anew");
        signingCertificate = flags.optionalPath(
                "cluster-signing-cert-file",
                "PEM file of the authority that certificates are signed with; without it none are");
        signingKey = flags.optionalPath("cluster-signing-key-file", "PEM file of its private key");
        signers = Map.of(
                "kubernetes.io/kubelet-serving", new SigningFiles(flags, "kubelet-serving"),
                "kubernetes.io/kube-apiserver-client-kubelet", new SigningFiles(flags, "kubelet-client"),
                "kubernetes.io/kube-apiserver-client", new SigningFiles(flags, "kube-apiserver-client"),
                "kubernetes.io/legacy-unknown", new SigningFiles(flags, "legacy-unknown"));
        signingDuration = flags.duration(
                "cluster-signing-duration", Duration.ofDays(365), "The longest life of a signed certificate");
        features = new FeatureGates(flags, Set.of());
        fixed = fixed(flags);
    }

    /** The authority of one signer. */
    static final class SigningFiles {
        final String name;
        final Supplier<@Nullable Path> certificate;
        final Supplier<@Nullable Path> key;

        SigningFiles(Flags flags, String name) {
            this.name = name;
            certificate = flags.optionalPath(
                    "cluster-signing-" + name + "-cert-file",
                    "PEM file of the authority of this signer alone; not with --cluster-signing-cert-file");
            key = flags.optionalPath("cluster-signing-" + name + "-key-file", "PEM file of its private key");
        }
    }

    /** Upstream's flags that can say one thing. */
    private static FixedFlags fixed(Flags flags) {
        return new FixedFlags(flags)
                .none(
                        "API servers are called over the bus, which --join names",
                        "kubeconfig",
                        "master",
                        "authentication-kubeconfig",
                        "authorization-kubeconfig")
                .none(
                        "API servers sign the tokens of accounts: give them --service-account-signing-key-file",
                        "service-account-private-key-file")
                .none(
                        "health and metrics are served at --address, port --health-port, without TLS",
                        "secure-port",
                        "bind-address",
                        "tls-cert-file",
                        "tls-private-key-file",
                        "client-ca-file",
                        "requestheader-client-ca-file",
                        "cert-dir")
                .always("use-service-account-credentials", true, "each controller acts as its own service account")
                .always("allocate-node-cidrs", false, "every kubelet is given its block with --pod-cidr")
                .none(
                        "every kubelet is given its block with --pod-cidr",
                        "cluster-cidr",
                        "node-cidr-mask-size",
                        "node-cidr-mask-size-ipv4",
                        "node-cidr-mask-size-ipv6",
                        "cidr-allocator-type")
                .none("give it to API servers, which give Services their addresses", "service-cluster-ip-range")
                .always("configure-cloud-routes", false, "there is no cloud")
                .none("there is no cloud", "external-cloud-volume-plugin")
                .only("kube-api-content-type", List.of("", "application/json"), "API servers are asked in JSON")
                .none(
                        "API servers hold requests back: by --max-requests-inflight and FlowSchemas",
                        "kube-api-qps",
                        "kube-api-burst")
                .none(
                        "there is no such controller here",
                        "concurrent-horizontal-pod-autoscaler-syncs",
                        "concurrent-ephemeralvolume-syncs",
                        "concurrent-service-syncs",
                        "concurrent-serviceaccount-token-syncs",
                        "horizontal-pod-autoscaler-sync-period",
                        "attach-detach-reconcile-sync-period",
                        "flex-volume-plugin-dir")
                .common();
    }

    /** Whether a controller is to run; the flag is checked for names that do not exist. */
    boolean enabled(String name) {
        List<String> asked = controllers.get();
        Set<String> on = new HashSet<>();
        Set<String> off = new HashSet<>();
        for (String each : asked) {
            boolean without = each.startsWith("-");
            String bare = without ? each.substring(1) : each;
            if (!bare.equals("*") && !ControllerNames.knows(bare, without)) {
                throw new UsageException("--controllers: \"" + bare + "\" is not in the list of known controllers: "
                        + String.join(", ", ControllerNames.ALL));
            }
            (without ? off : on).add(ControllerNames.canonical(bare));
        }
        return !off.contains(name) && (on.contains(name) || on.contains("*"));
    }
}
