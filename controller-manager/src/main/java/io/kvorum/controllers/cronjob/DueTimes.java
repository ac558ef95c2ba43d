package io.kvorum.controllers.cronjob;

import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.kvorum.api.cron.CronSchedule;
import io.kvorum.api.cron.TimeZones;
import io.kvorum.controllers.loop.Timestamps;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import org.jspecify.annotations.Nullable;

/**
 * What a CronJob's schedule says of now.
 *
 * @param last the last time that was due and for which nothing was started; null when there is none
 * @param tooManyMissed whether more than a hundred were missed, which hints at a stopped controller or a wrong clock
 * @param untilNext how long until the next time; null when there is none
 */
record DueTimes(
        @Nullable ZonedDateTime last,
        boolean tooManyMissed,
        @Nullable Duration untilNext) {
    private static final int MANY = 100;

    /** Timers may fire a little early; a look just after the time costs less than one more. */
    private static final Duration AFTER = Duration.ofMillis(100);

    /**
     * @throws IllegalArgumentException when its schedule is none
     * @throws java.time.DateTimeException when its time zone is none
     */
    static DueTimes of(CronJob job, Instant now) {
        CronSchedule schedule = CronSchedule.parse(job.getSpec().getSchedule());
        String name = job.getSpec().getTimeZone();
        ZonedDateTime here = now.atZone(
                name == null
                        ? ZoneId.systemDefault()
                        : TimeZones.find(name).orElseThrow(() -> new DateTimeException("unknown time zone " + name)));
        Instant from = start(job);
        Long deadline = job.getSpec().getStartingDeadlineSeconds();
        if (deadline != null && now.minusSeconds(deadline).isAfter(from)) {
            from = now.minusSeconds(deadline);
        }
        ZonedDateTime last = null;
        int missed = 0;
        @Nullable ZonedDateTime due = schedule.next(from.atZone(here.getZone())).orElse(null);
        while (due != null && !due.toInstant().isAfter(now)) {
            last = due;
            if (++missed == MANY) {
                due = skip(schedule, due, now);
            }
            due = schedule.next(due).orElse(null);
        }
        @Nullable ZonedDateTime next = schedule.next(here).orElse(null);
        @Nullable
        Duration untilNext =
                next == null ? null : Duration.between(now, next.toInstant()).plus(AFTER);
        return new DueTimes(last, missed > MANY, untilNext);
    }

    /** Close to now in a step: years of missed minutes are not counted one by one. */
    private static ZonedDateTime skip(CronSchedule schedule, ZonedDateTime due, Instant now) {
        ZonedDateTime from = due;
        for (Duration back = Duration.ofMinutes(2); ; back = back.multipliedBy(4)) {
            Instant near = now.minus(back);
            if (!near.isAfter(due.toInstant())) {
                return from;
            }
            ZonedDateTime there = near.atZone(due.getZone());
            @Nullable ZonedDateTime next = schedule.next(there).orElse(null);
            if (next != null && !next.toInstant().isAfter(now)) {
                return there;
            }
        }
    }

    private static Instant start(CronJob job) {
        @Nullable String last = job.getStatus() == null ? null : job.getStatus().getLastScheduleTime();
        return Timestamps.parse(last != null ? last : job.getMetadata().getCreationTimestamp());
    }
}
