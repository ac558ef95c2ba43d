package io.kvorum.kubelet.node;

import io.fabric8.kubernetes.api.model.ContainerImage;
import io.fabric8.kubernetes.api.model.ContainerImageBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddressBuilder;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.NodeConditionBuilder;
import io.fabric8.kubernetes.api.model.NodeStatus;
import io.fabric8.kubernetes.api.model.NodeStatusBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds the Node object and its status from the machine. Reads small files. */
public final class NodeStatuses {
    /** Upstream's hard eviction thresholds, the disk's in bytes since laptops are often nearly full. */
    private static final long MEMORY_THRESHOLD = 100L << 20;

    private static final long DISK_THRESHOLD = 256L << 20;
    private static final long PID_THRESHOLD = 100;

    private final NodeSpec spec;
    private final Machine machine;

    public NodeStatuses(NodeSpec spec, Path storage) {
        this.spec = spec;
        this.machine = new Machine(storage);
    }

    /** The object a kubelet registers, without status. */
    public Node node() {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("beta.kubernetes.io/arch", machine.architecture());
        labels.put("beta.kubernetes.io/os", machine.operatingSystem());
        labels.put("kubernetes.io/arch", machine.architecture());
        labels.put("kubernetes.io/hostname", spec.name());
        labels.put("kubernetes.io/os", machine.operatingSystem());
        labels.putAll(spec.labels());
        return new NodeBuilder()
                .withNewMetadata()
                .withName(spec.name())
                .withLabels(labels)
                .addToAnnotations("volumes.kubernetes.io/controller-managed-attach-detach", "true")
                .endMetadata()
                .withNewSpec()
                .withPodCIDR(spec.podCidr())
                .withPodCIDRs(spec.podCidr())
                .withTaints(spec.taints())
                .endSpec()
                .build();
    }

    public Map<String, Quantity> capacity() throws IOException {
        Map<String, Quantity> capacity = new LinkedHashMap<>();
        capacity.put("cpu", new Quantity(Integer.toString(machine.cpus())));
        capacity.put("ephemeral-storage", new Quantity(machine.storageBytes() / 1024 + "Ki"));
        capacity.put("memory", new Quantity(machine.memoryBytes() / 1024 + "Ki"));
        capacity.put("pods", new Quantity(Integer.toString(spec.maxPods())));
        return capacity;
    }

    public Map<String, Quantity> allocatable() throws IOException {
        Map<String, Quantity> all = new LinkedHashMap<>(capacity());
        long cpu = Math.max(0, machine.cpus() * 1000L - spec.reservedCpuMillis());
        all.put("cpu", new Quantity(cpu % 1000 == 0 ? Long.toString(cpu / 1000) : cpu + "m"));
        all.put("memory", new Quantity(Math.max(0, machine.memoryBytes() - spec.reservedMemoryBytes()) / 1024 + "Ki"));
        return all;
    }

    /**
     * The status now.
     *
     * @param before the conditions' transition times are kept from it
     * @param problem why the kubelet is not ready; null when it is
     */
    public NodeStatus status(@Nullable NodeStatus before, @Nullable String problem, List<String> images, Instant now)
            throws IOException {
        long memory = machine.memoryAvailableBytes();
        long pids = machine.pidsAvailable();
        boolean memoryPressure = memory >= 0 && memory < MEMORY_THRESHOLD;
        boolean diskPressure = machine.storageAvailableBytes() < DISK_THRESHOLD;
        boolean pidPressure = pids >= 0 && pids < PID_THRESHOLD;
        List<NodeCondition> conditions = new ArrayList<>();
        conditions.add(condition(
                "MemoryPressure",
                memoryPressure,
                memoryPressure ? "KubeletHasInsufficientMemory" : "KubeletHasSufficientMemory",
                memoryPressure
                        ? "kubelet has insufficient memory available"
                        : "kubelet has sufficient memory available",
                before,
                now));
        conditions.add(condition(
                "DiskPressure",
                diskPressure,
                diskPressure ? "KubeletHasDiskPressure" : "KubeletHasNoDiskPressure",
                diskPressure ? "kubelet has disk pressure" : "kubelet has no disk pressure",
                before,
                now));
        conditions.add(condition(
                "PIDPressure",
                pidPressure,
                pidPressure ? "KubeletHasInsufficientPID" : "KubeletHasSufficientPID",
                pidPressure ? "kubelet has insufficient PID available" : "kubelet has sufficient PID available",
                before,
                now));
        conditions.add(condition(
                "Ready",
                problem == null,
                problem == null ? "KubeletReady" : "KubeletNotReady",
                problem == null ? "kubelet is posting ready status" : problem,
                before,
                now));
        return new NodeStatusBuilder()
                .withCapacity(capacity())
                .withAllocatable(allocatable())
                .withConditions(conditions)
                .withAddresses(
                        new NodeAddressBuilder()
                                .withType("InternalIP")
                                .withAddress(spec.ip())
                                .build(),
                        new NodeAddressBuilder()
                                .withType("Hostname")
                                .withAddress(spec.name())
                                .build())
                .withNewDaemonEndpoints()
                .withNewKubeletEndpoint(spec.port())
                .endDaemonEndpoints()
                .withNewNodeInfo()
                .withMachineID(machine.machineId())
                .withSystemUUID(machine.machineId())
                .withBootID(machine.bootId())
                .withKernelVersion(System.getProperty("os.version", ""))
                .withOsImage(machine.osImage())
                .withContainerRuntimeVersion("process://" + spec.version().replaceFirst("^v", ""))
                .withKubeletVersion(spec.version())
                .withKubeProxyVersion("")
                .withOperatingSystem(machine.operatingSystem())
                .withArchitecture(machine.architecture())
                .endNodeInfo()
                .withImages(images.stream().map(NodeStatuses::image).toList())
                .build();
    }

    private static ContainerImage image(String name) {
        return new ContainerImageBuilder().withNames(name).withSizeBytes(0L).build();
    }

    private static NodeCondition condition(
            String type, boolean holds, String reason, String message, @Nullable NodeStatus before, Instant now) {
        String time = now.truncatedTo(ChronoUnit.SECONDS).toString();
        String status = holds ? "True" : "False";
        String since = time;
        if (before != null && before.getConditions() != null) {
            for (NodeCondition old : before.getConditions()) {
                if (old.getType().equals(type) && old.getStatus().equals(status)) {
                    since = old.getLastTransitionTime();
                }
            }
        }
        return new NodeConditionBuilder()
                .withType(type)
                .withStatus(status)
                .withReason(reason)
                .withMessage(message)
                .withLastHeartbeatTime(time)
                .withLastTransitionTime(since)
                .build();
    }
}
