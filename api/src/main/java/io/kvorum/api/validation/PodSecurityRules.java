package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.Tree;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;

/** The rules of security contexts, of pods and of containers, and of what depends on a pod's operating system. */
final class PodSecurityRules {
    private static final int LONGEST_SYSCTL = 253;
    /** As upstream's messages spell it. */
    private static final String SYSCTL_TEXT = "^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$";

    private static final Pattern SYSCTL = Pattern.compile(SYSCTL_TEXT);
    private static final int LONGEST_PROFILE = 4095;
    private static final List<String> PROFILES = List.of("Localhost", "RuntimeDefault", "Unconfined");
    private static final List<String> SYSTEMS = List.of("linux", "windows");
    private static final String NOT_ON_WINDOWS = "cannot be set for a windows pod";
    private static final List<String> LINUX_OF_POD = List.of(
            "appArmorProfile",
            "seLinuxOptions",
            "seccompProfile",
            "fsGroup",
            "fsGroupChangePolicy",
            "sysctls",
            "runAsUser",
            "runAsGroup",
            "supplementalGroups",
            "supplementalGroupsPolicy",
            "seLinuxChangePolicy");
    private static final List<String> LINUX_OF_CONTAINERS = List.of(
            "appArmorProfile",
            "seLinuxOptions",
            "seccompProfile",
            "capabilities",
            "readOnlyRootFilesystem",
            "privileged",
            "allowPrivilegeEscalation",
            "procMount",
            "runAsUser",
            "runAsGroup");

    private PodSecurityRules() {}

    /** @param path of the pod's spec */
    static void pod(JsonNode spec, FieldPath path, FieldErrors errors) {
        JsonNode context = spec.path("securityContext");
        FieldPath at = path.child("securityContext");
        ids(context, at, errors, "fsGroup", "runAsUser", "runAsGroup");
        groups(context, at, errors);
        if (Tree.flag(spec, "shareProcessNamespace") && Tree.flag(spec, "hostPID")) {
            errors.invalid(
                    at.child("shareProcessNamespace"),
                    spec.get("shareProcessNamespace"),
                    "ShareProcessNamespace and HostPID cannot both be enabled");
        }
        sysctls(spec, at.child("sysctls"), errors);
        Rules.oneOf(context, at, "fsGroupChangePolicy", List.of("Always", "OnRootMismatch"), errors);
        profiles(context, at, errors);
        Rules.oneOf(context, at, "supplementalGroupsPolicy", List.of("Merge", "Strict"), errors);
        Rules.oneOf(context, at, "seLinuxChangePolicy", List.of("MountOption", "Recursive"), errors);
        WindowsRules.options(context.path("windowsOptions"), at.child("windowsOptions"), errors);
        hostUsers(spec, path, errors);
        WindowsRules.hostProcess(spec, path, errors);
        system(spec, path, errors);
    }

    /** Whether a pod's users are those of the node, as they are where nothing is said. */
    static boolean hasHostUsers(JsonNode spec) {
        return spec.path("hostUsers").asBoolean(true);
    }

