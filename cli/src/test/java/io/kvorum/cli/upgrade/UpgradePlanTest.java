package io.kvorum.cli.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.cli.cluster.ClusterSpec;
import io.kvorum.cli.cluster.Release;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpgradePlanTest {
    private static final Release NEXT = new Release("v1.36.1", "");
    private static final ClusterSpec BLUE = ClusterSpec.defaults("lab", 7);

    private static List<String> kinds(ClusterSpec spec, UpgradeState state) {
        return UpgradePlan.steps(spec, state).stream()
                .map(step -> step.kind() + " " + step.subject())
                .toList();
    }

    @Test
    void theControlPlaneGoesFirstAndTheWayBackEndsWithIt() {
        UpgradeState state = UpgradePlan.plan(BLUE, NEXT, null, null);
        assertThat(kinds(BLUE, state))
                .startsWith("RESTART_ROLE store")
                .containsSubsequence(
                        "RESTART_ROLE store",
                        "RESTART_ROLE apiserver",
                        "RESTART_ROLE controller-manager",
                        "RESTART_ROLE scheduler",
                        "ADD_GROUP green",
                        "CORDON_GROUP blue",
                        "DRAIN_GROUP blue",
                        "REMOVE_GROUP blue",
                        "COMMIT ");
        assertThat(kinds(BLUE, state.reversed()))
                .startsWith("ADD_GROUP blue", "CORDON_GROUP green", "DRAIN_GROUP green", "REMOVE_GROUP green")
                .containsSubsequence("RESTART_ROLE scheduler", "RESTART_ROLE store", "COMMIT ");
        assertThat(state.reversed().target()).containsExactly(new UpgradeState.Group("blue", Release.BUILT_IN, 2));
        assertThat(state.reversed().reversed()).isEqualTo(state);
    }

    @Test
    void afterGreenComesBlue() {
        ClusterSpec green = BLUE.withRelease(NEXT).withGroup("green", NEXT, 2).withoutGroup("blue");
        UpgradeState state = UpgradePlan.plan(green, new Release("v1.37.0", ""), null, 3);
        assertThat(state.target()).containsExactly(new UpgradeState.Group("blue", new Release("v1.37.0", ""), 3));
        assertThat(UpgradePlan.plan(BLUE, NEXT, "pool", null).target().get(0).name())
                .isEqualTo("pool");
    }

    @Test
    void whatCannotBeIsRefusedWithTheRemedy() {
        assertThatThrownBy(() -> UpgradePlan.plan(BLUE, Release.BUILT_IN, null, null))
                .hasMessage("the cluster is at v1.36.0 already");
        assertThatThrownBy(() -> UpgradePlan.plan(BLUE, new Release("v1.38.0", ""), null, null))
                .hasMessageContaining("more than one minor version");
        assertThatThrownBy(() -> UpgradePlan.plan(BLUE, NEXT, "blue", null))
                .hasMessageContaining("choose another name for the new nodes with --group");
        assertThatThrownBy(() -> VersionSkew.checkNodes(NEXT, Release.BUILT_IN))
                .hasMessageContaining("upgrade that first: kvorum upgrade --to v1.36.1");
    }

    @Test
    void theStateSurvivesItsFile(@TempDir Path folder) {
        Path file = folder.resolve("upgrade.json");
        assertThat(UpgradeState.read(file)).isEmpty();
        UpgradeState state = UpgradePlan.plan(BLUE, NEXT, null, null)
                .with(UpgradeState.STOPPED, "a budget is in the way")
                .withDone("step");
        state.write(file);
        assertThat(UpgradeState.read(file)).contains(state);
    }
}
