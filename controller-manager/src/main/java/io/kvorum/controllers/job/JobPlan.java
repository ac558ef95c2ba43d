package io.kvorum.controllers.job;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.api.model.batch.v1.JobConditionBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpec;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatusBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.UncountedTerminatedPods;
import io.fabric8.kubernetes.api.model.batch.v1.UncountedTerminatedPodsBuilder;
import io.kvorum.controllers.loop.Timestamps;
import io.kvorum.controllers.pods.PodDeletionOrder;
import io.kvorum.controllers.pods.PodStates;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * The next step of a Job: its status, then what to do with its pods.
 *
 * <p>An end of a pod is counted exactly once: its uid is written to {@code status.uncountedTerminatedPods}, then its
 * finalizer is removed, and when the cache shows it without the finalizer it moves to the counters. Only pods that still
 * have the finalizer are ever added, so one that was counted cannot come back.
 *
 * @param status to be written before anything else, if it differs
 * @param create one entry for each pod to create: its completion index, or {@link CompletionIndexes#NONE}
 * @param delete pods to delete, without being counted as failures when {@code uncounted} says so
 * @param forgetDeleted whether the deleted pods are the Job's own doing and no failures
 * @param release pods whose finalizer is to be removed once the status is written
 * @param again when to look again; null when only a change matters
 * @param announce events that the new status deserves
 */
record JobPlan(
        JobStatus status,
        List<Integer> create,
        List<Pod> delete,
        boolean forgetDeleted,
        List<Pod> release,
        @Nullable Duration again,
        List<Announcement> announce) {

    /** An event about the Job. */
    record Announcement(String type, String reason, String note) {}

    /** Most pods created or deleted in one go. */
    static final int BURST = 500;

    /**
     * @param pods those of the Job
     * @param mayManage whether the cache shows all pods asked for before; else none are created or deleted
     */
    static JobPlan of(Job job, List<Pod> pods, boolean mayManage, Instant now) {
        return new Draft(job, pods, mayManage, now).plan();
    }

    static boolean finished(Job job) {
        return job.getStatus() != null
                && (isTrue(job.getStatus().getConditions(), "Complete")
                        || isTrue(job.getStatus().getConditions(), "Failed"));
    }

    static boolean isTrue(List<JobCondition> conditions, String type) {
        return conditions.stream().anyMatch(each -> each.getType().equals(type) && "True".equals(each.getStatus()));
    }

    /** The working state of one plan. */
    private static final class Draft {
        private final Job job;
        private final JobSpec spec;
        private final JobStatus before;
        private final List<Pod> pods;
        private final boolean mayManage;
        private final Instant now;
        private final List<JobCondition> conditions;
        private final List<Announcement> announce = new ArrayList<>();
        private final List<Pod> active = new ArrayList<>();
        private final List<Pod> release = new ArrayList<>();
        private final Set<String> uncountedSucceeded;
        private final Set<String> uncountedFailed;
        private final SortedSet<Integer> completed;
        private int succeeded;
        private int failed;
        private @Nullable String startTime;
        private @Nullable String completionTime;
        private @Nullable Duration again;

        Draft(Job job, List<Pod> pods, boolean mayManage, Instant now) {
            this.job = job;
            this.spec = job.getSpec();
            this.before = job.getStatus() == null ? new JobStatus() : job.getStatus();
            this.pods = pods;
            this.mayManage = mayManage;
            this.now = now;
            this.conditions = new ArrayList<>(before.getConditions());
            UncountedTerminatedPods uncounted = before.getUncountedTerminatedPods();
            this.uncountedSucceeded = new LinkedHashSet<>(uncounted == null ? List.of() : uncounted.getSucceeded());
            this.uncountedFailed = new LinkedHashSet<>(uncounted == null ? List.of() : uncounted.getFailed());
            this.succeeded = number(before.getSucceeded());
            this.failed = number(before.getFailed());
            this.startTime = before.getStartTime();
            this.completionTime = before.getCompletionTime();
            this.completed = CompletionIndexes.parse(before.getCompletedIndexes(), number(spec.getCompletions()));
        }

        JobPlan plan() {
            count();
            if (finished(job)) {
                return finish(List.of(), List.of(), false);
            }
            boolean suspended = Boolean.TRUE.equals(spec.getSuspend());
            if (startTime == null && !suspended) {
                startTime = Timestamps.format(now);
            }
            if (failing()) {
                return endFailed();
            }
            if (reachedCompletions()) {
                return endComplete();
            }
            noteSuspension(suspended);
            if (suspended) {
                return finish(List.of(), mayManage ? active : List.of(), true);
            }
            watchDeadline();
            return manage();
        }

        // ---- counting

        private void count() {
            Map<String, Pod> byUid = new HashMap<>();
            pods.forEach(pod -> byUid.put(pod.getMetadata().getUid(), pod));
            succeeded += settle(uncountedSucceeded, byUid);
            failed += settle(uncountedFailed, byUid);
            for (Pod pod : pods) {
                String uid = pod.getMetadata().getUid();
                if (PodStates.active(pod)) {
                    active.add(pod);
                }
                if (!JobPods.tracked(pod)) {
                    continue;
                }
                boolean known = uncountedSucceeded.contains(uid) || uncountedFailed.contains(uid);
                if (!known && JobPods.succeeded(pod)) {
                    int index = CompletionIndexes.of(pod);
                    if (!JobPods.indexed(job)) {
                        uncountedSucceeded.add(uid);
                        known = true;
                    } else if (index >= 0 && index < number(spec.getCompletions()) && completed.add(index)) {
                        known = true;
                    }
                    release.add(pod);
                } else if (!known && (JobPods.failed(pod, job) || (finished(job) && !PodStates.active(pod)))) {
                    uncountedFailed.add(uid);
                    release.add(pod);
                } else if (known) {
                    release.add(pod);
                }
            }
            if (JobPods.indexed(job)) {
                succeeded = completed.size();
            }
        }

        /** Moves those to the counter whose finalizer is gone. */
        private static int settle(Set<String> uncounted, Map<String, Pod> byUid) {
            int all = uncounted.size();
            uncounted.removeIf(uid -> {
                @Nullable Pod pod = byUid.get(uid);
                return pod == null || !JobPods.tracked(pod);
            });
            return all - uncounted.size();
        }

        private int allSucceeded() {
            return succeeded + uncountedSucceeded.size();
        }

        private int allFailed() {
            return failed + uncountedFailed.size();
        }

        // ---- ends

        private boolean failing() {
            if (isTrue(conditions, "FailureTarget")) {
                return true;
            }
            if (isTrue(conditions, "SuccessCriteriaMet")) {
                return false;
            }
            int limit = spec.getBackoffLimit() == null ? 6 : spec.getBackoffLimit();
            boolean restartsCount =
                    "OnFailure".equals(spec.getTemplate().getSpec().getRestartPolicy());
            int restarts = restartsCount ? JobPods.restarts(pods) : 0;
            if (allFailed() > limit || (restarts > 0 && restarts >= limit)) {
                set("FailureTarget", "True", "BackoffLimitExceeded", "Job has reached the specified backoff limit");
                return true;
            }
            @Nullable Instant deadline = deadline();
            if (deadline != null && !deadline.isAfter(now)) {
                set("FailureTarget", "True", "DeadlineExceeded", "Job was active longer than specified deadline");
                return true;
            }
            return false;
        }

        private @Nullable Instant deadline() {
            if (spec.getActiveDeadlineSeconds() == null
                    || startTime == null
                    || Boolean.TRUE.equals(spec.getSuspend())) {
                return null;
            }
            return Timestamps.parse(startTime).plusSeconds(spec.getActiveDeadlineSeconds());
        }

        private void watchDeadline() {
            @Nullable Instant deadline = deadline();
            if (deadline != null) {
                wake(Duration.between(now, deadline));
            }
        }

        private JobPlan endFailed() {
            if (stillRunning()) {
                return finish(List.of(), active, false);
            }
            JobCondition target = conditions.stream()
                    .filter(each -> each.getType().equals("FailureTarget"))
                    .findFirst()
                    .orElseThrow();
            if (uncountedFailed.isEmpty() && uncountedSucceeded.isEmpty()) {
                set("Failed", "True", target.getReason(), target.getMessage());
                announce.add(new Announcement("Warning", target.getReason(), target.getMessage()));
            }
            return finish(List.of(), List.of(), false);
        }

        private boolean reachedCompletions() {
            if (isTrue(conditions, "SuccessCriteriaMet")) {
                return true;
            }
            boolean reached = spec.getCompletions() == null
                    ? allSucceeded() > 0 && active.isEmpty()
                    : allSucceeded() >= spec.getCompletions();
            if (reached) {
                set("SuccessCriteriaMet", "True", "CompletionsReached", "Reached expected number of succeeded pods");
            }
            return reached;
        }

        private JobPlan endComplete() {
            if (stillRunning()) {
                return finish(List.of(), active, true);
            }
            if (uncountedFailed.isEmpty() && uncountedSucceeded.isEmpty()) {
                set("Complete", "True", "CompletionsReached", "Reached expected number of succeeded pods");
                completionTime = Timestamps.format(now);
                announce.add(new Announcement("Normal", "Completed", "Job completed"));
            }
            return finish(List.of(), List.of(), false);
        }

        /** Whether pods are left that have not ended: a Job is over when the last of them is. */
        private boolean stillRunning() {
            return pods.stream().anyMatch(pod -> !PodStates.terminal(pod));
        }

        private void noteSuspension(boolean suspended) {
            boolean noted = isTrue(conditions, "Suspended");
            if (suspended && !noted) {
                set("Suspended", "True", "JobSuspended", "Job suspended");
                startTime = null;
                announce.add(new Announcement("Normal", "Suspended", "Job suspended"));
            } else if (!suspended && noted) {
                set("Suspended", "False", "JobResumed", "Job resumed");
                startTime = Timestamps.format(now);
                announce.add(new Announcement("Normal", "Resumed", "Job resumed"));
            }
        }

        // ---- pods

        private JobPlan manage() {
            if (!mayManage) {
                return finish(List.of(), List.of(), false);
            }
            int parallelism = spec.getParallelism() == null ? 1 : spec.getParallelism();
            List<Pod> leaving = leaving();
            int wanted;
            if (spec.getCompletions() == null) {
                // A work queue: once one pod has succeeded the others finish, and none are added.
                wanted = allSucceeded() > 0 ? Math.min(active.size(), parallelism) : parallelism;
            } else {
                wanted = Math.min(parallelism, spec.getCompletions() - allSucceeded());
            }
            int excess = active.size() - Math.max(0, wanted);
            if (excess > 0 || !leaving.isEmpty()) {
                Set<Pod> delete = new LinkedHashSet<>(leaving);
                active.stream()
                        .sorted(new PodDeletionOrder(now, Map.of()))
                        .filter(pod -> delete.size() < Math.min(Math.max(excess, leaving.size()), BURST))
                        .forEach(delete::add);
                return finish(List.of(), List.copyOf(delete), true);
            }
            int terminating = JobPods.onlyReplaceFailed(job)
                    ? (int) pods.stream()
                            .filter(pod -> PodStates.terminating(pod) && !PodStates.terminal(pod))
                            .count()
                    : 0;
            int missing = Math.min(wanted - active.size() - terminating, BURST);
            if (missing <= 0) {
                return finish(List.of(), List.of(), false);
            }
            Duration backoff = JobPods.backoff(job, pods, now);
            if (!backoff.isZero()) {
                wake(backoff);
                return finish(List.of(), List.of(), false);
            }
            return finish(indexes(missing), List.of(), false);
        }

        /** Active pods of an Indexed Job that nobody needs: their index is done, taken twice, or out of range. */
        private List<Pod> leaving() {
            if (!JobPods.indexed(job)) {
                return List.of();
            }
            Set<Integer> seen = new HashSet<>();
            return active.stream()
                    .filter(pod -> {
                        int index = CompletionIndexes.of(pod);
                        return index < 0
                                || index >= number(spec.getCompletions())
                                || completed.contains(index)
                                || !seen.add(index);
                    })
                    .toList();
        }

        private List<Integer> indexes(int missing) {
            List<Integer> indexes = new ArrayList<>();
            if (!JobPods.indexed(job)) {
                for (int i = 0; i < missing; i++) {
                    indexes.add(CompletionIndexes.NONE);
                }
                return indexes;
            }
            Set<Integer> running = new HashSet<>();
            for (Pod pod : pods) {
                boolean occupies =
                        PodStates.active(pod) || (JobPods.onlyReplaceFailed(job) && !PodStates.terminal(pod));
                if (occupies) {
                    running.add(CompletionIndexes.of(pod));
                }
            }
            for (int i = 0; i < number(spec.getCompletions()) && indexes.size() < missing; i++) {
                if (!completed.contains(i) && !running.contains(i)) {
                    indexes.add(i);
                }
            }
            return indexes;
        }

        // ---- the result

        private void wake(Duration in) {
            Duration positive = in.isNegative() || in.isZero() ? Duration.ofMillis(1) : in;
            again = again == null || positive.compareTo(again) < 0 ? positive : again;
        }

        private JobPlan finish(List<Integer> create, List<Pod> delete, boolean forgetDeleted) {
            boolean over = isTrue(conditions, "Complete") || isTrue(conditions, "Failed");
            if (over) {
                pods.stream().filter(JobPods::tracked).forEach(pod -> {
                    if (!release.contains(pod)) {
                        release.add(pod);
                    }
                });
            }
            int ready = (int) active.stream().filter(PodStates::ready).count();
            int terminating = (int) pods.stream()
                    .filter(pod -> PodStates.terminating(pod) && !PodStates.terminal(pod))
                    .count();
            JobStatus status = new JobStatusBuilder(before)
                    .withActive(active.isEmpty() ? null : active.size())
                    .withReady(ready)
                    .withTerminating(terminating)
                    .withSucceeded(succeeded == 0 ? null : succeeded)
                    .withFailed(failed == 0 ? null : failed)
                    .withUncountedTerminatedPods(new UncountedTerminatedPodsBuilder()
                            .withSucceeded(List.copyOf(uncountedSucceeded))
                            .withFailed(List.copyOf(uncountedFailed))
                            .build())
                    .withCompletedIndexes(completed.isEmpty() ? null : CompletionIndexes.format(completed))
                    .withConditions(conditions)
                    .withStartTime(startTime)
                    .withCompletionTime(completionTime)
                    .build();
            return new JobPlan(status, create, delete, forgetDeleted, release, again, announce);
        }

        private void set(String type, String status, String reason, String message) {
            conditions.removeIf(each -> each.getType().equals(type));
            conditions.add(new JobConditionBuilder()
                    .withType(type)
                    .withStatus(status)
                    .withReason(reason)
                    .withMessage(message)
                    .withLastProbeTime(Timestamps.format(now))
                    .withLastTransitionTime(Timestamps.format(now))
                    .build());
        }

        private static int number(@Nullable Integer number) {
            return number == null ? 0 : number;
        }
    }
}
