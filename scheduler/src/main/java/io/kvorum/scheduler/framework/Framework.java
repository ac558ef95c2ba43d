package io.kvorum.scheduler.framework;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Runs the plugins' filters and scores over the nodes. No I/O; belongs to one context. */
public final class Framework {
    /** With fewer nodes than this all are looked at. */
    private static final int MIN_FEASIBLE = 100;

    private static final int MIN_PERCENTAGE = 5;

    private final List<PreFilterPlugin> preFilters;
    private final List<FilterPlugin> filters;
    private final List<PostFilterPlugin> postFilters;
    private final List<ScorePlugin> scorers;
    private final Map<ClusterEvent.Kind, List<Plugin>> interested = new EnumMap<>(ClusterEvent.Kind.class);
    private final RandomGenerator random;
    private int nextStart;

    /** @param random breaks ties between nodes of equal score */
    public Framework(List<Plugin> plugins, RandomGenerator random) {
        this.preFilters = of(plugins, PreFilterPlugin.class);
        this.filters = of(plugins, FilterPlugin.class);
        this.postFilters = of(plugins, PostFilterPlugin.class);
        this.scorers = of(plugins, ScorePlugin.class);
        this.random = random;
        for (ClusterEvent.Kind kind : ClusterEvent.Kind.values()) {
            interested.put(
                    kind,
                    plugins.stream()
                            .filter(plugin -> plugin.eventsToRegister().contains(kind))
                            .toList());
        }
    }

