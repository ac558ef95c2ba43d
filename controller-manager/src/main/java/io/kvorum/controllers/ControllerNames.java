package io.kvorum.controllers;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** The controllers by the names that {@code --controllers} takes. */
final class ControllerNames {
    static final String REPLICA_SET = "replicaset-controller";
    static final String REPLICATION_CONTROLLER = "replicationcontroller-controller";
    static final String DAEMON_SET = "daemonset-controller";
    static final String STATEFUL_SET = "statefulset-controller";
    static final String DEPLOYMENT = "deployment-controller";
    static final String ENDPOINTS = "endpoints-controller";
    static final String ENDPOINT_SLICE = "endpointslice-controller";
    static final String ENDPOINT_SLICE_MIRRORING = "endpointslice-mirroring-controller";
    static final String SERVICE_CIDR = "service-cidr-controller";
    static final String JOB = "job-controller";
    static final String CRON_JOB = "cronjob-controller";
    static final String TTL_AFTER_FINISHED = "ttl-after-finished-controller";
    static final String NAMESPACE = "namespace-controller";
    static final String SERVICE_ACCOUNT = "serviceaccount-controller";
    static final String ROOT_CA = "root-ca-certificate-publisher-controller";
    static final String NODE_LIFECYCLE = "node-lifecycle-controller";
    static final String TAINT_EVICTION = "taint-eviction-controller";
    static final String GARBAGE_COLLECTOR = "garbage-collector-controller";
    static final String CLUSTER_ROLE_AGGREGATION = "clusterrole-aggregation-controller";
    static final String POD_GC = "pod-garbage-collector-controller";
    static final String DISRUPTION = "disruption-controller";
    static final String VOLUME_BINDER = "persistentvolume-binder-controller";
    static final String CLAIM_PROTECTION = "persistentvolumeclaim-protection-controller";
    static final String VOLUME_PROTECTION = "persistentvolume-protection-controller";

    static final String RESOURCE_QUOTA = "resourcequota-controller";
    static final String CSR_APPROVING = "certificatesigningrequest-approving-controller";
    static final String CSR_SIGNING = "certificatesigningrequest-signing-controller";
    static final String CSR_CLEANER = "certificatesigningrequest-cleaner-controller";

    static final String POLICY_STATUS = "validatingadmissionpolicy-status-controller";

    static final String TOKEN_CLEANER = "token-cleaner-controller";
    static final String BOOTSTRAP_SIGNER = "bootstrap-signer-controller";

    static final List<String> ALL = List.of(
            REPLICA_SET,
            REPLICATION_CONTROLLER,
            DAEMON_SET,
            STATEFUL_SET,
            DEPLOYMENT,
            ENDPOINTS,
            ENDPOINT_SLICE,
            ENDPOINT_SLICE_MIRRORING,
            SERVICE_CIDR,
            JOB,
            CRON_JOB,
            TTL_AFTER_FINISHED,
            NAMESPACE,
            SERVICE_ACCOUNT,
            ROOT_CA,
            NODE_LIFECYCLE,
            TAINT_EVICTION,
            GARBAGE_COLLECTOR,
            POD_GC,
            CLUSTER_ROLE_AGGREGATION,
            DISRUPTION,
            VOLUME_BINDER,
            CLAIM_PROTECTION,
            VOLUME_PROTECTION,
            RESOURCE_QUOTA,
            CSR_APPROVING,
            CSR_SIGNING,
            CSR_CLEANER,
            TOKEN_CLEANER,
            BOOTSTRAP_SIGNER,
            POLICY_STATUS);

    /** Names of before Kubernetes 1.28 that it still takes. */
    private static final Map<String, String> ALIASES = Map.ofEntries(
            Map.entry("replicaset", REPLICA_SET),
            Map.entry("replicationcontroller", REPLICATION_CONTROLLER),
            Map.entry("daemonset", DAEMON_SET),
            Map.entry("statefulset", STATEFUL_SET),
            Map.entry("deployment", DEPLOYMENT),
            Map.entry("endpoint", ENDPOINTS),
            Map.entry("endpointslice", ENDPOINT_SLICE),
            Map.entry("endpointslicemirroring", ENDPOINT_SLICE_MIRRORING),
            Map.entry("job", JOB),
            Map.entry("cronjob", CRON_JOB),
            Map.entry("ttl-after-finished", TTL_AFTER_FINISHED),
            Map.entry("namespace", NAMESPACE),
            Map.entry("serviceaccount", SERVICE_ACCOUNT),
            Map.entry("root-ca-cert-publisher", ROOT_CA),
            Map.entry("nodelifecycle", NODE_LIFECYCLE),
            Map.entry("garbagecollector", GARBAGE_COLLECTOR),
            Map.entry("podgc", POD_GC),
            Map.entry("clusterrole-aggregation", CLUSTER_ROLE_AGGREGATION),
            Map.entry("disruption", DISRUPTION),
            Map.entry("persistentvolume-binder", VOLUME_BINDER),
            Map.entry("pvc-protection", CLAIM_PROTECTION),
            Map.entry("pv-protection", VOLUME_PROTECTION),
            Map.entry("resourcequota", RESOURCE_QUOTA),
            Map.entry("csrapproving", CSR_APPROVING),
            Map.entry("csrsigning", CSR_SIGNING),
            Map.entry("csrcleaner", CSR_CLEANER),
            Map.entry("tokencleaner", TOKEN_CLEANER),
            Map.entry("bootstrapsigner", BOOTSTRAP_SIGNER));

