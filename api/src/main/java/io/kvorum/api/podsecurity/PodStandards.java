package io.kvorum.api.podsecurity;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.Tree;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Compares pods with a level, in the order and the words of upstream's checks. The newest version of the standards is
 * applied whatever version is named.
 */
public final class PodStandards {
    private static final Set<String> DEFAULT_CAPABILITIES = Set.of(
            "AUDIT_WRITE",
            "CHOWN",
            "DAC_OVERRIDE",
            "FOWNER",
            "FSETID",
            "KILL",
            "MKNOD",
            "NET_BIND_SERVICE",
            "SETFCAP",
            "SETGID",
            "SETPCAP",
            "SETUID",
            "SYS_CHROOT");

    private static final Set<String> SYSCTLS = Set.of(
            "kernel.shm_rmid_forced",
            "net.ipv4.ip_local_port_range",
            "net.ipv4.ip_local_reserved_ports",
            "net.ipv4.ip_unprivileged_port_start",
            "net.ipv4.ping_group_range",
            "net.ipv4.tcp_fin_timeout",
            "net.ipv4.tcp_keepalive_intvl",
            "net.ipv4.tcp_keepalive_probes",
            "net.ipv4.tcp_keepalive_time",
            "net.ipv4.tcp_rmem",
            "net.ipv4.tcp_syncookies",
            "net.ipv4.tcp_wmem");

    private static final Set<String> SELINUX_TYPES =
            Set.of("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t");

    private static final Set<String> VOLUMES = Set.of(
            "configMap",
            "csi",
            "downwardAPI",
            "emptyDir",
            "ephemeral",
            "image",
            "persistentVolumeClaim",
            "projected",
            "secret");

    private static final String APPARMOR = "container.apparmor.security.beta.kubernetes.io/";

    private final JsonNode metadata;
    private final JsonNode spec;
    private final List<JsonNode> containers = new ArrayList<>();
    private final List<Violation> found = new ArrayList<>();

    private PodStandards(JsonNode metadata, JsonNode spec) {
        this.metadata = metadata;
        this.spec = spec;
        for (String list : List.of("initContainers", "containers", "ephemeralContainers")) {
            containers.addAll(Tree.items(spec, list));
        }
    }

    /**
     * What a pod has that the level forbids; empty when it may be.
     *
     * @param metadata of the pod or of the template
     */
    public static List<Violation> violations(Level level, JsonNode metadata, JsonNode spec) {
        if (level == Level.PRIVILEGED) {
            return List.of();
        }
        PodStandards pod = new PodStandards(metadata, spec);
        pod.check(level == Level.RESTRICTED && !Tree.text(spec, "os", "name").equals("windows"), level);
        return List.copyOf(pod.found);
    }

    /** @param linux whether the checks that make no sense on Windows apply */
    private void check(boolean linux, Level level) {
        boolean restricted = level == Level.RESTRICTED;
        if (linux) {
            privilegeEscalation();
        }
        appArmor();
        if (linux) {
            restrictedCapabilities();
        } else {
            capabilities();
        }
        hostNamespaces();
        if (!restricted) {
            hostPaths();
        }
        hostPorts();
        privileged();
        procMount();
        if (restricted) {
            restrictedVolumes();
            runAsNonRoot();
            runAsUser();
        }
        seLinux();
        if (linux) {
            restrictedSeccomp();
        } else {
            seccomp();
        }
        sysctls();
        hostProcess();
    }

    // ---- restricted

    private void privilegeEscalation() {
        List<String> bad = names(container -> {
            JsonNode allowed = Tree.at(container, "securityContext", "allowPrivilegeEscalation");
            return !allowed.isBoolean() || allowed.asBoolean();
        });
        add(bad, "allowPrivilegeEscalation != false", "must set securityContext.allowPrivilegeEscalation=false");
    }

