package io.kvorum.controllers.cronjob;

import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.kvorum.api.ApiException;
import io.kvorum.client.EventRecorder;
import io.kvorum.client.Informer;
import io.kvorum.client.Lister;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.OwnerReferences;
import io.kvorum.client.ResourceClient;
import io.kvorum.controllers.loop.ControllerContext;
import io.kvorum.controllers.loop.ReconcileLoop;
import io.kvorum.controllers.loop.Timestamps;
import io.kvorum.controllers.pods.OwnerLookup;
import io.vertx.core.Future;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The CronJob controller: starts the Job that is due, follows those at work, and clears away old ones. */
public final class CronJobController extends ReconcileLoop<ObjectKey> {
    private static final String NORMAL = "Normal";
    private static final String WARNING = "Warning";
    private static final DateTimeFormatter RFC_1123 =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss xx", Locale.ROOT);

    private final ControllerContext context;
    private final ResourceClient<CronJob> cronJobs;
    private final ResourceClient<Job> jobs;
    private final Lister<CronJob> cronJobLister;
    private final Lister<Job> jobLister;
    private final EventRecorder events;

    /** @param concurrency how many CronJobs are worked on at a time */
    public CronJobController(ControllerContext context, int concurrency) {
        super(context, "cronjob-controller", concurrency);
        this.context = context;
        cronJobs = context.client().resources(CronJob.class);
        jobs = context.client().resources(Job.class);
        Informer<CronJob> informer = context.informers().of(CronJob.class);
        Informer<Job> children = context.informers().of(Job.class);
        cronJobLister = informer.lister();
        jobLister = children.lister();
        events = context.events(name());
        OwnerLookup<CronJob> lookup = new OwnerLookup<>("CronJob", cronJobLister, cronJob -> null);
        informer.handler(Informer.Handler.present(cronJob -> controller.enqueue(ObjectKey.of(cronJob))));
        children.handler(Informer.Handler.each(job -> {
            @Nullable ObjectKey owner = lookup.of(job);
            if (owner != null) {
                controller.enqueue(owner);
            }
        }));
    }

    @Override
    public Future<Result> reconcile(ObjectKey key) {
        @Nullable CronJob cronJob = cronJobLister.get(key);
        if (cronJob == null) {
            return Future.succeededFuture(Result.done());
        }
        List<Job> mine = jobLister.inNamespace(key.namespace()).stream()
                .filter(job -> OwnerReferences.controlledBy(job, cronJob))
                .toList();
        CronJobStatuses cached = new CronJobStatuses(cronJob);
        if (mine.stream()
                .allMatch(job -> end(job).isPresent()
                        || cached.isActive(job.getMetadata().getUid()))) {
            return reconcile(cronJob, cached, mine);
        }
        // The status that names a Job just made may not have come yet.
        return cronJobs.get(key.namespace(), key.name())
                .compose(fresh -> fresh.getMetadata()
                                .getUid()
                                .equals(cronJob.getMetadata().getUid())
                        ? reconcile(fresh, new CronJobStatuses(fresh), mine)
                        : Future.succeededFuture(Result.done()))
                .recover(cause -> cause instanceof ApiException no && no.notFound()
                        ? Future.succeededFuture(Result.done())
                        : Future.failedFuture(cause));
    }

    private Future<Result> reconcile(CronJob cronJob, CronJobStatuses status, List<Job> mine) {
        // What was done is told even when the rest of it fails.
        return follow(cronJob, status, mine)
                .compose(known -> start(cronJob, status))
                .transform(started -> clearAway(cronJob, status, mine)
                        .transform(cleared -> write(status).compose(written -> {
                            if (started.failed()) {
                                return Future.failedFuture(started.cause());
                            }
                            return cleared.failed()
                                    ? Future.failedFuture(cleared.cause())
                                    : Future.succeededFuture(started.result());
                        })));
    }

    private Future<Void> write(CronJobStatuses status) {
        @Nullable CronJob changed = status.changed();
        return changed == null
                ? Future.succeededFuture()
                : cronJobs.updateStatus(changed).mapEmpty();
    }

    /** Brings the list of Jobs at work up to date. */
    private Future<Void> follow(CronJob cronJob, CronJobStatuses status, List<Job> mine) {
        List<Future<Void>> looks = new ArrayList<>();
        for (Job job : mine) {
            String uid = job.getMetadata().getUid();
            Optional<String> end = end(job);
            if (status.isActive(uid) && end.isPresent()) {
                status.forget(uid);
                tell(
                        cronJob,
                        NORMAL,
                        "SawCompletedJob",
                        "Saw completed job: " + job.getMetadata().getName() + ", condition: " + end.get());
            } else if (!status.isActive(uid) && end.isEmpty()) {
                looks.add(unexpected(cronJob, status, job));
            }
            if (end.equals(Optional.of("Complete"))) {
                status.succeeded(job.getStatus().getCompletionTime());
            }
        }
        for (ObjectReference reference : status.active()) {
            if (mine.stream().noneMatch(job -> job.getMetadata().getUid().equals(reference.getUid()))) {
                looks.add(forgetMissing(cronJob, status, reference));
            }
        }
        return looks.isEmpty() ? Future.succeededFuture() : Future.all(looks).mapEmpty();
    }

