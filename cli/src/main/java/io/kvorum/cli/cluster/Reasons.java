package io.kvorum.cli.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Why a component is not ready, from what the launcher tells of it. */
public final class Reasons {
    private Reasons() {}

    /** {@code check: reason} each, separated by commas; empty when none is known. */
    public static String of(JsonNode component) {
        List<String> reasons = new ArrayList<>();
        component.path("notReady").forEach(reason -> reasons.add(reason.asText()));
        return String.join(", ", reasons);
    }

    /** The same in parentheses, to follow the component's name. */
    public static String after(JsonNode component) {
        String reasons = of(component);
        return reasons.isEmpty() ? "" : " (" + reasons + ")";
    }
}
