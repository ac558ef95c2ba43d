package io.kvorum.api.strategy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;

/** A kubelet may register its node together with its status, so creation keeps it. */
final class NodeStrategy extends GenericStrategy {
    NodeStrategy(ResourceInfo resource) {
        super(resource);
    }

    @Override
    ObjectNode initialStatus(ObjectNode node) {
        ObjectNode status = Tree.object(node, "status").deepCopy();
        ObjectNode endpoint = Tree.ensureObject(Tree.ensureObject(status, "daemonEndpoints"), "kubeletEndpoint");
        Tree.setDefault(endpoint, "Port", 0);
        ObjectNode info = Tree.ensureObject(status, "nodeInfo");
        for (String field : new String[] {
            "architecture",
            "bootID",
            "containerRuntimeVersion",
            "kernelVersion",
            "kubeProxyVersion",
            "kubeletVersion",
            "machineID",
            "operatingSystem",
            "osImage",
            "systemUUID"
        }) {
            Tree.setDefault(info, field, "");
        }
        return status;
    }
}
