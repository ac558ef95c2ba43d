package io.kvorum.api.strategy;

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
        AllocatedFields.carryOver(before, after);
        if (!external && !Tree.text(before, "type").equals("ExternalName")) {
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
        AllocatedFields.dropHealthPort(before, after);
        if (!type.equals("LoadBalancer") && Tree.text(before, "type").equals("LoadBalancer")) {
            after.remove("allocateLoadBalancerNodePorts");
            after.remove("loadBalancerClass");
            ObjectNode status = Tree.newObject();
            status.putObject("loadBalancer");
            next.set("status", status);
        }
        families(next);
    }

    private static void families(ObjectNode service) {
        ObjectNode spec = Tree.ensureObject(service, "spec");
        if (Tree.text(spec, "type").equals("ExternalName")) {
            return;
        }
        String clusterIp = Tree.text(spec, "clusterIP");
        if (!clusterIp.isEmpty() && Tree.items(spec, "clusterIPs").isEmpty()) {
            Tree.ensureArray(spec, "clusterIPs").add(clusterIp);
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
