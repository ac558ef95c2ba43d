package io.kvorum.controllers.job;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.kvorum.controllers.loop.Timestamps;
import io.kvorum.controllers.pods.PodStates;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** What the pods of a Job say about it. */
final class JobPods {
    /** Holds a pod back until its end has been counted in the Job's status. */
    static final String FINALIZER = "batch.kubernetes.io/job-tracking";

    private static final Duration FIRST_BACKOFF = Duration.ofSeconds(10);
    private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(10);

    private JobPods() {}

    static boolean tracked(Pod pod) {
        return pod.getMetadata().getFinalizers().contains(FINALIZER);
    }

    static boolean succeeded(Pod pod) {
        return PodStates.phase(pod).equals("Succeeded");
    }

    /** A pod being deleted counts as failed at once, unless the Job replaces only pods that have ended. */
    static boolean failed(Pod pod, Job job) {
        if (PodStates.phase(pod).equals("Failed")) {
            return true;
        }
        return !onlyReplaceFailed(job) && PodStates.terminating(pod) && !succeeded(pod);
    }

    static boolean onlyReplaceFailed(Job job) {
        return "Failed".equals(job.getSpec().getPodReplacementPolicy());
    }

    static boolean indexed(Job job) {
        return "Indexed".equals(job.getSpec().getCompletionMode());
    }

    /** When a pod's last container ended; its deletion or creation where the containers do not tell. */
    static Instant finishedAt(Pod pod) {
        Instant last = pod.getStatus() == null
                ? Instant.EPOCH
                : Stream.concat(
                                pod.getStatus().getContainerStatuses().stream(),
                                pod.getStatus().getInitContainerStatuses().stream())
                        .map(ContainerStatus::getState)
                        .filter(Objects::nonNull)
                        .map(state -> state.getTerminated())
                        .filter(Objects::nonNull)
                        .map(terminated -> Timestamps.parse(terminated.getFinishedAt()))
                        .max(Instant::compareTo)
                        .orElse(Instant.EPOCH);
        if (!last.equals(Instant.EPOCH)) {
            return last;
        }
        return Timestamps.parse(
                pod.getMetadata().getDeletionTimestamp() != null
                        ? pod.getMetadata().getDeletionTimestamp()
                        : pod.getMetadata().getCreationTimestamp());
    }

    /**
     * How long to wait before the next pod: 10 s after the first failure in a row, then twice as long each time, up to 10
     * minutes. A success ends the row.
     */
    static Duration backoff(Job job, List<Pod> pods, Instant now) {
        Instant lastSuccess = pods.stream()
                .filter(JobPods::succeeded)
                .map(JobPods::finishedAt)
                .max(Instant::compareTo)
                .orElse(Instant.EPOCH);
        List<Instant> failures = pods.stream()
                .filter(pod -> failed(pod, job))
                .map(JobPods::finishedAt)
                .filter(at -> at.isAfter(lastSuccess))
                .sorted()
                .toList();
        if (failures.isEmpty()) {
            return Duration.ZERO;
        }
        Duration delay = FIRST_BACKOFF.multipliedBy(1L << Math.min(failures.size() - 1, 10));
        Duration capped = delay.compareTo(LONGEST_BACKOFF) > 0 ? LONGEST_BACKOFF : delay;
        Duration left = Duration.between(now, failures.get(failures.size() - 1).plus(capped));
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** Restarts of containers in place, for a Job whose pods restart themselves. */
    static int restarts(List<Pod> pods) {
        return pods.stream()
                .filter(pod -> pod.getStatus() != null && !PodStates.terminal(pod))
                .flatMap(pod -> Stream.concat(
                        pod.getStatus().getContainerStatuses().stream(),
                        pod.getStatus().getInitContainerStatuses().stream()))
                .mapToInt(each -> each.getRestartCount() == null ? 0 : each.getRestartCount())
                .sum();
    }
}
