package io.kvorum.scheduler.plugins;

import io.fabric8.kubernetes.api.model.Binding;
import io.fabric8.kubernetes.api.model.BindingBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.kvorum.client.ResourceClient;
import io.kvorum.scheduler.framework.BindPlugin;
import io.kvorum.scheduler.framework.ClusterEvent;
import io.kvorum.scheduler.framework.CycleState;
import io.kvorum.scheduler.framework.PodInfo;
import io.vertx.core.Future;
import java.util.Set;

/** Binds through the API's {@code pods/binding}. */
public final class DefaultBinder implements BindPlugin {
    private final ResourceClient<Pod> pods;

    public DefaultBinder(ResourceClient<Pod> pods) {
        this.pods = pods;
    }

    @Override
    public String name() {
        return "DefaultBinder";
    }

    @Override
    public Set<ClusterEvent.Kind> eventsToRegister() {
        return Set.of();
    }

    @Override
    public Future<Void> bind(CycleState state, PodInfo pod, String node) {
        // The uid makes the API refuse when the pod was deleted and another of its name created meanwhile.
        Binding binding = new BindingBuilder()
                .withNewMetadata()
                .withNamespace(pod.key().namespace())
                .withName(pod.key().name())
                .withUid(pod.pod().getMetadata().getUid())
                .endMetadata()
                .withNewTarget()
                .withApiVersion("v1")
                .withKind("Node")
                .withName(node)
                .endTarget()
                .build();
        return pods.createSubresource(pod.key().namespace(), pod.key().name(), "binding", binding);
    }
}
