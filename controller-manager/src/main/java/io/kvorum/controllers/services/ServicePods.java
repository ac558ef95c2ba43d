package io.kvorum.controllers.services;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodIP;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.kvorum.client.LabelSelectors;
import io.kvorum.client.Lister;
import io.kvorum.controllers.pods.PodStates;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The pods behind a Service. */
public final class ServicePods {
    private ServicePods() {}

    /** Whether the endpoints of the Service are the controllers' work: those without a selector are the user's. */
    public static boolean managed(Service service) {
        @Nullable Map<String, String> selector = service.getSpec().getSelector();
        return selector != null
                && !selector.isEmpty()
                && !"ExternalName".equals(service.getSpec().getType());
    }

    /** The pods the Service selects that have an address and are not over. */
    public static List<Pod> of(Service service, Lister<Pod> pods) {
        return pods.inNamespace(service.getMetadata().getNamespace()).stream()
                .filter(pod -> LabelSelectors.matches(
                        service.getSpec().getSelector(), pod.getMetadata().getLabels()))
                .filter(pod -> !PodStates.terminal(pod) && !addresses(pod).isEmpty())
                .toList();
    }

    public static boolean selects(Service service, Pod pod) {
        return managed(service)
                && LabelSelectors.matches(
                        service.getSpec().getSelector(), pod.getMetadata().getLabels());
    }

    public static List<String> addresses(Pod pod) {
        if (pod.getStatus() == null) {
            return List.of();
        }
        if (!pod.getStatus().getPodIPs().isEmpty()) {
            return pod.getStatus().getPodIPs().stream().map(PodIP::getIp).toList();
        }
        @Nullable String ip = pod.getStatus().getPodIP();
        return ip == null || ip.isEmpty() ? List.of() : List.of(ip);
    }

    public static boolean headless(Service service) {
        return "None".equals(service.getSpec().getClusterIP());
    }

    public static boolean publishNotReady(Service service) {
        return Boolean.TRUE.equals(service.getSpec().getPublishNotReadyAddresses());
    }

    /** The pod's own name in the Service's domain, for a headless Service that is the pod's subdomain. */
    public static @Nullable String hostname(Pod pod, Service service) {
        @Nullable String hostname = pod.getSpec().getHostname();
        return hostname != null
                        && !hostname.isEmpty()
                        && service.getMetadata().getName().equals(pod.getSpec().getSubdomain())
                ? hostname
                : null;
    }

    /** The port a Service port leads to on this pod; null when the pod has no port of that name. */
    public static @Nullable Integer targetPort(Pod pod, ServicePort port) {
        @Nullable IntOrString target = port.getTargetPort();
        if (target == null || (target.getStrVal() == null && Objects.equals(target.getIntVal(), 0))) {
            return port.getPort();
        }
        if (target.getIntVal() != null) {
            return target.getIntVal();
        }
        String protocol = protocol(port.getProtocol());
        for (Container container : pod.getSpec().getContainers()) {
            for (ContainerPort each : container.getPorts()) {
                if (target.getStrVal().equals(each.getName()) && protocol.equals(protocol(each.getProtocol()))) {
                    return each.getContainerPort();
                }
            }
        }
        return null;
    }

    public static String protocol(@Nullable String protocol) {
        return protocol == null ? "TCP" : protocol;
    }

    public static ObjectReference reference(Pod pod) {
        return new ObjectReferenceBuilder()
                .withKind("Pod")
                .withNamespace(pod.getMetadata().getNamespace())
                .withName(pod.getMetadata().getName())
                .withUid(pod.getMetadata().getUid())
                .build();
    }

    /** Whether a change of a pod can change an endpoint. */
    public static boolean changed(Pod before, Pod after) {
        return !Objects.equals(
                        before.getMetadata().getLabels(), after.getMetadata().getLabels())
                || PodStates.terminating(before) != PodStates.terminating(after)
                || PodStates.terminal(before) != PodStates.terminal(after)
                || PodStates.ready(before) != PodStates.ready(after)
                || !addresses(before).equals(addresses(after))
                || !Objects.equals(
                        before.getSpec().getNodeName(), after.getSpec().getNodeName())
                || !before.getMetadata().getUid().equals(after.getMetadata().getUid());
    }
}
