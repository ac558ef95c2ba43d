package io.kvorum.scheduler;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.kvorum.scheduler.framework.NodeInfo;
import io.kvorum.scheduler.framework.PodInfo;
import java.util.HashMap;
import java.util.Map;

/** Nodes and pods for tests: small defaults, to be edited with the model's builders. */
public final class Objects {
    private Objects() {}

    /** With 4 CPUs, 8 GiB and room for 110 pods. */
    public static NodeBuilder node(String name) {
        return new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .withLabels(new HashMap<>(Map.of("kubernetes.io/hostname", name)))
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .withNewStatus()
                .withAllocatable(quantities("cpu", "4", "memory", "8Gi", "pods", "110"))
                .endStatus();
    }

    public static PodBuilder pod(String name) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace("ns")
                .withName(name)
                .withUid("uid-" + name)
                .endMetadata()
                .withNewSpec()
                .withSchedulerName("default-scheduler")
                .addNewContainer()
                .withName("main")
                .endContainer()
                .endSpec();
    }

    public static PodBuilder pod(String name, String cpu, String memory) {
        return pod(name)
                .editSpec()
                .editFirstContainer()
                .withNewResources()
                .withRequests(quantities("cpu", cpu, "memory", memory))
                .endResources()
                .endContainer()
                .endSpec();
    }

    public static Map<String, Quantity> quantities(String... namesAndAmounts) {
        Map<String, Quantity> quantities = new HashMap<>();
        for (int i = 0; i < namesAndAmounts.length; i += 2) {
            quantities.put(namesAndAmounts[i], new Quantity(namesAndAmounts[i + 1]));
        }
        return quantities;
    }

    public static NodeInfo info(Node node, Pod... pods) {
        NodeInfo info = new NodeInfo(node.getMetadata().getName());
        info.setNode(node);
        for (Pod pod : pods) {
            info.add(PodInfo.of(pod));
        }
        return info;
    }
}
