package io.kvorum.api.warning;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.GoText;
import io.kvorum.api.Tree;
import io.kvorum.api.validation.FieldPath;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/** Warnings of pods and of the templates of pods. */
final class PodWarnings {
    private static final String NO_POD = "a null labelSelector results in matching no pod";
    private static final String SYSCTLS = "non-functional in v1.11+; use the \"sysctls\" field instead";
    private static final String SECCOMP = "non-functional in v1.27+; use the \"seccompProfile\" field instead";
    private static final String APPARMOR = "deprecated since v1.30; use the \"appArmorProfile\" field instead";
    private static final String SECCOMP_OF_POD = "seccomp.security.alpha.kubernetes.io/pod";
    private static final String SECCOMP_OF_CONTAINER = "container.seccomp.security.alpha.kubernetes.io/";
    private static final String APPARMOR_OF_CONTAINER = "container.apparmor.security.beta.kubernetes.io/";
    private static final List<Map.Entry<String, String>> ANNOTATIONS = List.of(
            Map.entry(
                    "scheduler.alpha.kubernetes.io/critical-pod",
                    "non-functional in v1.16+; use the \"priorityClassName\" field instead"),
            Map.entry("security.alpha.kubernetes.io/sysctls", SYSCTLS),
            Map.entry("security.alpha.kubernetes.io/unsafe-sysctls", SYSCTLS));

    private final JsonNode pod;
    private final FieldPath root;
    private final boolean template;
    private final JsonNode spec;
    private final FieldPath at;
    private final WarningList warnings;

    private PodWarnings(JsonNode pod, FieldPath root, boolean template, WarningList warnings) {
        this.pod = pod;
        this.root = root;
        this.template = template;
        this.spec = pod.path("spec");
        this.at = root.child("spec");
        this.warnings = warnings;
    }

    static void pod(JsonNode pod, WarningList warnings) {
        new PodWarnings(pod, FieldPath.ROOT, false, warnings).all();
    }

    static void template(JsonNode template, FieldPath path, WarningList warnings) {
        new PodWarnings(template, path, true, warnings).all();
    }

    private void all() {
        if (!template) {
            // Upstream says this first: it puts the profile where it belongs before it looks at the rest.
            containers((container, path) -> appArmor(container));
        }
        nodes();
        spread();
        annotations();
        VolumeWarnings.volumes(Tree.items(spec, "volumes"), at.child("volumes"), warnings);
        duplicates("hostAliases", "ip");
        duplicates("imagePullSecrets", "name");
        namelessSecrets();
        for (String resource : List.of("memory", "ephemeral-storage")) {
            warnings.fraction(at.child("overhead").key(resource), Tree.text(spec, "overhead", resource));
        }
        if (!Tree.has(Tree.at(spec, "securityContext"), "seccompProfile")) {
            annotation(SECCOMP_OF_POD, SECCOMP);
        }
        containers(this::container);
        PortWarnings ports = new PortWarnings(warnings);
        containers(ports::overlaps);
        containers(ports::names);
        if (Tree.number(spec, "terminationGracePeriodSeconds") < 0) {
            warnings.add(
                    at.child("terminationGracePeriodSeconds"),
                    "must be >= 0; negative values are invalid and will be treated as 1");
        }
        podAffinity("podAffinity");
        podAffinity("podAntiAffinity");
        addresses();
    }

    private void containers(BiConsumer<JsonNode, FieldPath> each) {
        for (String list : List.of("initContainers", "containers", "ephemeralContainers")) {
            List<JsonNode> containers = Tree.items(spec, list);
            for (int i = 0; i < containers.size(); i++) {
                each.accept(containers.get(i), at.child(list).index(i));
            }
        }
    }

    // ---- where the pod may run

    private void nodes() {
        for (String label : Tree.map(spec, "nodeSelector").keySet()) {
            NodeLabels.key(label, at.child("nodeSelector").key(label), warnings);
        }
        FieldPath affinity = at.child("affinity", "nodeAffinity");
        String required = "requiredDuringSchedulingIgnoredDuringExecution";
        List<JsonNode> terms = Tree.items(spec, "affinity", "nodeAffinity", required, "nodeSelectorTerms");
        for (int i = 0; i < terms.size(); i++) {
            FieldPath path = affinity.child(required, "nodeSelectorTerms").index(i);
            NodeLabels.term(terms.get(i), false, path, warnings);
        }
        String preferred = "preferredDuringSchedulingIgnoredDuringExecution";
        List<JsonNode> wishes = Tree.items(spec, "affinity", "nodeAffinity", preferred);
        for (int i = 0; i < wishes.size(); i++) {
            FieldPath path = affinity.child(preferred).index(i).child("preference");
            NodeLabels.term(wishes.get(i).path("preference"), true, path, warnings);
        }
    }

    private void spread() {
        List<JsonNode> constraints = Tree.items(spec, "topologySpreadConstraints");
        for (int i = 0; i < constraints.size(); i++) {
            FieldPath path = at.child("topologySpreadConstraints").index(i);
            NodeLabels.named(Tree.text(constraints.get(i), "topologyKey"), path.child("topologyKey"), warnings);
            selects(constraints.get(i), path);
        }
    }

