package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.IntOrString;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.ServicePorts;
import io.kvorum.api.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The rules of services. Whether an address or a node port is free and in range is the allocator's to say. */
final class ServiceValidation implements KindValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final int MAX_AFFINITY_SECONDS = 86400;

    @Override
    public void create(ObjectNode service, ValidationOptions options, FieldErrors errors) {
        JsonNode spec = service.path("spec");
        String type = Tree.text(spec, "type");
        String clusterIp = Tree.text(spec, "clusterIP");
        boolean headless = clusterIp.equals("None");
        boolean external = type.equals("ExternalName");
        List<JsonNode> ports = Tree.items(spec, "ports");
        if (ports.isEmpty() && !headless && !external) {
            errors.required(SPEC.child("ports"));
        }
        if (type.equals("LoadBalancer") || type.equals("NodePort")) {
            if (headless) {
                errors.invalid(
                        SPEC.child("clusterIPs").index(0),
                        "None",
                        type.equals("LoadBalancer")
                                ? "may not be set to 'None' for LoadBalancer services"
                                : "may not be set to 'None' for NodePort services");
            }
        }
        if (external) {
            externalName(spec, errors);
        }
        ports(ports, type, headless, errors);
        MetaValidation.labels(spec.path("selector"), SPEC.child("selector"), errors);
        Rules.requiredOneOf(spec, SPEC, "sessionAffinity", List.of("ClientIP", "None"), errors);
        affinity(spec, errors);
        clusterIps(spec, external, errors);
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
        trafficPolicies(spec, type, errors);
        List<JsonNode> ranges = Tree.items(spec, "loadBalancerSourceRanges");
        for (int i = 0; i < ranges.size(); i++) {
            if (!Rules.isBlock(ranges.get(i).asText("").trim())) {
                errors.invalid(
                        SPEC.child("loadBalancerSourceRanges").index(i),
                        ranges.get(i),
                        "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
            }
        }
        if (!type.equals("LoadBalancer")) {
            for (String field : List.of("loadBalancerClass", "allocateLoadBalancerNodePorts")) {
                if (spec.hasNonNull(field)) {
                    errors.forbidden(SPEC.child(field), "may only be used when `type` is 'LoadBalancer'");
                }
            }
        }
    }

    private static void externalName(JsonNode spec, FieldErrors errors) {
        if (!Tree.items(spec, "clusterIPs").isEmpty()) {
            errors.forbidden(SPEC.child("clusterIPs"), "may not be set when `type` is 'ExternalName'");
        }
        String name = Tree.text(spec, "externalName");
        if (name.isEmpty()) {
            errors.required(SPEC.child("externalName"));
        } else {
            String absolute = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
            errors.invalidEach(SPEC.child("externalName"), name, ObjectNames.dns1123Subdomain(absolute));
        }
    }

    private static void ports(List<JsonNode> ports, String type, boolean headless, FieldErrors errors) {
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
            IntOrString target = IntOrString.from(port.get("targetPort"));
            Rules.port(target, at.child("targetPort"), errors);
            if (port.hasNonNull("appProtocol")) {
                String protocol = Tree.text(port, "appProtocol");
                errors.invalidEach(at.child("appProtocol"), protocol, ObjectNames.qualifiedName(protocol));
            }
            if (headless
                    && target != null
                    && target.isNumber()
                    && target.number() != number
                    && target.number() > 65535) {
                errors.invalid(at.child("port"), number, "must be equal to targetPort when clusterIP = None");
            }
            String key = Tree.text(port, "protocol") + "/" + number;
            if (!numbers.add(key)) {
                ObjectNode shown = Tree.newObject();
                shown.put("protocol", Tree.text(port, "protocol"));
                shown.put("port", number);
                errors.duplicate(at, shown);
            }
            nodePort(port, type, nodePorts, at, errors);
        }
    }

    private static void nodePort(JsonNode port, String type, Set<String> taken, FieldPath at, FieldErrors errors) {
        long nodePort = Tree.number(port, "nodePort");
        if (nodePort == 0) {
            return;
        }
        if (type.equals("ClusterIP") || type.equals("ExternalName")) {
            errors.forbidden(at.child("nodePort"), "may not be used when `type` is '" + type + "'");
            return;
        }
        errors.invalidEach(at.child("nodePort"), nodePort, ObjectNames.portNumber(nodePort));
        if (!taken.add(Tree.text(port, "protocol") + "/" + nodePort)) {
            errors.duplicate(at.child("nodePort"), nodePort);
        }
    }

    private static void affinity(JsonNode spec, FieldErrors errors) {
        JsonNode config = spec.path("sessionAffinityConfig");
        FieldPath path = SPEC.child("sessionAffinityConfig");
        if (Tree.text(spec, "sessionAffinity").equals("None") && config.isObject()) {
            errors.forbidden(path, "must not be set when session affinity is None");
        } else if (Tree.at(config, "clientIP").hasNonNull("timeoutSeconds")) {
            long seconds = Tree.number(config, "clientIP", "timeoutSeconds");
            if (seconds <= 0 || seconds > MAX_AFFINITY_SECONDS) {
                errors.invalid(
                        path.child("clientIP", "timeoutSeconds"),
                        seconds,
                        "must be greater than 0 and less than " + MAX_AFFINITY_SECONDS);
            }
        }
    }

    private static void clusterIps(JsonNode spec, boolean external, FieldErrors errors) {
        if (external) {
            return;
        }
        List<String> ips = Tree.texts(spec, "clusterIPs");
        String first = Tree.text(spec, "clusterIP");
        FieldPath path = SPEC.child("clusterIPs");
        if (!first.isEmpty() && ips.isEmpty()) {
            errors.required(path);
        }
        if (!ips.isEmpty() && !ips.get(0).equals(first)) {
            errors.invalid(path, spec.get("clusterIPs"), "first value must match `clusterIP`");
        }
        for (int i = 0; i < ips.size(); i++) {
            String ip = ips.get(i);
            if (ip.equals("None")) {
                if (i > 0 || ips.size() > 1) {
                    errors.invalid(path.index(i), ip, "'None' must be the first and only value");
                }
            } else {
                Rules.ip(ip, path.index(i), errors);
            }
        }
        if (ips.size() > 2) {
            errors.invalid(path, spec.get("clusterIPs"), "may only hold up to 2 values");
        }
        ServiceFamilies.validate(spec, errors);
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
        if (!type.equals("ExternalName") && !spec.hasNonNull("internalTrafficPolicy")) {
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
        String before = Tree.text(old, "spec", "type");
        String after = Tree.text(next, "spec", "type");
        String oldIp = Tree.text(old, "spec", "clusterIP");
        String newIp = Tree.text(next, "spec", "clusterIP");
        if (!before.equals("ExternalName")
                && !after.equals("ExternalName")
                && !oldIp.isEmpty()
                && !newIp.equals(oldIp)) {
            FieldPath path = SPEC.child("clusterIPs").index(0);
            if (newIp.isEmpty()) {
                errors.invalid(path, Tree.at(next, "spec", "clusterIPs"), "primary clusterIP can not be unset");
            } else {
                errors.invalid(path, Tree.at(next, "spec", "clusterIPs"), "may not change once set");
            }
        }
        long health = Tree.number(old, "spec", "healthCheckNodePort");
        if (health != 0
                && ServicePorts.forHealthChecks(old.path("spec"))
                && ServicePorts.forHealthChecks(next.path("spec"))) {
            errors.immutable(
                    SPEC.child("healthCheckNodePort"),
                    Tree.at(old, "spec", "healthCheckNodePort"),
                    Tree.at(next, "spec", "healthCheckNodePort"));
        }
        create(next, options, errors);
    }
}