    private void restrictedCapabilities() {
        List<String> keep = names(container -> !Tree.texts(container, "securityContext", "capabilities", "drop")
                .contains("ALL"));
        Set<String> added = new TreeSet<>();
        List<String> adding = names(container -> addsOther(container, Set.of("NET_BIND_SERVICE"), added));
        List<String> details = new ArrayList<>();
        if (!keep.isEmpty()) {
            details.add(containers(keep) + " must set securityContext.capabilities.drop=[\"ALL\"]");
        }
        if (!adding.isEmpty()) {
            details.add(
                    containers(adding) + " must not include " + quoted(added) + " in securityContext.capabilities.add");
        }
        if (!details.isEmpty()) {
            found.add(new Violation("unrestricted capabilities", String.join("; ", details)));
        }
    }

    private void restrictedVolumes() {
        List<String> bad = new ArrayList<>();
        Set<String> types = new TreeSet<>();
        for (JsonNode volume : Tree.items(spec, "volumes")) {
            for (Map.Entry<String, JsonNode> field : volume.properties()) {
                boolean source =
                        !field.getKey().equals("name") && !field.getValue().isNull();
                if (source && !VOLUMES.contains(field.getKey())) {
                    bad.add(Tree.text(volume, "name"));
                    types.add(field.getKey());
                }
            }
        }
        if (!bad.isEmpty()) {
            found.add(new Violation(
                    "restricted volume types",
                    plural("volume", bad) + " " + quoted(bad) + " " + (bad.size() == 1 ? "uses" : "use")
                            + " restricted volume " + (types.size() == 1 ? "type " : "types ") + quoted(types)));
        }
    }

    private void runAsNonRoot() {
        JsonNode ofPod = Tree.at(spec, "securityContext", "runAsNonRoot");
        List<String> explicit = names(container -> {
            JsonNode own = Tree.at(container, "securityContext", "runAsNonRoot");
            return own.isBoolean() && !own.asBoolean();
        });
        List<String> implicit = names(container ->
                !Tree.at(container, "securityContext", "runAsNonRoot").isBoolean());
        List<String> who = new ArrayList<>();
        boolean podBad = ofPod.isBoolean() && !ofPod.asBoolean();
        if (podBad) {
            who.add("pod");
        }
        if (!explicit.isEmpty()) {
            who.add(containers(explicit));
        }
        if (!who.isEmpty()) {
            found.add(new Violation(
                    "runAsNonRoot != true",
                    String.join(" and ", who) + " must not set securityContext.runAsNonRoot=false"));
        } else if (!ofPod.isBoolean() && !implicit.isEmpty()) {
            found.add(new Violation(
                    "runAsNonRoot != true",
                    "pod or " + containers(implicit) + " must set securityContext.runAsNonRoot=true"));
        }
    }

    private void runAsUser() {
        List<String> who = new ArrayList<>();
        if (isZero(spec)) {
            who.add("pod");
        }
        List<String> bad = names(PodStandards::isZero);
        if (!bad.isEmpty()) {
            who.add(containers(bad));
        }
        if (!who.isEmpty()) {
            found.add(new Violation("runAsUser=0", String.join(" and ", who) + " must not set runAsUser=0"));
        }
    }

    private static boolean isZero(JsonNode of) {
        JsonNode user = Tree.at(of, "securityContext", "runAsUser");
        return user.isNumber() && user.asLong() == 0;
    }

    private void restrictedSeccomp() {
        if (seccomp()) {
            return;
        }
        boolean ofPod = !seccompType(spec).isEmpty();
        List<String> without = names(container -> seccompType(container).isEmpty());
        if (!ofPod && !without.isEmpty()) {
            found.add(new Violation(
                    "seccompProfile",
                    "pod or " + containers(without)
                            + " must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\""));
        }
    }

    // ---- baseline

