package io.kvorum.controllers.deployment;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.RollingUpdateDeployment;
import io.kvorum.controllers.loop.Timestamps;
import io.kvorum.controllers.pods.Share;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many replicas each ReplicaSet of a Deployment gets.
 *
 * @param replicas what the Deployment asks for
 * @param maxSurge how many more there may be while rolling
 * @param maxUnavailable how many fewer may be available while rolling
 */
record Scale(int replicas, int maxSurge, int maxUnavailable) {
    private static final IntOrString USUAL = new IntOrString("25%");

    static Scale of(Deployment deployment) {
        Integer wanted = deployment.getSpec().getReplicas();
        int replicas = wanted == null ? 1 : wanted;
        if (!rolling(deployment)) {
            return new Scale(replicas, 0, 0);
        }
        @Nullable
        RollingUpdateDeployment rolling = deployment.getSpec().getStrategy() == null
                ? null
                : deployment.getSpec().getStrategy().getRollingUpdate();
        int surge = resolve(rolling == null ? null : rolling.getMaxSurge(), replicas, true);
        int unavailable = resolve(rolling == null ? null : rolling.getMaxUnavailable(), replicas, false);
        if (surge == 0 && unavailable == 0) {
            // Validation forbids two zeros, but percentages of a small number may both come to zero: nothing would
            // move.
            unavailable = 1;
        }
        return new Scale(replicas, surge, Math.min(unavailable, replicas));
    }

    static boolean rolling(Deployment deployment) {
        return deployment.getSpec().getStrategy() == null
                || !"Recreate".equals(deployment.getSpec().getStrategy().getType());
    }

    private static int resolve(@Nullable IntOrString value, int total, boolean up) {
        return Share.of(value == null ? USUAL : value, total, up);
    }

    int most() {
        return replicas + maxSurge;
    }

    int leastAvailable() {
        return replicas - maxUnavailable;
    }

    /** The size of the newest ReplicaSet when it grows as far as the surge lets it. */
    int grownNewest(@Nullable ReplicaSet newest, List<ReplicaSet> all) {
        int now = newest == null ? 0 : spec(newest);
        int current = sumSpec(all);
        return current >= most() ? now : now + Math.min(most() - current, replicas - now);
    }

    /** One ReplicaSet and the size it is to get. */
    record Resize(ReplicaSet replicaSet, int to) {}

    /**
     * How the old ReplicaSets shrink in a rolling update: first replicas that are not available anyway, then as many
     * available ones as the lower limit leaves free.
     */
    List<Resize> shrinkOld(List<ReplicaSet> old, @Nullable ReplicaSet newest) {
        if (sumSpec(old) == 0) {
            return List.of();
        }
        List<ReplicaSet> byAge = old.stream().sorted(OLDEST_FIRST).toList();
        int all = sumSpec(old) + (newest == null ? 0 : spec(newest));
        int newUnavailable = newest == null ? 0 : spec(newest) - available(newest);
        int budget = all - leastAvailable() - newUnavailable;
        if (budget <= 0) {
            return List.of();
        }
        Map<ReplicaSet, Integer> sizes = new LinkedHashMap<>();
        for (ReplicaSet each : byAge) {
            int sick = Math.max(0, Math.min(budget, spec(each) - available(each)));
            budget -= sick;
            sizes.put(each, spec(each) - sick);
        }
        int spare = byAge.stream().mapToInt(Scale::available).sum()
                + (newest == null ? 0 : available(newest))
                - leastAvailable();
        for (Map.Entry<ReplicaSet, Integer> each : sizes.entrySet()) {
            int less = Math.max(0, Math.min(each.getValue(), spare));
            spare -= less;
            each.setValue(each.getValue() - less);
        }
        List<Resize> resizes = new ArrayList<>();
        sizes.forEach((each, size) -> {
            if (size != spec(each)) {
                resizes.add(new Resize(each, size));
            }
        });
        return resizes;
    }

    /**
     * How a change of the Deployment's own size is spread over ReplicaSets in the middle of a rollout: in proportion to
     * their sizes, the rest to the largest.
     *
     * @param deploymentStatusReplicas stands in for sizes that were not written down
     * @return every active ReplicaSet, also those whose size stays
     */
    List<Resize> proportional(List<ReplicaSet> active, int deploymentStatusReplicas) {
        int allowed = replicas > 0 ? most() : 0;
        int add = allowed - sumSpec(active);
        Comparator<ReplicaSet> bySize = Comparator.comparing(Scale::spec, Comparator.<Integer>reverseOrder());
        List<ReplicaSet> order = active.stream()
                .sorted(bySize.thenComparing(add > 0 ? OLDEST_FIRST.reversed() : OLDEST_FIRST))
                .toList();
        int added = 0;
        Map<ReplicaSet, Integer> sizes = new LinkedHashMap<>();
        for (ReplicaSet each : order) {
            int share = add == 0 ? 0 : share(each, add, added, deploymentStatusReplicas);
            added += share;
            sizes.put(each, spec(each) + share);
        }
        List<Resize> resizes = new ArrayList<>();
        for (Map.Entry<ReplicaSet, Integer> each : sizes.entrySet()) {
            int rest = resizes.isEmpty() ? add - added : 0;
            resizes.add(new Resize(each.getKey(), Math.max(0, each.getValue() + rest)));
        }
        return resizes;
    }

    private int share(ReplicaSet replicaSet, int add, int added, int deploymentStatusReplicas) {
        int size = spec(replicaSet);
        if (size == 0 || add == added) {
            return 0;
        }
        int fraction;
        if (replicas == 0) {
            fraction = -size;
        } else {
            @Nullable Integer annotated = RevisionAnnotations.maxReplicas(replicaSet);
            int before = annotated == null ? deploymentStatusReplicas : annotated;
            fraction = before == 0 ? 0 : (int) Math.round((double) size * most() / before) - size;
        }
        int left = add - added;
        return add > 0 ? Math.min(fraction, left) : Math.max(fraction, left);
    }

    /** Whether the ReplicaSet is all there is to be: as large as the Deployment, sized for it, and available. */
    boolean saturated(@Nullable ReplicaSet newest) {
        if (newest == null) {
            return false;
        }
        @Nullable Integer desired = RevisionAnnotations.desiredReplicas(newest);
        return desired != null && desired == replicas && spec(newest) == replicas && available(newest) == replicas;
    }

    static final Comparator<ReplicaSet> OLDEST_FIRST = Comparator.<ReplicaSet, Instant>comparing(
                    each -> Timestamps.parse(each.getMetadata().getCreationTimestamp()))
            .thenComparing(each -> each.getMetadata().getName());

    static int spec(ReplicaSet replicaSet) {
        Integer replicas = replicaSet.getSpec().getReplicas();
        return replicas == null ? 1 : replicas;
    }

    static int available(ReplicaSet replicaSet) {
        return replicaSet.getStatus() == null ? 0 : count(replicaSet.getStatus().getAvailableReplicas());
    }

    static int actual(ReplicaSet replicaSet) {
        return replicaSet.getStatus() == null ? 0 : count(replicaSet.getStatus().getReplicas());
    }

    static int sumSpec(List<ReplicaSet> replicaSets) {
        return replicaSets.stream().mapToInt(Scale::spec).sum();
    }

    static int count(@Nullable Integer number) {
        return number == null ? 0 : number;
    }
}