    private static <T> List<T> of(List<Plugin> plugins, Class<T> type) {
        return plugins.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** Either a node, or why there is none. */
    public record Decision(@Nullable String node, @Nullable FitError error) {}

    /** The plugins whose rejection an event of this kind could undo. */
    public List<Plugin> interestedIn(ClusterEvent.Kind kind) {
        return interested.getOrDefault(kind, List.of());
    }

    /** The best node for {@code pod} in {@code view}. */
    public Decision schedule(CycleState state, PodInfo pod, ClusterView view) {
        FilterCycle cycle = new FilterCycle(preFilters, filters, state, pod, view);
        @Nullable Rejection whole = cycle.prepare();
        if (whole != null) {
            return new Decision(null, refusedAsAWhole(cycle, whole));
        }
        @Nullable NodeInfo promised = view.node(view.nominatedNode(pod));
        if (promised != null && cycle.inside(promised) && cycle.filter(promised) == null) {
            // Room was made for it there; elsewhere it would have been in vain.
            return new Decision(promised.name(), null);
        }
        Map<String, Rejection> rejections = new LinkedHashMap<>();
        List<NodeInfo> feasible = feasible(cycle, rejections);
        if (feasible.isEmpty()) {
            return new Decision(null, refused(cycle, rejections));
        }
        if (feasible.size() == 1) {
            return new Decision(feasible.get(0).name(), null);
        }
        return new Decision(
                feasible.get(highest(score(cycle, feasible).totals())).name(), null);
    }

    /** What would be decided, with all reasons. Has no effect on later decisions. */
    public Explanation explain(PodInfo pod, ClusterView view) {
        FilterCycle cycle = new FilterCycle(preFilters, filters, new CycleState(), pod, view);
        @Nullable Rejection whole = cycle.prepare();
        List<NodeInfo> nodes = view.nodes().stream()
                .sorted(Comparator.comparing(NodeInfo::name))
                .toList();
        List<Explanation.NodeResult> rejected = new ArrayList<>();
        Map<String, Rejection> rejections = new LinkedHashMap<>();
        List<NodeInfo> feasible = new ArrayList<>();
        for (NodeInfo node : nodes) {
            @Nullable
            Rejection rejection = whole != null ? whole : cycle.inside(node) ? cycle.filter(node) : cycle.outside();
            if (rejection == null) {
                feasible.add(node);
            } else {
                rejections.put(node.name(), rejection);
                rejected.add(new Explanation.NodeResult(node.name(), rejection, List.of(), 0));
            }
        }
        if (feasible.isEmpty()) {
            FitError error = whole != null ? refusedAsAWhole(cycle, whole) : refused(cycle, rejections);
            return new Explanation(null, List.of(), error, rejected, cycle.skipped());
        }
        List<Explanation.NodeResult> results = results(score(cycle, feasible));
        long highest = results.get(0).total();
        List<String> best = results.stream()
                .filter(result -> result.total() == highest)
                .map(Explanation.NodeResult::node)
                .toList();
        // A node that was promised is taken without regard to scores.
        String promised = view.nominatedNode(pod);
        boolean kept = feasible.stream().anyMatch(node -> node.name().equals(promised));
        results.addAll(rejected);
        return new Explanation(kept ? promised : best.get(0), best, null, results, cycle.skipped());
    }

    private static List<Explanation.NodeResult> results(Scores scores) {
        List<Explanation.NodeResult> results = new ArrayList<>();
        for (int i = 0; i < scores.nodes().size(); i++) {
            List<Explanation.PluginScore> parts = new ArrayList<>();
            for (Scores.PluginScores part : scores.plugins()) {
                parts.add(new Explanation.PluginScore(
                        part.plugin().name(),
                        part.raw()[i],
                        part.normalized()[i],
                        part.plugin().weight()));
            }
            results.add(new Explanation.NodeResult(scores.nodes().get(i).name(), null, parts, scores.totals()[i]));
        }
        results.sort(Comparator.comparingLong(Explanation.NodeResult::total)
                .reversed()
                .thenComparing(Explanation.NodeResult::node));
        return results;
    }

    private FitError refusedAsAWhole(FilterCycle cycle, Rejection whole) {
        Map<String, Rejection> rejections = new LinkedHashMap<>();
        cycle.view().nodes().forEach(node -> rejections.put(node.name(), whole));
        return new FitError(
                cycle.view().nodes().size(),
                Map.of(),
                Set.of(whole.plugin()),
                whole.status().reasons(),
                makeRoom(cycle, rejections));
    }

    private FitError refused(FilterCycle cycle, Map<String, Rejection> rejections) {
        Set<String> plugins = new LinkedHashSet<>(cycle.narrowing());
        rejections.values().forEach(rejection -> plugins.add(rejection.plugin()));
        plugins.remove(cycle.outside().plugin());
        plugins.addAll(cycle.narrowing());
        return new FitError(cycle.view().nodes().size(), rejections, plugins, List.of(), makeRoom(cycle, rejections));
    }

    private Preemption makeRoom(FilterCycle cycle, Map<String, Rejection> rejections) {
        Preemption result = Preemption.NONE;
        for (PostFilterPlugin plugin : postFilters) {
            result = plugin.postFilter(cycle, rejections);
            if (result.chosen() != null) {
                break;
            }
        }
        return result;
    }

    private List<NodeInfo> feasible(FilterCycle cycle, Map<String, Rejection> rejections) {
        List<NodeInfo> nodes = cycle.view().nodes();
        int enough = enough(nodes.size());
        List<NodeInfo> feasible = new ArrayList<>();
        if (cycle.narrowed()) {
            // Few nodes come into question: all of them are looked at, and the others are refused in one go.
            for (NodeInfo node : nodes) {
                @Nullable Rejection rejection = cycle.inside(node) ? cycle.filter(node) : cycle.outside();
                if (rejection == null) {
                    feasible.add(node);
                } else {
                    rejections.put(node.name(), rejection);
                }
            }
            return feasible;
        }
        int looked = 0;
        // Start where the last pod stopped, so that over many pods every node gets its chance.
        for (; looked < nodes.size() && feasible.size() < enough; looked++) {
            NodeInfo node = nodes.get((nextStart + looked) % nodes.size());
            @Nullable Rejection rejection = cycle.filter(node);
            if (rejection == null) {
                feasible.add(node);
            } else {
                rejections.put(node.name(), rejection);
            }
        }
        nextStart = nodes.isEmpty() ? 0 : (nextStart + looked) % nodes.size();
        return feasible;
    }

    /** How many feasible nodes are enough to choose from: kube-scheduler's adaptive percentageOfNodesToScore. */
    static int enough(int nodes) {
        if (nodes < MIN_FEASIBLE) {
            return nodes;
        }
        int percentage = Math.max(MIN_PERCENTAGE, 50 - nodes / 125);
        return Math.max(MIN_FEASIBLE, nodes * percentage / 100);
    }

    private Scores score(FilterCycle cycle, List<NodeInfo> nodes) {
        CycleState state = cycle.state();
        PodInfo pod = cycle.pod();
        long[] totals = new long[nodes.size()];
        List<Scores.PluginScores> parts = new ArrayList<>();
        for (ScorePlugin plugin : scorers) {
            if (plugin.preScore(state, pod, cycle.view(), nodes).skip()) {
                continue;
            }
            long[] raw = new long[nodes.size()];
            for (int i = 0; i < raw.length; i++) {
                raw[i] = plugin.score(state, pod, nodes.get(i));
            }
            long[] scores = raw.clone();
            plugin.normalize(state, pod, nodes, scores);
            for (int i = 0; i < scores.length; i++) {
                if (scores[i] < 0 || scores[i] > ScorePlugin.MAX_SCORE) {
                    throw new IllegalStateException("plugin " + plugin.name() + " scored node "
                            + nodes.get(i).name() + " with " + scores[i] + ", outside 0 to 100");
                }
                totals[i] += scores[i] * plugin.weight();
            }
            parts.add(new Scores.PluginScores(plugin, raw, scores));
        }
        return new Scores(nodes, parts, totals);
    }

    private int highest(long[] totals) {
        int chosen = 0;
        int ties = 1;
        for (int i = 1; i < totals.length; i++) {
            if (totals[i] > totals[chosen]) {
                chosen = i;
                ties = 1;
            } else if (totals[i] == totals[chosen] && random.nextInt(++ties) == 0) {
                // Reservoir sampling: each of the equal best is chosen with the same chance.
                chosen = i;
            }
        }
        return chosen;
    }
}
