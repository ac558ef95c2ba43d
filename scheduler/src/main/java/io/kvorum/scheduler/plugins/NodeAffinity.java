package io.kvorum.scheduler.plugins;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.PreferredSchedulingTerm;
import io.kvorum.client.LabelSelectors;
import io.kvorum.scheduler.framework.ClusterEvent;
import io.kvorum.scheduler.framework.ClusterView;
import io.kvorum.scheduler.framework.CycleState;
import io.kvorum.scheduler.framework.FilterPlugin;
import io.kvorum.scheduler.framework.NodeInfo;
import io.kvorum.scheduler.framework.PodInfo;
import io.kvorum.scheduler.framework.PreFilterPlugin;
import io.kvorum.scheduler.framework.ScorePlugin;
import io.kvorum.scheduler.framework.Status;
import java.math.BigInteger;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The pod's {@code nodeSelector} and node affinity: required terms filter, preferred terms score. */
public final class NodeAffinity implements PreFilterPlugin, FilterPlugin, ScorePlugin {
    private static final Result CONFLICT = new Result(Status.unresolvable("pod affinity terms conflict"), null);
    static final Status REJECTED = Status.unresolvable("node(s) didn't match Pod's node affinity/selector");

    @Override
    public String name() {
        return "NodeAffinity";
    }

    @Override
    public Set<ClusterEvent.Kind> eventsToRegister() {
        return Set.of(ClusterEvent.Kind.NODE_ADD, ClusterEvent.Kind.NODE_LABEL);
    }

    @Override
    public int weight() {
        return 2;
    }

    @Override
    public Result preFilter(CycleState state, PodInfo pod, ClusterView view) {
        @Nullable Map<String, String> selector = pod.spec().getNodeSelector();
        boolean selects = selector != null && !selector.isEmpty();
        @Nullable List<NodeSelectorTerm> terms = required(pod);
        if (terms == null) {
            return selects ? Result.SUCCESS : Result.SKIP;
        }
        @Nullable Set<String> named = named(terms);
        return named != null && named.isEmpty() ? CONFLICT : new Result(Status.SUCCESS, named);
    }

    /** The nodes that the terms name, as those of DaemonSet pods do; null when a term names none. */
    private static @Nullable Set<String> named(List<NodeSelectorTerm> terms) {
        Set<String> all = new HashSet<>();
        for (NodeSelectorTerm term : terms) {
            @Nullable Set<String> names = null;
            for (NodeSelectorRequirement field : term.getMatchFields()) {
                if ("metadata.name".equals(field.getKey()) && "In".equals(field.getOperator())) {
                    if (names == null) {
                        names = new HashSet<>(field.getValues());
                    } else {
                        names.retainAll(field.getValues());
                    }
                }
            }
            if (names == null) {
                return null;
            }
            all.addAll(names);
        }
        return terms.isEmpty() ? null : all;
    }

    @Override
    public Status filter(CycleState state, PodInfo pod, NodeInfo node) {
        return accepts(pod, node) ? Status.SUCCESS : REJECTED;
    }

    @Override
    public boolean mayHelp(PodInfo waiting, ClusterEvent event) {
        return event.node() == null || accepts(waiting, event.node());
    }

    /** Whether {@code node} satisfies the pod's selector and required affinity. */
    static boolean accepts(PodInfo pod, NodeInfo node) {
        if (!LabelSelectors.matches(pod.spec().getNodeSelector(), node.labels())) {
            return false;
        }
        @Nullable List<NodeSelectorTerm> terms = required(pod);
        return terms == null || terms.stream().anyMatch(term -> matches(term, node.node()));
    }

    @Override
    public Status preScore(CycleState state, PodInfo pod, ClusterView view, List<NodeInfo> feasible) {
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
    public void normalize(CycleState state, PodInfo pod, List<NodeInfo> nodes, long[] scores) {
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
