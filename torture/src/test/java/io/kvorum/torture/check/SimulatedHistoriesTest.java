package io.kvorum.torture.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.torture.history.History;
import io.kvorum.torture.history.WatchStream;
import io.kvorum.torture.sim.Bug;
import io.kvorum.torture.sim.Simulation;
import io.kvorum.torture.sim.Simulation.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.IntStream;
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

    /** The less was watched, the more must be left open. The named seeds once raised a false alarm. */
    @Test
    void aCorrectStoreOfWhichLittleWasWatchedIsFoundCorrect() {
        List<Integer> seeds = new ArrayList<>(List.of(1000, 1074, 1124, 1374, 1550));
        IntStream.range(0, 60).forEach(seeds::add);
        int unseen = 0;
        for (int seed : seeds) {
            for (Plan plan : List.of(Plan.EVERYTHING, Plan.LEASES)) {
                History history = Simulation.run(seed, plan, Bug.NONE).history();
                Random random = new Random(seed);
                for (History part : List.of(
                        watchedBy(history, stream -> random.nextInt(3) > 0), watchedBy(history, stream -> false))) {
                    Report report = Checks.run(part);
                    assertThat(report.violations())
                            .as("seed %d of %s", seed, plan)
                            .isEmpty();
                    unseen += report.unseen();
                }
            }
        }
        assertThat(unseen).isGreaterThan(seeds.size());
    }

    private static History watchedBy(History history, Predicate<WatchStream> kept) {
        List<WatchStream> streams = new ArrayList<>();
        for (WatchStream stream : history.streams()) {
            if (kept.test(stream)) {
                streams.add(new WatchStream(
                        streams.size(),
                        stream.watcher(),
                        stream.client(),
                        stream.member(),
                        stream.connection(),
                        stream.opened(),
                        stream.request(),
                        stream.frames()));
            }
        }
        return new History(history.base(), history.operations(), streams, List.of(), List.of(), history.healthy());
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
