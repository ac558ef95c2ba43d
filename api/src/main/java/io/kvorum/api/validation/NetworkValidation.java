package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.IntOrString;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import io.kvorum.api.address.CidrText;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The rules of NetworkPolicies. */
final class NetworkValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final List<String> TYPES = List.of("Ingress", "Egress");
    private static final List<String> PROTOCOLS = List.of("TCP", "UDP", "SCTP");

    private NetworkValidation() {}

    static final KindValidation POLICY = new KindValidation() {
        @Override
        public void create(ObjectNode policy, ValidationOptions options, FieldErrors errors) {
            spec(policy.path("spec"), Set.of(), errors);
        }

        /** Blocks that were there, wherever, are not looked at again. */
        @Override
        public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
            Set<String> known = new HashSet<>();
            for (String direction : List.of("ingress", "egress")) {
                for (JsonNode rule : Tree.items(old, "spec", direction)) {
                    for (JsonNode peer : Tree.items(rule, direction.equals("ingress") ? "from" : "to")) {
                        known.add(Tree.text(peer, "ipBlock", "cidr"));
                        known.addAll(Tree.texts(peer, "ipBlock", "except"));
                    }
                }
            }
            spec(next.path("spec"), known, errors);
        }
    };

    /** @param known blocks that are good whatever they look like */
    private static void spec(JsonNode spec, Set<String> known, FieldErrors errors) {
        MetaValidation.selector(spec.path("podSelector"), SPEC.child("podSelector"), errors);
        rules(Tree.items(spec, "ingress"), "from", SPEC.child("ingress"), known, errors);
        rules(Tree.items(spec, "egress"), "to", SPEC.child("egress"), known, errors);
        List<String> types = Tree.texts(spec, "policyTypes");
        if (types.size() > 2) {
            errors.invalid(
                    SPEC.child("policyTypes"), spec.get("policyTypes"), "may not specify more than two policyTypes");
            return;
        }
        for (int i = 0; i < types.size(); i++) {
            if (!TYPES.contains(types.get(i))) {
                errors.notSupported(SPEC.child("policyTypes").index(i), types.get(i), TYPES);
            }
        }
    }

    private static void rules(
            List<JsonNode> rules, String side, FieldPath path, Set<String> known, FieldErrors errors) {
        for (int i = 0; i < rules.size(); i++) {
            JsonNode rule = rules.get(i);
            FieldPath at = path.index(i);
            List<JsonNode> ports = Tree.items(rule, "ports");
            for (int p = 0; p < ports.size(); p++) {
                policyPort(ports.get(p), at.child("ports").index(p), errors);
            }
            List<JsonNode> peers = Tree.items(rule, side);
            for (int p = 0; p < peers.size(); p++) {
                peer(peers.get(p), at.child(side).index(p), known, errors);
            }
        }
    }

    private static void policyPort(JsonNode port, FieldPath at, FieldErrors errors) {
        Rules.oneOf(port, at, "protocol", PROTOCOLS, errors);
        IntOrString value = IntOrString.from(port.get("port"));
        boolean number = value != null && value.isNumber();
        if (number) {
            Rules.port(value, at.child("port"), errors);
        }
        if (port.hasNonNull("endPort")) {
            long end = Tree.number(port, "endPort");
            FieldPath path = at.child("endPort");
            if (value == null) {
                errors.invalid(path, end, "may not be specified when `port` is not specified");
            } else if (!number) {
                errors.invalid(path, end, "may not be specified when `port` is non-numeric");
            } else {
                if (end < value.number()) {
                    errors.invalid(path, end, "must be greater than or equal to `port`");
                }
                errors.invalidEach(path, end, ObjectNames.portNumber(end));
            }
        }
        if (value != null && !number) {
            Rules.port(value, at.child("port"), errors);
        }
    }

    private static void peer(JsonNode peer, FieldPath at, Set<String> known, FieldErrors errors) {
        boolean selects = peer.hasNonNull("podSelector") || peer.hasNonNull("namespaceSelector");
        MetaValidation.selector(peer.path("podSelector"), at.child("podSelector"), errors);
        MetaValidation.selector(peer.path("namespaceSelector"), at.child("namespaceSelector"), errors);
        if (peer.hasNonNull("ipBlock")) {
            block(peer.path("ipBlock"), at.child("ipBlock"), known, errors);
            if (selects) {
                errors.forbidden(at, "may not specify both ipBlock and another peer");
            }
        } else if (!selects) {
            errors.required(at, "must specify a peer");
        }
    }

    private static void block(JsonNode block, FieldPath path, Set<String> known, FieldErrors errors) {
        String cidr = Tree.text(block, "cidr");
        if (cidr.isEmpty()) {
            errors.required(path.child("cidr"));
            return;
        }
        cidr(cidr, path.child("cidr"), known, errors);
        CidrText whole = CidrText.parse(cidr);
        List<String> excepted = Tree.texts(block, "except");
        for (int i = 0; i < excepted.size() && whole != null; i++) {
            FieldPath at = path.child("except").index(i);
            cidr(excepted.get(i), at, known, errors);
            CidrText part = CidrText.parse(excepted.get(i));
            if (part != null && (!whole.contains(part.address()) || whole.bits() >= part.bits())) {
                errors.invalid(at, excepted.get(i), "must be a strict subset of `cidr`");
            }
        }
    }

    private static void cidr(String text, FieldPath path, Set<String> known, FieldErrors errors) {
        if (!known.contains(text)) {
            Rules.block(text, path, errors);
        }
    }
}
