package io.kvorum.scheduler;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.kvorum.client.KubernetesJson;
import io.kvorum.client.PatchType;
import io.kvorum.client.ResourceClient;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the condition {@code PodScheduled=False} of pods that fit nowhere. */
final class PodStatusWriter {
    private static final Logger LOG = LoggerFactory.getLogger(PodStatusWriter.class);
    private static final String TYPE = "PodScheduled";

    private final ResourceClient<Pod> pods;
    private final Clock clock;

    PodStatusWriter(ResourceClient<Pod> pods, Clock clock) {
        this.pods = pods;
        this.clock = clock;
    }

    /** A failure is logged only: the next try of the pod writes again. */
    void unscheduled(Pod pod, String reason, String message) {
        @Nullable PodCondition before = condition(pod);
        boolean same = before != null && "False".equals(before.getStatus());
        if (before != null && same && reason.equals(before.getReason()) && message.equals(before.getMessage())) {
            return;
        }
        @Nullable String since = same && before != null ? before.getLastTransitionTime() : null;
        Map<String, Object> condition = new LinkedHashMap<>();
        condition.put("type", TYPE);
        condition.put("status", "False");
        condition.put("reason", reason);
        condition.put("message", message);
        condition.put(
                "lastTransitionTime",
                since == null ? clock.instant().truncatedTo(ChronoUnit.SECONDS).toString() : since);
        Map<String, Object> patch = Map.of(
                "metadata", Map.of("uid", pod.getMetadata().getUid()),
                "status", Map.of("conditions", List.of(condition)));
        pods.patch(
                        pod.getMetadata().getNamespace(),
                        pod.getMetadata().getName(),
                        PatchType.STRATEGIC,
                        KubernetesJson.write(patch).toString(),
                        "status")
                .onFailure(cause -> LOG.info(
                        "condition not written pod={}/{} cause={}",
                        pod.getMetadata().getNamespace(),
                        pod.getMetadata().getName(),
                        cause.getMessage()));
    }

    private static @Nullable PodCondition condition(Pod pod) {
        if (pod.getStatus() == null) {
            return null;
        }
        return pod.getStatus().getConditions().stream()
                .filter(condition -> TYPE.equals(condition.getType()))
                .findFirst()
                .orElse(null);
    }
}