    private void appArmor() {
        Set<String> profiles = new LinkedHashSet<>();
        List<String> who = new ArrayList<>();
        String ofPod = Tree.text(spec, "securityContext", "appArmorProfile", "type");
        if (ofPod.equals("Unconfined")) {
            who.add("pod");
            profiles.add("Unconfined");
        }
        List<String> bad = names(container -> Tree.text(container, "securityContext", "appArmorProfile", "type")
                .equals("Unconfined"));
        if (!bad.isEmpty()) {
            who.add(containers(bad));
            profiles.add("Unconfined");
        }
        List<String> annotations = new ArrayList<>();
        Tree.map(metadata, "annotations").forEach((key, value) -> {
            if (key.startsWith(APPARMOR)
                    && !value.isEmpty()
                    && !value.equals("runtime/default")
                    && !value.startsWith("localhost/")) {
                annotations.add(key + "=\"" + value + "\"");
            }
        });
        if (!who.isEmpty()) {
            found.add(new Violation(
                    "forbidden AppArmor profile",
                    String.join(" and ", who) + " must not set AppArmor profile type to " + quoted(profiles)));
        } else if (!annotations.isEmpty()) {
            found.add(new Violation(
                    plural("forbidden AppArmor profile", annotations),
                    annotations.stream().sorted().collect(Collectors.joining(", "))));
        }
    }

    private void capabilities() {
        Set<String> added = new TreeSet<>();
        List<String> bad = names(container -> addsOther(container, DEFAULT_CAPABILITIES, added));
        if (!bad.isEmpty()) {
            found.add(new Violation(
                    "non-default capabilities",
                    containers(bad) + " must not include " + quoted(added) + " in securityContext.capabilities.add"));
        }
    }

    private static boolean addsOther(JsonNode container, Set<String> allowed, Set<String> added) {
        boolean any = false;
        for (String capability : Tree.texts(container, "securityContext", "capabilities", "add")) {
            if (!allowed.contains(capability)) {
                added.add(capability);
                any = true;
            }
        }
        return any;
    }

    private void hostNamespaces() {
        List<String> shared = new ArrayList<>();
        for (String field : List.of("hostNetwork", "hostPID", "hostIPC")) {
            if (Tree.flag(spec, field)) {
                shared.add(field + "=true");
            }
        }
        if (!shared.isEmpty()) {
            found.add(new Violation("host namespaces", String.join(", ", shared)));
        }
    }

    private void hostPaths() {
        List<String> bad = Tree.items(spec, "volumes").stream()
                .filter(volume -> Tree.has(volume, "hostPath"))
                .map(volume -> Tree.text(volume, "name"))
                .toList();
        if (!bad.isEmpty()) {
            found.add(new Violation("hostPath volumes", plural("volume", bad) + " " + quoted(bad)));
        }
    }

    private void hostPorts() {
        Set<String> ports = new TreeSet<>();
        List<String> bad = names(container -> {
            boolean any = false;
            for (JsonNode port : Tree.items(container, "ports")) {
                if (Tree.number(port, "hostPort") != 0) {
                    ports.add(Long.toString(Tree.number(port, "hostPort")));
                    any = true;
                }
            }
            return any;
        });
        if (!bad.isEmpty()) {
            found.add(new Violation(
                    "hostPort",
                    containers(bad) + " " + (bad.size() == 1 ? "uses" : "use") + " "
                            + (ports.size() == 1 ? "hostPort " : "hostPorts ") + String.join(", ", ports)));
        }
    }

    private void privileged() {
        List<String> bad = names(container -> Tree.flag(container, "securityContext", "privileged"));
        add(bad, "privileged", "must not set securityContext.privileged=true");
    }

    private void procMount() {
        Set<String> values = new TreeSet<>();
        List<String> bad = names(container -> {
            String value = Tree.text(container, "securityContext", "procMount");
            boolean is = !value.isEmpty() && !value.equals("Default");
            if (is) {
                values.add(value);
            }
            return is;
        });
        add(bad, "procMount", "must not set securityContext.procMount to " + quoted(values));
    }

