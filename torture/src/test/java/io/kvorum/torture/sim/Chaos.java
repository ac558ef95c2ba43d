package io.kvorum.torture.sim;

import java.util.Random;

/** Chance, and the bug that strikes by it. */
final class Chaos {
    private final Random random;
    private final Bug bug;
    private final int oneIn;
    private int struck;

    /** @param oneIn how seldom the bug strikes when it could */
    Chaos(Random random, Bug bug, int oneIn) {
        this.random = random;
        this.bug = bug;
        this.oneIn = oneIn;
    }

    boolean strikes(Bug which) {
        if (which == Bug.NONE || bug != which || random.nextInt(oneIn) != 0) {
            return false;
        }
        struck++;
        return true;
    }

    boolean has(Bug which) {
        return bug == which;
    }

    int struck() {
        return struck;
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }
}
