package io.kvorum.kubelet.pods;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.kvorum.client.EventRecorder;
import io.kvorum.client.ResourceClient;
import io.kvorum.kubelet.images.ImageCatalogue;
import io.kvorum.kubelet.probes.ProbeMetrics;
import io.kvorum.kubelet.probes.Prober;
import io.kvorum.kubelet.runtime.PodRuntime;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What pod workers need of their surroundings.
 *
 * @param hostIp the node's InternalIP
 * @param services all services of the cluster, from a synced cache
 * @param allocatable of the node
 * @param backoffBase delay before the second restart of a container; doubles up to {@code backoffCap}
 * @param volumeRefresh how often volumes that follow the API are looked at
 */
public record PodEnvironment(
        Vertx vertx,
        Clock clock,
        PodRuntime runtime,
        WorkerExecutor workers,
        ImageCatalogue images,
        NodeImages nodeImages,
        Prober prober,
        ProbeMetrics probeMetrics,
        Events events,
        ResourceClient<Pod> pods,
        ResourceClient<ConfigMap> configMaps,
        ResourceClient<Secret> secrets,
        PodTokens tokens,
        Supplier<List<Service>> services,
        Map<String, Quantity> allocatable,
        String nodeName,
        String hostIp,
        Duration backoffBase,
        Duration backoffCap,
        Duration volumeRefresh) {

    /** Where events go. */
    @FunctionalInterface
    public interface Events {
        void event(ObjectReference about, String type, String reason, String note);
    }

    /** The reference to a pod, or to one container of it. */
    static ObjectReference reference(Pod pod, @Nullable ContainerSlot slot) {
        ObjectReference reference = EventRecorder.reference(pod);
        if (slot != null) {
            reference.setFieldPath(slot.kind.path(slot.name()));
        }
        return reference;
    }
}
