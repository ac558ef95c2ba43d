package io.kvorum.api.strategy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;
import java.util.List;

/** Services of an IPv4 cluster: IP families, and what a change of type clears. Allocation of addresses and ports is the registry's. */
final class ServiceStrategy extends GenericStrategy {
    ServiceStrategy(ResourceInfo resource) {
        super(resource);
    }

    @Override
    public void prepareForCreate(ObjectNode service) {
        super.prepareForCreate(service);
        families(service);
    }

    @Override
    public void prepareForUpdate(ObjectNode old, ObjectNode next) {
        super.prepareForUpdate(old, next);
        ObjectNode before = Tree.object(old, "spec");
        ObjectNode after = Tree.ensureObject(next, "spec");
        String type = Tree.text(after, "type");
        boolean external = type.equals("ExternalName");
        if (!external && !Tree.text(before, "type").equals("ExternalName")) {
            // A client that leaves out what was allocated means to keep it.
            if (Tree.text(after, "clusterIP").isEmpty()
                    && Tree.items(after, "clusterIPs").isEmpty()) {
                copyField(before, after, "clusterIP");
                copyField(before, after, "clusterIPs");
            }
            keepNodePorts(before, after, type);
            for (String field : List.of("ipFamilies", "ipFamilyPolicy")) {
                if (!after.hasNonNull(field)) {
                    copyField(before, after, field);
                }
            }
        }
        if (external && !Tree.text(before, "type").equals("ExternalName")) {
            for (String field : List.of("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy")) {
                if (Tree.semanticallyEqual(before.get(field), after.get(field))) {
                    after.remove(field);
                }
            }
        }
        boolean hasNodePorts = type.equals("NodePort") || type.equals("LoadBalancer");
        if (!hasNodePorts && !Tree.text(before, "type").equals(type)) {
            List<ObjectNode> oldPorts = Tree.objects(before, "ports");
            List<ObjectNode> ports = Tree.objects(after, "ports");
            for (int i = 0; i < ports.size() && i < oldPorts.size(); i++) {
                if (Tree.number(ports.get(i), "nodePort") == Tree.number(oldPorts.get(i), "nodePort")) {
                    ports.get(i).remove("nodePort");
                }
            }
            if (external || Tree.items(after, "externalIPs").isEmpty()) {
                after.remove("externalTrafficPolicy");
            }
        }
        if (!type.equals("LoadBalancer") && Tree.text(before, "type").equals("LoadBalancer")) {
            after.remove("allocateLoadBalancerNodePorts");
            after.remove("loadBalancerClass");
            ObjectNode status = Tree.newObject();
            status.putObject("loadBalancer");
            next.set("status", status);
        }
        families(next);
    }

    private static void keepNodePorts(ObjectNode before, ObjectNode after, String type) {
        if (!type.equals("NodePort") && !type.equals("LoadBalancer")) {
            return;
        }
        for (ObjectNode port : Tree.objects(after, "ports")) {
            if (Tree.number(port, "nodePort") != 0) {
                continue;
            }
            for (JsonNode old : Tree.items(before, "ports")) {
                boolean same = Tree.number(old, "port") == Tree.number(port, "port")
                        && Tree.text(old, "protocol").equals(Tree.text(port, "protocol"));
                if (same && Tree.number(old, "nodePort") != 0) {
                    port.put("nodePort", Tree.number(old, "nodePort"));
                }
            }
        }
    }

    private static void families(ObjectNode service) {
        ObjectNode spec = Tree.ensureObject(service, "spec");
        if (Tree.text(spec, "type").equals("ExternalName")) {
            return;
        }
        String clusterIp = Tree.text(spec, "clusterIP");
        if (!clusterIp.isEmpty() && Tree.items(spec, "clusterIPs").isEmpty()) {
            Tree.ensureArray(spec, "clusterIPs").add(clusterIp);
        } else if (clusterIp.isEmpty() && !Tree.items(spec, "clusterIPs").isEmpty()) {
            spec.put("clusterIP", Tree.texts(spec, "clusterIPs").get(0));
        }
        boolean openHeadless =
                clusterIp.equals("None") && Tree.object(spec, "selector").isEmpty();
        if (openHeadless
                && !spec.hasNonNull("ipFamilyPolicy")
                && Tree.items(spec, "ipFamilies").isEmpty()) {
            // Nobody knows which families its endpoints will have.
            spec.put("ipFamilyPolicy", "RequireDualStack");
            Tree.ensureArray(spec, "ipFamilies").add("IPv4").add("IPv6");
            return;
        }
        Tree.setDefault(spec, "ipFamilyPolicy", "SingleStack");
        if (Tree.items(spec, "ipFamilies").isEmpty()) {
            Tree.ensureArray(spec, "ipFamilies").add("IPv4");
        }
    }
}
