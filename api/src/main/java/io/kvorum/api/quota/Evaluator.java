package io.kvorum.api.quota;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.Quantity;
import io.kvorum.api.Tree;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What an object of one resource counts for. Every resource has {@code count/<resource>.<group>}; some of the core group
 * have more names.
 */
public final class Evaluator {
    private static final Set<String> COUNTED =
            Set.of("configmaps", "secrets", "replicationcontrollers", "resourcequotas", "persistentvolumeclaims");

    private static final String CLASS_SUFFIX = ".storageclass.storage.k8s.io/";
    private static final String CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class";

    private final String groupResource;

    private Evaluator(String groupResource) {
        this.groupResource = groupResource;
    }

    /** @param groupResource such as {@code pods} or {@code deployments.apps} */
    public static Evaluator of(String groupResource) {
        return new Evaluator(groupResource);
    }

    /** The resource whose objects count for a name in a quota, such as {@code pods} for {@code limits.cpu}. */
    public static String resourceOf(String name) {
        if (name.startsWith("count/")) {
            return name.substring("count/".length());
        }
        if (name.equals("services") || name.startsWith("services.")) {
            return "services";
        }
        if (name.equals("requests.storage") || name.contains(CLASS_SUFFIX)) {
            return "persistentvolumeclaims";
        }
        return COUNTED.contains(name) ? name : "pods";
    }

    /** What an object counts for, whether or not a quota asks for it. */
    public Usage usage(JsonNode object, Instant now) {
        Usage usage = new Usage().add("count/" + groupResource, Quantity.of(1));
        if (COUNTED.contains(groupResource)) {
            usage.add(groupResource, Quantity.of(1));
        }
        switch (groupResource) {
            case "pods" -> pod(usage, object, now);
            case "services" -> service(usage, object);
            case "persistentvolumeclaims" -> claim(usage, object);
            default -> {}
        }
        return usage;
    }

    private static void pod(Usage usage, JsonNode pod, Instant now) {
        if (isOver(pod, now)) {
            return;
        }
        usage.add("pods", Quantity.of(1));
        Usage requests = PodResources.total(pod, "requests");
        Usage limits = PodResources.total(pod, "limits");
        requests.amounts().forEach((name, amount) -> {
            usage.add("requests." + name, amount);
            if (isPlain(name)) {
                usage.add(name, amount);
            }
        });
        limits.amounts().forEach((name, amount) -> {
            if (isPlain(name) && !name.startsWith("hugepages-")) {
                usage.add("limits." + name, amount);
            }
        });
    }

    private static boolean isPlain(String name) {
        return name.equals("cpu")
                || name.equals("memory")
                || name.equals("ephemeral-storage")
                || name.startsWith("hugepages-");
    }

    /** Finished, or to be deleted so long ago that its node must be gone. */
    private static boolean isOver(JsonNode pod, Instant now) {
        String phase = Tree.text(pod, "status", "phase");
        if (phase.equals("Failed") || phase.equals("Succeeded")) {
            return true;
        }
        String deletion = Tree.text(pod, "metadata", "deletionTimestamp");
        JsonNode grace = Tree.at(pod, "metadata", "deletionGracePeriodSeconds");
        // The time of deletion has the grace in it already; as upstream, it is waited for once more.
        return !deletion.isEmpty()
                && grace.isNumber()
                && now.isAfter(Instant.parse(deletion).plusSeconds(grace.asLong()));
    }

    private static void service(Usage usage, JsonNode service) {
        usage.add("services", Quantity.of(1));
        String type = Tree.text(service, "spec", "type");
        long ports = Tree.items(service, "spec", "ports").size();
        if (type.equals("NodePort")) {
            usage.add("services.nodeports", Quantity.of(ports));
        } else if (type.equals("LoadBalancer")) {
            usage.add("services.loadbalancers", Quantity.of(1));
            JsonNode allocate = Tree.at(service, "spec", "allocateLoadBalancerNodePorts");
            long taken = allocate.isBoolean() && !allocate.asBoolean()
                    ? Tree.items(service, "spec", "ports").stream()
                            .filter(port -> Tree.number(port, "nodePort") != 0)
                            .count()
                    : ports;
            usage.add("services.nodeports", Quantity.of(taken));
        }
    }

    private static void claim(Usage usage, JsonNode claim) {
        String annotated = Tree.map(claim, "metadata", "annotations").getOrDefault(CLASS_ANNOTATION, "");
        String storageClass = annotated.isEmpty() ? Tree.text(claim, "spec", "storageClassName") : annotated;
        String storage = Tree.text(claim, "spec", "resources", "requests", "storage");
        Quantity amount = storage.isEmpty() ? Quantity.ZERO : Quantity.parse(storage);
        usage.add("requests.storage", amount);
        if (!storageClass.isEmpty()) {
            usage.add(storageClass + CLASS_SUFFIX + "persistentvolumeclaims", Quantity.of(1));
            usage.add(storageClass + CLASS_SUFFIX + "requests.storage", amount);
        }
    }

    /**
     * What a pod does not say although a quota limits it, as upstream words it; empty when all is said, or something for the
     * pod as a whole.
     *
     * @param limited names in the quota
     */
    public List<String> missing(JsonNode object, Set<String> limited) {
        if (!groupResource.equals("pods") || PodResources.isSetForWhole(object)) {
            return List.of();
        }
        List<String> found = new ArrayList<>();
        for (String name : new TreeSet<>(limited)) {
            if (!name.startsWith("count/") && needsToBeSaid(name)) {
                List<String> silent = PodResources.silent(object, name);
                if (!silent.isEmpty()) {
                    found.add(name + " for: " + String.join(",", silent));
                }
            }
        }
        return found;
    }

    private static boolean needsToBeSaid(String name) {
        String plain = name.replaceFirst("^(requests|limits)\\.", "");
        return plain.equals("cpu") || plain.equals("memory");
    }
}
