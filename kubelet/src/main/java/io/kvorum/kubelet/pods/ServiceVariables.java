package io.kvorum.kubelet.pods;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The Docker-link style environment variables of the services a pod can see. */
final class ServiceVariables {
    private ServiceVariables() {}

    /**
     * @param namespace of the pod
     * @param links {@code enableServiceLinks}; the {@code kubernetes} service of {@code default} is there anyway
     */
    static Map<String, String> of(List<Service> services, String namespace, boolean links) {
        Map<String, String> all = new LinkedHashMap<>();
        for (Service service : services) {
            boolean master = service.getMetadata().getName().equals("kubernetes")
                    && service.getMetadata().getNamespace().equals("default");
            boolean own = links && service.getMetadata().getNamespace().equals(namespace);
            @Nullable
            String ip = service.getSpec() == null ? null : service.getSpec().getClusterIP();
            if ((master || own) && ip != null && !ip.isEmpty() && !ip.equals("None")) {
                add(all, service, ip);
            }
        }
        return all;
    }

    private static void add(Map<String, String> all, Service service, String ip) {
        List<ServicePort> ports = service.getSpec().getPorts();
        if (ports == null || ports.isEmpty()) {
            return;
        }
        String prefix = name(service.getMetadata().getName());
        all.put(prefix + "_SERVICE_HOST", ip);
        all.put(prefix + "_SERVICE_PORT", ports.get(0).getPort().toString());
        for (ServicePort port : ports) {
            if (port.getName() != null && !port.getName().isEmpty()) {
                all.put(
                        prefix + "_SERVICE_PORT_" + name(port.getName()),
                        port.getPort().toString());
            }
        }
        String host = ip.contains(":") ? "[" + ip + "]" : ip;
        for (int i = 0; i < ports.size(); i++) {
            ServicePort port = ports.get(i);
            String protocol = port.getProtocol() == null ? "TCP" : port.getProtocol();
            String url = protocol.toLowerCase(Locale.ROOT) + "://" + host + ":" + port.getPort();
            if (i == 0) {
                all.put(prefix + "_PORT", url);
            }
            String one = prefix + "_PORT_" + port.getPort() + "_" + protocol;
            all.put(one, url);
            all.put(one + "_PROTO", protocol.toLowerCase(Locale.ROOT));
            all.put(one + "_PORT", port.getPort().toString());
            all.put(one + "_ADDR", ip);
        }
    }

    private static String name(String text) {
        return text.toUpperCase(Locale.ROOT).replace('-', '_');
    }
}
