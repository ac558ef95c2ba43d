package io.kvorum.scheduler;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.kvorum.client.KubernetesJson;
import io.kvorum.client.PatchType;
import io.kvorum.client.ResourceClient;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes what the scheduler has to say into the status of pods. */
final class PodStatusWriter {
    private static final Logger LOG = LoggerFactory.getLogger(PodStatusWriter.class);

    private final ResourceClient<Pod> pods;
    private final Clock clock;

    PodStatusWriter(ResourceClient<Pod> pods, Clock clock) {
        this.pods = pods;
        this.clock = clock;
    }

    /**
     * The condition {@code PodScheduled=False}. A failure is logged only: the next try of the pod writes again.
     *
     * @param nominated the node it is promised; empty takes a promise back, null leaves it as it is
     */
    void unscheduled(Pod pod, String reason, String message, @Nullable String nominated) {
        boolean sameNode = nominated == null || nominated.equals(nominatedNode(pod));
        @Nullable PodCondition before = condition(pod, "PodScheduled");
        if (sameNode
                && before != null
                && "False".equals(before.getStatus())
                && reason.equals(before.getReason())
                && message.equals(before.getMessage())) {
            return;
        }
        Map<String, Object> status = new HashMap<>();
        status.put("conditions", List.of(condition(pod, "PodScheduled", "False", reason, message)));
        if (nominated != null && !sameNode) {
            status.put("nominatedNodeName", nominated.isEmpty() ? null : nominated);
        }
        patch(pod, status).onFailure(cause -> LOG.info("condition not written {}", failure(pod, cause)));
    }

    /** Takes back the promise of a node. A failure is logged only. */
    void notNominated(Pod pod) {
        Map<String, Object> status = new HashMap<>();
        status.put("nominatedNodeName", null);
        patch(pod, status).onFailure(cause -> LOG.info("nomination not taken back {}", failure(pod, cause)));
    }

    /** The condition {@code DisruptionTarget} of a pod that is about to be ended for another. */
    Future<Void> disrupted(Pod pod, String message) {
        return patch(
                pod,
                Map.of(
                        "conditions",
                        List.of(condition(pod, "DisruptionTarget", "True", "PreemptionByScheduler", message))));
    }

    private Map<String, Object> condition(Pod pod, String type, String value, String reason, String message) {
        @Nullable PodCondition before = condition(pod, type);
        @Nullable
        String since = before != null && value.equals(before.getStatus()) ? before.getLastTransitionTime() : null;
        Map<String, Object> condition = new LinkedHashMap<>();
        condition.put("type", type);
        condition.put("status", value);
        condition.put("reason", reason);
        condition.put("message", message);
        condition.put(
                "lastTransitionTime",
                since == null ? clock.instant().truncatedTo(ChronoUnit.SECONDS).toString() : since);
        return condition;
    }

    private Future<Void> patch(Pod pod, Map<String, Object> status) {
        Map<String, Object> patch =
                Map.of("metadata", Map.of("uid", pod.getMetadata().getUid()), "status", status);
        return pods.patch(
                        pod.getMetadata().getNamespace(),
                        pod.getMetadata().getName(),
                        PatchType.STRATEGIC,
                        KubernetesJson.write(patch).toString(),
                        "status")
                .mapEmpty();
    }

    private static String failure(Pod pod, Throwable cause) {
        return "pod=" + pod.getMetadata().getNamespace() + "/"
                + pod.getMetadata().getName() + " cause=" + cause.getMessage();
    }

    private static String nominatedNode(Pod pod) {
        @Nullable String node = pod.getStatus() == null ? null : pod.getStatus().getNominatedNodeName();
        return node == null ? "" : node;
    }

    private static @Nullable PodCondition condition(Pod pod, String type) {
        if (pod.getStatus() == null) {
            return null;
        }
        return pod.getStatus().getConditions().stream()
                .filter(condition -> type.equals(condition.getType()))
                .findFirst()
                .orElse(null);
    }
}
