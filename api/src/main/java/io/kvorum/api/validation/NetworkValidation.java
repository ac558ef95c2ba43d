package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.IntOrString;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import io.kvorum.api.address.CidrText;
import java.util.List;

/** The rules of Ingress, IngressClass and NetworkPolicy. */
final class NetworkValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final List<String> PATH_TYPES = List.of("Exact", "ImplementationSpecific", "Prefix");

    private NetworkValidation() {}

    static final KindValidation INGRESS = (ingress, options, errors) -> {
        JsonNode spec = ingress.path("spec");
        List<JsonNode> rules = Tree.items(spec, "rules");
        if (spec.hasNonNull("defaultBackend")) {
            backend(spec.path("defaultBackend"), SPEC.child("defaultBackend"), errors);
        } else if (rules.isEmpty()) {
            errors.invalid(SPEC, rulesOf(spec), "either `defaultBackend` or `rules` must be specified");
        }
        for (int i = 0; i < rules.size(); i++) {
            JsonNode rule = rules.get(i);
            FieldPath at = SPEC.child("rules").index(i);
            host(Tree.text(rule, "host"), at.child("host"), errors);
            if (rule.hasNonNull("http")) {
                paths(Tree.items(rule, "http", "paths"), at.child("http", "paths"), errors);
            }
        }
        List<JsonNode> tls = Tree.items(spec, "tls");
        for (int i = 0; i < tls.size(); i++) {
            List<String> hosts = Tree.texts(tls.get(i), "hosts");
            for (int h = 0; h < hosts.size(); h++) {
                host(hosts.get(h), SPEC.child("tls").index(i).child("hosts").index(h), errors);
            }
        }
        String ingressClass = Tree.text(spec, "ingressClassName");
        if (!ingressClass.isEmpty()) {
            errors.invalidEach(
                    SPEC.child("ingressClassName"), ingressClass, ObjectNames.dns1123Subdomain(ingressClass));
        }
    };

    private static JsonNode rulesOf(JsonNode spec) {
        return spec.has("rules") ? spec.path("rules") : Tree.newArray();
    }

    private static void host(String host, FieldPath at, FieldErrors errors) {
        if (host.isEmpty()) {
            return;
        }
        if (Rules.isIpv4(host) || Rules.isIpv6(host)) {
            errors.invalid(at, host, "must be a DNS name, not an IP address");
        } else if (host.contains("*")) {
            if (!host.startsWith("*.")
                    || !ObjectNames.dns1123Subdomain(host.substring(2)).isEmpty()) {
                errors.invalid(
                        at,
                        host,
                        "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must"
                                + " consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric"
                                + " character (e.g. '*.example.com', regex used for validation is"
                                + " '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')");
            }
        } else {
            errors.invalidEach(at, host, ObjectNames.dns1123Subdomain(host));
        }
    }

    private static void paths(List<JsonNode> paths, FieldPath path, FieldErrors errors) {
        if (paths.isEmpty()) {
            errors.required(path);
        }
        for (int i = 0; i < paths.size(); i++) {
            JsonNode one = paths.get(i);
            FieldPath at = path.index(i);
            String type = Tree.text(one, "pathType");
            String text = Tree.text(one, "path");
            if (type.isEmpty()) {
                errors.required(at.child("pathType"), "pathType must be specified");
            } else if (!PATH_TYPES.contains(type)) {
                errors.notSupported(at.child("pathType"), type, PATH_TYPES);
            } else if (type.equals("ImplementationSpecific")) {
                if (!text.isEmpty() && !text.startsWith("/")) {
                    errors.invalid(at.child("path"), text, "must be an absolute path");
                }
            } else {
                if (!text.startsWith("/")) {
                    errors.invalid(at.child("path"), text, "must be an absolute path");
                }
                for (String part : List.of("//", "/./", "/../", "%2f", "%2F")) {
                    if (text.contains(part)) {
                        errors.invalid(at.child("path"), text, "must not contain '" + part + "'");
                    }
                }
                for (String end : List.of("/..", "/.")) {
                    if (text.endsWith(end)) {
                        errors.invalid(at.child("path"), text, "cannot end with '" + end + "'");
                    }
                }
            }
            backend(one.path("backend"), at.child("backend"), errors);
        }
    }

    private static void backend(JsonNode backend, FieldPath at, FieldErrors errors) {
        JsonNode service = backend.path("service");
        boolean hasResource = backend.hasNonNull("resource");
        if (hasResource && service.isObject()) {
            errors.invalid(at, "", "cannot set both resource and service backends");
        } else if (hasResource) {
            Rules.requiredText(backend.path("resource"), at.child("resource"), errors, "kind", "name");
        } else if (!service.isObject() || Tree.text(service, "name").isEmpty()) {
            errors.required(at.child("service", "name"));
        } else {
            FieldPath path = at.child("service");
            String name = Tree.text(service, "name");
            errors.invalidEach(path.child("name"), name, ObjectNames.dns1035Label(name));
            String portName = Tree.text(service, "port", "name");
            long port = Tree.number(service, "port", "number");
            if (!portName.isEmpty() && port != 0) {
                errors.invalid(path, "", "cannot set both port name & port number");
            } else if (!portName.isEmpty()) {
                errors.invalidEach(path.child("port", "name"), portName, ObjectNames.portName(portName));
            } else if (port != 0) {
                errors.invalidEach(path.child("port", "number"), port, ObjectNames.portNumber(port));
            } else {
                errors.required(path.child("port"), "port name or number is required");
            }
        }
    }

    static final KindValidation INGRESS_CLASS = new KindValidation() {
        @Override
        public void create(ObjectNode ingressClass, ValidationOptions options, FieldErrors errors) {
            String controller = Tree.text(ingressClass, "spec", "controller");
            FieldPath at = SPEC.child("controller");
            if (controller.length() > 250) {
                errors.tooLong(at, 250);
            }
            int slash = controller.indexOf('/');
            if (controller.isEmpty()) {
                errors.required(at);
            } else if (slash <= 0 || slash == controller.length() - 1) {
                errors.invalid(at, controller, "must be a domain-prefixed path (such as \"acme.io/foo\")");
            } else {
                String domain = controller.substring(0, slash);
                errors.invalidEach(at, domain, ObjectNames.dns1123Subdomain(domain));
            }
        }

        @Override
        public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
            create(next, options, errors);
            errors.immutable(
                    SPEC.child("controller"), Tree.at(old, "spec", "controller"), Tree.at(next, "spec", "controller"));
        }
    };

    static final KindValidation POLICY = (policy, options, errors) -> {
        JsonNode spec = policy.path("spec");
        MetaValidation.selector(spec.path("podSelector"), SPEC.child("podSelector"), errors);
        rules(Tree.items(spec, "ingress"), "from", SPEC.child("ingress"), errors);
        rules(Tree.items(spec, "egress"), "to", SPEC.child("egress"), errors);
        List<String> types = Tree.texts(spec, "policyTypes");
        if (types.size() > 2) {
            errors.invalid(
                    SPEC.child("policyTypes"), spec.get("policyTypes"), "may not specify more than two policyTypes");
            return;
        }
        for (int i = 0; i < types.size(); i++) {
            if (!List.of("Egress", "Ingress").contains(types.get(i))) {
                errors.notSupported(SPEC.child("policyTypes").index(i), types.get(i), List.of("Egress", "Ingress"));
            }
        }
    };

    private static void rules(List<JsonNode> rules, String side, FieldPath path, FieldErrors errors) {
        for (int i = 0; i < rules.size(); i++) {
            JsonNode rule = rules.get(i);
            FieldPath at = path.index(i);
            List<JsonNode> ports = Tree.items(rule, "ports");
            for (int p = 0; p < ports.size(); p++) {
                policyPort(ports.get(p), at.child("ports").index(p), errors);
            }
            List<JsonNode> peers = Tree.items(rule, side);
            for (int p = 0; p < peers.size(); p++) {
                peer(peers.get(p), at.child(side).index(p), errors);
            }
        }
    }

    private static void policyPort(JsonNode port, FieldPath at, FieldErrors errors) {
        Rules.oneOf(port, at, "protocol", Rules.PROTOCOLS, errors);
        IntOrString value = IntOrString.from(port.get("port"));
        if (value != null) {
            Rules.port(value, at.child("port"), errors);
        }
        if (port.hasNonNull("endPort")) {
            long end = Tree.number(port, "endPort");
            if (value == null) {
                errors.required(at.child("port"), "must be specified when `endPort` is specified");
            } else if (!value.isNumber()) {
                errors.invalid(at.child("port"), value.toString(), "must be an integer when `endPort` is specified");
            } else if (end < value.number()) {
                errors.invalid(at.child("endPort"), end, "must be greater than or equal to `port`");
            }
            errors.invalidEach(at.child("endPort"), end, ObjectNames.portNumber(end));
        }
    }

    private static void peer(JsonNode peer, FieldPath at, FieldErrors errors) {
        boolean selects = peer.hasNonNull("podSelector") || peer.hasNonNull("namespaceSelector");
        MetaValidation.selector(peer.path("podSelector"), at.child("podSelector"), errors);
        MetaValidation.selector(peer.path("namespaceSelector"), at.child("namespaceSelector"), errors);
        if (peer.hasNonNull("ipBlock")) {
            block(peer.path("ipBlock"), at.child("ipBlock"), errors);
            if (selects) {
                errors.forbidden(at, "may not specify both ipBlock and another peer");
            }
        } else if (!selects) {
            errors.required(at, "must specify a peer");
        }
    }

    private static void block(JsonNode block, FieldPath path, FieldErrors errors) {
        String cidr = Tree.text(block, "cidr");
        if (cidr.isEmpty()) {
            errors.required(path.child("cidr"));
            return;
        }
        cidr(cidr, path.child("cidr"), errors);
        CidrText whole = CidrText.parse(cidr);
        List<String> excepted = Tree.texts(block, "except");
        for (int i = 0; i < excepted.size() && whole != null; i++) {
            FieldPath at = path.child("except").index(i);
            cidr(excepted.get(i), at, errors);
            CidrText part = CidrText.parse(excepted.get(i));
            if (part != null && (!whole.contains(part.address()) || whole.bits() >= part.bits())) {
                errors.invalid(at, excepted.get(i), "must be a strict subset of `cidr`");
            }
        }
    }

    private static void cidr(String text, FieldPath path, FieldErrors errors) {
        if (!Rules.isBlock(text)) {
            errors.invalid(path, text, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
        }
    }
}
