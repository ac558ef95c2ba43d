package io.kvorum.apiserver.aggregation;

import java.util.Map;

/** In which order clients are shown the groups and versions that this server serves itself; upstream's numbers. */
final class ApiServicePriorities {
    private static final int DEFAULT_GROUP = 1000;
    private static final int DEFAULT_VERSION = 100;
    private static final int STABLE = 15;

    private static final Map<String, Integer> GROUPS = Map.ofEntries(
            Map.entry("", 18000),
            Map.entry("apps", 17800),
            Map.entry("events.k8s.io", 17750),
            Map.entry("authentication.k8s.io", 17700),
            Map.entry("authorization.k8s.io", 17600),
            Map.entry("autoscaling", 17500),
            Map.entry("batch", 17400),
            Map.entry("certificates.k8s.io", 17300),
            Map.entry("networking.k8s.io", 17200),
            Map.entry("policy", 17100),
            Map.entry("rbac.authorization.k8s.io", 17000),
            Map.entry("storage.k8s.io", 16800),
            Map.entry("apiextensions.k8s.io", 16700),
            Map.entry("admissionregistration.k8s.io", 16700),
            Map.entry("scheduling.k8s.io", 16600),
            Map.entry("coordination.k8s.io", 16500),
            Map.entry("node.k8s.io", 16300),
            Map.entry("discovery.k8s.io", 16200),
            Map.entry("resource.k8s.io", 16200),
            Map.entry("flowcontrol.apiserver.k8s.io", 16100));

    private static final Map<String, Integer> VERSIONS =
            Map.of("/v1", 1, "autoscaling/v2", 30, "flowcontrol.apiserver.k8s.io/v1", 21);

    private ApiServicePriorities() {}

    static int group(String group) {
        return GROUPS.getOrDefault(group, DEFAULT_GROUP);
    }

    static int version(String group, String version) {
        return VERSIONS.getOrDefault(group + "/" + version, GROUPS.containsKey(group) ? STABLE : DEFAULT_VERSION);
    }
}
