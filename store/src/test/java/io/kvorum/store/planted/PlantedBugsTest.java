package io.kvorum.store.planted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.kvorum.store.etcd.EtcdCluster;
import io.kvorum.torture.check.Kind;
import io.kvorum.torture.load.Endpoint;
import io.kvorum.torture.load.Profile;
import io.kvorum.torture.run.Pace;
import io.kvorum.torture.run.Torture;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The torture finds bugs that are in the store, and in the same world finds nothing in the store as it is. */
final class PlantedBugsTest {
    /** A bug strikes with chance: nearly always with the first seed, and if not, then with the next. */
    private static final long[] SEEDS = {1, 2, 3, 4, 5, 6};

    private static final Duration LASTING = Duration.ofMillis(3500);
    private static final Pace PACE = new Pace(
            Duration.ofMillis(800), Duration.ofMillis(500), 0.2, Duration.ofMillis(800), Duration.ofMillis(500));

    private static final int WORKERS = 15;
    private static final double CALLS_PER_SECOND = 40;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    @ParameterizedTest
    @EnumSource
    void aPlantedBugIsFound(PlantedBug bug) throws Exception {
        List<Map<Kind, Integer>> seen = new ArrayList<>();
        for (long seed : SEEDS) {
            Map<Kind, Integer> counts =
                    torture(bug.faults(), bug.parts(seed), seed).report().counts();
            if (!Collections.disjoint(counts.keySet(), bug.signs())) {
                return;
            }
            seen.add(counts);
        }
        fail("%s was not found; the rounds had %s; see %s", bug, seen, folder);
    }

    @ParameterizedTest
    @CsvSource({"NETWORK, 1", "NETWORK, 2", "CRASHES, 1", "CRASHES, 2"})
    void theStoreAsItIsIsClean(Faults faults, long seed) throws Exception {
        SoundParts parts = new SoundParts(seed);
        Torture.Result result = torture(faults, parts, seed);
        assertThat(result.report().violations())
                .as("seed %d, see %s", seed, folder)
                .isEmpty();
        assertThat(result.report().clean()).isTrue();
        // Else nothing was tried.
        assertThat(result.report().revisions()).isGreaterThan(20);
        assertThat(result.history().faults()).isNotEmpty();
        assertThat(parts.lostAnswers()).isPositive();
    }

    private Torture.Result torture(Faults faults, SoundParts parts, long seed) throws Exception {
        try (EtcdCluster cluster = EtcdCluster.start(folder.resolve("members-" + seed), parts);
                InProcessFaults injector = new InProcessFaults(cluster)) {
            List<Endpoint> endpoints = EtcdCluster.MEMBERS.stream()
                    .map(member -> new Endpoint(member, cluster.address(member)))
                    .toList();
            Torture.Settings settings = new Torture.Settings(
                    endpoints,
                    seed,
                    LASTING,
                    List.of(Profile.TRAFFIC, Profile.KUBERNETES),
                    faults.kinds(),
                    WORKERS,
                    CALLS_PER_SECOND,
                    folder.resolve("history-" + seed),
                    PACE);
            Torture.Result result = new Torture(settings, injector, line -> {}).run();
            assertThat(cluster.failures()).isEmpty();
            return result;
        }
    }
}
