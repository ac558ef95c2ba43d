package io.kvorum.kubelet.server;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.kvorum.kubelet.runtime.ContainerUsage.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** {@code /stats/summary}: what the node and the containers of its pods use, in upstream's form. */
public final class StatsSummary {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SCHEME = "process://";

    private StatsSummary() {}

    /** @param usages by the container's id */
    public static ObjectNode of(String node, List<Pod> pods, Map<String, Usage> usages, Instant now) {
        ObjectNode summary = JSON.createObjectNode();
        ObjectNode whole = summary.putObject("node").put("nodeName", node);
        ArrayNode list = summary.putArray("pods");
        long nanoCores = 0;
        long cpuNanos = 0;
        long memory = 0;
        Duration window = Duration.ofSeconds(1);
        for (Pod pod : pods) {
            ObjectNode stats = JSON.createObjectNode();
            stats.putObject("podRef")
                    .put("name", pod.getMetadata().getName())
                    .put("namespace", pod.getMetadata().getNamespace())
                    .put("uid", pod.getMetadata().getUid());
            ArrayNode containers = stats.putArray("containers");
            for (ContainerStatus container : statuses(pod)) {
                Usage usage = container.getContainerID() == null
                        ? null
                        : usages.get(container.getContainerID().replace(SCHEME, ""));
                if (usage != null && container.getState().getRunning() != null) {
                    ObjectNode one = containers.addObject().put("name", container.getName());
                    one.put("startTime", container.getState().getRunning().getStartedAt());
                    write(one, usage);
                    nanoCores += usage.nanoCores();
                    cpuNanos += usage.cpuNanos();
                    memory += usage.memoryBytes();
                    window = usage.window();
                }
            }
            if (!containers.isEmpty()) {
                list.add(stats);
            }
        }
        write(whole, new Usage(cpuNanos, nanoCores, memory, now, window));
        return summary;
    }

    private static List<ContainerStatus> statuses(Pod pod) {
        return pod.getStatus() == null || pod.getStatus().getContainerStatuses() == null
                ? List.of()
                : pod.getStatus().getContainerStatuses();
    }

    private static void write(ObjectNode to, Usage usage) {
        to.putObject("cpu")
                .put("time", usage.time().toString())
                .put("windowSeconds", Math.max(1, usage.window().toSeconds()))
                .put("usageNanoCores", usage.nanoCores())
                .put("usageCoreNanoSeconds", usage.cpuNanos());
        to.putObject("memory")
                .put("time", usage.time().toString())
                .put("usageBytes", usage.memoryBytes())
                .put("workingSetBytes", usage.memoryBytes())
                .put("rssBytes", usage.memoryBytes());
    }
}
