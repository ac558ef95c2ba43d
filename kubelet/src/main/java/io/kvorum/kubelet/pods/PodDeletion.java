package io.kvorum.kubelet.pods;

import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.kvorum.api.ApiException;
import io.kvorum.client.ResourceClient;
import io.vertx.core.Future;

/** The kubelet's last word about a pod: deleting its object for good. */
final class PodDeletion {
    private PodDeletion() {}

    /** Succeeds also when the object is gone or another one has its name. */
    static Future<Void> delete(ResourceClient<Pod> pods, Pod pod) {
        DeleteOptions options = new DeleteOptionsBuilder()
                .withGracePeriodSeconds(0L)
                .withNewPreconditions()
                .withUid(pod.getMetadata().getUid())
                .endPreconditions()
                .build();
        return pods.delete(pod.getMetadata().getNamespace(), pod.getMetadata().getName(), options)
                .recover(cause -> cause instanceof ApiException e && (e.notFound() || e.conflict())
                        ? Future.succeededFuture()
                        : Future.failedFuture(cause));
    }
}
