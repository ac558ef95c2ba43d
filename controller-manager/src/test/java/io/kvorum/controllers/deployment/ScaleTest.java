package io.kvorum.controllers.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.kvorum.controllers.testing.FakeClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScaleTest {
    private static IntOrString value(String text) {
        return new IntOrString(text.endsWith("%") ? text : (Object) Integer.valueOf(text));
    }

    private static Deployment deployment(int replicas, String surge, String unavailable) {
        return new DeploymentBuilder()
                .withNewSpec()
                .withReplicas(replicas)
                .withNewStrategy()
                .withType("RollingUpdate")
                .withNewRollingUpdate()
                .withMaxSurge(value(surge))
                .withMaxUnavailable(value(unavailable))
                .endRollingUpdate()
                .endStrategy()
                .endSpec()
                .build();
    }

    /** @param age the higher the older */
    private static ReplicaSet replicaSet(String name, int age, int spec, int available) {
        return new ReplicaSetBuilder()
                .withNewMetadata()
                .withName(name)
                .withUid(name)
                .withCreationTimestamp(FakeClock.START.minusSeconds(age).toString())
                .endMetadata()
                .withNewSpec()
                .withReplicas(spec)
                .endSpec()
                .withNewStatus()
                .withReplicas(spec)
                .withAvailableReplicas(available)
                .endStatus()
                .build();
    }

    private static ReplicaSet sizedFor(ReplicaSet replicaSet, int desired, int max) {
        return new ReplicaSetBuilder(replicaSet)
                .editMetadata()
                .withAnnotations(RevisionAnnotations.withSizes(Map.of(), desired, max))
                .endMetadata()
                .build();
    }

    private static Map<String, Integer> sizes(List<Scale.Resize> resizes) {
        Map<String, Integer> sizes = new TreeMap<>();
        resizes.forEach(each -> sizes.put(each.replicaSet().getMetadata().getName(), each.to()));
        return sizes;
    }

    @ParameterizedTest
    @CsvSource({
        "10, 25%, 25%, 3, 2",
        "3, 25%, 25%, 1, 0",
        "1, 25%, 25%, 1, 0",
        "10, 0, 10%, 0, 1",
        "3, 0%, 10%, 0, 1",
        "2, 0, 5, 0, 2",
        "0, 25%, 25%, 0, 0",
        "4, 2, 1, 2, 1",
    })
    void surgeRoundsUpAndUnavailableRoundsDown(
            int replicas, String surge, String unavailable, int maxSurge, int maxUnavailable) {
        assertThat(Scale.of(deployment(replicas, surge, unavailable)))
                .isEqualTo(new Scale(replicas, maxSurge, maxUnavailable));
    }

    @Test
    void recreateHasNeither() {
        Deployment deployment = new DeploymentBuilder()
                .withNewSpec()
                .withReplicas(4)
                .withNewStrategy()
                .withType("Recreate")
                .endStrategy()
                .endSpec()
                .build();
        assertThat(Scale.of(deployment)).isEqualTo(new Scale(4, 0, 0));
    }

    @Test
    void newestGrowsAsFarAsTheSurgeLetsIt() {
        Scale scale = new Scale(10, 3, 2);
        assertThat(scale.grownNewest(null, List.of(replicaSet("old", 9, 10, 10))))
                .isEqualTo(3);
        ReplicaSet newest = replicaSet("new", 1, 5, 5);
        assertThat(scale.grownNewest(newest, List.of(newest, replicaSet("old", 9, 6, 6))))
                .isEqualTo(7);
        assertThat(scale.grownNewest(newest, List.of(newest, replicaSet("old", 9, 8, 8))))
                .isEqualTo(5);
        assertThat(scale.grownNewest(newest, List.of(newest))).isEqualTo(10);
    }

    @Test
    void oldShrinkByWhatAvailabilityLeavesFree() {
        Scale scale = new Scale(10, 3, 2);
        assertThat(sizes(scale.shrinkOld(List.of(replicaSet("old", 9, 10, 10)), replicaSet("new", 1, 3, 0))))
                .containsExactlyEntriesOf(Map.of("old", 8));
        assertThat(sizes(scale.shrinkOld(List.of(replicaSet("old", 9, 8, 8)), replicaSet("new", 1, 5, 3))))
                .containsExactlyEntriesOf(Map.of("old", 5));
        assertThat(scale.shrinkOld(List.of(replicaSet("old", 9, 8, 8)), replicaSet("new", 1, 5, 0)))
                .isEmpty();
    }

    @Test
    void sickOldReplicasGoFirstAndOldestFirst() {
        Scale scale = new Scale(4, 1, 1);
        List<ReplicaSet> old = List.of(replicaSet("b", 5, 2, 2), replicaSet("a", 9, 2, 0));
        assertThat(sizes(scale.shrinkOld(old, replicaSet("new", 1, 1, 1)))).containsExactlyEntriesOf(Map.of("a", 0));
        old = List.of(replicaSet("b", 5, 2, 2), replicaSet("a", 9, 2, 2));
        assertThat(sizes(scale.shrinkOld(old, replicaSet("new", 1, 1, 1)))).containsExactlyEntriesOf(Map.of("a", 0));
    }

    @Test
    void sizeChangesAreSpreadInProportion() {
        ReplicaSet newest = sizedFor(replicaSet("new", 1, 6, 6), 10, 12);
        ReplicaSet old = sizedFor(replicaSet("old", 9, 6, 6), 10, 12);
        // From 10 + 2 to 20 + 4.
        assertThat(sizes(new Scale(20, 4, 0).proportional(List.of(newest, old), 12)))
                .containsExactlyInAnyOrderEntriesOf(Map.of("new", 12, "old", 12));
        // 7.5 each: of equals the newer comes first when growing, and what is left goes to the other.
        assertThat(sizes(new Scale(13, 2, 0).proportional(List.of(newest, old), 12)))
                .containsExactlyInAnyOrderEntriesOf(Map.of("new", 8, "old", 7));
        assertThat(sizes(new Scale(0, 0, 0).proportional(List.of(newest, old), 12)))
                .containsExactlyInAnyOrderEntriesOf(Map.of("new", 0, "old", 0));
    }

    /** Whatever the sizes, all together fit exactly into what is allowed, and nobody falls below zero. */
    @Test
    void proportionalScalingAlwaysAddsUp() {
        for (long seed = 0; seed < 2000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<ReplicaSet> active = new ArrayList<>();
            int total = 0;
            int number = 1 + random.nextInt(4);
            for (int i = 0; i < number; i++) {
                int size = 1 + random.nextInt(30);
                total += size;
                active.add(replicaSet("r" + i, i, size, size));
            }
            int before = total;
            active.replaceAll(each -> sizedFor(each, before, before));
            int replicas = random.nextInt(100);
            int surge = random.nextInt(10);
            List<Scale.Resize> resizes = new Scale(replicas, surge, 0).proportional(active, total);
            assertThat(resizes.stream().mapToInt(Scale.Resize::to).sum())
                    .as("seed %d", seed)
                    .isEqualTo(replicas == 0 ? 0 : replicas + surge);
            assertThat(resizes).as("seed %d", seed).allMatch(each -> each.to() >= 0);
        }
    }

    /** A rollout by these steps ends, and on the way keeps the promised limits. */
    @Test
    void rollingKeepsWithinSurgeAndAvailability() {
        for (int replicas = 1; replicas <= 12; replicas++) {
            for (String surge : List.of("0", "1", "25%", "100%")) {
                for (String unavailable : List.of("0", "1", "25%", "50%")) {
                    if (surge.equals("0") && unavailable.equals("0")) {
                        continue;
                    }
                    roll(Scale.of(deployment(replicas, surge, unavailable)));
                }
            }
        }
    }

    private static void roll(Scale scale) {
        int old = scale.replicas();
        int fresh = 0;
        int steps = 0;
        while (old > 0 || fresh < scale.replicas()) {
            assertThat(++steps).as("%s must end", scale).isLessThan(100);
            // Everything asked for so far is up and available.
            ReplicaSet newest = replicaSet("new", 1, fresh, fresh);
            ReplicaSet oldest = replicaSet("old", 9, old, old);
            int grown = scale.grownNewest(newest, List.of(newest, oldest));
            if (grown != fresh) {
                fresh = grown;
                assertThat(old + fresh).as("%s", scale).isLessThanOrEqualTo(scale.most());
                continue;
            }
            for (Scale.Resize each : scale.shrinkOld(List.of(oldest), newest)) {
                old = each.to();
            }
            assertThat(old + fresh).as("%s", scale).isGreaterThanOrEqualTo(scale.leastAvailable());
        }
        assertThat(fresh).isEqualTo(scale.replicas());
    }
}
