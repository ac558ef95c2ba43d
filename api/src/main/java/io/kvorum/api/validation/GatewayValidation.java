package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import io.kvorum.api.schema.SchemaValidation;
import io.kvorum.api.schema.Schemas;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** The rules of GatewayClass, Gateway and ReferenceGrant, as the Gateway API's custom resource definitions state them. */
final class GatewayValidation {
    static final String V1 = "gateway.networking.k8s.io/v1";
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final Pattern CONTROLLER = Pattern.compile(
            "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+");
    private static final Pattern PROTOCOL = Pattern.compile(
            "[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?|[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/[A-Za-z0-9]+");
    private static final Pattern HOSTNAME =
            Pattern.compile("(\\*\\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

    private GatewayValidation() {}

    /** What the schema asks for; the empty group, which is core, is one. */
    static void schema(String apiVersion, String kind, ObjectNode object, FieldErrors errors) {
        errors.addAll(SchemaValidation.validate(Schemas.load().of(apiVersion, kind), object, Set.of("group")));
    }

    static final KindValidation CLASS = new KindValidation() {
        @Override
        public void create(ObjectNode object, ValidationOptions options, FieldErrors errors) {
            schema(V1, "GatewayClass", object, errors);
            String controller = Tree.text(object, "spec", "controllerName");
            if (!controller.isEmpty()
                    && (controller.length() > 253
                            || !CONTROLLER.matcher(controller).matches())) {
                errors.invalid(
                        SPEC.child("controllerName"),
                        controller,
                        "must be a domain-prefixed path of at most 253 characters (such as \"acme.io/foo\")");
            }
            if (Tree.text(object, "spec", "description").length() > 64) {
                errors.tooLong(SPEC.child("description"), 64);
            }
        }

        @Override
        public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
            create(next, options, errors);
            String before = Tree.text(old, "spec", "controllerName");
            String after = Tree.text(next, "spec", "controllerName");
            if (!before.equals(after)) {
                errors.invalid(SPEC.child("controllerName"), after, "Value is immutable");
            }
        }
    };

    static final KindValidation GATEWAY = (gateway, options, errors) -> {
        schema(V1, "Gateway", gateway, errors);
        JsonNode spec = gateway.path("spec");
        if (Tree.text(spec, "gatewayClassName").isEmpty() && spec.has("gatewayClassName")) {
            errors.invalid(SPEC.child("gatewayClassName"), "", "should be at least 1 chars long");
        }
        FieldPath path = SPEC.child("listeners");
        List<JsonNode> listeners = Tree.items(spec, "listeners");
        if (listeners.isEmpty() && spec.has("listeners")) {
            errors.invalid(path, 0, "should have at least 1 items");
        } else if (listeners.size() > 64) {
            errors.tooMany(path, listeners.size(), 64);
        }
        Set<String> names = new HashSet<>();
        Set<String> places = new HashSet<>();
        for (int i = 0; i < listeners.size(); i++) {
            JsonNode listener = listeners.get(i);
            FieldPath at = path.index(i);
            listener(listener, at, errors);
            if (!names.add(Tree.text(listener, "name"))) {
                errors.duplicate(at.child("name"), Tree.text(listener, "name"));
            }
            String place = Tree.number(listener, "port") + " " + Tree.text(listener, "protocol") + " "
                    + Tree.text(listener, "hostname");
            if (!places.add(place)) {
                errors.invalid(
                        path, "array", "Combination of port, protocol and hostname must be unique for each listener");
            }
        }
        List<JsonNode> addresses = Tree.items(spec, "addresses");
        if (addresses.size() > 16) {
            errors.tooMany(SPEC.child("addresses"), addresses.size(), 16);
        }
        Set<String> seen = new HashSet<>();
        for (JsonNode address : addresses) {
            String value = Tree.text(address, "value");
            if (!value.isEmpty() && !seen.add(Tree.text(address, "type") + " " + value)) {
                errors.invalid(SPEC.child("addresses"), "array", Tree.text(address, "type") + " values must be unique");
            }
        }
    };

    private static void listener(JsonNode listener, FieldPath at, FieldErrors errors) {
        String name = Tree.text(listener, "name");
        if (!name.isEmpty()) {
            errors.invalidEach(at.child("name"), name, ObjectNames.dns1123Subdomain(name));
        }
        if (listener.has("port")) {
            port(listener, at.child("port"), errors);
        }
        String protocol = Tree.text(listener, "protocol");
        if (!protocol.isEmpty() && !PROTOCOL.matcher(protocol).matches()) {
            errors.invalid(
                    at.child("protocol"), protocol, "must be HTTP, HTTPS, TLS, TCP, UDP or a domain-prefixed name");
        }
        hostname(Tree.text(listener, "hostname"), at.child("hostname"), errors);
        JsonNode tls = listener.path("tls");
        if (Set.of("HTTP", "TCP", "UDP").contains(protocol) && tls.isObject()) {
            errors.invalid(at, "object", "tls must not be specified for protocols ['HTTP', 'TCP', 'UDP']");
        }
        if (Set.of("TCP", "UDP").contains(protocol)
                && !Tree.text(listener, "hostname").isEmpty()) {
            errors.invalid(at, "object", "hostname must not be specified for protocols ['TCP', 'UDP']");
        }
        if (protocol.equals("HTTPS")
                && tls.isObject()
                && !Tree.text(tls, "mode").equals("Terminate")) {
            errors.invalid(at, "object", "tls mode must be Terminate for protocol HTTPS");
        }
        if (tls.isObject()) {
            Rules.oneOf(tls, at.child("tls"), "mode", List.of("Terminate", "Passthrough"), errors);
            if (Tree.text(tls, "mode").equals("Terminate")
                    && Tree.items(tls, "certificateRefs").isEmpty()
                    && Tree.object(tls, "options").isEmpty()) {
                errors.invalid(
                        at.child("tls"),
                        "object",
                        "certificateRefs or options must be specified when mode is Terminate");
            }
        }
        Rules.oneOf(
                listener.path("allowedRoutes").path("namespaces"),
                at.child("allowedRoutes", "namespaces"),
                "from",
                List.of("All", "Selector", "Same"),
                errors);
        JsonNode selector = Tree.at(listener, "allowedRoutes", "namespaces", "selector");
        MetaValidation.selector(selector, at.child("allowedRoutes", "namespaces", "selector"), errors);
    }

    static void port(JsonNode owner, FieldPath at, FieldErrors errors) {
        long port = Tree.number(owner, "port");
        errors.invalidEach(at, port, ObjectNames.portNumber(port));
    }

    static void hostname(String host, FieldPath at, FieldErrors errors) {
        if (host.isEmpty()) {
            return;
        }
        if (host.length() > 253 || !HOSTNAME.matcher(host).matches() || Rules.isIpv4(host)) {
            errors.invalid(
                    at, host, "must be a host name of lower-case labels, not an IP address; '*.' may stand first");
        }
    }

    static final KindValidation GRANT = (grant, options, errors) -> {
        schema("gateway.networking.k8s.io/v1beta1", "ReferenceGrant", grant, errors);
        for (String side : List.of("from", "to")) {
            List<JsonNode> entries = Tree.items(grant, "spec", side);
            if (entries.isEmpty() && grant.path("spec").has(side)) {
                errors.invalid(SPEC.child(side), 0, "should have at least 1 items");
            } else if (entries.size() > 16) {
                errors.tooMany(SPEC.child(side), entries.size(), 16);
            }
        }
    };
}
