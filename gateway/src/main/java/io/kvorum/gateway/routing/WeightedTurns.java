package io.kvorum.gateway.routing;

/**
 * Takes turns by weight, evenly spread: over any row of as many turns as the weights add up to, each gets exactly its
 * weight, and the heavy ones do not come in bursts (the smooth weighted round robin that nginx made known). No chance is
 * involved, so shares are met exactly and not just in the mean.
 */
final class WeightedTurns {
    private final int[] weights;
    private final long[] credit;
    private final long total;

    WeightedTurns(int... weights) {
        this.weights = weights.clone();
        this.credit = new long[weights.length];
        long sum = 0;
        for (int weight : weights) {
            sum += weight;
        }
        this.total = sum;
    }

    /** Whose turn it is; -1 when nobody has a weight. */
    int next() {
        int best = -1;
        for (int i = 0; i < weights.length; i++) {
            credit[i] += weights[i];
            if (weights[i] > 0 && (best < 0 || credit[i] > credit[best])) {
                best = i;
            }
        }
        if (best >= 0) {
            credit[best] -= total;
        }
        return best;
    }
}
