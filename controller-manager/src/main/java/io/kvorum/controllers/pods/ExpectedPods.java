package io.kvorum.controllers.pods;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.kvorum.api.ApiException;
import io.kvorum.client.Expectations;
import io.kvorum.client.ObjectKey;
import io.kvorum.client.SlowStart;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;

/** Creates and deletes pods of an owner whose cache is late: what was done is expected until it is seen. */
public final class ExpectedPods {
    private final PodControl control;
    private final Expectations<ObjectKey> expectations;

    public ExpectedPods(PodControl control, Expectations<ObjectKey> expectations) {
        this.control = control;
        this.expectations = expectations;
    }

    /**
     * Creates so many pods, some at first and more at a time as long as it goes well.
     *
     * @param pod makes the one with a number, from 0
     * @return fails as the first creation that failed; not in a namespace that is being deleted, where nothing can be
     *     created and trying again would not help
     */
    public Future<Void> create(ObjectKey key, HasMetadata owner, int count, IntFunction<Pod> pod) {
        if (count == 0) {
            return Future.succeededFuture();
        }
        expectations.expectCreations(key, count);
        return SlowStart.run(
                        count,
                        i -> control.create(owner, pod.apply(i)).onFailure(cause -> expectations.creationObserved(key)))
                .compose(outcome -> {
                    for (int i = 0; i < outcome.skipped(); i++) {
                        expectations.creationObserved(key);
                    }
                    Future<Void> first = outcome.firstFailure();
                    return first.failed() && PodControl.namespaceTerminating(first.cause())
                            ? Future.succeededFuture()
                            : first;
                });
    }

    /** Deletes pods; one that is gone already is no failure. */
    public Future<Void> delete(ObjectKey key, HasMetadata owner, List<Pod> pods) {
        return delete(key, owner, pods, pod -> Future.succeededFuture());
    }

    /** @param before what is to be done with a pod before it is deleted */
    public Future<Void> delete(ObjectKey key, HasMetadata owner, List<Pod> pods, Function<Pod, Future<Void>> before) {
        if (pods.isEmpty()) {
            return Future.succeededFuture();
        }
        pods.forEach(pod -> expectations.expectDeletion(key, pod.getMetadata().getUid()));
        List<Future<Void>> deletions = pods.stream()
                .map(pod -> before.apply(pod)
                        .compose(ready -> control.delete(owner, pod))
                        .recover(cause -> {
                            expectations.deletionObserved(key, pod.getMetadata().getUid());
                            return cause instanceof ApiException no && no.notFound()
                                    ? Future.succeededFuture()
                                    : Future.failedFuture(cause);
                        }))
                .toList();
        return Future.join(deletions).mapEmpty();
    }
}
