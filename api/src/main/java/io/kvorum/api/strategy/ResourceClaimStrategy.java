package io.kvorum.api.strategy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What ResourceClaims say of a device goes with the device: who gives it back may not know of it. */
final class ResourceClaimStrategy extends GenericStrategy {
    ResourceClaimStrategy(ResourceInfo resource) {
        super(resource);
    }

    @Override
    public void prepareStatusUpdate(ObjectNode old, ObjectNode next) {
        super.prepareStatusUpdate(old, next);
        Set<List<String>> gone = allocated(old);
        gone.removeAll(allocated(next));
        if (next.get("status") instanceof ObjectNode status && status.get("devices") instanceof ArrayNode devices) {
            for (int i = devices.size() - 1; i >= 0; i--) {
                if (gone.contains(id(devices.get(i)))) {
                    devices.remove(i);
                }
            }
            if (devices.isEmpty()) {
                status.remove("devices");
            }
        }
    }

    @Override
    boolean statusUpdateKeepsLabels() {
        return true;
    }

    private static Set<List<String>> allocated(ObjectNode claim) {
        Set<List<String>> ids = new HashSet<>();
        for (JsonNode result : Tree.items(claim, "status", "allocation", "devices", "results")) {
            ids.add(id(result));
        }
        return ids;
    }

    private static List<String> id(JsonNode device) {
        return List.of(
                Tree.text(device, "driver"),
                Tree.text(device, "pool"),
                Tree.text(device, "device"),
                Tree.text(device, "shareID"));
    }
}
