package io.kvorum.api.defaults;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import java.util.List;

/** Defaults of the groups networking and discovery. */
final class NetworkDefaults {
    private NetworkDefaults() {}

    static void apply(String kind, ObjectNode object) {
        switch (kind) {
            case "EndpointSlice" -> endpointSlice(object);
            case "NetworkPolicy" -> networkPolicy(object);
            case "IngressClass" -> {
                if (Tree.at(object, "spec", "parameters") instanceof ObjectNode parameters) {
                    Tree.setDefault(parameters, "scope", "Cluster");
                }
            }
            default -> {
                // No defaults.
            }
        }
    }

    private static void endpointSlice(ObjectNode slice) {
        if (!slice.has("endpoints")) {
            slice.putNull("endpoints");
        }
        if (!slice.has("ports")) {
            slice.putNull("ports");
        }
        for (ObjectNode endpoint : Tree.objects(slice, "endpoints")) {
            Tree.ensureObject(endpoint, "conditions");
        }
        for (ObjectNode port : Tree.objects(slice, "ports")) {
            Tree.setDefault(port, "name", "");
            Tree.setDefault(port, "protocol", "TCP");
        }
    }

    private static void networkPolicy(ObjectNode policy) {
        ObjectNode spec = Tree.ensureObject(policy, "spec");
        Tree.ensureObject(spec, "podSelector");
        for (String direction : List.of("ingress", "egress")) {
            for (ObjectNode rule : Tree.objects(spec, direction)) {
                for (ObjectNode port : Tree.objects(rule, "ports")) {
                    Tree.setDefault(port, "protocol", "TCP");
                }
            }
        }
        if (Tree.items(spec, "policyTypes").isEmpty()) {
            ArrayNode types = spec.putArray("policyTypes").add("Ingress");
            if (!Tree.items(spec, "egress").isEmpty()) {
                types.add("Egress");
            }
        }
    }
}
