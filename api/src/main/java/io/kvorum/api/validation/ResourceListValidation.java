package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.ObjectNames;
import io.kvorum.api.Quantity;
import io.kvorum.api.Tree;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The rules of resource requests and limits. */
final class ResourceListValidation {
    private static final Set<String> STANDARD = Set.of("cpu", "memory", "ephemeral-storage");

    private ResourceListValidation() {}

    static void requirements(JsonNode resources, FieldPath path, FieldErrors errors) {
        FieldPath limitsPath = path.child("limits");
        FieldPath requestsPath = path.child("requests");
        JsonNode limits = resources.path("limits");
        JsonNode requests = resources.path("requests");
        for (Map.Entry<String, JsonNode> limit : limits.properties()) {
            amount(limit.getKey(), limit.getValue(), limitsPath.key(limit.getKey()), errors);
        }
        for (Map.Entry<String, JsonNode> request : requests.properties()) {
            String name = request.getKey();
            amount(name, request.getValue(), requestsPath.key(name), errors);
            String limit = Tree.at(limits, name).asText("");
            boolean overcommittable = STANDARD.contains(name);
            if (limit.isEmpty()) {
                if (!overcommittable) {
                    errors.required(limitsPath, "Limit must be set for non overcommitable resources");
                }
                continue;
            }
            if (!Quantity.isValid(limit) || !Quantity.isValid(request.getValue().asText(""))) {
                continue;
            }
            Quantity most = Quantity.parse(limit);
            Quantity asked = Quantity.parse(request.getValue().asText());
            if (!overcommittable && !asked.equals(most)) {
                errors.invalid(requestsPath, asked.toString(), "must be equal to " + name + " limit of " + most);
            } else if (asked.compareTo(most) > 0) {
                errors.invalid(
                        requestsPath, asked.toString(), "must be less than or equal to " + name + " limit of " + most);
            }
        }
    }

    private static void amount(String name, JsonNode value, FieldPath at, FieldErrors errors) {
        ResourceNames.container(name, at, errors);
        notNegative(value, at, errors);
    }

    /** A list of amounts of any resources, as a node's capacity or a quota. */
    static void amounts(JsonNode list, FieldPath path, FieldErrors errors) {
        for (Map.Entry<String, JsonNode> entry : list.properties()) {
            FieldPath at = path.key(entry.getKey());
            errors.invalidEach(at, entry.getKey(), ObjectNames.qualifiedName(entry.getKey()));
            notNegative(entry.getValue(), at, errors);
        }
    }

    /** The amounts of a node, whatever they are called; the paths have dots, as upstream's have. */
    static void nodeAmounts(JsonNode list, FieldPath path, FieldErrors errors) {
        for (Map.Entry<String, JsonNode> entry : list.properties()) {
            value(entry.getKey(), entry.getValue(), path.child(entry.getKey()), errors);
        }
    }

    /** The amounts a quota speaks of. */
    static void quota(JsonNode list, FieldPath path, FieldErrors errors) {
        Map<String, JsonNode> sorted = new TreeMap<>();
        list.properties().forEach(each -> sorted.put(each.getKey(), each.getValue()));
        sorted.forEach((name, amount) -> {
            ResourceNames.quota(name, path.key(name), errors);
            value(name, amount, path.key(name), errors);
        });
    }

    private static void value(String name, JsonNode value, FieldPath at, FieldErrors errors) {
        notNegative(value, at, errors);
        String text = value.asText("");
        if (ResourceNames.whole(name) && Quantity.isValid(text)) {
            Quantity amount = Quantity.parse(text);
            if (amount.milliValue() % 1000 != 0) {
                errors.invalid(at, amount.toString(), "must be an integer");
            }
        }
    }

    private static void notNegative(JsonNode value, FieldPath at, FieldErrors errors) {
        Quantity quantity = Rules.quantity(value, at, errors);
        if (quantity != null && quantity.signum() < 0) {
            errors.invalid(at, quantity.toString(), Rules.NOT_NEGATIVE);
        }
    }
}
