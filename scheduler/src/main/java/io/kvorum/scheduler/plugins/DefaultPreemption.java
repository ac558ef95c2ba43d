package io.kvorum.scheduler.plugins;

import io.kvorum.scheduler.framework.ClusterEvent;
import io.kvorum.scheduler.framework.Code;
import io.kvorum.scheduler.framework.FilterCycle;
import io.kvorum.scheduler.framework.FitError;
import io.kvorum.scheduler.framework.NodeInfo;
import io.kvorum.scheduler.framework.PodInfo;
import io.kvorum.scheduler.framework.PostFilterPlugin;
import io.kvorum.scheduler.framework.Preemption;
import io.kvorum.scheduler.framework.Preemption.Candidate;
import io.kvorum.scheduler.framework.Rejection;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Finds the node where ending pods of lower priority would make room for a pod at the least cost. On a copy of each node
 * all of them are taken away; if the pod fits then, as many as possible are given back, the most important first, but
 * those before all that a disruption budget protects.
 */
public final class DefaultPreemption implements PostFilterPlugin {
    /** How many candidates are enough: a tenth of the nodes, but at least so many. */
    private static final int ENOUGH = 100;

    private static final String PREFIX = "preemption: ";
    static final String NOBODY_LOWER = "No preemption victims found for incoming pod";
    static final String IN_VAIN = "Preemption is not helpful for scheduling";

    /** The one that matters more: of higher priority, or of the same and started earlier. */
    private static final Comparator<PodInfo> IMPORTANCE = Comparator.comparingInt((PodInfo pod) -> -pod.priority())
            .thenComparing(DefaultPreemption::started)
            .thenComparing(pod -> pod.key().toString());

    private final RandomGenerator random;

    /** @param random says at which node to begin in large clusters */
    public DefaultPreemption(RandomGenerator random) {
        this.random = random;
    }

    @Override
    public String name() {
        return "DefaultPreemption";
    }

    @Override
    public Set<ClusterEvent.Kind> eventsToRegister() {
        return Set.of();
    }

    @Override
    public Preemption postFilter(FilterCycle cycle, Map<String, Rejection> rejections) {
        String refusal = ineligible(cycle, rejections);
        if (!refusal.isEmpty()) {
            return new Preemption(null, List.of(), Map.of(), PREFIX + refusal);
        }
        List<NodeInfo> nodes = cycle.view().nodes();
        if (nodes.isEmpty()) {
            return Preemption.NONE;
        }
        Map<String, String> helpless = new LinkedHashMap<>();
        List<String> reasons = new ArrayList<>();
        List<Candidate> candidates = new ArrayList<>();
        int enough = Math.max(ENOUGH, nodes.size() / 10);
        int start = nodes.size() <= ENOUGH ? 0 : random.nextInt(nodes.size());
        DisruptionBudgets budgets = new DisruptionBudgets(cycle.view().disruptionBudgets());
        boolean gentle = false;
        for (int i = 0; i < nodes.size() && !(gentle && candidates.size() >= enough); i++) {
            NodeInfo node = nodes.get((start + i) % nodes.size());
            @Nullable Rejection rejection = rejections.get(node.name());
            List<String> why = new ArrayList<>();
            if (rejection == null || rejection.status().code() != Code.UNSCHEDULABLE) {
                why.add(IN_VAIN);
            } else {
                @Nullable Candidate candidate = candidate(cycle, node, budgets, why);
                if (candidate != null) {
                    candidates.add(candidate);
                    gentle |= candidate.violations() == 0;
                    continue;
                }
            }
            helpless.put(node.name(), String.join(", ", why));
            reasons.addAll(why);
        }
        if (candidates.isEmpty()) {
            return new Preemption(
                    null,
                    candidates,
                    helpless,
                    PREFIX + FitError.unavailable(nodes.size()) + FitError.histogram(reasons));
        }
        return new Preemption(best(candidates), candidates, helpless, "");
    }

