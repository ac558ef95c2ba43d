package io.kvorum.api;

import com.fasterxml.jackson.databind.JsonNode;

/** Which ports of nodes a Service's spec asks for. */
public final class ServicePorts {
    private ServicePorts() {}

    /** Whether its ports have node ports. */
    public static boolean onNodes(JsonNode spec) {
        String type = Tree.text(spec, "type");
        boolean declined = spec.path("allocateLoadBalancerNodePorts").isBoolean()
                && !Tree.flag(spec, "allocateLoadBalancerNodePorts");
        return type.equals("NodePort") || (type.equals("LoadBalancer") && !declined);
    }

    /** Whether it has a port for health checks: load balancers ask there which nodes have endpoints, and send to those only. */
    public static boolean forHealthChecks(JsonNode spec) {
        return Tree.text(spec, "type").equals("LoadBalancer")
                && Tree.text(spec, "externalTrafficPolicy").equals("Local");
    }
}
