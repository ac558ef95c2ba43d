package io.kvorum.controllers.cronjob;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.kvorum.controllers.testing.ControllerHarness;
import io.kvorum.controllers.testing.FakeClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CronJobControllerTest {
    private ControllerHarness harness;

    @BeforeEach
    void start() {
        harness = new ControllerHarness();
    }

    @AfterEach
    void stop() {
        harness.close();
    }

    /** Due at every tenth minute, from the start of the clock on. */
    private static CronJobBuilder cronJob(String policy) {
        return new CronJobBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("report")
                .endMetadata()
                .withNewSpec()
                .withSchedule("*/10 * * * *")
                .withTimeZone("Etc/UTC")
                .withConcurrencyPolicy(policy)
                .withSuccessfulJobsHistoryLimit(1)
                .withFailedJobsHistoryLimit(1)
                .withNewJobTemplate()
                .withNewMetadata()
                .addToLabels("made", "by-clock")
                .endMetadata()
                .withNewSpec()
                .withNewTemplate()
                .withNewSpec()
                .withRestartPolicy("Never")
                .addNewContainer()
                .withName("c")
                .withImage("busybox")
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .endJobTemplate()
                .endSpec();
    }

    private CronJob current() {
        return Objects.requireNonNull(harness.api().find(CronJob.class, "default", "report"));
    }

    private List<Job> jobs() {
        return harness.api().all(Job.class).stream()
                .sorted(Comparator.comparing(job -> job.getMetadata().getName()))
                .toList();
    }

    private boolean oneActive() {
        return current().getStatus() != null
                && current().getStatus().getActive().size() == 1;
    }

    private List<String> reasons() {
        return harness.api().all(Event.class).stream().map(Event::getReason).toList();
    }

    /** Another look: any change of the object brings one. */
    private void touch() {
        CronJob now = current();
        harness.api()
                .resources(CronJob.class)
                .update(new CronJobBuilder(now)
                        .editMetadata()
                        .addToAnnotations("at", harness.clock().instant().toString())
                        .endMetadata()
                        .build());
    }

    private void advance(Duration time) {
        harness.clock().advance(time);
        harness.api().run(() -> {
            touch();
            return true;
        });
    }

    private void end(String name, String condition) {
        harness.api().run(() -> {
            Job job = Objects.requireNonNull(harness.api().find(Job.class, "default", name));
            String now = harness.clock().instant().toString();
            return harness.api()
                    .resources(Job.class)
                    .updateStatus(new JobBuilder(job)
                            .withNewStatus()
                            .withStartTime(now)
                            .withCompletionTime(now)
                            .addNewCondition()
                            .withType(condition)
                            .withStatus("True")
                            .endCondition()
                            .endStatus()
                            .build());
        });
    }

    private static String name(int minutesAfterStart) {
        return "report-" + (FakeClock.START.getEpochSecond() / 60 + minutesAfterStart);
    }

    @Test
    void aJobIsMadeWhenItIsDueAndOnlyOnce() {
        harness.create(cronJob("Allow").build());
        harness.start(context -> new CronJobController(context, 5));
        advance(Duration.ofMinutes(9));
        harness.api().until(() -> current().getMetadata().getAnnotations().size() == 1);
        assertThat(jobs()).isEmpty();

        advance(Duration.ofMinutes(2));
        harness.api()
                .until(() -> current().getStatus() != null
                        && current().getStatus().getActive().size() == 1);

        Job job = jobs().get(0);
        assertThat(job.getMetadata().getName()).isEqualTo(name(10));
        assertThat(job.getMetadata().getLabels()).containsEntry("made", "by-clock");
        assertThat(job.getMetadata().getAnnotations())
                .containsEntry("batch.kubernetes.io/cronjob-scheduled-timestamp", "2026-01-01T00:10:00Z");
        assertThat(job.getMetadata().getOwnerReferences())
                .singleElement()
                .matches(owner -> owner.getKind().equals("CronJob") && owner.getController());
        assertThat(current().getStatus().getLastScheduleTime()).isEqualTo("2026-01-01T00:10:00Z");
        advance(Duration.ofMinutes(1));
        advance(Duration.ofMinutes(9));
        harness.api().until(() -> current().getStatus().getActive().size() == 2);
        assertThat(jobs()).hasSize(2);
    }

    @Test
    void anEndIsToldAndOldJobsGo() {
        harness.create(cronJob("Allow").build());
        harness.start(context -> new CronJobController(context, 5));
        for (int i = 1; i <= 3; i++) {
            advance(Duration.ofMinutes(10));
            String name = name(10 * i);
            harness.api()
                    .until(() -> oneActive()
                            && current()
                                    .getStatus()
                                    .getActive()
                                    .get(0)
                                    .getName()
                                    .equals(name));
            end(name, "Complete");
        }
        harness.api()
                .until(() ->
                        jobs().size() == 1 && current().getStatus().getActive().isEmpty());
        assertThat(jobs().get(0).getMetadata().getName()).isEqualTo(name(30));
        assertThat(current().getStatus().getLastSuccessfulTime()).isEqualTo("2026-01-01T00:30:00Z");
        assertThat(reasons()).contains("SuccessfulCreate", "SawCompletedJob", "SuccessfulDelete");
    }

    @Test
    void forbidWaitsForTheOneAtWork() {
        harness.create(cronJob("Forbid").build());
        harness.start(context -> new CronJobController(context, 5));
        advance(Duration.ofMinutes(10));
        harness.api().until(this::oneActive);
        advance(Duration.ofMinutes(10));
        harness.api().until(() -> reasons().contains("JobAlreadyActive"));
        assertThat(jobs()).hasSize(1);

        end(name(10), "Complete");
        harness.api().until(() -> harness.api().find(Job.class, "default", name(20)) != null);
    }

    @Test
    void replaceTakesThePlaceOfTheOneAtWork() {
        harness.create(cronJob("Replace").build());
        harness.start(context -> new CronJobController(context, 5));
        advance(Duration.ofMinutes(10));
        harness.api().until(this::oneActive);
        advance(Duration.ofMinutes(10));
        harness.api()
                .until(() -> jobs().size() == 1
                        && jobs().get(0).getMetadata().getName().equals(name(20)));
        harness.api().until(this::oneActive);
        assertThat(reasons()).doesNotContain("UnexpectedJob");
    }

    @Test
    void aSuspendedOneStartsNothing() {
        harness.create(cronJob("Allow").editSpec().withSuspend(true).endSpec().build());
        harness.start(context -> new CronJobController(context, 5));
        advance(Duration.ofMinutes(30));
        harness.api().until(() -> current().getMetadata().getAnnotations() != null);
        assertThat(jobs()).isEmpty();
    }

    @Test
    void whatIsTooLateIsNotStarted() {
        harness.clock().advance(Duration.ofMinutes(15));
        CronJob late = new CronJobBuilder(cronJob("Allow")
                        .editSpec()
                        .withStartingDeadlineSeconds(60L)
                        .endSpec()
                        .build())
                .editMetadata()
                .withCreationTimestamp(FakeClock.START.toString())
                .endMetadata()
                .build();
        assertThat(DueTimes.of(late, harness.clock().instant()).last()).isNull();
    }

    @Test
    void manyMissedTimesAreSaidAndTheLastOneCounts() {
        CronJob old = new CronJobBuilder(cronJob("Allow")
                        .editSpec()
                        .withSchedule("* * * * *")
                        .endSpec()
                        .build())
                .editMetadata()
                .withCreationTimestamp("2020-01-01T00:00:00Z")
                .endMetadata()
                .build();
        DueTimes times = DueTimes.of(old, Instant.parse("2026-01-01T00:00:30Z"));
        assertThat(times.tooManyMissed()).isTrue();
        assertThat(Objects.requireNonNull(times.last()).toInstant()).isEqualTo(Instant.parse("2026-01-01T00:00:00Z"));
        assertThat(times.untilNext()).isEqualTo(Duration.ofMillis(30_100));
    }

    /** The thirty-first of February parses, and never comes. */
    @Test
    void aScheduleWithoutAnyTimeIsToldAsInvalid() {
        harness.create(cronJob("Allow")
                .editSpec()
                .withSchedule("15 6 31 2 *")
                .endSpec()
                .build());
        harness.start(context -> new CronJobController(context, 5));
        harness.api().until(() -> reasons().contains("InvalidSchedule"));
        assertThat(harness.api().all(Event.class)).singleElement().satisfies(event -> {
            assertThat(event.getType()).isEqualTo("Warning");
            assertThat(event.getMessage())
                    .isEqualTo(
                            "invalid schedule: 15 6 31 2 * : time difference between two schedules is less than 1 second");
        });
        assertThat(jobs()).isEmpty();
    }
}
