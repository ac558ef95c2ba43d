package io.kvorum.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A pod's quality of service, from the requests and limits of its containers for CPU and memory. */
public final class QosClass {
    private static final Set<String> COUNTED = Set.of("cpu", "memory");

    private QosClass() {}

    /** {@code Guaranteed}, {@code Burstable} or {@code BestEffort}. */
    public static String of(JsonNode pod) {
        List<JsonNode> all = new ArrayList<>();
        JsonNode ofPod = Tree.at(pod, "spec", "resources");
        if (ofPod.isObject() && !ofPod.isEmpty()) {
            all.add(ofPod);
        } else {
            for (String list : new String[] {"containers", "initContainers"}) {
                for (JsonNode container : Tree.items(pod, "spec", list)) {
                    all.add(container.path("resources"));
                }
            }
        }
        boolean any = false;
        boolean guaranteed = true;
        for (JsonNode resources : all) {
            for (String name : COUNTED) {
                Quantity request = amount(resources, "requests", name);
                Quantity limit = amount(resources, "limits", name);
                any |= request.signum() > 0 || limit.signum() > 0;
                guaranteed &= limit.signum() > 0 && (request.isZero() || request.equals(limit));
            }
        }
        return !any ? "BestEffort" : guaranteed ? "Guaranteed" : "Burstable";
    }

    private static Quantity amount(JsonNode resources, String list, String name) {
        String text = Tree.at(resources, list, name).asText("");
        return text.isEmpty() ? Quantity.ZERO : Quantity.parse(text);
    }
}
