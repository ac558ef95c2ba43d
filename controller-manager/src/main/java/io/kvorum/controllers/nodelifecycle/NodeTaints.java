package io.kvorum.controllers.nodelifecycle;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.TaintBuilder;
import io.kvorum.controllers.loop.Timestamps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Computes the taints that follow from the conditions of a node; all others are left as they are. */
final class NodeTaints {
    static final String NOT_READY = "node.kubernetes.io/not-ready";
    static final String UNREACHABLE = "node.kubernetes.io/unreachable";
    static final String UNSCHEDULABLE = "node.kubernetes.io/unschedulable";
    static final String NO_SCHEDULE = "NoSchedule";
    static final String NO_EXECUTE = "NoExecute";

    private static final Map<String, String> PRESSURES = Map.of(
            "MemoryPressure", "node.kubernetes.io/memory-pressure",
            "DiskPressure", "node.kubernetes.io/disk-pressure",
            "PIDPressure", "node.kubernetes.io/pid-pressure",
            "NetworkUnavailable", "node.kubernetes.io/network-unavailable");

    private NodeTaints() {}

    static @Nullable NodeCondition condition(Node node, String type) {
        if (node.getStatus() != null) {
            for (NodeCondition each : node.getStatus().getConditions()) {
                if (each.getType().equals(type)) {
                    return each;
                }
            }
        }
        return null;
    }

    /** {@code True}, {@code False} or {@code Unknown}; a node that says nothing is {@code Unknown}. */
    static String readiness(Node node) {
        @Nullable NodeCondition ready = condition(node, "Ready");
        return ready == null ? "Unknown" : ready.getStatus();
    }

    /** The taints with effect NoSchedule are those that the conditions and {@code spec.unschedulable} ask for. */
    static List<Taint> withNoSchedule(Node node, Instant now) {
        Set<String> wanted = new LinkedHashSet<>();
        @Nullable NodeCondition ready = condition(node, "Ready");
        if (ready != null && ready.getStatus().equals("False")) {
            wanted.add(NOT_READY);
        } else if (ready != null && ready.getStatus().equals("Unknown")) {
            wanted.add(UNREACHABLE);
        }
        PRESSURES.forEach((type, key) -> {
            @Nullable NodeCondition condition = condition(node, type);
            if (condition != null && "True".equals(condition.getStatus())) {
                wanted.add(key);
            }
        });
        if (node.getSpec() != null && Boolean.TRUE.equals(node.getSpec().getUnschedulable())) {
            wanted.add(UNSCHEDULABLE);
        }
        Set<String> managed = new LinkedHashSet<>(PRESSURES.values());
        managed.addAll(List.of(NOT_READY, UNREACHABLE, UNSCHEDULABLE));
        return adjusted(taints(node), NO_SCHEDULE, managed, wanted, now);
    }

    /**
     * The taints with effect NoExecute: {@link #NOT_READY}, {@link #UNREACHABLE} or neither.
     *
     * @param key the one wanted, null for neither
     */
    static List<Taint> withNoExecute(List<Taint> taints, @Nullable String key, Instant now) {
        return adjusted(taints, NO_EXECUTE, Set.of(NOT_READY, UNREACHABLE), key == null ? Set.of() : Set.of(key), now);
    }

    /** A taint that is there already keeps the time it was added. */
    private static List<Taint> adjusted(
            List<Taint> before, String effect, Set<String> managed, Set<String> wanted, Instant now) {
        List<Taint> next = new ArrayList<>();
        Set<String> missing = new LinkedHashSet<>(wanted);
        for (Taint each : before) {
            boolean ours = effect.equals(each.getEffect()) && managed.contains(each.getKey());
            if (!ours || missing.remove(each.getKey())) {
                next.add(each);
            }
        }
        for (String key : missing) {
            next.add(new TaintBuilder()
                    .withKey(key)
                    .withEffect(effect)
                    .withTimeAdded(Timestamps.format(now))
                    .build());
        }
        return next;
    }

    static List<Taint> taints(Node node) {
        return node.getSpec() == null ? List.of() : node.getSpec().getTaints();
    }

    static boolean hasNoExecute(Node node, String key) {
        return taints(node).stream().anyMatch(each -> key.equals(each.getKey()) && NO_EXECUTE.equals(each.getEffect()));
    }
}
