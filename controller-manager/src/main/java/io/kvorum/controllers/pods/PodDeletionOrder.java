package io.kvorum.controllers.pods;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.kvorum.controllers.loop.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Which pods go first when there are too many: what is unassigned, not running, not ready, cheap, doubled up on a node,
 * freshly ready, often restarted or young, in this order. Ready times count in powers of two, so that among pods of about
 * the same age the choice is as good as random and spreads over the failure domains.
 *
 * @param now against which the time of being ready is measured
 * @param related active pods of the same application per node name, for "doubled up"
 */
public record PodDeletionOrder(Instant now, Map<String, Integer> related) implements Comparator<Pod> {
    /** Pods with lower cost are deleted first; an integer, 0 where absent or unreadable. */
    public static final String DELETION_COST = "controller.kubernetes.io/pod-deletion-cost";

    private static final List<String> PHASES = List.of("Pending", "Unknown", "Running");

    @Override
    public int compare(Pod a, Pod b) {
        int order = Boolean.compare(assigned(a), assigned(b));
        if (order == 0) {
            order = Integer.compare(PHASES.indexOf(PodStates.phase(a)), PHASES.indexOf(PodStates.phase(b)));
        }
        if (order == 0) {
            order = Boolean.compare(PodStates.ready(a), PodStates.ready(b));
        }
        if (order == 0) {
            order = Integer.compare(cost(a), cost(b));
        }
        if (order == 0) {
            order = Integer.compare(rank(b), rank(a));
        }
        if (order == 0) {
            order = compareReadyTimes(a, b);
        }
        if (order == 0) {
            order = Integer.compare(restarts(b), restarts(a));
        }
        if (order == 0) {
            order = youngerFirst(created(a), created(b));
        }
        return order;
    }

    private static boolean assigned(Pod pod) {
        @Nullable String node = pod.getSpec().getNodeName();
        return node != null && !node.isEmpty();
    }

    private int rank(Pod pod) {
        return assigned(pod) ? related.getOrDefault(pod.getSpec().getNodeName(), 0) : 0;
    }

    static int cost(Pod pod) {
        @Nullable Map<String, String> annotations = pod.getMetadata().getAnnotations();
        @Nullable String text = annotations == null ? null : annotations.get(DELETION_COST);
        if (text == null || !text.matches("-?(0|[1-9][0-9]{0,9})")) {
            return 0;
        }
        long cost = Long.parseLong(text);
        return cost == (int) cost ? (int) cost : 0;
    }

    private int compareReadyTimes(Pod a, Pod b) {
        if (!PodStates.ready(a) || !PodStates.ready(b)) {
            return 0;
        }
        Instant readyA = PodStates.readySince(a);
        Instant readyB = PodStates.readySince(b);
        if (readyA.equals(readyB)) {
            return 0;
        }
        if (readyA.equals(Instant.EPOCH) || readyB.equals(Instant.EPOCH)) {
            return youngerFirst(readyA, readyB);
        }
        int order = Integer.compare(magnitude(readyA), magnitude(readyB));
        return order != 0
                ? order
                : a.getMetadata().getUid().compareTo(b.getMetadata().getUid());
    }

    /** Logarithm to base 2 of the nanoseconds since {@code time}, -1 for the future. */
    private int magnitude(Instant time) {
        Duration age = Duration.between(time, now);
        if (age.isNegative() || age.isZero()) {
            return -1;
        }
        double nanos = age.getSeconds() * 1e9 + age.getNano();
        return (int) (Math.log(nanos) / Math.log(2));
    }

    private static int youngerFirst(Instant a, Instant b) {
        if (a.equals(b)) {
            return 0;
        }
        if (a.equals(Instant.EPOCH)) {
            return -1;
        }
        return b.equals(Instant.EPOCH) ? 1 : b.compareTo(a);
    }

    private static int restarts(Pod pod) {
        ToIntFunction<@Nullable List<ContainerStatus>> most = statuses -> statuses == null
                ? 0
                : statuses.stream()
                        .mapToInt(each -> each.getRestartCount() == null ? 0 : each.getRestartCount())
                        .max()
                        .orElse(0);
        return pod.getStatus() == null ? 0 : most.applyAsInt(pod.getStatus().getContainerStatuses());
    }

    private static Instant created(Pod pod) {
        return Timestamps.parse(pod.getMetadata().getCreationTimestamp());
    }
}
