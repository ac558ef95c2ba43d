package io.kvorum.scheduler.cache;

import io.kvorum.client.ObjectKey;
import io.kvorum.scheduler.framework.PodInfo;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which waiting pods are promised which node, while the pods they displace are still being ended there. */
public final class Nominations {
    private final Map<String, Map<ObjectKey, PodInfo>> byNode = new HashMap<>();
    private final Map<ObjectKey, String> nodes = new HashMap<>();

    /** Replaces an earlier promise to the same pod. */
    public void put(PodInfo pod, String node) {
        remove(pod.key());
        nodes.put(pod.key(), node);
        byNode.computeIfAbsent(node, n -> new LinkedHashMap<>()).put(pod.key(), pod);
    }

    /** The node it was promised, empty for none. */
    public String remove(ObjectKey pod) {
        @Nullable String node = nodes.remove(pod);
        if (node == null) {
            return "";
        }
        @Nullable Map<ObjectKey, PodInfo> pods = byNode.get(node);
        if (pods != null) {
            pods.remove(pod);
            if (pods.isEmpty()) {
                byNode.remove(node);
            }
        }
        return node;
    }

    public Collection<PodInfo> on(String node) {
        @Nullable Map<ObjectKey, PodInfo> pods = byNode.get(node);
        return pods == null ? List.of() : pods.values();
    }

    /** The node it is promised, empty for none. */
    public String of(ObjectKey pod) {
        return nodes.getOrDefault(pod, "");
    }
}
