package io.kvorum.scheduler.plugins;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.PreferredSchedulingTerm;
import io.kvorum.client.LabelSelectors;
import io.kvorum.scheduler.framework.ClusterEvent;
import io.kvorum.scheduler.framework.CycleState;
import io.kvorum.scheduler.framework.FilterPlugin;
import io.kvorum.scheduler.framework.NodeInfo;
import io.kvorum.scheduler.framework.PodInfo;
import io.kvorum.scheduler.framework.PreFilterPlugin;
import io.kvorum.scheduler.framework.ScorePlugin;
import io.kvorum.scheduler.framework.Status;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The pod's {@code nodeSelector} and node affinity: required terms filter, preferred terms score. */
public final class NodeAffinity implements PreFilterPlugin, FilterPlugin, ScorePlugin {
    static final Status REJECTED = Status.unresolvable("node(s) didn't match Pod's node affinity/selector");

    @Override
    public String name() {
        return "NodeAffinity";
    }

    @Override
    public Set<ClusterEvent> eventsToRegister() {
        return Set.of(ClusterEvent.NODE_ADD, ClusterEvent.NODE_LABEL);
    }

    @Override
    public int weight() {
        return 2;
    }

    @Override
    public Status preFilter(CycleState state, PodInfo pod) {
        @Nullable Map<String, String> selector = pod.spec().getNodeSelector();
        boolean selects = selector != null && !selector.isEmpty();
        return selects || required(pod) != null ? Status.SUCCESS : Status.SKIP;
    }

    @Override
    public Status filter(CycleState state, PodInfo pod, NodeInfo node) {
        if (!LabelSelectors.matches(
                pod.spec().getNodeSelector(), node.node().getMetadata().getLabels())) {
            return REJECTED;
        }
        @Nullable List<NodeSelectorTerm> terms = required(pod);
        return terms == null || terms.stream().anyMatch(term -> matches(term, node.node())) ? Status.SUCCESS : REJECTED;
    }

    @Override
    public Status preScore(CycleState state, PodInfo pod) {
        return preferred(pod).isEmpty() ? Status.SKIP : Status.SUCCESS;
    }

    @Override
    public long score(CycleState state, PodInfo pod, NodeInfo node) {
        long sum = 0;
        for (PreferredSchedulingTerm term : preferred(pod)) {
            // Unlike a required term, an empty preferred term matches every node.
            NodeSelectorTerm preference = term.getPreference();
            if (empty(preference) || matches(preference, node.node())) {
                sum += term.getWeight();
            }
        }
        return sum;
    }

    @Override
    public void normalize(CycleState state, PodInfo pod, long[] scores) {
        ScorePlugin.stretch(scores, false);
    }

    /** The required terms, of which one must match; null when nothing is required. */
    private static @Nullable List<NodeSelectorTerm> required(PodInfo pod) {
        var affinity = pod.spec().getAffinity();
        if (affinity == null
                || affinity.getNodeAffinity() == null
                || affinity.getNodeAffinity().getRequiredDuringSchedulingIgnoredDuringExecution() == null) {
            return null;
        }
        return affinity.getNodeAffinity()
                .getRequiredDuringSchedulingIgnoredDuringExecution()
                .getNodeSelectorTerms();
    }

    private static List<PreferredSchedulingTerm> preferred(PodInfo pod) {
        var affinity = pod.spec().getAffinity();
        return affinity == null || affinity.getNodeAffinity() == null
                ? List.of()
                : affinity.getNodeAffinity().getPreferredDuringSchedulingIgnoredDuringExecution();
    }

    private static boolean empty(@Nullable NodeSelectorTerm term) {
        return term == null
                || (term.getMatchExpressions().isEmpty()
                        && term.getMatchFields().isEmpty());
    }

    /** All requirements of a term must hold; a term without any matches nothing. */
    static boolean matches(NodeSelectorTerm term, Node node) {
        if (empty(term)) {
            return false;
        }
        @Nullable Map<String, String> labels = node.getMetadata().getLabels();
        return term.getMatchExpressions().stream()
                        .allMatch(r -> matches(r, labels == null ? null : labels.get(r.getKey())))
                && term.getMatchFields().stream()
                        .allMatch(r -> matches(
                                r,
                                "metadata.name".equals(r.getKey())
                                        ? node.getMetadata().getName()
                                        : null));
    }

    private static boolean matches(NodeSelectorRequirement requirement, @Nullable String value) {
        List<String> values = requirement.getValues();
        return switch (requirement.getOperator()) {
            case "In" -> value != null && values.contains(value);
            case "NotIn" -> value == null || !values.contains(value);
            case "Exists" -> value != null;
            case "DoesNotExist" -> value == null;
            case "Gt" -> compare(value, values) > 0;
            case "Lt" -> compare(value, values) < 0;
            default -> false;
        };
    }

    /** Sign of label against operand; 0, which satisfies neither Gt nor Lt, when either is not an integer. */
    private static int compare(@Nullable String value, List<String> operands) {
        if (value == null || operands.size() != 1 || !integer(value) || !integer(operands.get(0))) {
            return 0;
        }
        return new BigInteger(value).compareTo(new BigInteger(operands.get(0)));
    }

    private static boolean integer(String text) {
        return text.matches("[+-]?[0-9]{1,19}");
    }
}
