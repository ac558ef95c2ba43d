package io.kvorum.apiserver.aggregation;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.cache.ObjectVersion;
import io.kvorum.apiserver.cache.WatchCache;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the Service of an extension API server leads, or why it leads nowhere.
 *
 * @param name that its certificate must have: {@code service.namespace.svc}
 * @param addresses IP addresses, or one name for an ExternalName Service; empty: see {@code reason}
 * @param reason of the condition Available, empty when there are addresses
 */
public record ServiceEndpoint(String name, List<String> addresses, int port, String reason, String message) {
    /** @param apiService names the Service in {@code spec.service} */
    public static ServiceEndpoint of(WatchCache cache, JsonNode apiService) {
        JsonNode reference = Tree.at(apiService, "spec", "service");
        String namespace = Tree.text(reference, "namespace");
        String name = Tree.text(reference, "name");
        int port = reference.hasNonNull("port") ? (int) Tree.number(reference, "port") : 443;
        String quoted = "service/" + name + " in \"" + namespace + "\"";
        String host = name + "." + namespace + ".svc";
        ObjectVersion service = cache.of("core/services").get(namespace + "/" + name);
        if (service == null) {
            return none(host, "ServiceNotFound", quoted + " is not present");
        }
        JsonNode spec = service.selectable().path("spec");
        if (Tree.text(spec, "type").equals("ExternalName")) {
            return new ServiceEndpoint(host, List.of(Tree.text(spec, "externalName")), port, "", "");
        }
        String portName = portName(spec, port);
        if (portName == null) {
            return none(host, "ServicePortError", quoted + " is not listening on port " + port);
        }
        ObjectVersion endpoints = cache.of("core/endpoints").get(namespace + "/" + name);
        if (endpoints == null) {
            return none(host, "EndpointsNotFound", "cannot find endpoints for " + quoted);
        }
        return addresses(host, endpoints.selectable(), portName, quoted);
    }

    private static @Nullable String portName(JsonNode spec, int port) {
        for (JsonNode known : Tree.items(spec, "ports")) {
            if (Tree.number(known, "port") == port) {
                return Tree.text(known, "name");
            }
        }
        return null;
    }

    private static ServiceEndpoint addresses(String host, JsonNode endpoints, String portName, String quoted) {
        for (JsonNode subset : Tree.items(endpoints, "subsets")) {
            for (JsonNode known : Tree.items(subset, "ports")) {
                List<String> addresses = new ArrayList<>();
                Tree.items(subset, "addresses").forEach(address -> addresses.add(Tree.text(address, "ip")));
                if (Tree.text(known, "name").equals(portName) && !addresses.isEmpty()) {
                    return new ServiceEndpoint(host, addresses, (int) Tree.number(known, "port"), "", "");
                }
            }
        }
        return none(
                host,
                "MissingEndpoints",
                "endpoints for " + quoted + " have no addresses with port name \"" + portName + "\"");
    }

    private static ServiceEndpoint none(String host, String reason, String message) {
        return new ServiceEndpoint(host, List.of(), 0, reason, message);
    }

    boolean leadsSomewhere() {
        return reason.isEmpty();
    }
}
