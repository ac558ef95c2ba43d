package io.kvorum.kubelet.node;

import io.fabric8.kubernetes.api.model.Taint;
import java.util.List;
import java.util.Map;

/**
 * What a kubelet says of its node.
 *
 * @param ip the InternalIP
 * @param labels beside the standard ones
 * @param taints the node registers with
 * @param reservedCpuMillis taken off the allocatable CPU
 * @param reservedMemoryBytes taken off the allocatable memory
 * @param port where the kubelet answers
 */
public record NodeSpec(
        String name,
        String ip,
        String podCidr,
        Map<String, String> labels,
        List<Taint> taints,
        int maxPods,
        long reservedCpuMillis,
        long reservedMemoryBytes,
        String version,
        int port) {}