    /** Why the pod may not have others ended for it, empty when it may. */
    private static String ineligible(FilterCycle cycle, Map<String, Rejection> rejections) {
        PodInfo pod = cycle.pod();
        if ("Never".equals(pod.spec().getPreemptionPolicy())) {
            return "not eligible due to preemptionPolicy=Never.";
        }
        @Nullable NodeInfo nominated = cycle.view().node(cycle.view().nominatedNode(pod));
        if (nominated == null) {
            return "";
        }
        @Nullable Rejection rejection = rejections.get(nominated.name());
        if (rejection != null && rejection.status().code() == Code.UNSCHEDULABLE_AND_UNRESOLVABLE) {
            return "";
        }
        boolean underWay = nominated.pods().stream()
                .anyMatch(other -> other.priority() < pod.priority() && other.terminating() && preempted(other));
        return underWay ? "not eligible due to a terminating pod on the nominated node." : "";
    }

    private static boolean preempted(PodInfo pod) {
        return pod.pod().getStatus() != null
                && pod.pod().getStatus().getConditions().stream()
                        .anyMatch(condition -> "DisruptionTarget".equals(condition.getType())
                                && "True".equals(condition.getStatus())
                                && "PreemptionByScheduler".equals(condition.getReason()));
    }

    private static @Nullable Candidate candidate(
            FilterCycle cycle, NodeInfo node, DisruptionBudgets budgets, List<String> why) {
        List<PodInfo> lower = node.pods().stream()
                .filter(other -> other.priority() < cycle.pod().priority())
                .sorted(IMPORTANCE)
                .toList();
        if (lower.isEmpty()) {
            why.add(NOBODY_LOWER);
            return null;
        }
        NodeInfo trial = node.copy();
        lower.forEach(other -> cycle.remove(other, trial));
        List<PodInfo> victims = new ArrayList<>();
        int violations = 0;
        @Nullable Rejection rejection = cycle.filter(trial);
        if (rejection == null) {
            List<PodInfo> guarded = budgets.violated(lower);
            for (PodInfo other : guarded) {
                violations += reprieved(cycle, other, trial, victims) ? 0 : 1;
            }
            for (PodInfo other : lower) {
                if (!guarded.contains(other)) {
                    reprieved(cycle, other, trial, victims);
                }
            }
            victims.sort(IMPORTANCE);
            // What the plugins have computed is shared with the next node, so it is put back as it was.
            victims.forEach(other -> cycle.add(other, trial));
        } else {
            lower.forEach(other -> cycle.add(other, trial));
            why.addAll(rejection.status().reasons());
            return null;
        }
        if (victims.isEmpty()) {
            why.add(NOBODY_LOWER);
            return null;
        }
        return new Candidate(node.name(), List.copyOf(victims), violations);
    }

    private static boolean reprieved(FilterCycle cycle, PodInfo other, NodeInfo trial, List<PodInfo> victims) {
        cycle.add(other, trial);
        if (cycle.filter(trial) == null) {
            return true;
        }
        cycle.remove(other, trial);
        victims.add(other);
        return false;
    }

    /**
     * The candidate with the fewest violated budgets; of those the one whose most important victim is the least
     * important, then the one with the smallest sum of priorities, the fewest victims, the youngest important victims.
     */
    static Candidate best(List<Candidate> candidates) {
        return candidates.stream()
                .min(Comparator.comparingInt(Candidate::violations)
                        .thenComparingInt(
                                candidate -> candidate.victims().get(0).priority())
                        .thenComparingLong(DefaultPreemption::sum)
                        .thenComparingInt(candidate -> candidate.victims().size())
                        .thenComparing(DefaultPreemption::earliest, Comparator.reverseOrder()))
                .orElseThrow();
    }

    /** Shifted, so that more victims of negative priority do not count as less. */
    private static long sum(Candidate candidate) {
        return candidate.victims().stream()
                .mapToLong(pod -> pod.priority() + (long) Integer.MAX_VALUE + 1)
                .sum();
    }

    /** When the first of the victims of the highest priority was started. */
    private static String earliest(Candidate candidate) {
        int highest = candidate.victims().get(0).priority();
        return candidate.victims().stream()
                .filter(pod -> pod.priority() == highest)
                .map(DefaultPreemption::started)
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    /** The API's time stamps sort as text; a pod that has not started sorts as the youngest. */
    private static String started(PodInfo pod) {
        @Nullable
        String time =
                pod.pod().getStatus() == null ? null : pod.pod().getStatus().getStartTime();
        return time == null ? "~" : time;
    }
}
