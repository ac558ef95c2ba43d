package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** The rules of Endpoints and EndpointSlices. */
final class EndpointsValidation {
    private static final int MAX_ENDPOINTS = 1000;
    private static final int MAX_ADDRESSES = 100;
    private static final int MAX_HINTS = 8;
    private static final int MAX_TOPOLOGY_LABELS = 16;
    private static final int MAX_PORTS = 20000;

    private EndpointsValidation() {}

    static final KindValidation ENDPOINTS = (endpoints, options, errors) -> {
        List<JsonNode> subsets = Tree.items(endpoints, "subsets");
        for (int i = 0; i < subsets.size(); i++) {
            JsonNode subset = subsets.get(i);
            FieldPath at = FieldPath.of("subsets").index(i);
            List<JsonNode> ready = Tree.items(subset, "addresses");
            List<JsonNode> notReady = Tree.items(subset, "notReadyAddresses");
            if (ready.isEmpty() && notReady.isEmpty()) {
                errors.required(at, "must specify `addresses` or `notReadyAddresses`");
            }
            addresses(ready, at.child("addresses"), options, errors);
            addresses(notReady, at.child("notReadyAddresses"), options, errors);
            List<JsonNode> ports = Tree.items(subset, "ports");
            for (int p = 0; p < ports.size(); p++) {
                JsonNode port = ports.get(p);
                FieldPath here = at.child("ports").index(p);
                String name = Tree.text(port, "name");
                if (name.isEmpty()) {
                    if (ports.size() > 1) {
                        errors.required(here.child("name"));
                    }
                } else {
                    errors.invalidEach(here.child("name"), name, ObjectNames.dns1123Label(name));
                }
                long number = Tree.number(port, "port");
                errors.invalidEach(here.child("port"), number, ObjectNames.portNumber(number));
                Rules.requiredOneOf(port, here, "protocol", Rules.PROTOCOLS, errors);
                appProtocol(port, here, errors);
            }
        }
    };

    private static void appProtocol(JsonNode port, FieldPath at, FieldErrors errors) {
        if (port.hasNonNull("appProtocol")) {
            String protocol = Tree.text(port, "appProtocol");
            errors.invalidEach(at.child("appProtocol"), protocol, ObjectNames.qualifiedName(protocol));
        }
    }

    private static void addresses(
            List<JsonNode> addresses, FieldPath path, ValidationOptions options, FieldErrors errors) {
        for (int i = 0; i < addresses.size(); i++) {
            FieldPath at = path.index(i);
            String ip = Tree.text(addresses.get(i), "ip");
            if (Rules.ip(ip, at.child("ip"), errors)) {
                Rules.routable(ip, options, at.child("ip"), errors);
            }
            String host = Tree.text(addresses.get(i), "hostname");
            if (!host.isEmpty()) {
                errors.invalidEach(at.child("hostname"), host, ObjectNames.dns1123Label(host));
            }
            String node = Tree.text(addresses.get(i), "nodeName");
            if (!node.isEmpty()) {
                errors.invalidEach(at.child("nodeName"), node, ObjectNames.dns1123Subdomain(node));
            }
        }
    }

