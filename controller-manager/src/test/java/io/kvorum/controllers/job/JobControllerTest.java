package io.kvorum.controllers.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.kvorum.controllers.testing.ControllerHarness;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JobControllerTest {
    private ControllerHarness harness;

    @BeforeEach
    void start() {
        harness = new ControllerHarness();
    }

    @AfterEach
    void stop() {
        harness.close();
    }

    private static JobBuilder job(int completions, int parallelism) {
        return new JobBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("pi")
                .endMetadata()
                .withNewSpec()
                .withCompletions(completions)
                .withParallelism(parallelism)
                .withBackoffLimit(6)
                .withNewSelector()
                .addToMatchLabels("job", "pi")
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels("job", "pi")
                .endMetadata()
                .withNewSpec()
                .withRestartPolicy("Never")
                .addNewContainer()
                .withName("c")
                .withImage("busybox")
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec();
    }

    private Job current() {
        return Objects.requireNonNull(harness.api().find(Job.class, "default", "pi"));
    }

    /** Every pod of the Job that has not ended succeeds. */
    private boolean succeedAll() {
        for (Pod pod : harness.api().all(Pod.class)) {
            boolean fresh = pod.getStatus() == null || pod.getStatus().getPhase() == null;
            if (fresh) {
                harness.api()
                        .resources(Pod.class)
                        .updateStatus(new PodBuilder(pod)
                                .withNewStatus()
                                .withPhase("Succeeded")
                                .endStatus()
                                .build());
            }
        }
        return true;
    }

    @Test
    void runsToCompletionAndLetsEveryPodGo() {
        harness.create(job(5, 2).build());
        harness.start(context -> new JobController(context, 5));
        harness.api().until(() -> succeedAll() && JobPlan.finished(current()));
        Job job = harness.api().run(this::current);
        assertThat(JobPlan.isTrue(job.getStatus().getConditions(), "Complete")).isTrue();
        assertThat(job.getStatus().getSucceeded()).isEqualTo(5);
        assertThat(job.getStatus().getUncountedTerminatedPods().getSucceeded()).isEmpty();
        assertThat(harness.api().writes().stream().filter(each -> each.startsWith("create pods")))
                .hasSize(5);
        harness.api().until(() -> harness.api().all(Pod.class).stream().noneMatch(JobPods::tracked));
    }

    @Test
    void podsOfADeletedJobAreNotHeldBack() {
        harness.create(job(2, 2).build());
        harness.start(context -> new JobController(context, 5));
        harness.api().until(() -> harness.api().all(Pod.class).size() == 2);
        harness.api().run(() -> harness.api().resources(Job.class).delete("default", "pi", new DeleteOptions()));
        harness.api().until(() -> harness.api().all(Pod.class).stream().noneMatch(JobPods::tracked));
    }

    @Test
    void aFinishedJobGoesWhenItsTimeIsOver() {
        harness.create(
                job(1, 1).editSpec().withTtlSecondsAfterFinished(0).endSpec().build());
        harness.start(context -> new JobController(context, 5), context -> new TtlAfterFinishedController(context, 5));
        // In the foreground: what the garbage collector finishes.
        harness.api()
                .until(() ->
                        succeedAll() && current().getMetadata().getFinalizers().contains("foregroundDeletion"));
    }

    @Test
    void theTimeToLiveCountsFromTheEnd() {
        Job finished = new JobBuilder(job(1, 1).build())
                .editSpec()
                .withTtlSecondsAfterFinished(100)
                .endSpec()
                .withNewStatus()
                .addNewCondition()
                .withType("Failed")
                .withStatus("True")
                .withLastTransitionTime(harness.clock().instant().toString())
                .endCondition()
                .endStatus()
                .build();
        assertThat(TtlAfterFinishedController.expiry(finished))
                .isEqualTo(harness.clock().instant().plus(Duration.ofSeconds(100)));
        assertThat(TtlAfterFinishedController.expiry(job(1, 1).build())).isNull();
    }
}
