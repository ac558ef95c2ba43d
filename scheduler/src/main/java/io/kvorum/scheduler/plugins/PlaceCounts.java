package io.kvorum.scheduler.plugins;

import io.kvorum.scheduler.framework.NodeInfo;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Numbers by place: by topology key, then by the value that a node has for it. A place that sinks to 0 is forgotten. */
final class PlaceCounts {
    private final Map<String, Map<String, Long>> byKey = new HashMap<>();

    /** No effect for a node without the key. */
    void add(String key, NodeInfo node, long delta) {
        @Nullable String value = node.labels().get(key);
        if (value == null || delta == 0) {
            return;
        }
        Map<String, Long> values = byKey.computeIfAbsent(key, k -> new HashMap<>());
        long sum = values.getOrDefault(value, 0L) + delta;
        if (sum != 0) {
            values.put(value, sum);
        } else {
            values.remove(value);
            if (values.isEmpty()) {
                byKey.remove(key);
            }
        }
    }

    /** 0 for a node without the key. */
    long at(String key, NodeInfo node) {
        @Nullable Map<String, Long> values = byKey.get(key);
        @Nullable String value = values == null ? null : node.labels().get(key);
        return values == null || value == null ? 0 : values.getOrDefault(value, 0L);
    }

    Set<String> keys() {
        return byKey.keySet();
    }

    boolean isEmpty() {
        return byKey.isEmpty();
    }
}
