package io.kvorum.scheduler.framework;

import java.util.List;

/** Ranks the nodes that passed all filters. */
public interface ScorePlugin extends Plugin {
    long MAX_SCORE = 100;

    /** How much this plugin's scores count against the others'. */
    int weight();

    /** Computes what the score of every node needs. {@link Status#SKIP} leaves the plugin out for this pod. */
    default Status preScore(CycleState state, PodInfo pod, ClusterView view, List<NodeInfo> feasible) {
        return Status.SUCCESS;
    }

    /** Any number when {@link #normalize} brings it into range, else 0 to {@link #MAX_SCORE}. */
    long score(CycleState state, PodInfo pod, NodeInfo node);

    /** Brings the scores of {@code nodes} into 0 to {@link #MAX_SCORE}, in place. */
    default void normalize(CycleState state, PodInfo pod, List<NodeInfo> nodes, long[] scores) {}

    /** Stretches {@code scores} so that the highest becomes {@link #MAX_SCORE}; {@code reverse} makes the lowest the best. */
    static void stretch(long[] scores, boolean reverse) {
        long max = 0;
        for (long score : scores) {
            max = Math.max(max, score);
        }
        for (int i = 0; i < scores.length; i++) {
            long part = max == 0 ? 0 : scores[i] * MAX_SCORE / max;
            scores[i] = reverse ? MAX_SCORE - part : part;
        }
    }
}