    static final KindValidation SLICE = new KindValidation() {
        @Override
        public void create(ObjectNode slice, ValidationOptions options, FieldErrors errors) {
            Rules.requiredOneOf(slice, FieldPath.ROOT, "addressType", List.of("FQDN", "IPv4", "IPv6"), errors);
            endpoints(slice, options, errors);
            slicePorts(slice, errors);
        }

        @Override
        public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
            create(next, options, errors);
            errors.immutable(FieldPath.of("addressType"), old.get("addressType"), next.get("addressType"));
        }
    };

    private static void endpoints(JsonNode slice, ValidationOptions options, FieldErrors errors) {
        FieldPath path = FieldPath.of("endpoints");
        List<JsonNode> endpoints = Tree.items(slice, "endpoints");
        if (endpoints.size() > MAX_ENDPOINTS) {
            errors.tooMany(path, endpoints.size(), MAX_ENDPOINTS);
            return;
        }
        String type = Tree.text(slice, "addressType");
        for (int i = 0; i < endpoints.size(); i++) {
            JsonNode endpoint = endpoints.get(i);
            FieldPath at = path.index(i);
            List<String> addresses = Tree.texts(endpoint, "addresses");
            if (addresses.isEmpty()) {
                errors.required(at.child("addresses"), "must contain at least 1 address");
            } else if (addresses.size() > MAX_ADDRESSES) {
                errors.tooMany(at.child("addresses"), addresses.size(), MAX_ADDRESSES);
            }
            for (int a = 0; a < addresses.size(); a++) {
                address(type, addresses.get(a), at.child("addresses").index(a), options, errors);
            }
            String node = Tree.text(endpoint, "nodeName");
            if (!node.isEmpty()) {
                errors.invalidEach(at.child("nodeName"), node, ObjectNames.dns1123Subdomain(node));
            }
            int labels = endpoint.path("deprecatedTopology").size();
            if (labels > MAX_TOPOLOGY_LABELS) {
                errors.tooMany(at.child("deprecatedTopology"), labels, MAX_TOPOLOGY_LABELS);
            }
            MetaValidation.labels(endpoint.path("deprecatedTopology"), at.child("deprecatedTopology"), errors);
            String host = Tree.text(endpoint, "hostname");
            if (!host.isEmpty()) {
                errors.invalidEach(at.child("hostname"), host, ObjectNames.dns1123Label(host));
            }
            hints(endpoint, at, "forZones", ObjectNames::labelValue, errors);
            hints(endpoint, at, "forNodes", ObjectNames::dns1123Subdomain, errors);
        }
    }

    private static void hints(
            JsonNode endpoint, FieldPath at, String field, Function<String, List<String>> check, FieldErrors errors) {
        FieldPath path = at.child("hints").child(field);
        List<JsonNode> hints = Tree.items(endpoint, "hints", field);
        if (hints.size() > MAX_HINTS) {
            errors.tooMany(path, hints.size(), MAX_HINTS);
            return;
        }
        Set<String> names = new HashSet<>();
        for (int i = 0; i < hints.size(); i++) {
            String name = Tree.text(hints.get(i), "name");
            FieldPath named = path.index(i).child("name");
            if (!names.add(name)) {
                errors.duplicate(named, name);
            }
            errors.invalidEach(named, name, check.apply(name));
        }
    }

    private static void address(
            String type, String address, FieldPath at, ValidationOptions options, FieldErrors errors) {
        switch (type) {
            case "IPv4" -> {
                if (!Rules.isIpv4(address)) {
                    errors.invalid(at, address, "must be an IPv4 address");
                } else {
                    Rules.routable(address, options, at, errors);
                }
            }
            case "IPv6" -> {
                if (!Rules.isIpv6(address)) {
                    errors.invalid(at, address, "must be an IPv6 address");
                } else {
                    Rules.routable(address, options, at, errors);
                }
            }
            case "FQDN" -> domain(address, at, errors);
            default -> {
                // The type itself is the finding.
            }
        }
    }

    /** A name of two labels at least, which may end with a dot. */
    private static void domain(String address, FieldPath at, FieldErrors errors) {
        String name = address.endsWith(".") ? address.substring(0, address.length() - 1) : address;
        List<String> wrong = ObjectNames.dns1123Subdomain(name);
        if (address.isEmpty()) {
            errors.required(at);
        } else if (!wrong.isEmpty()) {
            errors.invalid(at, name, String.join(",", wrong));
        } else if (!name.contains(".")) {
            errors.invalid(at, name, "should be a domain with at least two segments separated by dots");
        } else {
            for (String label : name.split("\\.", -1)) {
                List<String> tooLong = ObjectNames.dns1123Label(label);
                if (!tooLong.isEmpty()) {
                    errors.invalid(at, label, String.join(",", tooLong));
                }
            }
        }
    }

    private static void slicePorts(JsonNode slice, FieldErrors errors) {
        FieldPath path = FieldPath.of("ports");
        List<JsonNode> ports = Tree.items(slice, "ports");
        if (ports.size() > MAX_PORTS) {
            errors.tooMany(path, ports.size(), MAX_PORTS);
            return;
        }
        Set<String> names = new HashSet<>();
        for (int i = 0; i < ports.size(); i++) {
            JsonNode port = ports.get(i);
            FieldPath at = path.index(i);
            String name = Tree.text(port, "name");
            if (!name.isEmpty()) {
                errors.invalidEach(at.child("name"), name, ObjectNames.dns1123Label(name));
            }
            if (!names.add(name)) {
                errors.duplicate(at.child("name"), name);
            }
            if (port.hasNonNull("port")) {
                long number = Tree.number(port, "port");
                errors.invalidEach(at.child("port"), number, ObjectNames.portNumber(number));
            }
            Rules.requiredOneOf(port, at, "protocol", Rules.PROTOCOLS, errors);
            appProtocol(port, at, errors);
        }
    }
}
