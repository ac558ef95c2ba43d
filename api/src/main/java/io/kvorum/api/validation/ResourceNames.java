package io.kvorum.api.validation;

import io.kvorum.api.ObjectNames;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which names of compute and quota resources there are; a name with a slash is somebody's own. */
final class ResourceNames {
    private static final Set<String> CONTAINER = Set.of("cpu", "memory", "ephemeral-storage");
    private static final Set<String> COUNTS = Set.of(
            "pods",
            "resourcequotas",
            "services",
            "replicationcontrollers",
            "secrets",
            "configmaps",
            "persistentvolumeclaims",
            "services.nodeports",
            "services.loadbalancers");
    private static final List<String> OF_PODS = List.of("cpu", "memory");
    private static final Set<String> QUOTA = quota();

    private ResourceNames() {}

    private static Set<String> quota() {
        Set<String> names = new HashSet<>(COUNTS);
        names.addAll(CONTAINER);
        names.add("requests.storage");
        for (String name : CONTAINER) {
            names.add("requests." + name);
            names.add("limits." + name);
        }
        return Set.copyOf(names);
    }

    static boolean ofContainers(String name) {
        return CONTAINER.contains(name) || isHugePages(name);
    }

    static boolean ofQuotas(String name) {
        return QUOTA.contains(name) || isHugePages(name) || name.startsWith("requests.hugepages-");
    }

    /** Whether its amounts are whole numbers: what is counted, and what others have extended nodes by. */
    static boolean whole(String name) {
        return COUNTS.contains(name) || isExtended(name);
    }

    /** Whether a container's limit may be above its request: so are the resources of Kubernetes itself but huge pages. */
    static boolean overcommittable(String name) {
        return isNative(name) && !isHugePages(name);
    }

    /** What is wrong with the name of a resource of any kind. */
    static void validate(String name, FieldPath at, FieldErrors errors) {
        List<String> wrong = ObjectNames.qualifiedName(name);
        errors.invalidEach(at, name, wrong);
        boolean standard = name.contains("/") || ofQuotas(name) || name.equals("storage");
        if (wrong.isEmpty() && !standard) {
            errors.invalid(at, name, "must be a standard resource type or fully qualified");
        }
    }

    static void container(String name, FieldPath at, FieldErrors errors) {
        validate(name, at, errors);
        if (!name.contains("/")) {
            if (!ofContainers(name)) {
                errors.invalid(at, name, "must be a standard resource for containers");
            }
        } else if (!isNative(name) && !isExtended(name)) {
            errors.invalid(at, name, "doesn't follow extended resource name standard");
        }
    }

    /** The resources that may be asked for a pod as a whole (KEP-2837). */
    static void pod(String name, FieldPath at, FieldErrors errors) {
        if (!OF_PODS.contains(name) && !isHugePages(name)) {
            errors.notSupported(at, name, OF_PODS);
        }
    }

    static boolean isHugePages(String name) {
        return name.startsWith("hugepages-");
    }

    private static boolean isNative(String name) {
        return !name.contains("/") || name.contains("kubernetes.io/");
    }

    /** Somebody's own resource, which is handed out in whole pieces. */
    static boolean isExtended(String name) {
        return !isNative(name)
                && !name.startsWith("requests.")
                && ObjectNames.qualifiedName("requests." + name).isEmpty();
    }

    static void quota(String name, FieldPath at, FieldErrors errors) {
        validate(name, at, errors);
        if (!name.contains("/") && !ofQuotas(name)) {
            errors.invalid(at, name, "must be a standard resource for quota");
        }
    }
}
