package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The rules of {@code allocatedResourcesStatus}: how the devices are that containers have. */
final class ResourceHealthRules {
    private static final String FIELD = "allocatedResourcesStatus";
    private static final String CLAIM = "claim:";
    private static final List<String> HEALTH = List.of("Healthy", "Unhealthy", "Unknown");

    private ResourceHealthRules() {}

    static void check(ObjectNode pod, FieldPath path, FieldErrors errors) {
        of(pod, "containerStatuses", "containers", path, errors);
        of(pod, "initContainerStatuses", "initContainers", path, errors);
        // Ephemeral containers have no devices.
        List<JsonNode> ephemeral = Tree.items(pod, "status", "ephemeralContainerStatuses");
        for (int i = 0; i < ephemeral.size(); i++) {
            if (!Tree.items(ephemeral.get(i), FIELD).isEmpty()) {
                errors.forbidden(
                        path.child("ephemeralContainerStatuses").index(i).child(FIELD),
                        "must not be specified in container status");
            }
        }
    }

    private static void of(ObjectNode pod, String list, String containers, FieldPath path, FieldErrors errors) {
        List<JsonNode> statuses = Tree.items(pod, "status", list);
        for (int i = 0; i < statuses.size(); i++) {
            FieldPath at = path.child(list).index(i).child(FIELD);
            List<JsonNode> resources = Tree.items(statuses.get(i), FIELD);
            String name = Tree.text(statuses.get(i), "name");
            // What is told of containers that the pod has not is let be, as it is elsewhere in a status.
            JsonNode container = Tree.items(pod, "spec", containers).stream()
                    .filter(each -> Tree.text(each, "name").equals(name))
                    .findFirst()
                    .orElse(null);
            for (int j = 0; j < resources.size(); j++) {
                if (container != null) {
                    asked(container, Tree.text(resources.get(j), "name"), at.index(j), errors);
                }
                healths(resources.get(j), at.index(j).child("resources"), errors);
            }
        }
    }

    private static void asked(JsonNode container, String resource, FieldPath at, FieldErrors errors) {
        if (!resource.startsWith(CLAIM)) {
            if (!Tree.map(container, "resources", "requests").containsKey(resource)) {
                errors.invalid(at.child("name"), resource, "must match one of the container's resource requests");
            }
            return;
        }
        boolean found = Tree.items(container, "resources", "claims").stream().anyMatch(claim -> {
            String request = Tree.text(claim, "request");
            return resource.equals(CLAIM + Tree.text(claim, "name") + (request.isEmpty() ? "" : "/" + request));
        });
        if (!found) {
            errors.invalid(
                    at.child("name"),
                    resource,
                    "must match one of the container's resource claims in a format 'claim:<claimName>/<request>' or"
                            + " 'claim:<claimName>' if request is empty");
        }
    }

    private static void healths(JsonNode resource, FieldPath path, FieldErrors errors) {
        Set<String> seen = new HashSet<>();
        List<JsonNode> healths = Tree.items(resource, "resources");
        for (int k = 0; k < healths.size(); k++) {
            String health = Tree.text(healths.get(k), "health");
            if (!HEALTH.contains(health)) {
                errors.notSupported(path.index(k).child("health"), health, HEALTH);
            }
            String id = Tree.text(healths.get(k), "resourceID");
            if (!seen.add(id)) {
                errors.duplicate(path.index(k).child("resourceID"), id);
            }
        }
    }
}
