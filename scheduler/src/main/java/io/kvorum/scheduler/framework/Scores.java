package io.kvorum.scheduler.framework;

import java.util.List;

/**
 * The scores of the feasible nodes for one pod.
 *
 * @param plugins those that had something to say
 * @param totals by node, the weighted sum
 */
record Scores(List<NodeInfo> nodes, List<PluginScores> plugins, long[] totals) {
    /**
     * One plugin's.
     *
     * @param raw by node, as the plugin scored
     * @param normalized by node, 0 to 100
     */
    record PluginScores(ScorePlugin plugin, long[] raw, long[] normalized) {}
}