    private void seLinux() {
        Set<String> wrong = new LinkedHashSet<>();
        Set<String> types = new TreeSet<>();
        List<String> who = new ArrayList<>();
        if (seLinuxIsWrong(spec, types, wrong)) {
            who.add("pod");
        }
        List<String> bad = names(container -> seLinuxIsWrong(container, types, wrong));
        if (!bad.isEmpty()) {
            who.add(containers(bad));
        }
        if (who.isEmpty()) {
            return;
        }
        List<String> details = new ArrayList<>();
        if (!types.isEmpty()) {
            details.add((types.size() == 1 ? "type " : "types ") + quoted(types));
        }
        details.addAll(wrong);
        found.add(new Violation(
                "seLinuxOptions",
                String.join(" and ", who) + " set forbidden securityContext.seLinuxOptions: "
                        + String.join("; ", details)));
    }

    private static boolean seLinuxIsWrong(JsonNode of, Set<String> types, Set<String> wrong) {
        JsonNode options = Tree.at(of, "securityContext", "seLinuxOptions");
        String type = Tree.text(options, "type");
        boolean bad = false;
        if (!SELINUX_TYPES.contains(type)) {
            types.add(type);
            bad = true;
        }
        for (String field : List.of("user", "role")) {
            if (!Tree.text(options, field).isEmpty()) {
                wrong.add(field + " may not be set");
                bad = true;
            }
        }
        return bad;
    }

    /** Whether something was found. */
    private boolean seccomp() {
        List<String> who = new ArrayList<>();
        if (seccompType(spec).equals("Unconfined")) {
            who.add("pod");
        }
        List<String> bad = names(container -> seccompType(container).equals("Unconfined"));
        if (!bad.isEmpty()) {
            who.add(containers(bad));
        }
        if (who.isEmpty()) {
            return false;
        }
        found.add(new Violation(
                "seccompProfile",
                String.join(" and ", who) + " must not set securityContext.seccompProfile.type to \"Unconfined\""));
        return true;
    }

    private static String seccompType(JsonNode of) {
        return Tree.text(of, "securityContext", "seccompProfile", "type");
    }

    private void sysctls() {
        List<String> bad = Tree.items(spec, "securityContext", "sysctls").stream()
                .map(sysctl -> Tree.text(sysctl, "name"))
                .filter(name -> !SYSCTLS.contains(name))
                .toList();
        if (!bad.isEmpty()) {
            found.add(new Violation("forbidden sysctls", String.join(", ", bad)));
        }
    }

    private void hostProcess() {
        List<String> who = new ArrayList<>();
        if (isHostProcess(spec)) {
            who.add("pod");
        }
        List<String> bad = names(PodStandards::isHostProcess);
        if (!bad.isEmpty()) {
            who.add(containers(bad));
        }
        if (!who.isEmpty()) {
            found.add(new Violation(
                    "hostProcess",
                    String.join(" and ", who) + " must not set securityContext.windowsOptions.hostProcess=true"));
        }
    }

    private static boolean isHostProcess(JsonNode of) {
        return Tree.flag(of, "securityContext", "windowsOptions", "hostProcess");
    }

    // ---- words

    private List<String> names(Predicate<JsonNode> is) {
        return containers.stream()
                .filter(is)
                .map(container -> Tree.text(container, "name"))
                .toList();
    }

    private void add(List<String> bad, String what, String rule) {
        if (!bad.isEmpty()) {
            found.add(new Violation(what, containers(bad) + " " + rule));
        }
    }

    private static String containers(List<String> names) {
        return plural("container", names) + " " + quoted(names);
    }

    private static String plural(String word, List<String> of) {
        return of.size() == 1 ? word : word + "s";
    }

    private static String quoted(Iterable<String> names) {
        List<String> all = new ArrayList<>();
        names.forEach(name -> all.add('"' + name + '"'));
        return String.join(", ", all);
    }
}