    private void podAffinity(String kind) {
        FieldPath path = at.child("affinity", kind);
        String required = "requiredDuringSchedulingIgnoredDuringExecution";
        List<JsonNode> terms = Tree.items(spec, "affinity", kind, required);
        for (int i = 0; i < terms.size(); i++) {
            selects(terms.get(i), path.child(required).index(i));
        }
        String preferred = "preferredDuringSchedulingIgnoredDuringExecution";
        List<JsonNode> wishes = Tree.items(spec, "affinity", kind, preferred);
        for (int i = 0; i < wishes.size(); i++) {
            selects(
                    wishes.get(i).path("podAffinityTerm"),
                    path.child(preferred).index(i).child("podAffinityTerm"));
        }
    }

    private void selects(JsonNode owner, FieldPath path) {
        if (!Tree.has(owner, "labelSelector")) {
            warnings.add(path.child("labelSelector"), NO_POD);
        }
    }

    // ---- what was written twice, or does nothing

    private void annotations() {
        ANNOTATIONS.forEach(known -> annotation(known.getKey(), known.getValue()));
    }

    private void annotation(String key, String advice) {
        if (Tree.at(pod, "metadata", "annotations").has(key)) {
            warnings.add(root.child("metadata", "annotations").key(key), advice);
        }
    }

    private void duplicates(String list, String field) {
        Set<String> seen = new HashSet<>();
        List<JsonNode> items = Tree.items(spec, list);
        for (int i = 0; i < items.size(); i++) {
            String value = Tree.text(items.get(i), field);
            if (!seen.add(value)) {
                warnings.add(at.child(list).index(i).child(field), "duplicate " + field + " " + GoText.quoted(value));
            }
        }
    }

    private void namelessSecrets() {
        List<JsonNode> secrets = Tree.items(spec, "imagePullSecrets");
        for (int i = 0; i < secrets.size(); i++) {
            if (Tree.text(secrets.get(i), "name").isEmpty()) {
                warnings.add(at.child("imagePullSecrets").index(i).child("name"), "invalid empty name \"\"");
            }
        }
    }

    private void addresses() {
        List<String> servers = Tree.texts(spec, "dnsConfig", "nameservers");
        for (int i = 0; i < servers.size(); i++) {
            Addresses.ip(servers.get(i), at.child("dnsConfig", "nameservers").index(i), warnings);
        }
        List<JsonNode> aliases = Tree.items(spec, "hostAliases");
        for (int i = 0; i < aliases.size(); i++) {
            FieldPath path = at.child("hostAliases").index(i).child("ip");
            Addresses.ip(Tree.text(aliases.get(i), "ip"), path, warnings);
        }
    }

    // ---- containers

    private void container(JsonNode container, FieldPath path) {
        String name = Tree.text(container, "name");
        if (!Tree.has(Tree.at(container, "securityContext"), "seccompProfile")) {
            annotation(SECCOMP_OF_CONTAINER + name, SECCOMP);
        }
        if (template && !hasAppArmor(container) && !hasAppArmor(spec)) {
            annotation(APPARMOR_OF_CONTAINER + name, APPARMOR);
        }
        for (String resource : List.of("memory", "ephemeral-storage")) {
            for (String list : List.of("limits", "requests")) {
                warnings.fraction(
                        path.child("resources", list).key(resource), Tree.text(container, "resources", list, resource));
            }
        }
        environment(container, path);
    }

    private static boolean hasAppArmor(JsonNode owner) {
        return Tree.has(Tree.at(owner, "securityContext"), "appArmorProfile");
    }

    /** The annotation of a container says what no field says: it differs from the profile of the pod, or means nothing. */
    private void appArmor(JsonNode container) {
        String key = APPARMOR_OF_CONTAINER + Tree.text(container, "name");
        if (hasAppArmor(container) || !Tree.at(pod, "metadata", "annotations").has(key)) {
            return;
        }
        JsonNode profile = Tree.at(spec, "securityContext", "appArmorProfile");
        String local = Tree.text(profile, "localhostProfile");
        String ofPod = switch (Tree.text(profile, "type")) {
            case "Unconfined" -> "unconfined";
            case "RuntimeDefault" -> "runtime/default";
            case "Localhost" -> "localhost/" + local;
            default -> "";
        };
        if (ofPod.isEmpty() || !ofPod.equals(Tree.text(pod, "metadata", "annotations", key))) {
            annotation(key, APPARMOR);
        }
    }

    /** A variable may be built up in steps, each of which speaks of the one before; another value hides it. */
    private void environment(JsonNode container, FieldPath path) {
        Set<String> seen = new HashSet<>();
        List<JsonNode> variables = Tree.items(container, "env");
        for (int i = 0; i < variables.size(); i++) {
            String name = Tree.text(variables.get(i), "name");
            String value = Tree.text(variables.get(i), "value");
            String reference = "$(" + name + ")";
            boolean hides =
                    variables.get(i).hasNonNull("valueFrom") || value.equals(reference) || !value.contains(reference);
            if (!seen.add(name) && hides) {
                warnings.add(
                        path.child("env").index(i),
                        "hides previous definition of " + GoText.quoted(name)
                                + ", which may be dropped when using apply");
            }
        }
    }
}
