package io.kvorum.apiserver;

import io.kvorum.apiserver.cache.StoreKeys;
import io.kvorum.apiserver.cache.WatchCache;
import io.kvorum.apiserver.metrics.Meters;
import io.kvorum.apiserver.pipeline.InFlight;
import io.kvorum.apiserver.pipeline.VersionInfo;
import io.kvorum.component.FeatureGates;
import io.kvorum.component.KubernetesVersion;
import java.util.Locale;

/** What is told of an API server as a whole when somebody asks. */
final class ServerMetrics {
    private static final String[] BUILD = {
        "major", "minor", "gitVersion", "gitCommit", "gitTreeState", "buildDate", "goVersion", "compiler", "platform"
    };

    private ServerMetrics() {}

    static void tell(Meters meters, KubernetesVersion version, WatchCache cache, InFlight inFlight) {
        var document = VersionInfo.document(version);
        String[] labels = new String[BUILD.length];
        String[] values = new String[BUILD.length];
        for (int i = 0; i < BUILD.length; i++) {
            labels[i] = BUILD[i].replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
            values[i] = document.path(BUILD[i]).asText();
        }
        meters.gauge("kubernetes_build_info", "The version of this server.", labels)
                .labelValues(values)
                .set(1);
        meters.readings(
                "apiserver_current_inflight_requests",
                "The most requests at once in the last second.",
                tell -> {
                    long now = System.nanoTime();
                    tell.call(inFlight.mostMutating(now), "mutating");
                    tell.call(inFlight.mostReading(now), "readOnly");
                },
                "request_kind");
        meters.reading(
                "apiserver_watch_cache_revision", "The revision that the watch cache has reached.", cache::revision);
        meters.readings(
                "apiserver_storage_objects",
                "Objects of each resource.",
                tell -> cache.all().forEach((name, objects) -> {
                    StoreKeys.Stored stored = StoreKeys.Stored.of(name);
                    String group = stored.group();
                    tell.call(objects.size(), group.isEmpty() ? stored.resource() : stored.resource() + "." + group);
                }),
                "resource");
        meters.readings(
                "apiserver_resource_objects",
                "Objects of each resource.",
                tell -> cache.all().forEach((name, objects) -> {
                    StoreKeys.Stored stored = StoreKeys.Stored.of(name);
                    tell.call(objects.size(), stored.group(), stored.resource());
                }),
                "group",
                "resource");
    }

    static void tell(Meters meters, FeatureGates gates) {
        meters.readings(
                "kubernetes_feature_enabled",
                "Whether a feature is on.",
                tell -> gates.all().forEach(gate -> tell.call(gate.on() ? 1 : 0, gate.name(), gate.stage())),
                "name",
                "stage");
    }
}
