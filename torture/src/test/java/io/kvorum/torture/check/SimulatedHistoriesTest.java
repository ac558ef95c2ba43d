package io.kvorum.torture.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.torture.sim.Bug;
import io.kvorum.torture.sim.Simulation;
import io.kvorum.torture.sim.Simulation.Plan;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SimulatedHistoriesTest {
    private static final int SEEDS_OF_A_BUG = 40;

    @Test
    void aCorrectStoreIsFoundCorrect() {
        for (int seed = 0; seed < 300; seed++) {
            Report report =
                    Checks.run(Simulation.run(seed, Plan.EVERYTHING, Bug.NONE).history());
            assertThat(report.violations()).as("seed %d", seed).isEmpty();
            assertThat(report.unseen()).as("seed %d", seed).isZero();
            assertThat(report.unknownApplied()).as("seed %d", seed).isPositive();
        }
    }

    @Test
    void aCorrectStoreWithManyLeasesIsFoundCorrect() {
        for (int seed = 0; seed < 100; seed++) {
            Report report =
                    Checks.run(Simulation.run(seed, Plan.LEASES, Bug.NONE).history());
            assertThat(report.violations()).as("seed %d", seed).isEmpty();
        }
    }

    /** Not every strike can be seen by a client: what was torn may be put anew before anybody looked. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aBugIsFound(Bug bug) {
        int struck = 0;
        int found = 0;
        for (int seed = 0; seed < SEEDS_OF_A_BUG; seed++) {
            Plan plan = bug.ofLeases() ? Plan.LEASES : Plan.EVERYTHING;
            Simulation.Outcome outcome = Simulation.run(seed, plan, bug);
            Report report = Checks.run(outcome.history());
            struck += outcome.struck() > 0 ? 1 : 0;
            found += report.counts().keySet().stream().anyMatch(bug.foundBy()::contains) ? 1 : 0;
            assertThat(report.counts().isEmpty() || outcome.struck() > 0)
                    .as("seed %d: %s", seed, report.violations())
                    .isTrue();
        }
        assertThat(struck).isGreaterThan(SEEDS_OF_A_BUG / 5);
        assertThat(found).isGreaterThan(struck * 2 / 5);
    }
}
