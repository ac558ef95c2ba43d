package io.kvorum.scheduler.framework;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
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
    private final List<ScorePlugin> scorers;
    private final List<Plugin> plugins;
    private final RandomGenerator random;
    private int nextStart;

    /** @param random breaks ties between nodes of equal score */
    public Framework(List<Plugin> plugins, RandomGenerator random) {
        this.plugins = List.copyOf(plugins);
        this.preFilters = of(plugins, PreFilterPlugin.class);
        this.filters = of(plugins, FilterPlugin.class);
        this.scorers = of(plugins, ScorePlugin.class);
        this.random = random;
    }

    private static <T> List<T> of(List<Plugin> plugins, Class<T> type) {
        return plugins.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** Either a node, or why there is none. */
    public record Decision(@Nullable String node, @Nullable FitError error) {}

    /** The plugins, by their names, whose rejection {@code event} could undo. */
    public Set<String> interestedIn(ClusterEvent event) {
        Set<String> names = new HashSet<>();
        for (Plugin plugin : plugins) {
            if (plugin.eventsToRegister().contains(event)) {
                names.add(plugin.name());
            }
        }
        return names;
    }

    /** The best node for {@code pod} among {@code nodes}, all of which are known. */
    public Decision schedule(CycleState state, PodInfo pod, List<NodeInfo> nodes) {
        Set<String> skipped = new HashSet<>();
        for (PreFilterPlugin plugin : preFilters) {
            Status status = plugin.preFilter(state, pod);
            if (status.skip()) {
                skipped.add(plugin.name());
            } else if (!status.success()) {
                return new Decision(
                        null, new FitError(nodes.size(), Map.of(), Set.of(plugin.name()), status.reasons()));
            }
        }
        Map<String, Status> rejections = new HashMap<>();
        Set<String> rejectors = new LinkedHashSet<>();
        List<NodeInfo> feasible = feasible(state, pod, nodes, skipped, rejections, rejectors);
        if (feasible.isEmpty()) {
            return new Decision(null, new FitError(nodes.size(), rejections, rejectors, List.of()));
        }
        return new Decision(best(state, pod, feasible).name(), null);
    }

    private List<NodeInfo> feasible(
            CycleState state,
            PodInfo pod,
            List<NodeInfo> nodes,
            Set<String> skipped,
            Map<String, Status> rejections,
            Set<String> rejectors) {
        int enough = enough(nodes.size());
        List<NodeInfo> feasible = new ArrayList<>();
        int looked = 0;
        // Start where the last pod stopped, so that over many pods every node gets its chance.
        for (; looked < nodes.size() && feasible.size() < enough; looked++) {
            NodeInfo node = nodes.get((nextStart + looked) % nodes.size());
            @Nullable Status rejection = filter(state, pod, node, skipped, rejectors);
            if (rejection == null) {
                feasible.add(node);
            } else {
                rejections.put(node.name(), rejection);
            }
        }
        nextStart = nodes.isEmpty() ? 0 : (nextStart + looked) % nodes.size();
        return feasible;
    }

    private @Nullable Status filter(
            CycleState state, PodInfo pod, NodeInfo node, Set<String> skipped, Set<String> rejectors) {
        for (FilterPlugin plugin : filters) {
            if (skipped.contains(plugin.name())) {
                continue;
            }
            Status status = plugin.filter(state, pod, node);
            if (!status.success()) {
                rejectors.add(plugin.name());
                return status;
            }
        }
        return null;
    }

    /** How many feasible nodes are enough to choose from: kube-scheduler's adaptive percentageOfNodesToScore. */
    static int enough(int nodes) {
        if (nodes < MIN_FEASIBLE) {
            return nodes;
        }
        int percentage = Math.max(MIN_PERCENTAGE, 50 - nodes / 125);
        return Math.max(MIN_FEASIBLE, nodes * percentage / 100);
    }

    private NodeInfo best(CycleState state, PodInfo pod, List<NodeInfo> nodes) {
        if (nodes.size() == 1) {
            return nodes.get(0);
        }
        long[] totals = new long[nodes.size()];
        for (ScorePlugin plugin : scorers) {
            if (plugin.preScore(state, pod).skip()) {
                continue;
            }
            long[] scores = new long[nodes.size()];
            for (int i = 0; i < scores.length; i++) {
                scores[i] = plugin.score(state, pod, nodes.get(i));
            }
            plugin.normalize(state, pod, scores);
            for (int i = 0; i < scores.length; i++) {
                if (scores[i] < 0 || scores[i] > ScorePlugin.MAX_SCORE) {
                    throw new IllegalStateException("plugin " + plugin.name() + " scored node "
                            + nodes.get(i).name() + " with " + scores[i] + ", outside 0 to 100");
                }
                totals[i] += scores[i] * plugin.weight();
            }
        }
        return nodes.get(highest(totals));
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
