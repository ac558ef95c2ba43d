package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Tree;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The rules of pods and pod templates. */
final class PodValidation implements KindValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final String IMMUTABLE =
            "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
                    + "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
                    + "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

    private static final int MOST_NAMESERVERS = 3;
    private static final int MOST_SEARCHES = 32;
    private static final int LONGEST_SEARCHES = 2048;

    @Override
    public void create(ObjectNode pod, ValidationOptions options, FieldErrors errors) {
        ofPod(pod, errors);
        if (!Tree.items(pod, "spec", "ephemeralContainers").isEmpty()
                && !pod.path("metadata").hasNonNull("resourceVersion")) {
            errors.forbidden(SPEC.child("ephemeralContainers"), "cannot be set on create");
        }
    }

    /** What holds for pods, on top of what holds for templates. */
    private static void ofPod(ObjectNode pod, FieldErrors errors) {
        PodAnnotationRules.check(pod, errors);
        spec(pod.path("spec"), SPEC, errors);
        for (String list : List.of("containers", "initContainers", "ephemeralContainers")) {
            List<JsonNode> containers = Tree.items(pod, "spec", list);
            for (int i = 0; i < containers.size(); i++) {
                ContainerValidation.image(containers.get(i), SPEC.child(list).index(i), errors);
            }
        }
        if (!Tree.text(pod, "spec", "serviceAccountName").isEmpty()) {
            return;
        }
        List<JsonNode> volumes = Tree.items(pod, "spec", "volumes");
        for (int v = 0; v < volumes.size(); v++) {
            List<JsonNode> sources = Tree.items(volumes.get(v), "projected", "sources");
            for (int i = 0; i < sources.size(); i++) {
                if (sources.get(i).hasNonNull("serviceAccountToken")) {
                    errors.forbidden(
                            SPEC.child("volumes")
                                    .index(v)
                                    .child("projected", "sources")
                                    .index(i)
                                    .child("serviceAccountToken"),
                            "must not be specified when serviceAccountName is not set");
                }
            }
        }
    }

    /** The {@code template} of a workload: labels, annotations and the pod's spec. */
    static void template(JsonNode template, FieldPath path, FieldErrors errors) {
        MetaValidation.template(template.path("metadata"), path, errors); // upstream leaves "metadata" out
        spec(template.path("spec"), path.child("spec"), errors);
        if (!Tree.items(template, "spec", "ephemeralContainers").isEmpty()) {
            errors.forbidden(
                    path.child("spec", "ephemeralContainers"), "ephemeral containers not allowed in pod template");
        }
    }

    static void spec(JsonNode spec, FieldPath path, FieldErrors errors) {
        Set<String> volumes = VolumeValidation.volumes(Tree.items(spec, "volumes"), path.child("volumes"), errors);
        PodClaimRules.pod(spec, path, errors);
        ContainerValidation containers = new ContainerValidation(spec, volumes, errors);
        containers.containers(Tree.items(spec, "containers"), path.child("containers"));
        containers.initContainers(Tree.items(spec, "initContainers"), path.child("initContainers"));
        containers.ephemeralContainers(Tree.items(spec, "ephemeralContainers"), path.child("ephemeralContainers"));
        ResourceListValidation.pod(spec, path, errors);
        Rules.requiredOneOf(spec, path, "restartPolicy", List.of("Always", "OnFailure", "Never"), errors);
        Rules.requiredOneOf(
                spec, path, "dnsPolicy", List.of("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"), errors);
        MetaValidation.labels(spec.path("nodeSelector"), path.child("nodeSelector"), errors);
        PodSecurityRules.pod(spec, path, errors);
        SchedulingValidation.affinity(spec.path("affinity"), path.child("affinity"), errors);
        dnsConfig(spec, path, errors);
        readinessGates(spec, path.child("readinessGates"), errors);
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
        if (spec.hasNonNull("overhead")) {
            ResourceListValidation.overhead(spec.path("overhead"), path.child("overhead"), errors);
        }
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

    private static void dnsConfig(JsonNode spec, FieldPath path, FieldErrors errors) {
        FieldPath at = path.child("dnsConfig");
        JsonNode config = spec.path("dnsConfig");
        List<JsonNode> servers = Tree.items(config, "nameservers");
        if (Tree.text(spec, "dnsPolicy").equals("None")) {
            if (!config.isObject()) {
                errors.required(at, "must provide `dnsConfig` when `dnsPolicy` is None");
                return;
            }
            if (servers.isEmpty()) {
                errors.required(
                        at.child("nameservers"), "must provide at least one DNS nameserver when `dnsPolicy` is None");
                return;
            }
        }
        if (servers.size() > MOST_NAMESERVERS) {
            errors.invalid(
                    at.child("nameservers"),
                    config.get("nameservers"),
                    "must not have more than " + MOST_NAMESERVERS + " nameservers");
        }
        for (int i = 0; i < servers.size(); i++) {
            Rules.ip(servers.get(i).asText(""), at.child("nameservers").index(i), errors);
        }
        searches(config, at.child("searches"), errors);
        List<JsonNode> options = Tree.items(config, "options");
        for (int i = 0; i < options.size(); i++) {
            if (Tree.text(options.get(i), "name").isEmpty()) {
                errors.required(at.child("options").index(i), "must not be empty");
            }
        }
    }

    private static void searches(JsonNode config, FieldPath at, FieldErrors errors) {
        List<String> searches = Tree.texts(config, "searches");
        if (searches.size() > MOST_SEARCHES) {
            errors.invalid(at, config.get("searches"), "must not have more than " + MOST_SEARCHES + " search paths");
        }
        if (String.join(" ", searches).length() > LONGEST_SEARCHES) {
            errors.invalid(
                    at,
                    config.get("searches"),
                    "must not have more than " + LONGEST_SEARCHES
                            + " characters (including spaces) in the search list");
        }
        for (int i = 0; i < searches.size(); i++) {
            String search = searches.get(i);
            if (!search.equals(".")) {
                String domain = search.endsWith(".") ? search.substring(0, search.length() - 1) : search;
                errors.invalidEach(at.index(i), domain, ObjectNames.searchDomain(domain));
            }
        }
    }

    private static void readinessGates(JsonNode spec, FieldPath path, FieldErrors errors) {
        List<JsonNode> gates = Tree.items(spec, "readinessGates");
        for (int i = 0; i < gates.size(); i++) {
            String type = Tree.text(gates.get(i), "conditionType");
            errors.invalidEach(path.index(i).child("conditionType"), type, ObjectNames.qualifiedName(type));
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
            List<String> hosts = Tree.texts(aliases.get(i), "hostnames");
            for (int h = 0; h < hosts.size(); h++) {
                errors.invalidEach(
                        at.child("hostnames").index(h), hosts.get(h), ObjectNames.dns1123Subdomain(hosts.get(h)));
            }
        }
    }

    @Override
    public void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
        ObjectNode before = Tree.object(old, "spec");
        ObjectNode after = Tree.object(next, "spec");
        ofPod(next, errors);
        PodAnnotationRules.update(old, next, errors);
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
        PodAnnotationRules.update(old, next, errors);
        PodStatusValidation.update(old, next, errors);
    }
}
