package io.kvorum.api.defaults;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;

/** Defaults of the Gateway API, as its custom resource definitions state them. */
final class GatewayDefaults {
    private static final String GROUP = "gateway.networking.k8s.io";

    private GatewayDefaults() {}

    static void apply(String kind, ObjectNode object) {
        if (!(object.get("spec") instanceof ObjectNode spec)) {
            return;
        }
        switch (kind) {
            case "Gateway" -> gateway(spec);
            case "HTTPRoute" -> route(spec);
            default -> {
                // GatewayClass and ReferenceGrant have none.
            }
        }
    }

    private static void gateway(ObjectNode spec) {
        for (ObjectNode address : Tree.objects(spec, "addresses")) {
            Tree.setDefault(address, "type", "IPAddress");
        }
        for (ObjectNode listener : Tree.objects(spec, "listeners")) {
            ObjectNode routes = Tree.ensureObject(listener, "allowedRoutes");
            Tree.setDefault(Tree.ensureObject(routes, "namespaces"), "from", "Same");
            for (ObjectNode kind : Tree.objects(routes, "kinds")) {
                Tree.setDefault(kind, "group", GROUP);
            }
            if (listener.get("tls") instanceof ObjectNode tls) {
                Tree.setDefault(tls, "mode", "Terminate");
                for (ObjectNode certificate : Tree.objects(tls, "certificateRefs")) {
                    Tree.setDefault(certificate, "group", "");
                    Tree.setDefault(certificate, "kind", "Secret");
                }
            }
        }
    }

    private static void route(ObjectNode spec) {
        for (ObjectNode parent : Tree.objects(spec, "parentRefs")) {
            Tree.setDefault(parent, "group", GROUP);
            Tree.setDefault(parent, "kind", "Gateway");
        }
        if (!spec.has("rules")) {
            spec.putArray("rules").addObject();
        }
        for (ObjectNode rule : Tree.objects(spec, "rules")) {
            matches(rule);
            filters(rule);
            for (ObjectNode backend : Tree.objects(rule, "backendRefs")) {
                service(backend);
                Tree.setDefault(backend, "weight", 1);
                filters(backend);
            }
        }
    }

    private static void matches(ObjectNode rule) {
        if (!rule.has("matches")) {
            rule.putArray("matches").addObject();
        }
        for (ObjectNode match : Tree.objects(rule, "matches")) {
            ObjectNode path = Tree.ensureObject(match, "path");
            Tree.setDefault(path, "type", "PathPrefix");
            Tree.setDefault(path, "value", "/");
            for (ObjectNode header : Tree.objects(match, "headers")) {
                Tree.setDefault(header, "type", "Exact");
            }
            for (ObjectNode parameter : Tree.objects(match, "queryParams")) {
                Tree.setDefault(parameter, "type", "Exact");
            }
        }
    }

    private static void filters(ObjectNode owner) {
        for (ObjectNode filter : Tree.objects(owner, "filters")) {
            if (filter.get("requestMirror") instanceof ObjectNode mirror) {
                if (mirror.get("backendRef") instanceof ObjectNode backend) {
                    service(backend);
                }
                if (mirror.get("fraction") instanceof ObjectNode fraction) {
                    Tree.setDefault(fraction, "denominator", 100);
                }
            }
            if (filter.get("requestRedirect") instanceof ObjectNode redirect) {
                Tree.setDefault(redirect, "statusCode", 302);
            }
        }
    }

    private static void service(ObjectNode backend) {
        Tree.setDefault(backend, "group", "");
        Tree.setDefault(backend, "kind", "Service");
    }
}
