package io.kvorum.api.warning;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.Tree;
import io.kvorum.api.validation.FieldPath;
import java.util.List;
import java.util.Set;

/** Warnings of Services, their endpoints, Ingresses and NetworkPolicies. */
final class NetworkWarnings {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final String HINTS = "service.kubernetes.io/topology-aware-hints";
    private static final String INGRESS_CLASS = "kubernetes.io/ingress.class";
    private static final String ENDPOINTS_MANAGER = "endpoints.kubernetes.io/managed-by";
    private static final String SLICE_MANAGER = "endpointslice.kubernetes.io/managed-by";

    /** Controllers that mend the addresses they pass on. */
    private static final Set<String> CAREFUL =
            Set.of("endpointslice-controller.k8s.io", "endpointslicemirroring-controller.k8s.io");

    private NetworkWarnings() {}

    static void service(JsonNode service, WarningList warnings) {
        JsonNode spec = service.path("spec");
        if (Tree.at(service, "metadata", "annotations").has(HINTS)) {
            warnings.add(
                    "annotation " + HINTS + " is deprecated, please use service.kubernetes.io/topology-mode instead");
        }
        String type = Tree.text(spec, "type");
        String clusterIp = Tree.text(spec, "clusterIP");
        boolean external = type.equals("ExternalName");
        boolean headless = type.equals("ClusterIP") && clusterIp.equals("None");
        if (!clusterIp.isEmpty() && !clusterIp.equals("None")) {
            addresses(Tree.texts(spec, "clusterIPs"), SPEC.child("clusterIPs"), warnings);
        }
        List<String> externalIps = Tree.texts(spec, "externalIPs");
        if (headless) {
            headless(spec, warnings);
        }
        addresses(externalIps, SPEC.child("externalIPs"), warnings);
        if (!externalIps.isEmpty() && !headless && !external) {
            warnings.add("spec.externalIPs is deprecated and may no longer be implemented in some clusters");
        }
        Addresses.ip(Tree.text(spec, "loadBalancerIP"), SPEC.child("loadBalancerIP"), warnings);
        List<String> ranges = Tree.texts(spec, "loadBalancerSourceRanges");
        for (int i = 0; i < ranges.size(); i++) {
            Addresses.block(
                    ranges.get(i), SPEC.child("loadBalancerSourceRanges").index(i), warnings);
        }
        if (external && !externalIps.isEmpty()) {
            warnings.add("spec.externalIPs is ignored when spec.type is \"ExternalName\"");
        }
        if (!external && !Tree.text(spec, "externalName").isEmpty()) {
            warnings.add("spec.externalName is ignored when spec.type is not \"ExternalName\"");
        }
        if (Tree.text(spec, "trafficDistribution").equals("PreferClose")) {
            warnings.add(SPEC.child("trafficDistribution"), "\"PreferClose\" is deprecated; use \"PreferSameZone\"");
        }
    }

    private static void headless(JsonNode spec, WarningList warnings) {
        if (!Tree.text(spec, "loadBalancerIP").isEmpty()) {
            warnings.add("spec.loadBalancerIP is ignored for headless services");
        }
        if (!Tree.items(spec, "externalIPs").isEmpty()) {
            warnings.add("spec.externalIPs is ignored for headless services");
        }
        if (!Tree.text(spec, "sessionAffinity").equals("None")) {
            warnings.add("spec.SessionAffinity is ignored for headless services");
        }
    }

    private static void addresses(List<String> texts, FieldPath path, WarningList warnings) {
        for (int i = 0; i < texts.size(); i++) {
            Addresses.ip(texts.get(i), path.index(i), warnings);
        }
    }

    static void endpoints(JsonNode endpoints, WarningList warnings) {
        if (Tree.text(endpoints, "metadata", "labels", ENDPOINTS_MANAGER).equals("endpoint-controller")) {
            return;
        }
        List<JsonNode> subsets = Tree.items(endpoints, "subsets");
        for (int i = 0; i < subsets.size(); i++) {
            for (String list : List.of("addresses", "notReadyAddresses")) {
                List<JsonNode> addresses = Tree.items(subsets.get(i), list);
                for (int a = 0; a < addresses.size(); a++) {
                    FieldPath path = FieldPath.of("subsets")
                            .index(i)
                            .child(list)
                            .index(a)
                            .child("ip");
                    Addresses.ip(Tree.text(addresses.get(a), "ip"), path, warnings);
                }
            }
        }
    }

    static void slice(JsonNode slice, boolean fresh, WarningList warnings) {
        String type = Tree.text(slice, "addressType");
        if (fresh && type.equals("FQDN")) {
            warnings.add(SPEC.child("addressType"), "FQDN endpoints are deprecated");
        }
        boolean addresses = type.equals("IPv4") || type.equals("IPv6");
        if (!addresses || CAREFUL.contains(Tree.text(slice, "metadata", "labels", SLICE_MANAGER))) {
            return;
        }
        List<JsonNode> endpoints = Tree.items(slice, "endpoints");
        for (int i = 0; i < endpoints.size(); i++) {
            addresses(
                    Tree.texts(endpoints.get(i), "addresses"),
                    FieldPath.of("endpoints").index(i).child("addresses"),
                    warnings);
        }
    }

    static void ingress(JsonNode ingress, WarningList warnings) {
        boolean annotated = Tree.at(ingress, "metadata", "annotations").has(INGRESS_CLASS);
        if (annotated && !Tree.has(ingress.path("spec"), "ingressClassName")) {
            warnings.add(
                    "annotation \"" + INGRESS_CLASS + "\" is deprecated, please use 'spec.ingressClassName' instead");
        }
    }

    static void policy(JsonNode policy, WarningList warnings) {
        peers(policy, "ingress", "from", warnings);
        peers(policy, "egress", "to", warnings);
    }

    private static void peers(JsonNode policy, String rules, String peers, WarningList warnings) {
        List<JsonNode> list = Tree.items(policy, "spec", rules);
        for (int i = 0; i < list.size(); i++) {
            List<JsonNode> others = Tree.items(list.get(i), peers);
            for (int p = 0; p < others.size(); p++) {
                JsonNode block = others.get(p).path("ipBlock");
                FieldPath path =
                        SPEC.child(rules).index(i).child(peers).index(p).child("ipBlock");
                Addresses.block(Tree.text(block, "cidr"), path.child("cidr"), warnings);
                List<String> excepted = Tree.texts(block, "except");
                for (int e = 0; e < excepted.size(); e++) {
                    Addresses.block(excepted.get(e), path.child("except").index(e), warnings);
                }
            }
        }
    }
}