    /** Controllers of upstream, by both their names, that are not here: they may be switched off, not on. */
    private static final Set<String> ELSEWHERE = Set.of(
            "serviceaccount-token-controller",
            "serviceaccount-token",
            "horizontal-pod-autoscaler-controller",
            "horizontalpodautoscaling",
            "ttl-controller",
            "ttl",
            "node-ipam-controller",
            "nodeipam",
            "service-lb-controller",
            "service",
            "node-route-controller",
            "route",
            "cloud-node-lifecycle-controller",
            "cloud-node-lifecycle",
            "persistentvolume-attach-detach-controller",
            "attachdetach",
            "persistentvolume-expander-controller",
            "persistentvolume-expander",
            "ephemeral-volume-controller",
            "ephemeral-volume",
            "resourceclaim-controller",
            "resource-claim-controller",
            "device-taint-eviction-controller",
            "legacy-serviceaccount-token-cleaner-controller",
            "legacy-service-account-token-cleaner",
            "storageversion-garbage-collector-controller",
            "storage-version-gc",
            "storage-version-migrator-controller",
            "selinux-warning-controller",
            "volumeattributesclass-protection-controller",
            "kube-apiserver-serving-clustertrustbundle-publisher-controller",
            "podcertificaterequest-cleaner-controller");

    /** The name of today for one of any time; {@code *} and what is unknown stay as they are. */
    static String canonical(String name) {
        return ALIASES.getOrDefault(name, name);
    }

    /** Whether a controller of the name can be switched on; off it can be, too, if upstream has it. */
    static boolean knows(String name, boolean off) {
        return ALL.contains(canonical(name)) || off && ELSEWHERE.contains(name);
    }

    /** Service accounts in kube-system that upstream's roles are bound to, where they are not named as the controller. */
    private static final Map<String, String> ACCOUNTS = Map.ofEntries(
            Map.entry(REPLICATION_CONTROLLER, "replication-controller"),
            Map.entry(DAEMON_SET, "daemon-set-controller"),
            Map.entry(ENDPOINTS, "endpoint-controller"),
            Map.entry(ENDPOINT_SLICE_MIRRORING, "endpointslicemirroring-controller"),
            Map.entry(SERVICE_CIDR, "service-cidrs-controller"),
            Map.entry(SERVICE_ACCOUNT, "service-account-controller"),
            Map.entry(ROOT_CA, "root-ca-cert-publisher"),
            Map.entry(NODE_LIFECYCLE, "node-controller"),
            Map.entry(TAINT_EVICTION, "node-controller"),
            Map.entry(GARBAGE_COLLECTOR, "generic-garbage-collector"),
            Map.entry(POD_GC, "pod-garbage-collector"),
            Map.entry(CLUSTER_ROLE_AGGREGATION, "clusterrole-aggregation-controller"),
            Map.entry(VOLUME_BINDER, "persistent-volume-binder"),
            Map.entry(CLAIM_PROTECTION, "pvc-protection-controller"),
            Map.entry(VOLUME_PROTECTION, "pv-protection-controller"),
            Map.entry(CSR_APPROVING, "certificate-controller"),
            Map.entry(CSR_SIGNING, "certificate-controller"),
            Map.entry(CSR_CLEANER, "certificate-controller"),
            Map.entry(TOKEN_CLEANER, "token-cleaner"),
            Map.entry(BOOTSTRAP_SIGNER, "bootstrap-signer"));

    /** The service account that a controller acts as. */
    static String account(String controller) {
        return ACCOUNTS.getOrDefault(controller, controller);
    }

    private ControllerNames() {}
}
