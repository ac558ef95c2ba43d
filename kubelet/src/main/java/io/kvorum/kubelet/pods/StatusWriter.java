package io.kvorum.kubelet.pods;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.kvorum.api.ApiException;
import io.kvorum.client.Backoff;
import io.kvorum.client.KubernetesJson;
import io.kvorum.client.PatchType;
import io.kvorum.client.ResourceClient;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Brings one pod's status to the API: the newest one wins, one request at a time, only what changed, until it is there
 * or the pod is gone. Belongs to one context.
 */
final class StatusWriter {
    private static final Logger LOG = LoggerFactory.getLogger(StatusWriter.class);
    /** Fields that must be taken back explicitly when they go, since a merge patch leaves out nothing. */
    private static final List<String> REMOVABLE = List.of(
            "reason",
            "message",
            "podIP",
            "podIPs",
            "initContainerStatuses",
            "containerStatuses",
            "ephemeralContainerStatuses");

    private final Vertx vertx;
    private final ResourceClient<Pod> pods;
    private final String namespace;
    private final String name;
    private final String uid;
    private final Backoff backoff = new Backoff(Duration.ofMillis(400), 2, Duration.ofSeconds(5), new Random());
    private final List<Promise<Void>> waiting = new ArrayList<>();
    private @Nullable ObjectNode desired;
    private @Nullable ObjectNode written;
    private boolean writing;
    private boolean gone;

    StatusWriter(Vertx vertx, ResourceClient<Pod> pods, Pod pod) {
        this.vertx = vertx;
        this.pods = pods;
        this.namespace = pod.getMetadata().getNamespace();
        this.name = pod.getMetadata().getName();
        this.uid = pod.getMetadata().getUid();
        if (pod.getStatus() != null) {
            this.written = KubernetesJson.mapper().valueToTree(pod.getStatus());
        }
    }

    void desire(PodStatus status) {
        ObjectNode next = KubernetesJson.mapper().valueToTree(status);
        if (!next.equals(desired)) {
            desired = next;
            write();
        }
    }

    /** Completes when the newest status is written, or never will be because the pod is gone. */
    Future<Void> settled() {
        if (gone || !writing && (desired == null || desired.equals(written))) {
            return Future.succeededFuture();
        }
        Promise<Void> promise = Promise.promise();
        waiting.add(promise);
        return promise.future();
    }

    /** The pod is gone: nothing is written any more. */
    void stop() {
        gone = true;
        wake();
    }

    private void write() {
        ObjectNode next = desired;
        if (writing || gone || next == null) {
            return;
        }
        if (next.equals(written)) {
            wake();
            return;
        }
        writing = true;
        ObjectNode status = next.deepCopy();
        if (written != null) {
            for (String field : REMOVABLE) {
                if (written.has(field) && !status.has(field)) {
                    status.putNull(field);
                }
            }
        }
        ObjectNode patch = KubernetesJson.mapper().createObjectNode();
        patch.putObject("metadata").put("uid", uid);
        patch.set("status", status);
        pods.patch(namespace, name, PatchType.MERGE, patch.toString(), "status").onComplete(done -> {
            writing = false;
            if (done.succeeded()) {
                backoff.reset();
                written = next;
                write();
                return;
            }
            Throwable cause = done.cause();
            if (cause instanceof ApiException e && (e.notFound() || e.conflict())) {
                // Deleted, or replaced by another pod of that name.
                stop();
            } else if (cause instanceof ApiException e && e.code() == 422) {
                LOG.error("status refused pod={}/{} cause={}", namespace, name, e.getMessage());
                written = next;
                wake();
            } else {
                LOG.warn("status not written pod={}/{} cause={}", namespace, name, cause.getMessage());
                writing = true;
                vertx.setTimer(Math.max(20, backoff.next().toMillis()), t -> {
                    writing = false;
                    write();
                });
            }
        });
    }

    private void wake() {
        List<Promise<Void>> all = List.copyOf(waiting);
        waiting.clear();
        all.forEach(Promise::tryComplete);
    }
}
