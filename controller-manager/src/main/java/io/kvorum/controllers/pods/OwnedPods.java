package io.kvorum.controllers.pods;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.kvorum.client.Expectations;
import io.kvorum.client.Informer;
import io.kvorum.client.ObjectKey;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Leads what happens to pods to the queue of their owners, and sees expectations of creations and deletions met. */
public final class OwnedPods<O extends HasMetadata> implements Informer.Handler<Pod> {
    private final OwnerLookup<O> owners;
    private final Expectations<ObjectKey> expectations;
    private final Consumer<ObjectKey> queue;

    public OwnedPods(OwnerLookup<O> owners, Expectations<ObjectKey> expectations, Consumer<ObjectKey> queue) {
        this.owners = owners;
        this.expectations = expectations;
        this.queue = queue;
    }

    @Override
    public void added(Pod pod) {
        if (PodStates.terminating(pod)) {
            // After a restart or a relist a pod may be seen first when it is on its way out.
            deleted(pod);
            return;
        }
        @Nullable ObjectKey owner = owners.of(pod);
        if (owner != null) {
            expectations.creationObserved(owner);
        }
        owners.concerned(pod).forEach(queue);
    }

    @Override
    public void updated(Pod before, Pod after) {
        if (!PodStates.terminating(before) && PodStates.terminating(after)) {
            // The replacement need not wait for the end of the grace period.
            deleted(after);
            return;
        }
        @Nullable ObjectKey former = owners.of(before);
        if (former != null && !Objects.equals(former, owners.of(after))) {
            queue.accept(former);
        }
        owners.concerned(after).forEach(queue);
    }

    @Override
    public void deleted(Pod pod) {
        @Nullable ObjectKey owner = owners.of(pod);
        if (owner != null) {
            expectations.deletionObserved(owner, pod.getMetadata().getUid());
            queue.accept(owner);
        }
    }
}
