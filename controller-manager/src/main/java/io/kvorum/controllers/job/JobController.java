package io.kvorum.controllers.job;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.kvorum.api.ApiException;
import io.kvorum.client.Controller;
import io.kvorum.client.EventRecorder;
import io.kvorum.client.Expectations;
import io.kvorum.client.Informer;
import io.kvorum.client.Lister;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.OwnerReferences;
import io.kvorum.client.PatchType;
import io.kvorum.client.Reconciler;
import io.kvorum.client.ResourceClient;
import io.kvorum.client.Timers;
import io.kvorum.controllers.loop.ControlLoop;
import io.kvorum.controllers.loop.ControllerContext;
import io.kvorum.controllers.pods.Claims;
import io.kvorum.controllers.pods.ExpectedPods;
import io.kvorum.controllers.pods.OwnedPods;
import io.kvorum.controllers.pods.OwnerLookup;
import io.kvorum.controllers.pods.PodControl;
import io.kvorum.controllers.pods.PodIndexes;
import io.kvorum.controllers.pods.PodStates;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The Job controller: claims pods, carries out the {@link JobPlan}. */
public final class JobController implements ControlLoop, Reconciler<ObjectKey> {
    private static final String KIND = "Job";

    private final ResourceClient<Job> jobs;
    private final ResourceClient<Pod> pods;
    private final Lister<Job> jobLister;
    private final Lister<Pod> podLister;
    private final ControllerContext context;
    private final EventRecorder events;
    private final Expectations<ObjectKey> expectations;
    private final ExpectedPods expectedPods;
    private final OwnerLookup<Job> lookup;
    private final Map<ObjectKey, Long> written = new HashMap<>();
    private final Controller<ObjectKey> controller;
    private final Controller<ObjectKey> freed;

    public JobController(ControllerContext context, int concurrency) {
        this.context = context;
        jobs = context.client().resources(Job.class);
        pods = context.client().resources(Pod.class);
        Informer<Job> informer = context.informers().of(Job.class);
        jobLister = informer.lister();
        podLister = context.pods().lister();
        events = context.events(name());
        expectations = new Expectations<>(Timers.on(context.vertx()));
        expectedPods = new ExpectedPods(new PodControl(pods, events), expectations);
        lookup = new OwnerLookup<>(KIND, jobLister, job -> job.getSpec().getSelector());
        controller = context.controller(name(), concurrency, this);
        freed = context.controller(name() + "-orphans", 2, this::freePod);
        informer.handler(new JobHandler());
        context.pods().handler(new PodHandler());
    }

    @Override
    public String name() {
        return "job-controller";
    }

    @Override
    public void start() {
        controller.start();
        freed.start();
    }

    @Override
    public Future<Void> stop() {
        return Future.join(controller.stop(), freed.stop()).mapEmpty();
    }

    @Override
    public Future<Result> reconcile(ObjectKey key) {
        @Nullable Job job = jobLister.get(key);
        if (job == null) {
            expectations.forget(key);
            written.remove(key);
            return Future.succeededFuture(Result.done());
        }
        if (behindOwnWrite(key, job)) {
            // Counting on from an old status could count an end twice; the change itself will bring the key back.
            return Future.succeededFuture(Result.done());
        }
        if (job.getSpec().getSelector() == null) {
            return Future.failedFuture(new IllegalStateException("job " + key + " has no selector"));
        }
        boolean mayManage = expectations.satisfied(key) && job.getMetadata().getDeletionTimestamp() == null;
        List<Pod> candidates =
                PodIndexes.candidates(podLister, job.getMetadata().getUid(), key.namespace());
        return Claims.claim(jobs, job, job.getSpec().getSelector(), pods, candidates, JobPods.FINALIZER)
                .compose(mine -> {
                    JobPlan plan =
                            JobPlan.of(job, mine, mayManage, context.clock().instant());
                    return writeStatus(key, job, plan)
                            .compose(told -> carryOut(key, job, plan))
                            .map(done -> plan.again() == null ? Result.done() : Result.after(plan.again()));
                });
    }

    /** Versions of one object grow as numbers. */
    private boolean behindOwnWrite(ObjectKey key, Job cached) {
        @Nullable Long own = written.get(key);
        return own != null && Long.parseLong(cached.getMetadata().getResourceVersion()) < own;
    }

    private Future<?> writeStatus(ObjectKey key, Job job, JobPlan plan) {
        if (plan.status().equals(job.getStatus())) {
            return Future.succeededFuture();
        }
        return jobs.updateStatus(new JobBuilder(job).withStatus(plan.status()).build())
                .onSuccess(updated -> {
                    written.put(key, Long.parseLong(updated.getMetadata().getResourceVersion()));
                    plan.announce().forEach(each -> events.event(job, each.type(), each.reason(), each.note()));
                });
    }

