package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import java.util.List;
import java.util.function.Function;

/** The rules of Ingresses. What an object has had against a rule, it may keep. */
final class IngressValidation implements KindValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final String CLASS_ANNOTATION = "kubernetes.io/ingress.class";
    private static final String NOT_AN_ADDRESS = "must be a DNS name, not an IP address";
    private static final String ABSOLUTE = "must be an absolute path";
    private static final List<String> PATH_TYPES = List.of("Exact", "ImplementationSpecific", "Prefix");
    private static final int MOST_HOST = 253;

    /**
     * What is demanded of an Ingress; a change is not held to what the object did not meet before.
     *
     * @param secrets whether names of secrets must be good
     * @param wildcards whether paths are looked at where the host is a wildcard
     * @param serviceName the form of the names of services
     */
    private record Demands(boolean secrets, boolean wildcards, Function<String, List<String>> serviceName) {
        static final Demands ALL = new Demands(true, true, ObjectNames::dns1035Label);

        static Demands of(ObjectNode old) {
            JsonNode spec = old.path("spec");
            FieldErrors secrets = new FieldErrors();
            tls(Tree.items(spec, "tls"), ALL, true, secrets);
            FieldErrors paths = new FieldErrors();
            boolean labels = isLabelOnly(spec.path("defaultBackend"));
            for (JsonNode rule : Tree.items(spec, "rules")) {
                if (Tree.text(rule, "host").contains("*")) {
                    http(rule, SPEC, ALL, paths);
                }
                labels |=
                        Tree.items(rule, "http", "paths").stream().anyMatch(path -> isLabelOnly(path.path("backend")));
            }
            return new Demands(
                    secrets.isEmpty(), paths.isEmpty(), labels ? ObjectNames::dns1123Label : ObjectNames::dns1035Label);
        }

        private static boolean isLabelOnly(JsonNode backend) {
            String name = Tree.text(backend, "service", "name");
            return ObjectNames.dns1123Label(name).isEmpty()
                    && !ObjectNames.dns1035Label(name).isEmpty();
        }
    }

    @Override
    public void create(ObjectNode ingress, ValidationOptions options, FieldErrors errors) {
        spec(ingress.path("spec"), Demands.ALL, errors);
        JsonNode annotation = Tree.at(ingress, "metadata", "annotations", CLASS_ANNOTATION);
        JsonNode name = Tree.at(ingress, "spec", "ingressClassName");
        if (annotation.isTextual()
                && name.isTextual()
                && !annotation.textValue().equals(name.textValue())) {
            errors.invalid(
                    FieldPath.of("annotations", CLASS_ANNOTATION),
                    annotation,
                    "must match `ingressClassName` when both are specified");
        }
    }

    @Override
    public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
        spec(next.path("spec"), Demands.of(old), errors);
    }

    @Override
    public void updateStatus(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
        List<String> before = Tree.items(old, "status", "loadBalancer", "ingress").stream()
                .map(each -> Tree.text(each, "ip"))
                .toList();
        List<JsonNode> points = Tree.items(next, "status", "loadBalancer", "ingress");
        for (int i = 0; i < points.size(); i++) {
            FieldPath at = FieldPath.of("status", "loadBalancer", "ingress").index(i);
            String ip = Tree.text(points.get(i), "ip");
            if (!ip.isEmpty() && !before.contains(ip)) {
                Rules.ip(ip, at.child("ip"), errors);
            }
            String host = Tree.text(points.get(i), "hostname");
            if (!host.isEmpty()) {
                errors.invalidEach(at.child("hostname"), host, ObjectNames.dns1123Subdomain(host));
                noAddress(host, at.child("hostname"), errors);
            }
        }
    }

    private static void spec(JsonNode spec, Demands demands, FieldErrors errors) {
        List<JsonNode> rules = Tree.items(spec, "rules");
        if (spec.hasNonNull("defaultBackend")) {
            backend(spec.path("defaultBackend"), SPEC.child("defaultBackend"), demands, errors);
        } else if (rules.isEmpty()) {
            errors.invalid(SPEC, Tree.newArray(), "either `defaultBackend` or `rules` must be specified");
        }
        for (int i = 0; i < rules.size(); i++) {
            rule(rules.get(i), SPEC.child("rules").index(i), demands, errors);
        }
        tls(Tree.items(spec, "tls"), demands, false, errors);
        if (spec.hasNonNull("ingressClassName")) {
            String name = Tree.text(spec, "ingressClassName");
            errors.invalidEach(SPEC.child("ingressClassName"), name, ObjectNames.dns1123Subdomain(name));
        }
    }

    private static void rule(JsonNode rule, FieldPath at, Demands demands, FieldErrors errors) {
        String host = Tree.text(rule, "host");
        if (!host.isEmpty()) {
            noAddress(host, at.child("host"), errors);
            host(host, at.child("host"), errors);
        }
        if (demands.wildcards || !host.contains("*")) {
            http(rule, at, demands, errors);
        }
    }

    private static void noAddress(String host, FieldPath at, FieldErrors errors) {
        if (Rules.isIpv4(host) || Rules.isIpv6(host)) {
            errors.invalid(at, host, NOT_AN_ADDRESS);
        }
    }

    private static void host(String host, FieldPath at, FieldErrors errors) {
        if (!host.contains("*")) {
            errors.invalidEach(at, host, ObjectNames.dns1123Subdomain(host));
            return;
        }
        if (host.length() > MOST_HOST) {
            errors.invalid(at, host, "must be no more than " + MOST_HOST + " bytes");
        }
        // Of the part behind the star, its length is that of the whole.
        if (!host.startsWith("*.")
                || ObjectNames.dns1123Subdomain(host.substring(2)).stream()
                        .anyMatch(wrong -> wrong.contains("regex"))) {
            errors.invalid(
                    at,
                    host,
                    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must"
                            + " consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric"
                            + " character (e.g. '*.example.com', regex used for validation is"
                            + " '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')");
        }
    }

    /** @param secretsOnly whether the hosts are of no interest */
    private static void tls(List<JsonNode> tls, Demands demands, boolean secretsOnly, FieldErrors errors) {
        for (int i = 0; i < tls.size(); i++) {
            FieldPath at = SPEC.child("tls").index(i);
            List<String> hosts = secretsOnly ? List.of() : Tree.texts(tls.get(i), "hosts");
            for (int h = 0; h < hosts.size(); h++) {
                host(hosts.get(h), at.child("hosts").index(h), errors);
            }
            String secret = Tree.text(tls.get(i), "secretName");
            if (demands.secrets && !secret.isEmpty()) {
                errors.invalidEach(at.child("secretName"), secret, ObjectNames.dns1123Subdomain(secret));
            }
        }
    }

    private static void http(JsonNode rule, FieldPath at, Demands demands, FieldErrors errors) {
        if (!rule.hasNonNull("http")) {
            return;
        }
        FieldPath path = at.child("http", "paths");
        List<JsonNode> paths = Tree.items(rule, "http", "paths");
        if (paths.isEmpty()) {
            errors.required(path);
        }
        for (int i = 0; i < paths.size(); i++) {
            path(paths.get(i), path.index(i), demands, errors);
        }
    }

    private static void path(JsonNode one, FieldPath at, Demands demands, FieldErrors errors) {
        if (!one.hasNonNull("pathType")) {
            errors.required(at.child("pathType"), "pathType must be specified");
            return;
        }
        String type = Tree.text(one, "pathType");
        String text = Tree.text(one, "path");
        if (!PATH_TYPES.contains(type)) {
            errors.notSupported(at.child("pathType"), type, PATH_TYPES);
        } else if (type.equals("ImplementationSpecific")) {
            if (!text.isEmpty() && !text.startsWith("/")) {
                errors.invalid(at.child("path"), text, ABSOLUTE);
            }
        } else {
            exactPath(text, at.child("path"), errors);
        }
        backend(one.path("backend"), at.child("backend"), demands, errors);
    }

    private static void exactPath(String text, FieldPath at, FieldErrors errors) {
        if (!text.startsWith("/")) {
            errors.invalid(at, text, ABSOLUTE);
        }
        for (String part : List.of("//", "/./", "/../", "%2f", "%2F")) {
            if (text.contains(part)) {
                errors.invalid(at, text, "must not contain '" + part + "'");
            }
        }
        for (String end : List.of("/..", "/.")) {
            if (text.endsWith(end)) {
                errors.invalid(at, text, "cannot end with '" + end + "'");
            }
        }
    }

    private static void backend(JsonNode backend, FieldPath at, Demands demands, FieldErrors errors) {
        boolean hasResource = backend.hasNonNull("resource");
        boolean hasService = backend.hasNonNull("service");
        if (hasResource && hasService) {
            errors.invalid(at, "", "cannot set both resource and service backends");
        } else if (hasResource) {
            IngressClassValidation.reference(backend.path("resource"), at.child("resource"), errors);
        } else if (hasService) {
            service(backend.path("service"), at, demands, errors);
        } else {
            errors.invalid(at, "", "resource or service backend is required");
        }
    }

    /** @param at the backend: what is wrong with the port as a whole is told of it */
    private static void service(JsonNode service, FieldPath at, Demands demands, FieldErrors errors) {
        FieldPath path = at.child("service");
        String name = Tree.text(service, "name");
        if (name.isEmpty()) {
            errors.required(path.child("name"));
        } else {
            errors.invalidEach(path.child("name"), name, demands.serviceName.apply(name));
        }
        String portName = Tree.text(service, "port", "name");
        long port = Tree.number(service, "port", "number");
        if (!portName.isEmpty() && port != 0) {
            errors.invalid(at, "", "cannot set both port name & port number");
        } else if (!portName.isEmpty()) {
            errors.invalidEach(path.child("port", "name"), portName, ObjectNames.portName(portName));
        } else if (port != 0) {
            errors.invalidEach(path.child("port", "number"), port, ObjectNames.portNumber(port));
        } else {
            errors.required(at, "port name or number is required");
        }
    }
}
