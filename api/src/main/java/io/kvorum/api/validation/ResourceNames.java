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
        return CONTAINER.contains(name) || name.startsWith("hugepages-");
    }

    static boolean ofQuotas(String name) {
        return QUOTA.contains(name) || name.startsWith("hugepages-") || name.startsWith("requests.hugepages-");
    }

    /** Whether its amounts are whole numbers: what is counted, and what others have extended nodes by. */
    static boolean whole(String name) {
        return COUNTS.contains(name)
                || (name.contains("/")
                        && !name.contains("kubernetes.io/")
                        && !name.startsWith("requests.")
                        && ObjectNames.qualifiedName("requests." + name).isEmpty());
    }

    /** Whether a container's limit may be above its request: so are the resources of Kubernetes itself but huge pages. */
    static boolean overcommittable(String name) {
        return (!name.contains("/") || name.contains("kubernetes.io/")) && !name.startsWith("hugepages-");
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
        if (!name.contains("/") && !ofContainers(name)) {
            errors.invalid(at, name, "must be a standard resource for containers");
        }
    }

    static void quota(String name, FieldPath at, FieldErrors errors) {
        validate(name, at, errors);
        if (!name.contains("/") && !ofQuotas(name)) {
            errors.invalid(at, name, "must be a standard resource for quota");
        }
    }
}
