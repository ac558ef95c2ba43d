package io.kvorum.apiserver;

import io.kvorum.apiserver.audit.AuditLog;
import io.kvorum.apiserver.cache.WatchCache;
import io.kvorum.apiserver.metrics.Meters;
import io.kvorum.apiserver.pipeline.Pipeline;
import io.kvorum.apiserver.pipeline.VersionInfo;
import io.kvorum.component.FeatureGates;
import io.kvorum.component.KubernetesVersion;

/** What is told of an API server as a whole when somebody asks. */
final class ServerMetrics {
    private static final String[] BUILD = {
        "major", "minor", "gitVersion", "gitCommit", "gitTreeState", "buildDate", "goVersion", "compiler", "platform"
    };
    private static final String[] BUILD_LABELS = {
        "major",
        "minor",
        "git_version",
        "git_commit",
        "git_tree_state",
        "build_date",
        "go_version",
        "compiler",
        "platform"
    };

    private final Meters meters;

    ServerMetrics(Meters meters) {
        this.meters = meters;
    }

    void tell(KubernetesVersion version, WatchCache cache, Pipeline pipeline) {
        var document = VersionInfo.document(version);
        String[] build = new String[BUILD.length];
        for (int i = 0; i < BUILD.length; i++) {
            build[i] = document.path(BUILD[i]).asText();
        }
        meters.gauge("kubernetes_build_info", "The version of this server.", BUILD_LABELS)
                .labelValues(build)
                .set(1);
        meters.readings(
                "apiserver_current_inflight_requests",
                "The most requests at once in the last second.",
                tell -> {
                    long now = System.nanoTime();
                    tell.call(pipeline.mostMutating(now), "mutating");
                    tell.call(pipeline.mostReading(now), "readOnly");
                },
                "request_kind");
        meters.reading(
                "apiserver_watch_cache_revision", "The revision that the watch cache has reached.", cache::revision);
        meters.readings(
                "apiserver_storage_objects",
                "Objects of each resource.",
                tell -> cache.all().forEach((resource, objects) -> {
                    String[] parts = parts(resource);
                    tell.call(objects.size(), parts[0].isEmpty() ? parts[1] : parts[1] + "." + parts[0]);
                }),
                "resource");
        meters.readings(
                "apiserver_resource_objects",
                "Objects of each resource.",
                tell -> cache.all().forEach((resource, objects) -> tell.call(objects.size(), parts(resource))),
                "group",
                "resource");
    }

    void tell(AuditLog audit) {
        meters.counts(
                "apiserver_audit_error_total",
                "Events that the audit log could not keep.",
                tell -> tell.call(audit.lost(), "log"),
                "plugin");
    }

    void tell(FeatureGates gates) {
        meters.readings(
                "kubernetes_feature_enabled",
                "Whether a feature is on.",
                tell -> gates.all().forEach(gate -> tell.call(gate.on() ? 1 : 0, gate.name(), gate.stage())),
                "name",
                "stage");
    }

    /** Group and resource of what the cache calls {@code core/pods}. */
    private static String[] parts(String resource) {
        int slash = resource.indexOf('/');
        String group = resource.substring(0, slash);
        return new String[] {group.equals("core") ? "" : group, resource.substring(slash + 1)};
    }
}
