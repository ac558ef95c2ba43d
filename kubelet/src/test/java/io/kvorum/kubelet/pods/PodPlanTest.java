package io.kvorum.kubelet.pods;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.kubelet.runtime.ContainerExit;
import io.kvorum.kubelet.runtime.ContainerId;
import io.kvorum.kubelet.runtime.ContainerRecord;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PodPlanTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static ContainerRecord run(String name, @Nullable Integer exit) {
        return new ContainerRecord(
                new ContainerId("uid", name, 0),
                42,
                NOW.minusSeconds(10),
                Map.of(),
                exit == null ? null : new ContainerExit(exit, NOW, true));
    }

    private static ContainerView main(String name, @Nullable ContainerRecord last) {
        return new ContainerView(
                name,
                ContainerKind.MAIN,
                false,
                last,
                last != null && last.running(),
                null,
                false,
                false,
                Instant.EPOCH);
    }

    private static ContainerView init(String name, @Nullable ContainerRecord last) {
        return new ContainerView(
                name,
                ContainerKind.INIT,
                false,
                last,
                last != null && last.running(),
                null,
                false,
                false,
                Instant.EPOCH);
    }

    private static ContainerView sidecar(String name, @Nullable ContainerRecord last, boolean started) {
        return new ContainerView(name, ContainerKind.INIT, true, last, started, null, false, false, Instant.EPOCH);
    }

    private static PodPlan plan(String policy, ContainerView... containers) {
        return PodPlan.of(policy, List.of(containers), false, NOW);
    }

    private static PodPlan ending(ContainerView... containers) {
        return PodPlan.of("Always", List.of(containers), true, NOW);
    }

    @Test
    void startsAllMainContainersAtOnce() {
        PodPlan plan = plan("Always", main("a", null), main("b", null));
        assertThat(plan.start()).containsExactly("a", "b");
        assertThat(plan.phase()).isEqualTo("Pending");
    }

    @Test
    void startsInitContainersOneAfterAnother() {
        assertThat(plan("Always", init("i", null), init("j", null), main("a", null))
                        .start())
                .containsExactly("i");
        assertThat(plan("Always", init("i", run("i", null)), init("j", null), main("a", null))
                        .start())
                .isEmpty();
        assertThat(plan("Always", init("i", run("i", 0)), init("j", null), main("a", null))
                        .start())
                .containsExactly("j");
        PodPlan through = plan("Always", init("i", run("i", 0)), init("j", run("j", 0)), main("a", null));
        assertThat(through.start()).containsExactly("a");
        assertThat(through.initialized()).isTrue();
    }

    @Test
    void aFailedInitContainerFailsAPodThatNeverRestarts() {
        PodPlan plan = plan("Never", init("i", run("i", 1)), main("a", null));
        assertThat(plan.phase()).isEqualTo("Failed");
        assertThat(plan.finished()).isTrue();
        assertThat(plan("OnFailure", init("i", run("i", 1)), main("a", null)).start())
                .containsExactly("i");
    }

    @Test
    void restartPoliciesDecideAboutEndedContainers() {
        assertThat(plan("Always", main("a", run("a", 0))).start()).containsExactly("a");
        assertThat(plan("OnFailure", main("a", run("a", 1))).start()).containsExactly("a");
        PodPlan succeeded = plan("OnFailure", main("a", run("a", 0)));
        assertThat(succeeded.start()).isEmpty();
        assertThat(succeeded.phase()).isEqualTo("Succeeded");
        PodPlan failed = plan("Never", main("a", run("a", 1)), main("b", run("b", 0)));
        assertThat(failed.phase()).isEqualTo("Failed");
        assertThat(failed.finished()).isTrue();
        PodPlan half = plan("Never", main("a", run("a", 1)), main("b", run("b", null)));
        assertThat(half.phase()).isEqualTo("Running");
        assertThat(half.finished()).isFalse();
    }

    @Test
    void aRestartWaitsForItsBackoff() {
        ContainerView waiting = new ContainerView(
                "a", ContainerKind.MAIN, false, run("a", 1), false, null, false, false, NOW.plusSeconds(10));
        PodPlan plan = plan("Always", waiting);
        assertThat(plan.start()).isEmpty();
        assertThat(plan.again()).isEqualTo(NOW.plusSeconds(10));
        assertThat(plan.phase()).isEqualTo("Running");
    }

    @Test
    void nothingIsStartedTwice() {
        ContainerView busy =
                new ContainerView("a", ContainerKind.MAIN, false, null, false, null, false, true, Instant.EPOCH);
        assertThat(plan("Always", busy).start()).isEmpty();
    }

    @Test
    void anUnhealthyContainerIsKilled() {
        ContainerView sick = new ContainerView(
                "a", ContainerKind.MAIN, false, run("a", null), true, "liveness", false, false, Instant.EPOCH);
        assertThat(plan("Always", sick).kill()).containsExactly(new PodPlan.Kill("a", "liveness"));
    }

    @Test
    void sidecarsMustHaveStartedBeforeTheNextContainer() {
        assertThat(plan("Always", sidecar("s", null, false), main("a", null)).start())
                .containsExactly("s");
        assertThat(plan("Always", sidecar("s", run("s", null), false), main("a", null))
                        .start())
                .isEmpty();
        assertThat(plan("Always", sidecar("s", run("s", null), true), main("a", null))
                        .start())
                .containsExactly("a");
    }

    @Test
    void sidecarsEndLastAndInReverse() {
        ContainerView first = sidecar("s", run("s", null), true);
        ContainerView second = sidecar("t", run("t", null), true);
        assertThat(ending(first, second, main("a", run("a", null))).kill())
                .containsExactly(new PodPlan.Kill("a", null));
        assertThat(ending(first, second, main("a", run("a", 0))).kill()).containsExactly(new PodPlan.Kill("t", null));
        assertThat(ending(first, sidecar("t", run("t", 0), false), main("a", run("a", 0)))
                        .kill())
                .containsExactly(new PodPlan.Kill("s", null));
        assertThat(plan("Never", first, main("a", run("a", 0))).kill()).containsExactly(new PodPlan.Kill("s", null));
    }

    @Test
    void aDeletedPodStartsNothingAndEndsWhatRuns() {
        PodPlan plan = ending(main("a", run("a", null)), main("b", null));
        assertThat(plan.start()).isEmpty();
        assertThat(plan.kill()).containsExactly(new PodPlan.Kill("a", null));
        assertThat(plan.finished()).isFalse();
        assertThat(ending(main("a", run("a", 0))).phase()).isEqualTo("Succeeded");
        assertThat(ending(main("a", run("a", 143))).phase()).isEqualTo("Failed");
        assertThat(ending(main("a", null)).finished()).isTrue();
    }

    @Test
    void aBusyStartIsAwaitedBeforeTheEnd() {
        ContainerView busy =
                new ContainerView("a", ContainerKind.MAIN, false, null, false, null, false, true, Instant.EPOCH);
        assertThat(ending(busy).finished()).isFalse();
    }

    private static ContainerView ephemeral(String name, @Nullable ContainerRecord last) {
        return new ContainerView(name, ContainerKind.EPHEMERAL, false, last, false, null, false, false, Instant.EPOCH);
    }

    @Test
    void anEphemeralContainerIsStartedOnceWhateverTheOthersDo() {
        assertThat(plan("Always", init("i", run("i", null)), main("a", null), ephemeral("e", null))
                        .start())
                .containsExactly("e");
        assertThat(plan("Always", main("a", run("a", null)), ephemeral("e", run("e", 1)))
                        .start())
                .isEmpty();
        assertThat(plan("Always", main("a", run("a", null)), ephemeral("e", run("e", 1)))
                        .phase())
                .isEqualTo("Running");
    }

    @Test
    void aPodIsNotOverWhileAnythingOfItRuns() {
        PodPlan last = plan("Never", main("a", run("a", 1)), ephemeral("e", run("e", null)));
        assertThat(last.phase()).isEqualTo("Running");
        assertThat(last.finished()).isFalse();
        assertThat(last.kill()).extracting(PodPlan.Kill::container).containsExactly("e");
        assertThat(plan("Never", sidecar("s", run("s", null), true), main("a", run("a", 0)))
                        .phase())
                .isEqualTo("Running");
        assertThat(plan("Never", init("i", run("i", 1)), main("a", null), ephemeral("e", run("e", null)))
                        .phase())
                .isEqualTo("Pending");
        PodPlan over = plan("Never", main("a", run("a", 1)), ephemeral("e", run("e", 0)));
        assertThat(over.phase()).isEqualTo("Failed");
        assertThat(over.finished()).isTrue();
    }

    @Test
    void aRunThatIsOwedFollowsThoughThePolicyWouldNotHaveIt() {
        ContainerView owed =
                new ContainerView("a", ContainerKind.MAIN, false, run("a", 0), false, null, true, false, Instant.EPOCH);
        assertThat(plan("OnFailure", owed).start()).containsExactly("a");
        assertThat(plan("OnFailure", owed).finished()).isFalse();
        assertThat(ending(owed).start()).isEmpty();
    }
}
