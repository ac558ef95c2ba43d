package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.IntOrString;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.ServicePorts;
import io.kvorum.api.Tree;
import io.kvorum.api.address.IpText;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The rules of services. Whether an address or a node port is free and in range is the allocator's to say. */
final class ServiceValidation implements KindValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final FieldPath ANNOTATIONS = FieldPath.of("metadata", "annotations");
    private static final int MAX_AFFINITY_SECONDS = 86400;
    private static final String NONE = "None";
    private static final String CLASS = "loadBalancerClass";
    private static final String HEALTH = "healthCheckNodePort";
    private static final String BALANCED_ONLY = "may only be used when `type` is 'LoadBalancer'";
    private static final String WHEN_CLIENT = "when session affinity type is ClientIP";
    private static final String SOURCE_RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges";
    private static final String TOPOLOGY_MODE = "service.kubernetes.io/topology-mode";
    private static final String TOPOLOGY_HINTS = "service.kubernetes.io/topology-aware-hints";
    private static final List<String> DISTRIBUTIONS = List.of("PreferClose", "PreferSameZone", "PreferSameNode");

    @Override
    public void create(ObjectNode service, ValidationOptions options, FieldErrors errors) {
        JsonNode spec = service.path("spec");
        String type = Tree.text(spec, "type");
        boolean headless = headless(spec);
        boolean external = type.equals("ExternalName");
        topology(service, errors);
        List<JsonNode> ports = Tree.items(spec, "ports");
        if (ports.isEmpty() && !headless && !external) {
            errors.required(SPEC.child("ports"));
        }
        if (headless && (type.equals("LoadBalancer") || type.equals("NodePort"))) {
            errors.invalid(
                    SPEC.child("clusterIPs").index(0), NONE, "may not be set to 'None' for " + type + " services");
        }
        if (external) {
            externalName(spec, errors);
        }
        ports(ports, type, errors);
        MetaValidation.labels(spec.path("selector"), SPEC.child("selector"), errors);
        Rules.requiredOneOf(spec, SPEC, "sessionAffinity", List.of("ClientIP", NONE), errors);
        affinity(spec, errors);
        if (!external) {
            ServiceAddresses.validate(spec, errors);
        }
        List<JsonNode> externalIps = Tree.items(spec, "externalIPs");
        for (int i = 0; i < externalIps.size(); i++) {
            FieldPath at = SPEC.child("externalIPs").index(i);
            String ip = externalIps.get(i).asText("");
            if (Rules.ip(ip, at, errors)) {
                Rules.routable(ip, options, at, errors);
            }
        }
        Rules.requiredOneOf(
                spec, SPEC, "type", List.of("ClusterIP", "ExternalName", "LoadBalancer", "NodePort"), errors);
        loadBalancer(service, spec, type, errors);
        trafficPolicies(spec, type, errors);
        Rules.oneOf(spec, SPEC, "trafficDistribution", DISTRIBUTIONS, errors);
    }

    /** Whether it has no address by its own will. */
    static boolean headless(JsonNode spec) {
        return Tree.texts(spec, "clusterIPs").equals(List.of(NONE));
    }

    private static void topology(ObjectNode service, FieldErrors errors) {
        JsonNode annotations = Tree.at(service, "metadata", "annotations");
        if (annotations.hasNonNull(TOPOLOGY_MODE) && annotations.hasNonNull(TOPOLOGY_HINTS)) {
            String mode = Tree.text(annotations, TOPOLOGY_MODE);
            if (!mode.equals(Tree.text(annotations, TOPOLOGY_HINTS))) {
                errors.invalid(
                        ANNOTATIONS.key(TOPOLOGY_MODE),
                        mode,
                        "must match annotations[" + TOPOLOGY_HINTS + "] when both are specified");
            }
        }
    }

    private static void loadBalancer(ObjectNode service, JsonNode spec, String type, FieldErrors errors) {
        boolean balanced = type.equals("LoadBalancer");
        // The capital is upstream's.
        FieldPath ranges = SPEC.child("LoadBalancerSourceRanges");
        List<String> blocks = Tree.texts(spec, "loadBalancerSourceRanges");
        JsonNode annotation = Tree.at(service, "metadata", "annotations", SOURCE_RANGES);
        if (!blocks.isEmpty()) {
            if (!balanced) {
                errors.forbidden(ranges, BALANCED_ONLY);
            }
            for (int i = 0; i < blocks.size(); i++) {
                Rules.block(blocks.get(i).trim(), ranges.index(i), errors);
            }
        } else if (annotation.isTextual()) {
            FieldPath at = ANNOTATIONS.key(SOURCE_RANGES);
            if (!balanced) {
                errors.forbidden(at, BALANCED_ONLY);
            }
            if (!annotation.asText().isBlank()) {
                for (String each : annotation.asText().split(",", -1)) {
                    Rules.block(each.trim(), at, errors);
                }
            }
        }
        if (!balanced && spec.hasNonNull("allocateLoadBalancerNodePorts")) {
            errors.forbidden(SPEC.child("allocateLoadBalancerNodePorts"), BALANCED_ONLY);
        }
        if (!spec.hasNonNull(CLASS)) {
            return;
        }
        if (balanced) {
            String name = Tree.text(spec, CLASS);
            errors.invalidEach(SPEC.child(CLASS), name, ObjectNames.qualifiedName(name));
        } else {
            errors.forbidden(SPEC.child(CLASS), BALANCED_ONLY);
        }
    }

    private static void externalName(JsonNode spec, FieldErrors errors) {
        for (String field : List.of("clusterIPs", "ipFamilies", "ipFamilyPolicy")) {
            JsonNode value = spec.path(field);
            if (value.isTextual() || !value.isEmpty()) {
                errors.forbidden(SPEC.child(field), "may not be set for ExternalName services");
            }
        }
        String name = Tree.text(spec, "externalName");
        String relative = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        if (relative.isEmpty()) {
            errors.required(SPEC.child("externalName"));
        } else {
            errors.invalidEach(SPEC.child("externalName"), relative, ObjectNames.dns1123Subdomain(relative));
        }
    }

    private static void ports(List<JsonNode> ports, String type, FieldErrors errors) {
        Set<String> names = new HashSet<>();
        Set<String> numbers = new HashSet<>();
        Set<String> nodePorts = new HashSet<>();
        for (int i = 0; i < ports.size(); i++) {
            JsonNode port = ports.get(i);
            FieldPath at = SPEC.child("ports").index(i);
            String name = Tree.text(port, "name");
            if (name.isEmpty()) {
                if (ports.size() > 1) {
                    errors.required(at.child("name"));
                }
            } else {
                errors.invalidEach(at.child("name"), name, ObjectNames.dns1123Label(name));
                if (!names.add(name)) {
                    errors.duplicate(at.child("name"), name);
                }
            }
            long number = Tree.number(port, "port");
            errors.invalidEach(at.child("port"), number, ObjectNames.portNumber(number));
            Rules.requiredOneOf(port, at, "protocol", Rules.PROTOCOLS, errors);
            Rules.port(IntOrString.from(port.get("targetPort")), at.child("targetPort"), errors);
            if (port.hasNonNull("appProtocol")) {
                String protocol = Tree.text(port, "appProtocol");
                errors.invalidEach(at.child("appProtocol"), protocol, ObjectNames.qualifiedName(protocol));
            }
            String key = Tree.text(port, "protocol") + "/" + number;
            if (!numbers.add(key)) {
                errors.duplicate(at, InternalForm.servicePort(Tree.text(port, "protocol"), number));
            }
            nodePort(port, type, nodePorts, at, errors);
        }
    }

    private static void nodePort(JsonNode port, String type, Set<String> taken, FieldPath at, FieldErrors errors) {
        long nodePort = Tree.number(port, "nodePort");
        if (nodePort == 0) {
            return;
        }
        if (type.equals("ClusterIP")) {
            errors.forbidden(at.child("nodePort"), "may not be used when `type` is 'ClusterIP'");
        }
        if (!taken.add(Tree.text(port, "protocol") + "/" + nodePort)) {
            errors.duplicate(at.child("nodePort"), nodePort);
        }
    }

    private static void affinity(JsonNode spec, FieldErrors errors) {
        JsonNode config = spec.path("sessionAffinityConfig");
        FieldPath path = SPEC.child("sessionAffinityConfig");
        String affinity = Tree.text(spec, "sessionAffinity");
        if (affinity.equals(NONE) && config.isObject()) {
            errors.forbidden(path, "must not be set when session affinity is None");
        }
        if (!affinity.equals("ClientIP")) {
            return;
        }
        JsonNode client = config.path("clientIP");
        if (!config.isObject()) {
            errors.required(path, WHEN_CLIENT);
        } else if (!client.isObject()) {
            errors.required(path.child("clientIP"), WHEN_CLIENT);
        } else if (!client.hasNonNull("timeoutSeconds")) {
            errors.required(path.child("clientIP", "timeoutSeconds"), WHEN_CLIENT);
        } else {
            long seconds = Tree.number(client, "timeoutSeconds");
            if (seconds <= 0 || seconds > MAX_AFFINITY_SECONDS) {
                errors.invalid(
                        path.child("clientIP", "timeoutSeconds"),
                        seconds,
                        "must be greater than 0 and less than " + MAX_AFFINITY_SECONDS);
            }
        }
    }

    private static void trafficPolicies(JsonNode spec, String type, FieldErrors errors) {
        boolean outside = type.equals("LoadBalancer")
                || type.equals("NodePort")
                || (type.equals("ClusterIP") && !Tree.items(spec, "externalIPs").isEmpty());
        String policy = Tree.text(spec, "externalTrafficPolicy");
        if (!outside && !policy.isEmpty()) {
            errors.invalid(
                    SPEC.child("externalTrafficPolicy"), policy, "may only be set for externally-accessible services");
        } else if (outside) {
            Rules.requiredOneOf(spec, SPEC, "externalTrafficPolicy", List.of("Cluster", "Local"), errors);
        }
        Rules.oneOf(spec, SPEC, "internalTrafficPolicy", List.of("Cluster", "Local"), errors);
        if (List.of("ClusterIP", "LoadBalancer", "NodePort").contains(type)
                && !spec.hasNonNull("internalTrafficPolicy")) {
            errors.required(SPEC.child("internalTrafficPolicy"));
        }
        if (Tree.number(spec, "healthCheckNodePort") != 0 && !(type.equals("LoadBalancer") && policy.equals("Local"))) {
            errors.invalid(
                    SPEC.child("healthCheckNodePort"),
                    Tree.number(spec, "healthCheckNodePort"),
                    "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'");
        }
    }

    @Override
    public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
        JsonNode before = old.path("spec");
        JsonNode after = next.path("spec");
        ServiceAddresses.update(before, after, errors);
        if (Tree.text(before, "type").equals("LoadBalancer")
                && Tree.text(after, "type").equals("LoadBalancer")
                && !Tree.semanticallyEqual(before.get(CLASS), after.get(CLASS))) {
            errors.invalid(SPEC.child(CLASS), after.get(CLASS), "may not change once set");
        }
        if (ServicePorts.forHealthChecks(before)
                && ServicePorts.forHealthChecks(after)
                && Tree.number(before, HEALTH) != 0
                && Tree.number(before, HEALTH) != Tree.number(after, HEALTH)) {
            errors.forbidden(SPEC.child(HEALTH), FieldErrors.IMMUTABLE);
        }
        create(next, options, errors);
    }

    @Override
    public void updateStatus(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
        FieldPath path = FieldPath.of("status", "loadBalancer", "ingress");
        List<JsonNode> points = Tree.items(next, "status", "loadBalancer", "ingress");
        if (!points.isEmpty() && !Tree.text(next, "spec", "type").equals("LoadBalancer")) {
            errors.forbidden(path, "may only be used when `spec.type` is 'LoadBalancer'");
            return;
        }
        for (int i = 0; i < points.size(); i++) {
            point(points.get(i), path.index(i), errors);
        }
    }

    /** Where a load balancer takes traffic in. */
    private static void point(JsonNode point, FieldPath at, FieldErrors errors) {
        String ip = Tree.text(point, "ip");
        if (!ip.isEmpty()) {
            Rules.ip(ip, at.child("ip"), errors);
        }
        boolean mode = point.hasNonNull("ipMode");
        if (!mode && !ip.isEmpty()) {
            errors.required(at.child("ipMode"), "must be specified when `ip` is set");
        } else if (mode && ip.isEmpty()) {
            errors.forbidden(at.child("ipMode"), "may not be specified when `ip` is not set");
        } else {
            Rules.oneOf(point, at, "ipMode", List.of("Proxy", "VIP"), errors);
        }
        String host = Tree.text(point, "hostname");
        if (!host.isEmpty()) {
            errors.invalidEach(at.child("hostname"), host, ObjectNames.dns1123Subdomain(host));
            if (IpText.parse(host) != null) {
                errors.invalid(at.child("hostname"), host, "must be a DNS name, not an IP address");
            }
        }
    }
}
