package io.kvorum.controllers.cronjob;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobTemplateSpec;
import io.kvorum.client.OwnerReferences;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the Jobs of a CronJob from its template. */
final class CronJobTemplates {
    private static final String SCHEDULED = "batch.kubernetes.io/cronjob-scheduled-timestamp";

    private CronJobTemplates() {}

    /** The name for a time, to the minute: whoever else makes the Job for it will find it made. */
    static String name(CronJob cronJob, ZonedDateTime due) {
        return cronJob.getMetadata().getName() + "-" + due.toEpochSecond() / 60;
    }

    /** The time a Job was made for; null when it was not made for one. */
    static @Nullable Instant due(Job job) {
        @Nullable Map<String, String> annotations = job.getMetadata().getAnnotations();
        @Nullable String text = annotations == null ? null : annotations.get(SCHEDULED);
        try {
            return text == null ? null : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            // Not as this controller writes it.
            return null;
        }
    }

    static Job job(CronJob cronJob, ZonedDateTime due) {
        JobTemplateSpec template = cronJob.getSpec().getJobTemplate();
        @Nullable ObjectMeta metadata = template.getMetadata();
        return new JobBuilder()
                .withNewMetadata()
                .withNamespace(cronJob.getMetadata().getNamespace())
                .withName(name(cronJob, due))
                .withLabels(metadata == null ? null : metadata.getLabels())
                .withAnnotations(metadata == null ? null : metadata.getAnnotations())
                .addToAnnotations(
                        SCHEDULED, due.truncatedTo(ChronoUnit.SECONDS).format(DateTimeFormatter.ISO_OFFSET_DATE_TIME))
                .withOwnerReferences(OwnerReferences.controller(cronJob))
                .endMetadata()
                .withSpec(template.getSpec())
                .build();
    }
}
