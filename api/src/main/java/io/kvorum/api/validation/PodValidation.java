package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** The rules of pods and pod templates. */
final class PodValidation implements KindValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final String IMMUTABLE =
            "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
                    + "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
                    + "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

    private static final int LONGEST_SYSCTL = 253;
    /** As upstream's messages spell it. */
    private static final String SYSCTL_TEXT = "^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$";

    private static final Pattern SYSCTL = Pattern.compile(SYSCTL_TEXT);

    @Override
    public void create(ObjectNode pod, ValidationOptions options, FieldErrors errors) {
        spec(pod.path("spec"), SPEC, errors);
        if (!Tree.items(pod, "spec", "ephemeralContainers").isEmpty()
                && !pod.path("metadata").hasNonNull("resourceVersion")) {
            errors.forbidden(SPEC.child("ephemeralContainers"), "cannot be set on create");
        }
    }

    /** The {@code template} of a workload: labels, annotations and the pod's spec. */
    static void template(JsonNode template, FieldPath path, FieldErrors errors) {
        MetaValidation.template(template.path("metadata"), path.child("metadata"), errors);
        spec(template.path("spec"), path.child("spec"), errors);
        if (!Tree.items(template, "spec", "ephemeralContainers").isEmpty()) {
            errors.forbidden(
                    path.child("spec", "ephemeralContainers"), "ephemeral containers not allowed in pod template");
        }
    }

    static void spec(JsonNode spec, FieldPath path, FieldErrors errors) {
        Set<String> volumes = VolumeValidation.volumes(Tree.items(spec, "volumes"), path.child("volumes"), errors);
        boolean hostNetwork = Tree.flag(spec, "hostNetwork");
        ContainerValidation containers = new ContainerValidation(volumes, hostNetwork, errors);
        containers.containers(Tree.items(spec, "containers"), path.child("containers"));
        containers.initContainers(Tree.items(spec, "initContainers"), path.child("initContainers"));
        containers.ephemeralContainers(Tree.items(spec, "ephemeralContainers"), path.child("ephemeralContainers"));
        Rules.requiredOneOf(spec, path, "restartPolicy", List.of("Always", "OnFailure", "Never"), errors);
        Rules.requiredOneOf(
                spec, path, "dnsPolicy", List.of("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"), errors);
        MetaValidation.labels(spec.path("nodeSelector"), path.child("nodeSelector"), errors);
        securityContext(spec.path("securityContext"), path.child("securityContext"), errors);
        sysctls(spec, path.child("securityContext", "sysctls"), errors);
        SchedulingValidation.affinity(spec.path("affinity"), path.child("affinity"), errors);
        dnsConfig(spec, path, errors);
        gates(spec, path, errors);
        SchedulingValidation.spread(
                Tree.items(spec, "topologySpreadConstraints"), path.child("topologySpreadConstraints"), errors);
        names(spec, path, errors);
        Rules.notNegative(spec, path, "terminationGracePeriodSeconds", errors);
        if (spec.hasNonNull("activeDeadlineSeconds")) {
            long deadline = Tree.number(spec, "activeDeadlineSeconds");
            if (deadline < 1 || deadline > Integer.MAX_VALUE) {
                errors.invalid(
                        path.child("activeDeadlineSeconds"), deadline, "must be between 1 and 2147483647, inclusive");
            }
        }
        SchedulingValidation.tolerations(Tree.items(spec, "tolerations"), path.child("tolerations"), errors);
        hostAliases(spec, path, errors);
        Rules.oneOf(spec, path, "preemptionPolicy", List.of("Never", "PreemptLowerPriority"), errors);
        ResourceListValidation.amounts(spec.path("overhead"), path.child("overhead"), errors);
    }

    private static void names(JsonNode spec, FieldPath path, FieldErrors errors) {
        for (String field : List.of("serviceAccountName", "nodeName", "priorityClassName", "runtimeClassName")) {
            String name = Tree.text(spec, field);
            if (!name.isEmpty()) {
                errors.invalidEach(path.child(field), name, ObjectNames.dns1123Subdomain(name));
            }
        }
        for (String field : List.of("hostname", "subdomain")) {
            String name = Tree.text(spec, field);
            if (!name.isEmpty()) {
                errors.invalidEach(path.child(field), name, ObjectNames.dns1123Label(name));
            }
        }
        List<JsonNode> secrets = Tree.items(spec, "imagePullSecrets");
        for (int i = 0; i < secrets.size(); i++) {
            Rules.requiredText(secrets.get(i), path.child("imagePullSecrets").index(i), errors, "name");
        }
    }

    private static void securityContext(JsonNode context, FieldPath path, FieldErrors errors) {
        for (String field : List.of("runAsUser", "runAsGroup", "fsGroup")) {
            if (context.hasNonNull(field)) {
                long id = Tree.number(context, field);
                if (id < 0 || id > 4294967295L) {
                    errors.invalid(path.child(field), id, "must be between 0 and 4294967295, inclusive");
                }
            }
        }
    }

    private static void sysctls(JsonNode spec, FieldPath path, FieldErrors errors) {
        Set<String> seen = new HashSet<>();
        List<JsonNode> sysctls = Tree.items(spec, "securityContext", "sysctls");
        for (int i = 0; i < sysctls.size(); i++) {
            String name = Tree.text(sysctls.get(i), "name");
            FieldPath at = path.index(i).child("name");
            if (name.isEmpty()) {
                errors.required(at);
            } else if (name.length() > LONGEST_SYSCTL || !SYSCTL.matcher(name).matches()) {
                errors.invalid(
                        at, name, "must have at most " + LONGEST_SYSCTL + " characters and match regex " + SYSCTL_TEXT);
            } else if (!seen.add(name)) {
                errors.duplicate(at, name);
            }
        }
    }

    private static void dnsConfig(JsonNode spec, FieldPath path, FieldErrors errors) {
        List<JsonNode> servers = Tree.items(spec, "dnsConfig", "nameservers");
        FieldPath at = path.child("dnsConfig", "nameservers");
        if (Tree.text(spec, "dnsPolicy").equals("None") && servers.isEmpty()) {
            errors.required(at, "must provide at least one DNS nameserver when `dnsPolicy` is None");
        }
        if (servers.size() > 3) {
            errors.invalid(at, Tree.at(spec, "dnsConfig", "nameservers"), "must not have more than 3 nameservers");
        }
        for (int i = 0; i < servers.size(); i++) {
            Rules.ip(servers.get(i).asText(""), at.index(i), errors);
        }
    }

    private static void gates(JsonNode spec, FieldPath path, FieldErrors errors) {
        Set<String> seen = new HashSet<>();
        List<JsonNode> gates = Tree.items(spec, "schedulingGates");
        for (int i = 0; i < gates.size(); i++) {
            String name = Tree.text(gates.get(i), "name");
            FieldPath at = path.child("schedulingGates").index(i);
            errors.invalidEach(at, name, ObjectNames.qualifiedName(name));
            if (!seen.add(name)) {
                errors.duplicate(at, name);
            }
        }
        if (!gates.isEmpty() && !Tree.text(spec, "nodeName").isEmpty()) {
            errors.forbidden(path.child("nodeName"), "cannot be set until all schedulingGates have been cleared");
        }
    }

    private static void hostAliases(JsonNode spec, FieldPath path, FieldErrors errors) {
        List<JsonNode> aliases = Tree.items(spec, "hostAliases");
        for (int i = 0; i < aliases.size(); i++) {
            FieldPath at = path.child("hostAliases").index(i);
            Rules.ip(Tree.text(aliases.get(i), "ip"), at.child("ip"), errors);
            for (String host : Tree.texts(aliases.get(i), "hostnames")) {
                errors.invalidEach(at.child("hostnames"), host, ObjectNames.dns1123Subdomain(host));
            }
        }
    }

    @Override
    public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
        ObjectNode before = Tree.object(old, "spec");
        ObjectNode after = Tree.object(next, "spec");
        spec(after, SPEC, errors);
        for (String list : List.of("containers", "initContainers")) {
            if (Tree.items(before, list).size() != Tree.items(after, list).size()) {
                errors.forbidden(SPEC.child(list), "pod updates may not add or remove containers");
                return;
            }
        }
        deadline(before, after, errors);
        tolerations(before, after, errors);
        boolean gated = gatesOnlyRemoved(before, after, errors);
        ObjectNode comparable = likeBefore(before, after, gated);
        if (!Tree.semanticallyEqual(before, comparable)) {
            errors.forbidden(SPEC, IMMUTABLE + "\n" + LineDiff.of(before, comparable));
        }
    }

    /** The new spec with everything that may change put back: what remains different is the error. */
    private static ObjectNode likeBefore(ObjectNode before, ObjectNode after, boolean gated) {
        ObjectNode comparable = after.deepCopy();
        for (String list : List.of("containers", "initContainers")) {
            List<ObjectNode> oldContainers = Tree.objects(before, list);
            List<ObjectNode> containers = Tree.objects(comparable, list);
            for (int i = 0; i < containers.size(); i++) {
                putBack(oldContainers.get(i), containers.get(i), "image");
            }
        }
        putBack(before, comparable, "activeDeadlineSeconds");
        putBack(before, comparable, "tolerations");
        putBack(before, comparable, "schedulingGates");
        if (Tree.number(before, "terminationGracePeriodSeconds") < 0
                && Tree.number(after, "terminationGracePeriodSeconds") == 1) {
            putBack(before, comparable, "terminationGracePeriodSeconds");
        }
        if (gated) {
            // While it is gated a pod's placement may be narrowed.
            putBack(before, comparable, "nodeSelector");
            putBack(before, comparable, "affinity");
        }
        return comparable;
    }

    private static void putBack(ObjectNode from, ObjectNode to, String field) {
        JsonNode value = from.get(field);
        if (value == null) {
            to.remove(field);
        } else {
            to.set(field, value);
        }
    }

    private static void deadline(ObjectNode before, ObjectNode after, FieldErrors errors) {
        String field = "activeDeadlineSeconds";
        if (!before.hasNonNull(field)) {
            return;
        }
        if (!after.hasNonNull(field)) {
            errors.invalid(SPEC.child(field), after.get(field), "must not update from a positive integer to nil value");
        } else if (Tree.number(after, field) > Tree.number(before, field)) {
            errors.invalid(
                    SPEC.child(field), Tree.number(after, field), "must be less than or equal to previous value");
        }
    }

    private static void tolerations(ObjectNode before, ObjectNode after, FieldErrors errors) {
        for (JsonNode old : Tree.items(before, "tolerations")) {
            boolean kept = false;
            for (JsonNode toleration : Tree.items(after, "tolerations")) {
                ObjectNode same = ((ObjectNode) toleration).deepCopy();
                putBack((ObjectNode) old, same, "tolerationSeconds");
                kept |= Tree.semanticallyEqual(old, same);
            }
            if (!kept) {
                errors.forbidden(
                        SPEC.child("tolerations"),
                        "existing toleration can not be modified except its tolerationSeconds");
                return;
            }
        }
    }

    /** @return whether the pod was gated and is a pod without a node */
    private static boolean gatesOnlyRemoved(ObjectNode before, ObjectNode after, FieldErrors errors) {
        List<String> known = new ArrayList<>();
        for (JsonNode gate : Tree.items(before, "schedulingGates")) {
            known.add(Tree.text(gate, "name"));
        }
        List<JsonNode> gates = Tree.items(after, "schedulingGates");
        for (int i = 0; i < gates.size(); i++) {
            String name = Tree.text(gates.get(i), "name");
            if (!known.contains(name)) {
                errors.forbidden(
                        SPEC.child("schedulingGates").index(i).child("name"),
                        "only deletion is allowed, but found new scheduling gate '" + name + "'");
            }
        }
        return !known.isEmpty();
    }

    @Override
    public void updatePart(
            String subresource, ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
        PodPartValidation.check(subresource, old, next, errors);
    }

    @Override
    public void updateStatus(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
        FieldPath status = FieldPath.of("status");
        List<JsonNode> ips = Tree.items(next, "status", "podIPs");
        for (int i = 0; i < ips.size(); i++) {
            Rules.ip(Tree.text(ips.get(i), "ip"), status.child("podIPs").index(i), errors);
        }
        terminatedStay(old, next, "containerStatuses", errors);
        String before = Tree.text(old, "status", "qosClass");
        String after = Tree.text(next, "status", "qosClass");
        if (!before.isEmpty() && !after.equals(before)) {
            errors.invalid(status.child("qosClass"), after, "field is immutable");
        }
    }

    /** A container that has ended for good does not run again. */
    private static void terminatedStay(ObjectNode old, ObjectNode next, String list, FieldErrors errors) {
        String policy = Tree.text(next, "spec", "restartPolicy");
        if (policy.isEmpty() || policy.equals("Always")) {
            return;
        }
        List<JsonNode> after = Tree.items(next, "status", list);
        for (int i = 0; i < after.size(); i++) {
            for (JsonNode before : Tree.items(old, "status", list)) {
                JsonNode ended = Tree.at(before, "state", "terminated");
                boolean endedForGood =
                        ended.isObject() && (policy.equals("Never") || Tree.number(ended, "exitCode") == 0);
                if (endedForGood
                        && Tree.text(before, "name").equals(Tree.text(after.get(i), "name"))
                        && Tree.at(after.get(i), "state", "terminated").isMissingNode()) {
                    errors.forbidden(
                            FieldPath.of("status", list).index(i).child("state"),
                            "may not be transitioned to non-terminated state");
                }
            }
        }
    }
}
