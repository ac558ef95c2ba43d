package io.kvorum.kubelet.pods;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceFieldSelector;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The fields of a pod that the downward API hands to its containers. */
public final class PodFields {
    private PodFields() {}

    /** Addresses that are not in the pod object yet. */
    public record Addresses(String podIp, String hostIp) {}

    /**
     * The value of a {@code fieldRef}. Errors: IllegalArgumentException with upstream's text for a path that is not
     * supported.
     */
    public static String field(Pod pod, String path, Addresses addresses) {
        var meta = pod.getMetadata();
        switch (path) {
            case "metadata.name":
                return meta.getName();
            case "metadata.namespace":
                return meta.getNamespace();
            case "metadata.uid":
                return meta.getUid();
            case "metadata.labels":
                return lines(meta.getLabels());
            case "metadata.annotations":
                return lines(meta.getAnnotations());
            case "spec.nodeName":
                return orEmpty(pod.getSpec().getNodeName());
            case "spec.serviceAccountName":
                return orEmpty(pod.getSpec().getServiceAccountName());
            case "status.podIP", "status.podIPs":
                return addresses.podIp();
            case "status.hostIP", "status.hostIPs":
                return addresses.hostIp();
            default:
                break;
        }
        String label = subscript(path, "metadata.labels");
        if (label != null) {
            return orEmpty(meta.getLabels() == null ? null : meta.getLabels().get(label));
        }
        String annotation = subscript(path, "metadata.annotations");
        if (annotation != null) {
            return orEmpty(
                    meta.getAnnotations() == null ? null : meta.getAnnotations().get(annotation));
        }
        throw new IllegalArgumentException("unsupported fieldPath: " + path);
    }

    private static Container container(Pod pod, String name) {
        return Stream.of(pod.getSpec().getContainers(), pod.getSpec().getInitContainers())
                .flatMap(all -> ContainerEnvironment.nonNull(all).stream())
                .filter(container -> container.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("container " + name + " not found"));
    }

    private static @Nullable String subscript(String path, String map) {
        return path.startsWith(map + "['") && path.endsWith("']")
                ? path.substring(map.length() + 2, path.length() - 2)
                : null;
    }

    private static String lines(@Nullable Map<String, String> map) {
        StringBuilder text = new StringBuilder();
        if (map != null) {
            new TreeMap<>(map)
                    .forEach((key, value) -> text.append(text.length() == 0 ? "" : "\n")
                            .append(key)
                            .append("=\"")
                            .append(value.replace("\\", "\\\\")
                                    .replace("\"", "\\\"")
                                    .replace("\n", "\\n"))
                            .append('"'));
        }
        return text.toString();
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    /**
     * The value of a {@code resourceFieldRef}, divided and rounded up. A limit that is not set is the node's. Errors:
     * IllegalArgumentException with upstream's text for a container that the pod does not have.
     *
     * @param own the container that asks, where the field names no other; null in a volume, where it must
     * @param allocatable of the node
     */
    public static String resource(
            Pod pod, @Nullable Container own, ResourceFieldSelector field, Map<String, Quantity> allocatable) {
        String named = field.getContainerName();
        Container container = own != null && (named == null || named.isEmpty()) ? own : container(pod, orEmpty(named));
        String path = field.getResource();
        int dot = path.indexOf('.');
        String name = path.substring(dot + 1);
        boolean limit = path.startsWith("limits.");
        Map<String, Quantity> set = container.getResources() == null
                ? null
                : limit
                        ? container.getResources().getLimits()
                        : container.getResources().getRequests();
        Quantity value = set == null ? null : set.get(name);
        if (value == null && limit) {
            value = allocatable.get(name);
        }
        BigDecimal amount = value == null ? BigDecimal.ZERO : Quantity.getAmountInBytes(value);
        Quantity divisor = field.getDivisor();
        BigDecimal by = divisor == null ? BigDecimal.ONE : Quantity.getAmountInBytes(divisor);
        if (by.signum() == 0) {
            by = BigDecimal.ONE;
        }
        return amount.divide(by, 0, RoundingMode.CEILING).toPlainString();
    }
}
