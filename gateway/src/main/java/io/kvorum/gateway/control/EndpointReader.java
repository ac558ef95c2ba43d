package io.kvorum.gateway.control;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditions;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.kvorum.client.ObjectKey;
import io.kvorum.gateway.proxy.Address;
import io.kvorum.gateway.proxy.Endpoints;
import io.kvorum.gateway.routing.ServicePortRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Which endpoints of a service's port get requests, from its slices. */
final class EndpointReader {
    private EndpointReader() {}

    /**
     * The ready ones; when there is none, those that still serve while they terminate, so that the last moment of a
     * rollout loses nothing.
     */
    static Endpoints read(Cluster cluster, ServicePortRef ref) {
        ObjectKey key = new ObjectKey(ref.namespace(), ref.service());
        @Nullable Service service = cluster.service(key);
        @Nullable
        ServicePort port = service == null
                ? null
                : service.getSpec().getPorts().stream()
                        .filter(p -> p.getPort() == ref.port())
                        .findFirst()
                        .orElse(null);
        if (port == null) {
            return Endpoints.NONE;
        }
        Set<String> ready = new TreeSet<>();
        Set<String> leaving = new TreeSet<>();
        for (EndpointSlice slice : cluster.slices(key)) {
            for (EndpointPort slicePort : slice.getPorts()) {
                if ("IPv4".equals(slice.getAddressType())
                        && slicePort.getPort() != null
                        && Names.orElse(slicePort.getName(), "").equals(Names.orElse(port.getName(), ""))) {
                    slice.getEndpoints().forEach(endpoint -> sort(endpoint, slicePort.getPort(), ready, leaving));
                }
            }
        }
        List<Address> addresses = new ArrayList<>();
        for (String text : ready.isEmpty() ? leaving : ready) {
            int colon = text.lastIndexOf(':');
            addresses.add(new Address(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1))));
        }
        return new Endpoints("kubernetes.io/h2c".equals(port.getAppProtocol()), addresses);
    }

    private static void sort(Endpoint endpoint, int port, Set<String> ready, Set<String> leaving) {
        @Nullable EndpointConditions conditions = endpoint.getConditions();
        boolean isReady = conditions == null || !Boolean.FALSE.equals(conditions.getReady());
        boolean terminating = conditions != null && Boolean.TRUE.equals(conditions.getTerminating());
        boolean serving = conditions != null && Boolean.TRUE.equals(conditions.getServing());
        for (String address : endpoint.getAddresses()) {
            if (isReady && !terminating) {
                ready.add(address + ":" + port);
            } else if (serving && terminating) {
                leaving.add(address + ":" + port);
            }
        }
    }
}
