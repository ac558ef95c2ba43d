package io.kvorum.controllers;

import java.util.List;
import java.util.Map;

/** The controllers by the names that {@code --controllers} takes. */
final class ControllerNames {
    static final String REPLICA_SET = "replicaset-controller";
    static final String DEPLOYMENT = "deployment-controller";
    static final String ENDPOINTS = "endpoints-controller";
    static final String ENDPOINT_SLICE = "endpointslice-controller";
    static final String JOB = "job-controller";
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

    static final List<String> ALL = List.of(
            REPLICA_SET,
            DEPLOYMENT,
            ENDPOINTS,
            ENDPOINT_SLICE,
            JOB,
            TTL_AFTER_FINISHED,
            NAMESPACE,
            SERVICE_ACCOUNT,
            ROOT_CA,
            NODE_LIFECYCLE,
            TAINT_EVICTION,
            GARBAGE_COLLECTOR,
            POD_GC,
            CLUSTER_ROLE_AGGREGATION,
            DISRUPTION);

    /** Service accounts in kube-system that upstream's roles are bound to, where they are not named as the controller. */
    private static final Map<String, String> ACCOUNTS = Map.of(
            ENDPOINTS, "endpoint-controller",
            SERVICE_ACCOUNT, "service-account-controller",
            ROOT_CA, "root-ca-cert-publisher",
            NODE_LIFECYCLE, "node-controller",
            TAINT_EVICTION, "node-controller",
            GARBAGE_COLLECTOR, "generic-garbage-collector",
            POD_GC, "pod-garbage-collector",
            CLUSTER_ROLE_AGGREGATION, "clusterrole-aggregation-controller");

    /** The service account that a controller acts as. */
    static String account(String controller) {
        return ACCOUNTS.getOrDefault(controller, controller);
    }

    private ControllerNames() {}
}
