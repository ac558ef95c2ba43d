package io.kvorum.kubelet.pods;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EphemeralContainer;
import io.fabric8.kubernetes.api.model.Pod;
import io.kvorum.client.KubernetesJson;
import io.kvorum.kubelet.runtime.ContainerId;
import io.kvorum.kubelet.runtime.ContainerRecord;
import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of one pod: its object, its containers, and whether it must end. Belongs to the context of its worker;
 * the worker's parts share it.
 */
final class PodState {
    private static final Logger LOG = LoggerFactory.getLogger(PodState.class);

    final PodEnvironment environment;
    final String uid;
    final String ip;
    final Instant startTime;
    /** It had ended before this worker: what is left of it must end, and its status stands. */
    final boolean terminalBefore;

    private final Map<String, ContainerSlot> slots = new LinkedHashMap<>();
    /** The object as it is; {@link #pod} has what is granted of it. */
    private Pod desired;

    private PodAllocation allocation;
    private Pod pod;
    private boolean removed;
    private @Nullable Failure failure;

    /** Why the pod failed as a whole; {@code status.reason} and {@code status.message}. */
    record Failure(String reason, String message) {}

    PodState(PodEnvironment environment, Pod pod, String ip) {
        this.environment = environment;
        this.desired = pod;
        this.allocation = PodAllocation.recorded(pod);
        this.pod = allocation.applyTo(pod);
        this.uid = pod.getMetadata().getUid();
        this.ip = ip;
        this.startTime = pod.getStatus() != null && pod.getStatus().getStartTime() != null
                ? Instant.parse(pod.getStatus().getStartTime())
                : environment.clock().instant();
        this.terminalBefore = terminal(pod);
        respec();
    }

    static boolean terminal(Pod pod) {
        String phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
        return "Succeeded".equals(phase) || "Failed".equals(phase);
    }

    /** The pod with the sizes that are granted to it. */
    Pod pod() {
        return pod;
    }

    /** The pod with the sizes it asks for. */
    Pod desired() {
        return desired;
    }

    PodAllocation allocation() {
        return allocation;
    }

    void grant(PodAllocation next) {
        allocation = next;
        update(desired);
    }

    /** The pod's object changed: its containers too, and ephemeral ones may have come. */
    void update(Pod next) {
        desired = next;
        pod = allocation.applyTo(next);
        respec();
    }

    private void respec() {
        for (Container container : ContainerEnvironment.nonNull(pod.getSpec().getInitContainers())) {
            respec(container, ContainerKind.INIT, null);
        }
        for (Container container : pod.getSpec().getContainers()) {
            respec(container, ContainerKind.MAIN, null);
        }
        for (EphemeralContainer container :
                ContainerEnvironment.nonNull(pod.getSpec().getEphemeralContainers())) {
            respec(plain(container), ContainerKind.EPHEMERAL, container.getTargetContainerName());
        }
    }

    private void respec(Container container, ContainerKind kind, @Nullable String target) {
        ContainerSlot slot = slots.get(container.getName());
        if (slot != null) {
            slot.spec = container;
            return;
        }
        RestartBackoff backoff = RestartBackoff.none(environment.backoffBase(), environment.backoffCap());
        String targetName = target == null || target.isEmpty() ? null : target;
        slots.put(container.getName(), new ContainerSlot(container, kind, targetName, backoff));
    }

    /** An ephemeral container as any other; upstream too gives them all fields in common. */
    private static Container plain(EphemeralContainer container) {
        EphemeralContainer untargeted =
                container.edit().withTargetContainerName(null).build();
        return KubernetesJson.mapper().convertValue(untargeted, Container.class);
    }

    /** The pod's object is gone. */
    void remove() {
        removed = true;
    }

    boolean removed() {
        return removed;
    }

    /** The first failure stands. */
    void fail(String reason, String message) {
        if (failure == null) {
            failure = new Failure(reason, message);
        }
    }

    @Nullable
    Failure failure() {
        return failure;
    }

    boolean deleting() {
        return pod.getMetadata().getDeletionTimestamp() != null;
    }

    /** Whether the pod must end, whatever its containers do. */
    boolean ending() {
        return removed || terminalBefore || failure != null || deleting();
    }

    String restartPolicy() {
        String policy = pod.getSpec().getRestartPolicy();
        return policy == null ? "Always" : policy;
    }

    /** Seconds between SIGTERM and SIGKILL when the whole pod ends. */
    long grace() {
        Long deletion = pod.getMetadata().getDeletionGracePeriodSeconds();
        if (deleting() && deletion != null) {
            return Math.max(1, deletion);
        }
        Long spec = pod.getSpec().getTerminationGracePeriodSeconds();
        return spec == null ? 30 : Math.max(1, spec);
    }

    PodFields.Addresses addresses() {
        return new PodFields.Addresses(ip, environment.hostIp());
    }

    Collection<ContainerSlot> slots() {
        return slots.values();
    }

    @Nullable
    ContainerSlot slot(String container) {
        return slots.get(container);
    }

    /** The slot whose latest run this is; null when it is of an older one or of none. */
    @Nullable
    ContainerSlot slotOf(ContainerId run) {
        ContainerSlot slot = slots.get(run.container());
        return slot != null && slot.last != null && slot.last.id().equals(run) ? slot : null;
    }

    List<ContainerView> views() {
        return slots.values().stream().map(ContainerSlot::view).toList();
    }

    /** Takes over runs that an earlier kubelet started, oldest first, and what the status tells of others. */
    void adopt(List<ContainerRecord> records) {
        for (ContainerRecord record : records) {
            ContainerSlot slot = slots.get(record.id().container());
            if (slot != null
                    && (slot.last == null
                            || slot.last.id().attempt() < record.id().attempt())) {
                slot.previous = slot.last;
                slot.last = record;
            }
        }
        for (ContainerSlot slot : slots.values()) {
            if (slot.last == null && slot.kind == ContainerKind.EPHEMERAL) {
                slot.last =
                        RecordedRuns.ended(pod, slot.name(), environment.clock().instant());
            }
            slot.actual = slot.last == null ? null : PodAllocation.resources(slot.spec);
            slot.ending = RecordedRuns.ending(pod, slot.last);
            slot.previousEnding = RecordedRuns.ending(pod, slot.previous);
        }
    }

    /** What blocks, to be done by a worker thread. */
    interface Work {
        void run() throws IOException;
    }

    void blocking(String what, Work work) {
        environment
                .workers()
                .executeBlocking(
                        () -> {
                            work.run();
                            return null;
                        },
                        false)
                .onFailure(e -> LOG.warn("{} failed cause={}", what, e.toString()));
    }

    /** Tells of the pod or, where one is given, of a container. */
    void event(@Nullable ContainerSlot slot, String type, String reason, String note) {
        environment.events().event(PodEnvironment.reference(pod, slot), type, reason, note);
    }
}
