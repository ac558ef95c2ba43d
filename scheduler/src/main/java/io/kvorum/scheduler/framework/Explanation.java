package io.kvorum.scheduler.framework;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A decision with its reasons, node by node. Unlike a real decision it looks at every node, also in large clusters.
 *
 * @param node the best node, the first by name where several are equally good; null when none fits
 * @param best all nodes with the highest total
 * @param error set when none fits
 * @param nodes every node, the best first, then those that reject, by name
 * @param skipped names of the filters that have nothing to say about this pod
 */
public record Explanation(
        @Nullable String node,
        List<String> best,
        @Nullable FitError error,
        List<NodeResult> nodes,
        Set<String> skipped) {
    /**
     * One node.
     *
     * @param rejection null when the pod fits there
     * @param scores of the plugins that had something to say; empty when it was rejected
     * @param total the weighted sum of the scores
     */
    public record NodeResult(String node, @Nullable Rejection rejection, List<PluginScore> scores, long total) {}

    /**
     * One plugin's score of a node.
     *
     * @param raw as the plugin counts
     * @param normalized 0 to 100
     */
    public record PluginScore(String plugin, long raw, long normalized, int weight) {
        public long weighted() {
            return normalized * weight;
        }
    }
}