    static void container(JsonNode context, boolean hostUsers, FieldPath at, FieldErrors errors) {
        ids(context, at, errors, "runAsUser", "runAsGroup");
        Rules.oneOf(context, at, "procMount", List.of("Default", "Unmasked"), errors);
        if (hostUsers && Tree.text(context, "procMount").equals("Unmasked")) {
            errors.invalid(at.child("procMount"), "Unmasked", "`hostUsers` must be false to use `Unmasked`");
        }
        if (!context.path("allowPrivilegeEscalation").asBoolean(true)) {
            if (Tree.flag(context, "privileged")) {
                errors.invalid(at, context, "cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
            }
            if (Tree.texts(context, "capabilities", "add").contains("CAP_SYS_ADMIN")) {
                errors.invalid(
                        at,
                        context,
                        "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN");
            }
        }
        WindowsRules.options(context.path("windowsOptions"), at.child("windowsOptions"), errors);
        profiles(context, at, errors);
    }

    static void ids(JsonNode owner, FieldPath path, FieldErrors errors, String... fields) {
        for (String field : fields) {
            if (owner.hasNonNull(field)) {
                id(Tree.number(owner, field), path.child(field), errors);
            }
        }
    }

    static void groups(JsonNode owner, FieldPath path, FieldErrors errors) {
        List<JsonNode> groups = Tree.items(owner, "supplementalGroups");
        for (int i = 0; i < groups.size(); i++) {
            id(groups.get(i).asLong(), path.child("supplementalGroups").index(i), errors);
        }
    }

    /** A number of a user or group. */
    private static void id(long id, FieldPath path, FieldErrors errors) {
        if (id < 0 || id > Integer.MAX_VALUE) {
            errors.invalid(path, id, "must be between 0 and 2147483647, inclusive");
        }
    }

    private static void profiles(JsonNode context, FieldPath at, FieldErrors errors) {
        seccomp(context.path("seccompProfile"), at.child("seccompProfile"), errors);
        appArmor(context.path("appArmorProfile"), at.child("appArmorProfile"), errors);
    }

    private static void seccomp(JsonNode profile, FieldPath path, FieldErrors errors) {
        if (!profile.isObject()) {
            return;
        }
        type(profile, path, "type is required when seccompProfile is set", errors);
        FieldPath at = path.child("localhostProfile");
        boolean given = profile.hasNonNull("localhostProfile");
        if (!Tree.text(profile, "type").equals("Localhost")) {
            if (given) {
                errors.invalid(at, profile, "can only be set when seccomp type is Localhost");
            }
        } else if (!given) {
            errors.required(at, "must be set when seccomp type is Localhost");
        } else {
            Rules.localPath(Tree.text(profile, "localhostProfile"), at, errors);
        }
    }

    private static void appArmor(JsonNode profile, FieldPath path, FieldErrors errors) {
        if (!profile.isObject()) {
            return;
        }
        type(profile, path, "type is required when appArmorProfile is set", errors);
        FieldPath at = path.child("localhostProfile");
        String name = Tree.text(profile, "localhostProfile");
        switch (Tree.text(profile, "type")) {
            case "Localhost" -> {
                if (!name.equals(name.strip())) {
                    errors.invalid(at, name, "must not be padded with whitespace");
                } else if (name.isEmpty()) {
                    errors.required(at, "must be set when AppArmor type is Localhost");
                }
                if (name.getBytes(StandardCharsets.UTF_8).length > LONGEST_PROFILE) {
                    errors.tooLong(at, LONGEST_PROFILE);
                }
            }
            case "RuntimeDefault", "Unconfined" -> {
                if (profile.hasNonNull("localhostProfile")) {
                    errors.invalid(at, name, "can only be set when AppArmor type is Localhost");
                }
            }
            default -> {}
        }
    }

    private static void type(JsonNode profile, FieldPath path, String missing, FieldErrors errors) {
        if (Tree.text(profile, "type").isEmpty()) {
            errors.required(path.child("type"), missing);
        } else {
            Rules.oneOf(profile, path, "type", PROFILES, errors);
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
            // A slash may stand for the dot between segments.
            String dotted = name.replace('/', '.');
            if (Tree.flag(spec, "hostNetwork") && dotted.startsWith("net.")) {
                errors.invalid(at, name, "may not be specified when 'hostNetwork' is true");
            } else if (Tree.flag(spec, "hostIPC") && isOfIpc(dotted)) {
                errors.invalid(at, name, "may not be specified when 'hostIPC' is true");
            }
        }
    }

    private static boolean isOfIpc(String sysctl) {
        return sysctl.equals("kernel.sem")
                || sysctl.startsWith("kernel.shm")
                || sysctl.startsWith("kernel.msg")
                || sysctl.startsWith("fs.mqueue.");
    }

    private static void hostUsers(JsonNode spec, FieldPath path, FieldErrors errors) {
        if (hasHostUsers(spec)) {
            return;
        }
        if (Tree.flag(spec, "hostNetwork")) {
            errors.forbidden(path.child("hostNetwork"), "when `pod.Spec.HostUsers` is false");
        }
        if (Tree.flag(spec, "hostPID")) {
            errors.forbidden(path.child("HostPID"), "when `pod.Spec.HostUsers` is false");
        }
        if (Tree.flag(spec, "hostIPC")) {
            errors.forbidden(path.child("HostIPC"), "when `pod.Spec.HostUsers` is false");
        }
    }

    private static void system(JsonNode spec, FieldPath path, FieldErrors errors) {
        if (!spec.path("os").isObject()) {
            return;
        }
        String system = Tree.text(spec, "os", "name");
        if (system.isEmpty()) {
            errors.required(path.child("os", "name"), "cannot be empty");
        } else if (!SYSTEMS.contains(system)) {
            errors.notSupported(path.child("os"), system, SYSTEMS);
        } else if (system.equals("linux")) {
            contexts(spec, path, (context, at) -> {
                if (context.hasNonNull("windowsOptions")) {
                    errors.forbidden(at.child("windowsOptions"), "windows options cannot be set for a linux pod");
                }
            });
        } else {
            windows(spec, path, errors);
        }
    }

    private static void windows(JsonNode spec, FieldPath path, FieldErrors errors) {
        FieldPath ofPod = path.child("securityContext");
        absent(spec.path("securityContext"), ofPod, LINUX_OF_POD, errors);
        absent(spec, path, List.of("hostUsers", "shareProcessNamespace"), errors);
        for (String field : List.of("hostPID", "hostIPC")) {
            if (Tree.flag(spec, field)) {
                errors.forbidden(path.child(field), NOT_ON_WINDOWS);
            }
        }
        contexts(spec, path, (context, at) -> {
            if (context != spec.path("securityContext")) {
                absent(context, at, LINUX_OF_CONTAINERS, errors);
            }
        });
    }

    private static void absent(JsonNode owner, FieldPath path, List<String> fields, FieldErrors errors) {
        for (String field : fields) {
            JsonNode value = owner.path(field);
            if (owner.hasNonNull(field) && !(value.isArray() && value.isEmpty())) {
                errors.forbidden(path.child(field), NOT_ON_WINDOWS);
            }
        }
    }

    /** The pod's context and those of all its containers, each with its path. */
    private static void contexts(JsonNode spec, FieldPath path, BiConsumer<JsonNode, FieldPath> visitor) {
        visitor.accept(spec.path("securityContext"), path.child("securityContext"));
        for (String list : List.of("initContainers", "containers", "ephemeralContainers")) {
            List<JsonNode> containers = Tree.items(spec, list);
            for (int i = 0; i < containers.size(); i++) {
                visitor.accept(
                        containers.get(i).path("securityContext"),
                        path.child(list).index(i).child("securityContext"));
            }
        }
    }
}
