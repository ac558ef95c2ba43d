package io.kvorum.controllers.job;

import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.kvorum.api.ApiException;
import io.kvorum.client.Informer;
import io.kvorum.client.Lister;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.ResourceClient;
import io.kvorum.controllers.loop.ControllerContext;
import io.kvorum.controllers.loop.ReconcileLoop;
import io.kvorum.controllers.loop.Timestamps;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Deletes Jobs {@code ttlSecondsAfterFinished} after their end. */
public final class TtlAfterFinishedController extends ReconcileLoop<ObjectKey> {
    private final ResourceClient<Job> jobs;
    private final Lister<Job> jobLister;
    private final ControllerContext context;

    public TtlAfterFinishedController(ControllerContext context, int concurrency) {
        super(context, "ttl-after-finished-controller", concurrency);
        this.context = context;
        jobs = context.client().resources(Job.class);
        Informer<Job> informer = context.informers().of(Job.class);
        jobLister = informer.lister();
        informer.handler(Informer.Handler.present(job -> {
            if (expiry(job) != null) {
                controller.enqueue(ObjectKey.of(job));
            }
        }));
    }

    @Override
    public Future<Result> reconcile(ObjectKey key) {
        @Nullable Job cached = jobLister.get(key);
        @Nullable Instant expiry = cached == null ? null : expiry(cached);
        if (cached == null || expiry == null) {
            return Future.succeededFuture(Result.done());
        }
        Duration left = Duration.between(context.clock().instant(), expiry);
        if (left.compareTo(Duration.ZERO) > 0) {
            return Future.succeededFuture(Result.after(left));
        }
        // The time to live may just have been changed, so the last word is the API's.
        return jobs.get(key.namespace(), key.name())
                .compose(fresh -> {
                    @Nullable Instant now = expiry(fresh);
                    if (now == null || now.isAfter(context.clock().instant())) {
                        return Future.succeededFuture();
                    }
                    return jobs.delete(
                            key.namespace(),
                            key.name(),
                            new DeleteOptionsBuilder()
                                    .withPropagationPolicy("Foreground")
                                    .withNewPreconditions()
                                    .withUid(fresh.getMetadata().getUid())
                                    .withResourceVersion(fresh.getMetadata().getResourceVersion())
                                    .endPreconditions()
                                    .build());
                })
                .map(Result.done())
                .recover(cause -> cause instanceof ApiException no && no.notFound()
                        ? Future.succeededFuture(Result.done())
                        : Future.failedFuture(cause));
    }

    /** When the Job is to be deleted; null when it is not finished, has no time to live, or is being deleted. */
    static @Nullable Instant expiry(Job job) {
        Integer ttl = job.getSpec().getTtlSecondsAfterFinished();
        if (ttl == null || job.getStatus() == null || job.getMetadata().getDeletionTimestamp() != null) {
            return null;
        }
        for (JobCondition each : job.getStatus().getConditions()) {
            boolean end = each.getType().equals("Complete") || each.getType().equals("Failed");
            if (end && "True".equals(each.getStatus())) {
                return Timestamps.parse(each.getLastTransitionTime()).plusSeconds(ttl);
            }
        }
        return null;
    }
}