    /**
     * A Job at work that the status does not name. One that was made for a time of the schedule is taken up again: the write
     * of the status was lost, and to forget it would let another one run beside it. The cache may still have one that was
     * deleted, so the API is asked.
     */
    private Future<Void> unexpected(CronJob cronJob, CronJobStatuses status, Job job) {
        String name = job.getMetadata().getName();
        return exists(job.getMetadata().getNamespace(), name, job.getMetadata().getUid())
                .map(there -> {
                    if (!there) {
                        return null;
                    }
                    @Nullable Instant due = CronJobTemplates.due(job);
                    if (due != null) {
                        status.started(job, due);
                    } else {
                        tell(
                                cronJob,
                                WARNING,
                                "UnexpectedJob",
                                "Saw a job that the controller did not create or forgot: " + name);
                    }
                    return null;
                });
    }

    private Future<Boolean> exists(String namespace, String name, String uid) {
        return jobs.get(namespace, name)
                .map(job -> job.getMetadata().getUid().equals(uid))
                .recover(cause -> cause instanceof ApiException no && no.notFound()
                        ? Future.succeededFuture(false)
                        : Future.failedFuture(cause));
    }

    /** The cache may not have it yet, so the API is asked. */
    private Future<Void> forgetMissing(CronJob cronJob, CronJobStatuses status, ObjectReference reference) {
        return exists(cronJob.getMetadata().getNamespace(), reference.getName(), reference.getUid())
                .map(there -> {
                    if (!there) {
                        tell(cronJob, NORMAL, "MissingJob", "Active job went missing: " + reference.getName());
                        status.forget(reference.getUid());
                    }
                    return null;
                });
    }

    /** Starts what is due; when to look again. */
    private Future<Result> start(CronJob cronJob, CronJobStatuses status) {
        if (cronJob.getMetadata().getDeletionTimestamp() != null
                || Boolean.TRUE.equals(cronJob.getSpec().getSuspend())) {
            return Future.succeededFuture(Result.done());
        }
        DueTimes times;
        Instant now = context.clock().instant();
        try {
            times = DueTimes.of(cronJob, now);
        } catch (DateTimeException e) {
            String zone = cronJob.getSpec().getTimeZone();
            tell(cronJob, WARNING, "UnknownTimeZone", "invalid timeZone: \"" + zone + "\": unknown time zone " + zone);
            return Future.succeededFuture(Result.done());
        } catch (IllegalArgumentException e) {
            tell(
                    cronJob,
                    WARNING,
                    "UnparseableSchedule",
                    "unparseable schedule: \"" + cronJob.getSpec().getSchedule() + "\" : " + e.getMessage());
            return Future.succeededFuture(Result.done());
        }
        @Nullable Duration wait = times.untilNext();
        Result again = wait == null ? Result.done() : Result.after(wait);
        if (times.tooManyMissed()) {
            tell(
                    cronJob,
                    WARNING,
                    "TooManyMissedTimes",
                    "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew");
        }
        @Nullable ZonedDateTime due = times.last();
        if (due == null) {
            if (wait == null) {
                // Parses, as the thirty-first of February does, and never comes. The words are upstream's, which takes
                // it for
                // two times that are one.
                tell(
                        cronJob,
                        WARNING,
                        "InvalidSchedule",
                        "invalid schedule: " + cronJob.getSpec().getSchedule()
                                + " : time difference between two schedules is less than 1 second");
            }
            return Future.succeededFuture(again);
        }
        Long deadline = cronJob.getSpec().getStartingDeadlineSeconds();
        if (deadline != null && due.toInstant().plusSeconds(deadline).isBefore(now)) {
            tell(
                    cronJob,
                    WARNING,
                    "MissSchedule",
                    "Missed scheduled time to start a job: "
                            + due.withZoneSameInstant(ZoneOffset.UTC).format(RFC_1123));
            return Future.succeededFuture(again);
        }
        if (status.isActiveByName(CronJobTemplates.name(cronJob, due)) || status.handled(due.toInstant())) {
            return Future.succeededFuture(again);
        }
        String policy = cronJob.getSpec().getConcurrencyPolicy();
        if ("Forbid".equals(policy) && !status.active().isEmpty()) {
            tell(
                    cronJob,
                    NORMAL,
                    "JobAlreadyActive",
                    "Not starting job because prior execution is running and concurrency policy is Forbid");
            return Future.succeededFuture(again);
        }
        Future<Void> free = "Replace".equals(policy) ? replace(cronJob, status) : Future.succeededFuture();
        return free.compose(ready -> create(cronJob, status, due)).map(again);
    }

