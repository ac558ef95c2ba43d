package io.kvorum.controllers.cronjob;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobStatus;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobStatusBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.kvorum.client.EventRecorder;
import io.kvorum.controllers.loop.Timestamps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The status of one CronJob while it is worked on: the Jobs at work, and when one was last started and last succeeded. */
final class CronJobStatuses {
    private final CronJob cronJob;
    private final List<ObjectReference> active;
    private @Nullable String lastScheduled;
    private @Nullable String lastSuccessful;

    CronJobStatuses(CronJob cronJob) {
        this.cronJob = cronJob;
        CronJobStatus status = cronJob.getStatus();
        active = new ArrayList<>(status == null ? List.of() : status.getActive());
        lastScheduled = status == null ? null : status.getLastScheduleTime();
        lastSuccessful = status == null ? null : status.getLastSuccessfulTime();
    }

    List<ObjectReference> active() {
        return List.copyOf(active);
    }

    boolean isActive(@Nullable String uid) {
        return active.stream().anyMatch(each -> Objects.equals(each.getUid(), uid));
    }

    boolean isActiveByName(String name) {
        return active.stream().anyMatch(each -> name.equals(each.getName()));
    }

    void forget(@Nullable String uid) {
        active.removeIf(each -> Objects.equals(each.getUid(), uid));
    }

    void started(Job job, Instant due) {
        if (!isActive(job.getMetadata().getUid())) {
            active.add(EventRecorder.reference(job));
        }
        if (due.isAfter(Timestamps.parse(lastScheduled))) {
            lastScheduled = Timestamps.format(due);
        }
    }

    boolean handled(Instant due) {
        return lastScheduled != null && Timestamps.parse(lastScheduled).equals(due);
    }

    void succeeded(@Nullable String completed) {
        if (completed != null && Timestamps.parse(completed).isAfter(Timestamps.parse(lastSuccessful))) {
            lastSuccessful = completed;
        }
    }

    /** The CronJob with this status; null when nothing has changed. */
    @Nullable
    CronJob changed() {
        CronJobStatus now = new CronJobStatusBuilder()
                .withActive(active)
                .withLastScheduleTime(lastScheduled)
                .withLastSuccessfulTime(lastSuccessful)
                .build();
        CronJobStatus before = cronJob.getStatus() == null ? new CronJobStatus() : cronJob.getStatus();
        return now.equals(before)
                ? null
                : new CronJobBuilder(cronJob).withStatus(now).build();
    }
}
