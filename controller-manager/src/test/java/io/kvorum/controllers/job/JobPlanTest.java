package io.kvorum.controllers.job;

import static io.kvorum.controllers.testing.FakeClock.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpecBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobPlanTest {
    private static Job job(UnaryOperator<JobSpecBuilder> spec) {
        JobSpecBuilder base = new JobSpecBuilder()
                .withCompletions(3)
                .withParallelism(2)
                .withBackoffLimit(2)
                .withNewTemplate()
                .withNewSpec()
                .withRestartPolicy("Never")
                .endSpec()
                .endTemplate();
        return new JobBuilder()
                .withNewMetadata()
                .withName("pi")
                .endMetadata()
                .withSpec(spec.apply(base).build())
                .build();
    }

    private static Pod pod(String name, String phase, boolean tracked) {
        return new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .withUid(name)
                .withCreationTimestamp(START.toString())
                .withFinalizers(tracked ? List.of(JobPods.FINALIZER) : List.of())
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .withNewStatus()
                .withPhase(phase)
                .endStatus()
                .build();
    }

    private static Pod indexed(Pod pod, int index) {
        return new PodBuilder(pod)
                .editMetadata()
                .addToAnnotations(CompletionIndexes.ANNOTATION, Integer.toString(index))
                .endMetadata()
                .build();
    }

    private static Pod terminating(Pod pod) {
        return new PodBuilder(pod)
                .editMetadata()
                .withDeletionTimestamp(START.toString())
                .endMetadata()
                .build();
    }

    private static Pod restarted(Pod pod, int times) {
        return new PodBuilder(pod)
                .editStatus()
                .addNewContainerStatus()
                .withRestartCount(times)
                .endContainerStatus()
                .endStatus()
                .build();
    }

    private static JobPlan plan(Job job, Instant now, Pod... pods) {
        return JobPlan.of(job, List.of(pods), true, now);
    }

    /** The Job after the plan's status was written. */
    private static Job after(Job job, JobPlan plan) {
        return new JobBuilder(job).withStatus(plan.status()).build();
    }

    private static boolean is(JobPlan plan, String condition) {
        return JobPlan.isTrue(plan.status().getConditions(), condition);
    }

    @Test
    void startsAsManyPodsAsParallelismAllows() {
        JobPlan plan = plan(job(spec -> spec), START);
        assertThat(plan.create()).hasSize(2);
        assertThat(plan.status().getStartTime()).isEqualTo(START.toString());
    }

    @Test
    void aWorkQueueHasNoCompletions() {
        Job job = job(spec -> spec.withCompletions(null).withParallelism(3));
        assertThat(plan(job, START).create()).hasSize(3);
        Pod done = pod("a", "Succeeded", true);
        assertThat(plan(job, START, done, pod("b", "Running", true)).create())
                .as("after the first success none is added")
                .isEmpty();
        assertThat(is(plan(job, START, done), "SuccessCriteriaMet")).isTrue();
    }

    /** Every end is counted once: uncounted, then without finalizer, then in the counter. */
    @Test
    void anEndIsCountedOnce() {
        Job job = job(spec -> spec);
        Pod done = pod("a", "Succeeded", true);
        JobPlan first = plan(job, START, done);
        assertThat(first.status().getSucceeded()).isNull();
        assertThat(first.status().getUncountedTerminatedPods().getSucceeded()).containsExactly("a");
        assertThat(first.release()).containsExactly(done);
        assertThat(first.create()).as("one success is done, two are to come").hasSize(2);

        // The same pod again, from a cache that has not seen the finalizer go.
        JobPlan again = plan(after(job, first), START, done);
        assertThat(again.status()).isEqualTo(first.status());

        JobPlan settled = plan(after(job, first), START, pod("a", "Succeeded", false));
        assertThat(settled.status().getSucceeded()).isEqualTo(1);
        assertThat(settled.status().getUncountedTerminatedPods().getSucceeded()).isEmpty();

        JobPlan gone = plan(after(job, first), START);
        assertThat(gone.status().getSucceeded()).isEqualTo(1);
        JobPlan later = plan(after(job, gone), START, pod("a", "Succeeded", false));
        assertThat(later.status().getSucceeded()).isEqualTo(1);
    }

    @Test
    void completesInTwoSteps() {
        Job job = job(spec -> spec.withCompletions(1));
        JobPlan reached = plan(job, START, pod("a", "Succeeded", true), pod("b", "Running", true));
        assertThat(is(reached, "SuccessCriteriaMet")).isTrue();
        assertThat(is(reached, "Complete")).as("a pod still runs").isFalse();
        assertThat(reached.delete()).hasSize(1);
        JobPlan complete = plan(after(job, reached), START.plusSeconds(3), pod("a", "Succeeded", false));
        assertThat(is(complete, "Complete")).isTrue();
        assertThat(complete.status().getCompletionTime())
                .isEqualTo(START.plusSeconds(3).toString());
        assertThat(complete.announce())
                .containsExactly(new JobPlan.Announcement("Normal", "Completed", "Job completed"));
        assertThat(complete.status().getConditions())
                .filteredOn(each -> each.getType().equals("Complete"))
                .singleElement()
                .returns("CompletionsReached", JobCondition::getReason)
                .returns("Reached expected number of succeeded pods", JobCondition::getMessage);
        JobPlan over = plan(after(job, complete), START.plusSeconds(9));
        assertThat(over.announce()).isEmpty();
        assertThat(over.create()).isEmpty();
    }

    @Test
    void failsBeyondTheBackoffLimit() {
        Job job = job(spec -> spec);
        Pod[] failures = {pod("a", "Failed", true), pod("b", "Failed", true), pod("c", "Failed", true)};
        JobPlan target = plan(job, START, failures[0], failures[1], failures[2], pod("d", "Running", true));
        assertThat(is(target, "FailureTarget")).isTrue();
        assertThat(is(target, "Failed")).isFalse();
        assertThat(target.delete())
                .extracting(each -> each.getMetadata().getName())
                .containsExactly("d");
        JobPlan failed = plan(after(job, target), START);
        assertThat(is(failed, "Failed")).isTrue();
        assertThat(failed.status().getFailed()).isEqualTo(3);
        assertThat(failed.announce())
                .containsExactly(new JobPlan.Announcement(
                        "Warning", "BackoffLimitExceeded", "Job has reached the specified backoff limit"));
    }

    @Test
    void restartsInPlaceCountAgainstTheLimitToo() {
        Job job = job(spec -> spec.editTemplate()
                .editSpec()
                .withRestartPolicy("OnFailure")
                .endSpec()
                .endTemplate());
        assertThat(is(plan(job, START, restarted(pod("a", "Running", true), 1)), "FailureTarget"))
                .isFalse();
        assertThat(is(plan(job, START, restarted(pod("a", "Running", true), 2)), "FailureTarget"))
                .isTrue();
    }

    @Test
    void failsAtItsDeadline() {
        Job job = job(spec -> spec.withActiveDeadlineSeconds(60L));
        Job started = after(job, plan(job, START));
        JobPlan early = plan(started, START.plusSeconds(20), pod("a", "Running", true), pod("b", "Running", true));
        assertThat(early.again()).isEqualTo(Duration.ofSeconds(40));
        JobPlan late = plan(started, START.plusSeconds(60), pod("a", "Running", true));
        assertThat(late.status().getConditions())
                .filteredOn(each -> each.getType().equals("FailureTarget"))
                .singleElement()
                .returns("DeadlineExceeded", JobCondition::getReason)
                .returns("Job was active longer than specified deadline", JobCondition::getMessage);
    }

    @Test
    void failuresInARowWaitLongerEachTime() {
        Job job = job(spec -> spec.withBackoffLimit(6));
        JobPlan one = plan(job, START.plusSeconds(4), pod("a", "Failed", true));
        assertThat(one.create()).isEmpty();
        assertThat(one.again()).isEqualTo(Duration.ofSeconds(6));
        JobPlan two = plan(job, START.plusSeconds(4), pod("a", "Failed", true), pod("b", "Failed", true));
        assertThat(two.again()).isEqualTo(Duration.ofSeconds(16));
        assertThat(plan(job, START.plusSeconds(10), pod("a", "Failed", true)).create())
                .hasSize(2);
        List<Pod> many = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            many.add(pod("p" + i, "Failed", false));
        }
        assertThat(JobPods.backoff(job, many, START)).isEqualTo(Duration.ofMinutes(10));
    }

    @Test
    void suspensionDeletesPodsWithoutCountingThem() {
        Job job = job(spec -> spec.withSuspend(true));
        Pod running = pod("a", "Running", true);
        JobPlan suspended = plan(job, START, running);
        assertThat(suspended.delete()).containsExactly(running);
        assertThat(suspended.forgetDeleted()).isTrue();
        assertThat(is(suspended, "Suspended")).isTrue();
        assertThat(suspended.status().getStartTime()).isNull();
        Job resumed = new JobBuilder(after(job, suspended))
                .editSpec()
                .withSuspend(false)
                .endSpec()
                .build();
        JobPlan going = plan(resumed, START.plusSeconds(8));
        assertThat(is(going, "Suspended")).isFalse();
        assertThat(going.status().getStartTime()).isEqualTo(START.plusSeconds(8).toString());
        assertThat(going.create()).hasSize(2);
        assertThat(going.announce()).containsExactly(new JobPlan.Announcement("Normal", "Resumed", "Job resumed"));
    }

    @Test
    void lessParallelismDeletesTheExcessOnly() {
        Job job = job(spec -> spec.withParallelism(1));
        JobPlan plan = plan(job, START, pod("a", "Running", true), pod("b", "Pending", true));
        assertThat(plan.delete())
                .extracting(each -> each.getMetadata().getName())
                .containsExactly("b");
        assertThat(plan.forgetDeleted()).isTrue();
    }

    @Test
    void aTerminatingPodIsAFailureAndIsReplaced() {
        Job job = job(spec -> spec.withParallelism(1));
        Pod going = terminating(pod("a", "Running", true));
        JobPlan plan = plan(job, START.plusSeconds(30), going);
        assertThat(plan.status().getUncountedTerminatedPods().getFailed()).containsExactly("a");
        assertThat(plan.create()).hasSize(1);
        assertThat(plan.status().getTerminating()).isEqualTo(1);
        Job patient = job(spec -> spec.withParallelism(1).withPodReplacementPolicy("Failed"));
        JobPlan waiting = plan(patient, START.plusSeconds(30), going);
        assertThat(waiting.status().getUncountedTerminatedPods().getFailed()).isEmpty();
        assertThat(waiting.create()).isEmpty();
    }

    @Test
    void whatWasAskedForMustBeSeenBeforeMoreIsAskedFor() {
        JobPlan plan = JobPlan.of(job(spec -> spec), List.of(), false, START);
        assertThat(plan.create()).isEmpty();
        assertThat(plan.status().getStartTime()).isNotNull();
    }

    @Test
    void everyIndexSucceedsOnce() {
        Job job = job(
                spec -> spec.withCompletionMode("Indexed").withCompletions(5).withParallelism(3));
        JobPlan first = plan(job, START);
        assertThat(first.create()).containsExactly(0, 1, 2);
        JobPlan next = plan(
                job,
                START,
                indexed(pod("a", "Succeeded", true), 0),
                indexed(pod("b", "Running", true), 1),
                indexed(pod("c", "Succeeded", true), 2));
        assertThat(next.status().getCompletedIndexes()).isEqualTo("0,2");
        assertThat(next.status().getSucceeded()).isEqualTo(2);
        assertThat(next.create()).containsExactly(3, 4);
        JobPlan doubled = plan(
                after(job, next), START, indexed(pod("b", "Running", true), 1), indexed(pod("d", "Running", true), 2));
        assertThat(doubled.delete())
                .extracting(each -> each.getMetadata().getName())
                .containsExactly("d");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {"0;0", "0,1;0,1", "0-2;0-2", "0-2,4;0-2,4", "1,3-5,7,8;1,3-5,7,8", "3-12;3-9"})
    void intervalsAreReadAndWritten(String text, String expected) {
        assertThat(CompletionIndexes.format(CompletionIndexes.parse(text, 10))).isEqualTo(expected);
    }
}
