package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.Tree;
import java.util.ArrayList;
import java.util.List;

/** Which container of a pod a request means. */
final class PodContainers {
    private PodContainers() {}

    /** The one asked for, or the only one; 400 with the choice when that is none or many. */
    static String choose(JsonNode pod, String name, String asked) {
        List<String> containers = names(pod, "containers");
        List<String> inits = names(pod, "initContainers");
        if (asked.isEmpty()) {
            if (containers.size() == 1) {
                return containers.get(0);
            }
            String choices = containers + (inits.isEmpty() ? "" : " or one of the init containers: " + inits);
            throw ApiException.badRequest("a container name must be specified for pod " + name + ", choose one of: "
                    + choices.replace(",", ""));
        }
        if (!containers.contains(asked)
                && !inits.contains(asked)
                && !names(pod, "ephemeralContainers").contains(asked)) {
            throw ApiException.badRequest("container " + asked + " is not valid for pod " + name);
        }
        return asked;
    }

    private static List<String> names(JsonNode pod, String field) {
        List<String> names = new ArrayList<>();
        for (JsonNode container : Tree.items(pod, "spec", field)) {
            names.add(Tree.text(container, "name"));
        }
        return names;
    }
}