    private Future<Void> carryOut(ObjectKey key, Job job, JobPlan plan) {
        List<Future<Void>> releases =
                plan.release().stream().map(this::removeFinalizer).toList();
        Future<Void> released = releases.isEmpty()
                ? Future.succeededFuture()
                : Future.join(releases).mapEmpty();
        return released.compose(done -> {
            if (!plan.delete().isEmpty()) {
                return delete(key, job, plan);
            }
            return plan.create().isEmpty() ? Future.<Void>succeededFuture() : create(key, job, plan.create());
        });
    }

    private Future<Void> create(ObjectKey key, Job job, List<Integer> indexes) {
        return expectedPods.create(key, job, indexes.size(), i -> JobPodTemplates.pod(job, indexes.get(i)));
    }

    private Future<Void> delete(ObjectKey key, Job job, JobPlan plan) {
        List<Pod> leaving = plan.delete().stream()
                .filter(pod -> !PodStates.terminating(pod))
                .toList();
        return expectedPods.delete(
                key, job, leaving, pod -> plan.forgetDeleted() ? removeFinalizer(pod) : Future.succeededFuture());
    }

    private Future<Void> removeFinalizer(Pod pod) {
        if (!JobPods.tracked(pod)) {
            return Future.succeededFuture();
        }
        String patch = "{\"metadata\":{\"uid\":\"" + pod.getMetadata().getUid()
                + "\",\"$deleteFromPrimitiveList/finalizers\":[\"" + JobPods.FINALIZER + "\"]}}";
        return pods.patch(
                        pod.getMetadata().getNamespace(), pod.getMetadata().getName(), PatchType.STRATEGIC, patch, null)
                .<Void>mapEmpty()
                .recover(cause -> cause instanceof ApiException no && no.notFound()
                        ? Future.succeededFuture()
                        : Future.failedFuture(cause));
    }

    /** A pod whose Job is gone will not be counted any more, so nothing may hold it back. */
    private void setFree(Pod pod) {
        if (JobPods.tracked(pod) && jobGone(pod)) {
            freed.enqueue(ObjectKey.of(pod));
        }
    }

    private boolean jobGone(Pod pod) {
        @Nullable OwnerReference owner = OwnerReferences.controllerOf(pod);
        return owner == null ? PodStates.terminating(pod) : owner.getKind().equals(KIND) && lookup.of(pod) == null;
    }

    /** The cached Job may be late, so the API is asked before a pod is let go. */
    private Future<Result> freePod(ObjectKey key) {
        @Nullable Pod pod = podLister.get(key);
        if (pod == null || !JobPods.tracked(pod) || !jobGone(pod)) {
            return Future.succeededFuture(Result.done());
        }
        @Nullable OwnerReference owner = OwnerReferences.controllerOf(pod);
        if (owner == null) {
            return removeFinalizer(pod).map(Result.done());
        }
        return jobs.get(key.namespace(), owner.getName())
                .map(job -> job.getMetadata().getUid().equals(owner.getUid()))
                .recover(cause -> cause instanceof ApiException no && no.notFound()
                        ? Future.succeededFuture(false)
                        : Future.failedFuture(cause))
                .compose(exists -> exists ? Future.succeededFuture() : removeFinalizer(pod))
                .map(Result.done());
    }

    private final class JobHandler implements Informer.Handler<Job> {
        @Override
        public void added(Job job) {
            controller.enqueue(ObjectKey.of(job));
        }

        @Override
        public void updated(Job before, Job after) {
            controller.enqueue(ObjectKey.of(after));
        }

        @Override
        public void deleted(Job job) {
            ObjectKey key = ObjectKey.of(job);
            expectations.forget(key);
            written.remove(key);
            PodIndexes.controlledBy(podLister, job.getMetadata().getUid()).forEach(JobController.this::setFree);
        }
    }

    /** Sets free what nobody counts any more, and leads the rest to the Jobs. */
    private final class PodHandler implements Informer.Handler<Pod> {
        private final Informer.Handler<Pod> owned = new OwnedPods<>(lookup, expectations, controller::enqueue);

        @Override
        public void added(Pod pod) {
            owned.added(pod);
            if (PodStates.terminating(pod)) {
                setFree(pod);
            }
        }

        @Override
        public void updated(Pod before, Pod after) {
            setFree(after);
            owned.updated(before, after);
        }

        @Override
        public void deleted(Pod pod) {
            owned.deleted(pod);
        }
    }
}
