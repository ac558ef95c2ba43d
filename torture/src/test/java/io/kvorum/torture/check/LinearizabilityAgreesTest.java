package io.kvorum.torture.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.torture.check.Linearizability.Rules;
import io.kvorum.torture.check.Linearizability.Verdict;
import io.kvorum.torture.history.History;
import io.kvorum.torture.sim.Bug;
import io.kvorum.torture.sim.Distortion;
import io.kvorum.torture.sim.Simulation;
import io.kvorum.torture.sim.Simulation.Plan;
import java.util.List;
import java.util.Random;
import java.util.StringJoiner;
import org.junit.jupiter.api.Test;

/** The check that goes by revisions against the search that does not. */
class LinearizabilityAgreesTest {
    private static final int SEEDS = 500;

    @Test
    void bothFindACorrectStoreCorrect() {
        for (int seed = 0; seed < SEEDS; seed++) {
            History history = Simulation.run(seed, Plan.SMALL, Bug.NONE).history();
            assertThat(Linearizability.check(history, Rules.REVISIONS)).isEqualTo(Verdict.YES);
            assertThat(Linearizability.check(history, Rules.VALUES)).isEqualTo(Verdict.YES);
            assertThat(Checks.run(history).violations()).as("seed %d", seed).isEmpty();
            assertThat(Checks.run(withoutWatches(history)).violations())
                    .as("seed %d", seed)
                    .isEmpty();
        }
    }

    @Test
    void whatTheSearchFindsWrongTheCheckDoesToo() {
        int wrong = 0;
        for (Bug bug : Bug.values()) {
            for (int seed = 0; bug.ofKeys() && seed < SEEDS / 4; seed++) {
                wrong += compare(
                        bug + " " + seed, Simulation.run(seed, Plan.SMALL, bug).history());
            }
        }
        assertThat(wrong).isGreaterThan(SEEDS / 2);
    }

    @Test
    void soItIsWhenAnswersAreDistorted() {
        int wrong = 0;
        for (int seed = 0; seed < 4 * SEEDS; seed++) {
            History history = Simulation.run(seed, Plan.SMALL, Bug.NONE).history();
            wrong += compare("distorted " + seed, Distortion.of(history, new Random(seed)));
        }
        assertThat(wrong).isGreaterThan(SEEDS);
    }

    /** 1 when the history is wrong. */
    private static int compare(String name, History history) {
        Verdict verdict = Linearizability.check(history, Rules.REVISIONS);
        Report watched = Checks.run(history);
        assertThat(verdict).as(name).isNotEqualTo(Verdict.UNDECIDED);
        if (verdict == Verdict.NO) {
            // Of a revision that nobody saw the check does not say more than it must.
            assertThat(watched.clean() && watched.unseen() == 0)
                    .as("%s is not linearizable:%n%s", name, told(history))
                    .isFalse();
            return 1;
        }
        assertThat(Linearizability.check(history, Rules.VALUES)).as(name).isEqualTo(Verdict.YES);
        assertThat(Checks.run(withoutWatches(history)).violations())
                .as("%s is linearizable:%n%s", name, told(history))
                .isEmpty();
        return 0;
    }

    private static String told(History history) {
        StringJoiner lines = new StringJoiner(System.lineSeparator());
        history.operations()
                .forEach(operation -> lines.add(
                        operation.id() + " " + operation.invoked() + ".." + operation.completed() + " " + operation));
        history.streams().forEach(stream -> lines.add(stream.toString()));
        return lines.toString();
    }

    private static History withoutWatches(History history) {
        return History.of(history.operations(), List.of());
    }
}
