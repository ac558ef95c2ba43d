package io.kvorum.scheduler.plugins;

import static io.kvorum.scheduler.Objects.node;
import static io.kvorum.scheduler.Objects.pod;
import static io.kvorum.scheduler.Specs.far;
import static io.kvorum.scheduler.Specs.info;
import static io.kvorum.scheduler.Specs.labelled;
import static io.kvorum.scheduler.Specs.priority;
import static io.kvorum.scheduler.Specs.term;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.kvorum.scheduler.Specs;
import io.kvorum.scheduler.TestView;
import io.kvorum.scheduler.framework.CycleState;
import io.kvorum.scheduler.framework.FitError;
import io.kvorum.scheduler.framework.Framework;
import io.kvorum.scheduler.framework.NodeInfo;
import io.kvorum.scheduler.framework.PodInfo;
import io.kvorum.scheduler.framework.Preemption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DefaultPreemptionTest {
    private final Framework framework =
            new Framework(DefaultPlugins.create(new SplittableRandom(1)), new SplittableRandom(1));

    private FitError fail(PodBuilder pod, TestView view) {
        return Objects.requireNonNull(framework
                .schedule(new CycleState(), PodInfo.of(pod.build()), view)
                .error());
    }

    private Preemption.Candidate chosen(PodBuilder pod, TestView view) {
        return Objects.requireNonNull(fail(pod, view).preemption().chosen());
    }

    private static List<String> names(Preemption.Candidate candidate) {
        return candidate.victims().stream().map(pod -> pod.key().name()).toList();
    }

    /** Wants CPUs, with a priority. */
    private static PodBuilder wants(String name, String cpu, int priority) {
        return priority(pod(name, cpu, "1Mi"), priority);
    }

    private static Pod started(PodBuilder pod, String time) {
        return pod.editOrNewStatus().withStartTime(time).endStatus().build();
    }

    @Test
    void messageSaysWhatPreemptionCouldNotDo() {
        TestView view = TestView.of(
                info(new NodeBuilder(node("a").build())
                        .editSpec()
                        .withTaints(new Taint("NoSchedule", "team", null, "red"))
                        .endSpec()),
                info(new NodeBuilder(node("b").build()), wants("x", "4", 0).build()),
                info(new NodeBuilder(node("c").build()), wants("y", "4", 0).build()));
        assertThat(fail(wants("p", "2", 0), view).message())
                .isEqualTo("0/3 nodes are available: 1 node(s) had untolerated taint {team: red}, 2 Insufficient cpu."
                        + " preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling,"
                        + " 2 No preemption victims found for incoming pod.");
    }

    private static NodeInfo node4(String name, Pod... pods) {
        return io.kvorum.scheduler.Objects.info(node(name).build(), pods);
    }

    @Test
    void onlyAsManyVictimsAsNeededAndTheLeastImportantOnes() {
        TestView view = TestView.of(node4(
                "a",
                wants("low", "1", 1).build(),
                wants("lowest", "1", 0).build(),
                wants("mid", "1", 5).build(),
                wants("equal", "1", 10).build()));
        Preemption.Candidate candidate = chosen(wants("p", "2", 10), view);
        assertThat(names(candidate)).containsExactly("low", "lowest");
        assertThat(fail(wants("p", "2", 10), view).message()).isEqualTo("0/1 nodes are available: 1 Insufficient cpu.");
    }

    @Test
    void ofEqualVictimsTheYoungerGoes() {
        TestView view = TestView.of(node4(
                "a",
                started(wants("old", "2", 0), "2026-01-01T00:00:00Z"),
                started(wants("young", "2", 0), "2026-01-02T00:00:00Z")));
        assertThat(names(chosen(wants("p", "2", 10), view))).containsExactly("young");
    }

    @Test
    void nothingIsTakenFromHigherOrEqualPriority() {
        TestView view = TestView.of(node4("a", wants("equal", "4", 10).build()));
        assertThat(fail(wants("p", "2", 10), view).preemption().chosen()).isNull();
    }

    @Test
    void stillTooSmallWithoutThemIsSaidSo() {
        TestView view = TestView.of(
                node4("a", wants("low", "1", 0).build(), wants("high", "3", 100).build()));
        assertThat(fail(wants("p", "2", 10), view).message())
                .endsWith("preemption: 0/1 nodes are available: 1 Insufficient cpu.");
    }

    @Test
    void neverMeansNever() {
        TestView view = TestView.of(node4("a", wants("low", "4", 0).build()));
        PodBuilder polite =
                wants("p", "2", 10).editSpec().withPreemptionPolicy("Never").endSpec();
        assertThat(fail(polite, view).message())
                .isEqualTo("0/1 nodes are available: 1 Insufficient cpu."
                        + " preemption: not eligible due to preemptionPolicy=Never.");
    }

    @Test
    void nodeWithTheLeastImportantVictimIsChosen() {
        TestView view = TestView.of(
                node4("a", wants("a1", "4", 5).build()),
                node4("b", wants("b1", "4", 3).build()),
                node4("c", wants("c1", "4", 4).build()));
        assertThat(chosen(wants("p", "2", 10), view).node()).isEqualTo("b");
    }

    @Test
    void thenTheFewerVictimsThenTheYounger() {
        TestView fewer = TestView.of(
                node4("a", wants("a1", "2", 3).build(), wants("a2", "2", 3).build()),
                node4("b", wants("b1", "4", 3).build()));
        assertThat(chosen(wants("p", "4", 10), fewer).node()).isEqualTo("b");
        TestView younger = TestView.of(
                node4("a", started(wants("a1", "4", 3), "2026-01-01T00:00:00Z")),
                node4("b", started(wants("b1", "4", 3), "2026-01-02T00:00:00Z")));
        assertThat(chosen(wants("p", "4", 10), younger).node()).isEqualTo("b");
    }

    private static void protect(TestView view, String app, int allowed) {
        view.budgets.add(new PodDisruptionBudgetBuilder()
                .withNewMetadata()
                .withNamespace("ns")
                .withName(app)
                .endMetadata()
                .withNewSpec()
                .withSelector(Specs.select("app", app))
                .endSpec()
                .withNewStatus()
                .withDisruptionsAllowed(allowed)
                .endStatus()
                .build());
    }

    private static Pod guarded(String name, String cpu, int priority) {
        return new PodBuilder(wants(name, cpu, priority).build())
                .editMetadata()
                .withLabels(Map.of("app", "guarded"))
                .endMetadata()
                .build();
    }

    @Test
    void nodeThatViolatesFewestBudgetsIsChosen() {
        TestView view = TestView.of(
                node4("a", guarded("a1", "4", 0)),
                node4("b", wants("b1", "4", 9).build()));
        assertThat(chosen(wants("p", "2", 10), view).node()).isEqualTo("a");
        protect(view, "guarded", 0);
        Preemption.Candidate candidate = chosen(wants("p", "2", 10), view);
        assertThat(candidate.node()).isEqualTo("b");
        assertThat(candidate.violations()).isZero();
    }

    @Test
    void protectedPodsAreSparedBeforeMoreImportantOnesAndViolatedAsALastResort() {
        TestView view = TestView.of(
                node4("a", guarded("g", "2", 0), wants("mid", "2", 5).build()));
        protect(view, "guarded", 0);
        assertThat(names(chosen(wants("p", "2", 10), view))).containsExactly("mid");
        Preemption.Candidate both = chosen(wants("p", "4", 10), view);
        assertThat(names(both)).containsExactly("mid", "g");
        assertThat(both.violations()).isEqualTo(1);
        protect(view, "other", 0);
        TestView allowed = TestView.of(
                node4("a", guarded("g", "2", 0), wants("mid", "2", 5).build()));
        protect(allowed, "guarded", 1);
        assertThat(names(chosen(wants("p", "2", 10), allowed))).containsExactly("g");
    }

    @Test
    void victimsOfAntiAffinityAreFound() {
        Pod shy = priority(far(labelled("shy", "app", "shy"), term("app", "loud", "zone")), 0)
                .build();
        Pod bystander = priority(labelled("bystander", "app", "x"), 0).build();
        TestView view = TestView.of(info(Specs.zoned("a", "1"), shy, bystander));
        assertThat(names(chosen(priority(labelled("p", "app", "loud"), 10), view)))
                .containsExactly("shy");
    }

    @Test
    void spreadIsJudgedWithoutTheVictims() {
        Pod one = priority(labelled("one", "foo", "bar"), 0).build();
        Pod two = priority(labelled("two", "foo", "bar"), 0).build();
        NodeInfo full = info(Specs.zoned("b", "2")
                .editStatus()
                .addToAllocatable("pods", new Quantity("0"))
                .endStatus());
        TestView view = TestView.of(info(Specs.zoned("a", "1"), one, two), full);
        PodBuilder p =
                priority(Specs.spreading(labelled("p", "foo", "bar"), Specs.spread(1, "zone", "foo", "bar")), 10);
        Preemption.Candidate candidate = chosen(p, view);
        assertThat(candidate.node()).isEqualTo("a");
        assertThat(candidate.victims()).hasSize(2);
    }

    /** The state that the plugins have computed serves one node after another, so each trial must leave no trace. */
    @Test
    void trialsLeaveNoTrace() {
        TestView view = TestView.of(
                info(
                        Specs.zoned("a", "1"),
                        priority(far(labelled("s1", "app", "shy"), term("app", "loud", "zone")), 20)
                                .build(),
                        priority(far(labelled("s2", "app", "shy"), term("app", "loud", "zone")), 0)
                                .build()),
                info(
                        Specs.zoned("b", "2"),
                        priority(far(labelled("s3", "app", "shy"), term("app", "loud", "zone")), 0)
                                .build()));
        FitError error = fail(priority(labelled("p", "app", "loud"), 10), view);
        assertThat(error.preemption().candidates())
                .extracting(Preemption.Candidate::node)
                .containsExactly("b");
        assertThat(view.nodes()).extracting(node -> node.pods().size()).containsExactly(2, 1);
    }

    @Test
    void nominatedPodsCountWhereTheyArePromisedTheRoom() {
        TestView view = TestView.of(node4("a"));
        view.nominations.put(PodInfo.of(wants("promised", "3", 10).build()), "a");
        assertThat(fail(wants("p", "2", 10), view).message())
                .startsWith("0/1 nodes are available: 1 Insufficient cpu.");
        assertThat(framework
                        .schedule(
                                new CycleState(),
                                PodInfo.of(wants("higher", "2", 11).build()),
                                view)
                        .node())
                .isEqualTo("a");
    }

    @Test
    void whileItsVictimsEndAPodTakesNoMore() {
        Pod ending = new PodBuilder(wants("victim", "4", 0).build())
                .editMetadata()
                .withDeletionTimestamp("2026-01-01T00:00:00Z")
                .endMetadata()
                .editOrNewStatus()
                .addNewCondition()
                .withType("DisruptionTarget")
                .withStatus("True")
                .withReason("PreemptionByScheduler")
                .endCondition()
                .endStatus()
                .build();
        TestView view = TestView.of(
                node4("a", ending), node4("b", wants("other", "4", 0).build()));
        PodBuilder p = wants("p", "2", 10);
        view.nominations.put(PodInfo.of(p.build()), "a");
        FitError error = fail(p, view);
        assertThat(error.preemption().chosen()).isNull();
        assertThat(error.message())
                .endsWith("preemption: not eligible due to a terminating pod on the nominated node.");
    }

    @Test
    void noPreemptionWithoutNodes() {
        assertThat(fail(wants("p", "1", 10), TestView.of()).message()).isEqualTo("no nodes available to schedule pods");
    }
}
