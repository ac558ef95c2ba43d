package io.kvorum.scheduler.plugins;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.kvorum.scheduler.framework.ClusterView;
import io.kvorum.scheduler.framework.NodeInfo;
import io.kvorum.scheduler.framework.PodInfo;
import io.kvorum.scheduler.framework.PodMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One rule of how pods are spread over places.
 *
 * @param pods those that are spread: living ones of the pod's namespace
 * @param minDomains with fewer places the lowest count is taken to be 0
 * @param honorAffinity leave nodes out of account that the pod's node affinity excludes
 * @param honorTaints leave nodes out of account whose taints the pod does not tolerate
 */
record SpreadConstraint(
        int maxSkew, String topologyKey, PodMatcher pods, int minDomains, boolean honorAffinity, boolean honorTaints) {
    static final String HOSTNAME = "kubernetes.io/hostname";
    private static final String ZONE = "topology.kubernetes.io/zone";

    /** The pod's own of one kind: {@code DoNotSchedule} or {@code ScheduleAnyway}. */
    static List<SpreadConstraint> of(PodInfo pod, String whenUnsatisfiable) {
        List<SpreadConstraint> constraints = new ArrayList<>();
        for (TopologySpreadConstraint given : pod.spec().getTopologySpreadConstraints()) {
            if (whenUnsatisfiable.equals(given.getWhenUnsatisfiable())) {
                constraints.add(of(pod, given));
            }
        }
        return constraints;
    }

    private static SpreadConstraint of(PodInfo pod, TopologySpreadConstraint given) {
        @Nullable LabelSelector selector = given.getLabelSelector();
        List<LabelSelector> selectors = new ArrayList<>();
        if (selector != null) {
            if (!empty(selector)) {
                selectors.add(selector);
            }
            for (String key : given.getMatchLabelKeys()) {
                @Nullable String value = pod.labels().get(key);
                if (value != null) {
                    selectors.add(new LabelSelectorBuilder()
                            .withMatchLabels(Map.of(key, value))
                            .build());
                }
            }
        }
        return new SpreadConstraint(
                given.getMaxSkew(),
                given.getTopologyKey(),
                // As upstream, one that selects every pod counts none.
                selectors.isEmpty() ? NOBODY : PodMatcher.living(pod.key().namespace(), selectors),
                given.getMinDomains() == null ? 1 : given.getMinDomains(),
                !"Ignore".equals(given.getNodeAffinityPolicy()),
                "Honor".equals(given.getNodeTaintsPolicy()));
    }

    private static boolean empty(LabelSelector selector) {
        return (selector.getMatchLabels() == null || selector.getMatchLabels().isEmpty())
                && selector.getMatchExpressions().isEmpty();
    }

    /** Without a selector no pod is meant. */
    private static final PodMatcher NOBODY = PodMatcher.all(List.of(new PodMatcher.Clause(null, null)));

    /**
     * Those of the system for pods without any, as upstream's: a mild wish to spread what a service or a controller
     * holds together over nodes and zones. Empty for a pod of no such group.
     */
    static List<SpreadConstraint> ofTheSystem(PodInfo pod, ClusterView view) {
        if (!pod.spec().getTopologySpreadConstraints().isEmpty()) {
            return List.of();
        }
        List<LabelSelector> groups = view.groupsOf(pod);
        if (groups.isEmpty()) {
            return List.of();
        }
        PodMatcher pods = PodMatcher.living(pod.key().namespace(), groups);
        return List.of(
                new SpreadConstraint(3, HOSTNAME, pods, 1, true, false),
                new SpreadConstraint(5, ZONE, pods, 1, true, false));
    }

    /** Whether {@code node} is taken into account for {@code pod}. */
    boolean counts(PodInfo pod, NodeInfo node) {
        return (!honorAffinity || NodeAffinity.accepts(pod, node))
                && (!honorTaints || TaintToleration.untolerated(pod, node) == null);
    }

    static boolean hasAllKeys(List<SpreadConstraint> constraints, NodeInfo node) {
        for (SpreadConstraint constraint : constraints) {
            if (!node.labels().containsKey(constraint.topologyKey)) {
                return false;
            }
        }
        return true;
    }
}
