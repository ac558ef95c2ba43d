package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The rules of {@code pods/status}. */
final class PodStatusValidation {
    private static final FieldPath STATUS = FieldPath.of("status");
    private static final Set<String> SYSTEM_CONDITIONS = Set.of("PodScheduled", "Ready", "Initialized");
    private static final List<String> STATUSES =
            List.of("containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses");

    private PodStatusValidation() {}

    static void update(ObjectNode old, ObjectNode next, FieldErrors errors) {
        conditions(next, errors);
        String node = Tree.text(next, "status", "nominatedNodeName");
        if (!node.isEmpty() && !node.equals(Tree.text(old, "status", "nominatedNodeName"))) {
            errors.invalidEach(STATUS.child("nominatedNodeName"), node, ObjectNames.dns1123Subdomain(node));
        }
        errors.immutable(
                STATUS.child("qosClass"), Tree.at(old, "status", "qosClass"), Tree.at(next, "status", "qosClass"));
        String policy = Tree.text(old, "spec", "restartPolicy");
        terminatedStay(old, next, "containerStatuses", policy, Set.of(), errors);
        terminatedStay(old, next, "initContainerStatuses", policy, sidecars(old), errors);
        // Ephemeral containers are never started again.
        terminatedStay(old, next, "ephemeralContainerStatuses", "Never", Set.of(), errors);
        claims(next, errors);
        ResourceHealthRules.check(next, STATUS, errors);
        addresses(next, "podIPs", errors);
        hostAddresses(next, errors);
        STATUSES.forEach(list -> users(next, list, errors));
    }

    private static void conditions(ObjectNode next, FieldErrors errors) {
        List<JsonNode> conditions = Tree.items(next, "status", "conditions");
        for (int i = 0; i < conditions.size(); i++) {
            String type = Tree.text(conditions.get(i), "type");
            if (!SYSTEM_CONDITIONS.contains(type)) {
                // The path is upstream's.
                errors.invalidEach(
                        FieldPath.of("metadata", "conditions").index(i).child("Type"),
                        type,
                        ObjectNames.qualifiedName(type));
            }
        }
    }

    private static Set<String> sidecars(ObjectNode pod) {
        Set<String> names = new HashSet<>();
        for (JsonNode container : Tree.items(pod, "spec", "initContainers")) {
            if (Tree.text(container, "restartPolicy").equals("Always")) {
                names.add(Tree.text(container, "name"));
            }
        }
        return names;
    }

    /** A container that has ended for good does not run again. */
    private static void terminatedStay(
            ObjectNode old, ObjectNode next, String list, String policy, Set<String> restarted, FieldErrors errors) {
        if (policy.isEmpty() || policy.equals("Always")) {
            return;
        }
        List<JsonNode> before = Tree.items(old, "status", list);
        for (int i = 0; i < before.size(); i++) {
            String name = Tree.text(before.get(i), "name");
            JsonNode ended = Tree.at(before.get(i), "state", "terminated");
            boolean forGood = ended.isObject() && (policy.equals("Never") || Tree.number(ended, "exitCode") == 0);
            if (!forGood || restarted.contains(name)) {
                continue;
            }
            for (JsonNode after : Tree.items(next, "status", list)) {
                if (Tree.text(after, "name").equals(name)
                        && !Tree.at(after, "state", "terminated").isObject()) {
                    errors.forbidden(
                            STATUS.child(list).index(i).child("state"),
                            "may not be transitioned to non-terminated state");
                }
            }
        }
    }

    private static void claims(ObjectNode next, FieldErrors errors) {
        Set<String> asked = new HashSet<>();
        Tree.items(next, "spec", "resourceClaims").forEach(claim -> asked.add(Tree.text(claim, "name")));
        Set<String> seen = new HashSet<>();
        List<JsonNode> statuses = Tree.items(next, "status", "resourceClaimStatuses");
        for (int i = 0; i < statuses.size(); i++) {
            FieldPath at = STATUS.child("resourceClaimStatuses").index(i).child("name");
            String name = Tree.text(statuses.get(i), "name");
            if (!asked.contains(name)) {
                errors.invalid(at, name, "must match the name of an entry in `spec.resourceClaims`");
            }
            if (!seen.add(name)) {
                errors.duplicate(at, name);
            }
            String claim = Tree.text(statuses.get(i), "resourceClaimName");
            if (!claim.isEmpty()) {
                errors.invalidEach(at, claim, ObjectNames.dns1123Subdomain(claim));
            }
        }
    }

    private static void hostAddresses(ObjectNode next, FieldErrors errors) {
        List<JsonNode> addresses = Tree.items(next, "status", "hostIPs");
        if (addresses.isEmpty()) {
            return;
        }
        String first = Tree.text(addresses.get(0), "ip");
        if (!first.equals(Tree.text(next, "status", "hostIP"))) {
            errors.invalid(STATUS.child("hostIPs").index(0).child("ip"), first, "must be equal to `hostIP`");
        }
        addresses(next, "hostIPs", errors);
    }

    /** At most one address of each family. */
    private static void addresses(ObjectNode next, String field, FieldErrors errors) {
        FieldPath path = STATUS.child(field);
        List<JsonNode> addresses = Tree.items(next, "status", field);
        Set<String> seen = new HashSet<>();
        int four = 0;
        for (int i = 0; i < addresses.size(); i++) {
            String address = Tree.text(addresses.get(i), "ip");
            Rules.ip(address, path.index(i), errors);
            four += Rules.isIpv4(address) ? 1 : 0;
            if (!seen.add(address)) {
                errors.duplicate(path.index(i), addresses.get(i));
            }
        }
        if (addresses.size() > 2 || (addresses.size() == 2 && four != 1)) {
            errors.invalid(path, Tree.at(next, "status", field), "may specify no more than one IP for each IP family");
        }
    }

    private static void users(ObjectNode next, String list, FieldErrors errors) {
        boolean windows = Tree.text(next, "spec", "os", "name").equals("windows");
        List<JsonNode> statuses = Tree.items(next, "status", list);
        for (int i = 0; i < statuses.size(); i++) {
            JsonNode user = Tree.at(statuses.get(i), "user", "linux");
            FieldPath at = STATUS.child(list).index(i).child("linux");
            if (!user.isObject()) {
                continue;
            }
            if (windows) {
                errors.forbidden(at, "cannot be set for a windows pod");
                continue;
            }
            PodSecurityRules.ids(user, at, errors, "uid", "gid");
            PodSecurityRules.groups(user, at, errors);
        }
    }
}
