package io.kvorum.torture.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.torture.sim.Bug;
import io.kvorum.torture.sim.Simulation;
import io.kvorum.torture.sim.Simulation.Plan;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SimulatedHistoriesTest {
    @Test
    void aCorrectStoreIsFoundCorrect() {
        for (int seed = 0; seed < 300; seed++) {
            Report report = Checks.run(
                    Simulation.run(seed, Plan.EVERYTHING, Bug.NONE).history());
            assertThat(report.violations()).as("seed %d", seed).isEmpty();
            assertThat(report.unseen()).as("seed %d", seed).isZero();
            assertThat(report.unknownApplied()).as("seed %d", seed).isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aBugIsFound(Bug bug) {
        int struck = 0;
        int found = 0;
        List<Object> misses = new ArrayList<>();
        for (int seed = 0; seed < 40; seed++) {
            Simulation.Outcome outcome = Simulation.run(seed, Plan.EVERYTHING, bug);
            Report report = Checks.run(outcome.history());
            struck += outcome.struck() > 0 ? 1 : 0;
            if (report.counts().keySet().stream().anyMatch(bug.foundBy()::contains)) {
                found++;
            } else if (outcome.struck() > 0) {
                misses.add(seed + ":" + outcome.struck() + report.counts());
            }
        }
        System.out.println(bug + " struck " + struck + " found " + found + " " + misses);
        assertThat(found).isPositive();
    }
}
