package io.kvorum.controllers.pods;

import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.kvorum.api.ApiException;
import io.kvorum.client.EventRecorder;
import io.kvorum.client.OwnerReferences;
import io.kvorum.client.ResourceClient;
import io.vertx.core.Future;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Creates and deletes the pods of an owner, and tells of it in events on the owner. */
public final class PodControl {
    private final ResourceClient<Pod> pods;
    private final EventRecorder events;

    public PodControl(ResourceClient<Pod> pods, EventRecorder events) {
        this.pods = pods;
        this.events = events;
    }

    /** A pod after {@code template}, controlled by {@code owner}, named by the server: {@code <owner>-xxxxx}. */
    public static Pod fromTemplate(PodTemplateSpec template, HasMetadata owner) {
        @Nullable ObjectMeta meta = template.getMetadata();
        PodBuilder pod = new PodBuilder()
                .withNewMetadata()
                .withNamespace(owner.getMetadata().getNamespace())
                .withGenerateName(owner.getMetadata().getName() + "-")
                .withLabels(meta == null ? Map.of() : meta.getLabels())
                .withAnnotations(meta == null ? Map.of() : meta.getAnnotations())
                .withOwnerReferences(OwnerReferences.controller(owner))
                .endMetadata()
                .withSpec(template.getSpec());
        if (meta != null && !meta.getFinalizers().isEmpty()) {
            pod.editMetadata().withFinalizers(meta.getFinalizers()).endMetadata();
        }
        return pod.build();
    }

    /** Fails as the API does; a namespace that is going away is not worth an event. */
    public Future<Pod> create(HasMetadata owner, Pod pod) {
        return pods.create(pod)
                .onSuccess(created -> events.event(
                        owner,
                        "Normal",
                        "SuccessfulCreate",
                        "Created pod: " + created.getMetadata().getName()))
                .onFailure(cause -> {
                    if (!namespaceTerminating(cause)) {
                        events.event(owner, "Warning", "FailedCreate", "Error creating: " + cause.getMessage());
                    }
                });
    }

    /** Fails with NotFound when the pod is gone already. */
    public Future<Void> delete(HasMetadata owner, Pod pod) {
        String name = pod.getMetadata().getName();
        return pods.delete(pod.getMetadata().getNamespace(), name, thisVery(pod))
                .onSuccess(done -> events.event(owner, "Normal", "SuccessfulDelete", "Deleted pod: " + name))
                .onFailure(cause -> {
                    if (!(cause instanceof ApiException no && no.notFound())) {
                        events.event(
                                owner,
                                "Warning",
                                "FailedDelete",
                                "Error deleting: " + name + ": " + cause.getMessage());
                    }
                });
    }

    /** Deletes the object with this uid, not a later one of the same name. */
    public static DeleteOptions thisVery(HasMetadata object) {
        return new DeleteOptionsBuilder()
                .withNewPreconditions()
                .withUid(object.getMetadata().getUid())
                .endPreconditions()
                .build();
    }

    /** Whether a creation was refused because its namespace is being deleted. */
    public static boolean namespaceTerminating(Throwable cause) {
        return cause instanceof ApiException no
                && no.details() != null
                && no.details().causes().stream().anyMatch(each -> each.reason().equals("NamespaceTerminating"));
    }
}