    private Future<Void> replace(CronJob cronJob, CronJobStatuses status) {
        List<Future<Void>> deletions = status.active().stream()
                .map(each -> delete(cronJob, status, each.getName(), each.getUid()))
                .toList();
        return Future.all(deletions).mapEmpty();
    }

    private Future<Void> create(CronJob cronJob, CronJobStatuses status, ZonedDateTime due) {
        Job job = CronJobTemplates.job(cronJob, due);
        return jobs.create(job)
                .onSuccess(made -> tell(
                        cronJob,
                        NORMAL,
                        "SuccessfulCreate",
                        "Created job " + made.getMetadata().getName()))
                .recover(cause -> {
                    if (cause instanceof ApiException refused
                            && refused.reason().equals("AlreadyExists")) {
                        return made(cronJob, job);
                    }
                    tell(cronJob, WARNING, "FailedCreate", "Error creating job: " + cause.getMessage());
                    return Future.failedFuture(cause);
                })
                .map(made -> {
                    status.started(made, due.toInstant());
                    return null;
                });
    }

    /** The Job that an earlier attempt made whose answer, or whose status, was lost. */
    private Future<Job> made(CronJob cronJob, Job job) {
        return jobs.get(job.getMetadata().getNamespace(), job.getMetadata().getName())
                .compose(found -> OwnerReferences.controlledBy(found, cronJob)
                        ? Future.succeededFuture(found)
                        : Future.failedFuture(new IllegalStateException("job " + ObjectKey.of(found)
                                + " exists and is not of CronJob " + ObjectKey.of(cronJob))));
    }

    /** Keeps as many ended Jobs as the CronJob says, the newest. */
    private Future<Void> clearAway(CronJob cronJob, CronJobStatuses status, List<Job> mine) {
        List<Job> old = new ArrayList<>();
        old.addAll(over(mine, "Complete"::equals, cronJob.getSpec().getSuccessfulJobsHistoryLimit()));
        old.addAll(over(mine, "Failed"::equals, cronJob.getSpec().getFailedJobsHistoryLimit()));
        List<Future<Void>> deletions = old.stream()
                .map(job -> delete(
                        cronJob,
                        status,
                        job.getMetadata().getName(),
                        job.getMetadata().getUid()))
                .toList();
        return deletions.isEmpty()
                ? Future.succeededFuture()
                : Future.join(deletions).mapEmpty();
    }

    private static List<Job> over(List<Job> jobs, Predicate<String> ended, @Nullable Integer limit) {
        if (limit == null) {
            return List.of();
        }
        List<Job> sorted = jobs.stream()
                .filter(job -> job.getMetadata().getDeletionTimestamp() == null)
                .filter(job -> end(job).filter(ended).isPresent())
                .sorted(Comparator.comparing(
                                (Job job) -> Timestamps.parse(job.getStatus().getStartTime()))
                        .thenComparing(job -> job.getMetadata().getName()))
                .toList();
        return sorted.subList(0, Math.max(0, sorted.size() - limit));
    }

    private Future<Void> delete(CronJob cronJob, CronJobStatuses status, String name, String uid) {
        return jobs.delete(
                        cronJob.getMetadata().getNamespace(),
                        name,
                        new DeleteOptionsBuilder()
                                .withNewPreconditions(null, uid)
                                .withPropagationPolicy("Background")
                                .build())
                .recover(cause -> {
                    if (cause instanceof ApiException no && no.notFound()) {
                        return Future.succeededFuture();
                    }
                    tell(cronJob, WARNING, "FailedDelete", "Deleted job: " + cause.getMessage());
                    return Future.failedFuture(cause);
                })
                .map(gone -> {
                    status.forget(uid);
                    tell(cronJob, NORMAL, "SuccessfulDelete", "Deleted job " + name);
                    return null;
                });
    }

    /** {@code Complete} or {@code Failed}; empty while it is at work. */
    private static Optional<String> end(Job job) {
        if (job.getStatus() == null) {
            return Optional.empty();
        }
        return job.getStatus().getConditions().stream()
                .filter(each -> "True".equals(each.getStatus()))
                .map(JobCondition::getType)
                .filter(type -> type.equals("Complete") || type.equals("Failed"))
                .findFirst();
    }

    private void tell(CronJob cronJob, String type, String reason, String note) {
        events.event(cronJob, type, reason, note);
    }
}
