package io.kvorum.api.quota;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.Quantity;
import io.kvorum.api.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What a pod asks for in all (KEP-753): its containers and sidecars together, or the largest initial container with the
 * sidecars that were started before it, whichever is more; and the overhead of its runtime.
 */
public final class PodResources {
    private PodResources() {}

    /** @param kind {@code requests} or {@code limits} */
    public static Usage total(JsonNode pod, String kind) {
        Map<String, Quantity> running = ofContainers(pod.path("spec"), kind);
        running.putAll(quantities(Tree.at(pod, "spec", "resources", kind)));
        for (Map.Entry<String, Quantity> overhead :
                quantities(Tree.at(pod, "spec", "overhead")).entrySet()) {
            if (kind.equals("requests") || running.containsKey(overhead.getKey())) {
                running.merge(overhead.getKey(), overhead.getValue(), Quantity::add);
            }
        }
        Usage usage = new Usage();
        running.forEach(usage::add);
        return usage;
    }

    /**
     * What the containers of a pod ask for together, whatever is asked for the pod as a whole.
     *
     * @param kind {@code requests} or {@code limits}
     */
    public static Map<String, Quantity> ofContainers(JsonNode spec, String kind) {
        Map<String, Quantity> running = new TreeMap<>();
        for (JsonNode container : Tree.items(spec, "containers")) {
            of(container, kind).forEach((name, amount) -> running.merge(name, amount, Quantity::add));
        }
        Map<String, Quantity> sidecars = new TreeMap<>();
        Map<String, Quantity> starting = new TreeMap<>();
        for (JsonNode container : Tree.items(spec, "initContainers")) {
            Map<String, Quantity> own = of(container, kind);
            if (Tree.text(container, "restartPolicy").equals("Always")) {
                own.forEach((name, amount) -> sidecars.merge(name, amount, Quantity::add));
                own = Map.of();
            }
            Map<String, Quantity> now = new TreeMap<>(sidecars);
            own.forEach((name, amount) -> now.merge(name, amount, Quantity::add));
            now.forEach((name, amount) -> starting.merge(name, amount, PodResources::larger));
        }
        sidecars.forEach((name, amount) -> running.merge(name, amount, Quantity::add));
        starting.forEach((name, amount) -> running.merge(name, amount, PodResources::larger));
        return running;
    }

    /** Whether something is asked for the pod as a whole that can be asked for so. */
    static boolean isSetForWhole(JsonNode pod) {
        return Stream.of("requests", "limits")
                .flatMap(kind -> quantities(Tree.at(pod, "spec", "resources", kind)).keySet().stream())
                .anyMatch(name -> name.equals("cpu") || name.equals("memory") || name.startsWith("hugepages-"));
    }

    /** Names of the containers that say nothing about a resource of a quota, such as {@code limits.cpu}, in order. */
    static List<String> silent(JsonNode pod, String name) {
        boolean limits = name.startsWith("limits.");
        String kind = limits ? "limits" : "requests";
        String resource = name.replaceFirst("^(requests|limits)\\.", "");
        TreeSet<String> silent = new TreeSet<>();
        List<JsonNode> all = new ArrayList<>(Tree.items(pod, "spec", "containers"));
        all.addAll(Tree.items(pod, "spec", "initContainers"));
        for (JsonNode container : all) {
            if (!of(container, kind).containsKey(resource)) {
                silent.add(Tree.text(container, "name"));
            }
        }
        return List.copyOf(silent);
    }

    /** What one container asks for. */
    public static Map<String, Quantity> of(JsonNode container, String kind) {
        return quantities(Tree.at(container, "resources", kind));
    }

    /** A list of resources as it stands in an object. */
    public static Map<String, Quantity> quantities(JsonNode list) {
        Map<String, Quantity> found = new TreeMap<>();
        list.properties().forEach(each -> {
            if (Quantity.isValid(each.getValue().asText())) {
                found.put(each.getKey(), Quantity.parse(each.getValue().asText()));
            }
        });
        return found;
    }

    private static Quantity larger(Quantity a, Quantity b) {
        return a.compareTo(b) >= 0 ? a : b;
    }
}
