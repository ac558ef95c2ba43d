package io.kvorum.scheduler;

import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.kvorum.api.ApiException;
import io.kvorum.client.EventRecorder;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.ResourceClient;
import io.kvorum.scheduler.framework.PodInfo;
import io.kvorum.scheduler.framework.Preemption;
import io.vertx.core.Future;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Ends the pods that make room for another: marks each as disrupted, deletes it with its own grace, and says so. */
final class Evictor {
    private final ResourceClient<Pod> pods;
    private final PodStatusWriter statuses;
    private final EventRecorder events;
    private final String schedulerName;
    private final Set<ObjectKey> underWay = new HashSet<>();

    Evictor(ResourceClient<Pod> pods, PodStatusWriter statuses, EventRecorder events, String schedulerName) {
        this.pods = pods;
        this.statuses = statuses;
        this.events = events;
        this.schedulerName = schedulerName;
    }

    /** Whether the API has not yet taken every deletion for this pod; meanwhile it must not choose again. */
    boolean underWay(ObjectKey preemptor) {
        return underWay.contains(preemptor);
    }

    /** Completes when the API has taken all deletions; the pods may go on for as long as their grace. */
    Future<Void> preempt(PodInfo preemptor, Preemption.Candidate candidate) {
        underWay.add(preemptor.key());
        List<Future<Void>> ended = candidate.victims().stream()
                .filter(victim -> !victim.terminating())
                .map(victim -> end(preemptor, victim, candidate.node()))
                .toList();
        return Future.join(ended).<Void>mapEmpty().onComplete(done -> underWay.remove(preemptor.key()));
    }

    private Future<Void> end(PodInfo preemptor, PodInfo victim, String node) {
        String uid = victim.pod().getMetadata().getUid();
        // The uid keeps a successor of the same name alive.
        DeleteOptions options = new DeleteOptionsBuilder()
                .withNewPreconditions()
                .withUid(uid)
                .endPreconditions()
                .build();
        return statuses.disrupted(victim.pod(), schedulerName + ": preempting to accommodate a higher priority pod")
                .compose(marked ->
                        pods.delete(victim.key().namespace(), victim.key().name(), options))
                .onSuccess(deleted -> events.event(
                        victim.pod(),
                        "Normal",
                        "Preempted",
                        "Preempted by pod " + preemptor.pod().getMetadata().getUid() + " on node " + node))
                .recover(cause -> cause instanceof ApiException e && e.notFound()
                        ? Future.succeededFuture()
                        : Future.failedFuture(cause));
    }
}
