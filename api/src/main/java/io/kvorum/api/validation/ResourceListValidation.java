package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Quantity;
import io.kvorum.api.Tree;
import io.kvorum.api.quota.PodResources;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The rules of resource requests and limits. */
final class ResourceListValidation {
    private ResourceListValidation() {}

    /** Says what is wrong with a resource's name. */
    private interface Names {
        void check(String name, FieldPath at, FieldErrors errors);
    }

    /** What a container asks for. */
    static void requirements(JsonNode resources, FieldPath path, FieldErrors errors) {
        requirements(resources, path, ResourceNames::container, errors);
    }

    /** What a runtime class adds to a pod; upstream takes it for limits. */
    static void overhead(JsonNode overhead, FieldPath path, FieldErrors errors) {
        ObjectNode resources = Tree.newObject();
        resources.set("limits", overhead);
        requirements(resources, path, ResourceNames::container, errors);
    }

    /**
     * What is asked for a pod as a whole: no less than its containers ask for together, and no less than the limit of any of
     * them.
     */
    static void pod(JsonNode spec, FieldPath specPath, FieldErrors errors) {
        JsonNode resources = spec.path("resources");
        FieldPath path = specPath.child("resources");
        if (!resources.isObject()) {
            return;
        }
        if (resources.hasNonNull("claims")) {
            errors.forbidden(path.child("claims"), "claims cannot be set for Resources at pod-level");
        }
        requirements(resources, path, ResourceNames::pod, errors);
        Map<String, Quantity> requests = PodResources.quantities(resources.path("requests"));
        PodResources.ofContainers(spec, "requests").forEach((name, together) -> {
            Quantity asked = requests.getOrDefault(name, Quantity.ZERO);
            if (together.compareTo(asked) > 0) {
                errors.invalid(
                        path.child("requests").key(name),
                        asked.toString(),
                        "must be greater than or equal to aggregate container requests of " + together);
            }
        });
        Map<String, Quantity> limits = PodResources.quantities(resources.path("limits"));
        List<JsonNode> containers = Tree.items(spec, "containers");
        for (int i = 0; i < containers.size(); i++) {
            // The path is upstream's.
            FieldPath container = path.child("containers").index(i);
            PodResources.of(containers.get(i), "limits").forEach((name, own) -> {
                Quantity most = limits.get(name);
                if (most != null && own.compareTo(most) > 0) {
                    errors.invalid(
                            container.key(name).child("limits"),
                            own.toString(),
                            "must be less than or equal to pod limits of " + most);
                }
            });
        }
    }

    private static void requirements(JsonNode resources, FieldPath path, Names names, FieldErrors errors) {
        FieldPath limitsPath = path.child("limits");
        FieldPath requestsPath = path.child("requests");
        JsonNode limits = resources.path("limits");
        JsonNode requests = resources.path("requests");
        for (Map.Entry<String, JsonNode> limit : limits.properties()) {
            amount(limit.getKey(), limit.getValue(), limitsPath.key(limit.getKey()), names, errors);
        }
        for (Map.Entry<String, JsonNode> request : requests.properties()) {
            String name = request.getKey();
            amount(name, request.getValue(), requestsPath.key(name), names, errors);
            String limit = Tree.at(limits, name).asText("");
            boolean overcommittable = ResourceNames.overcommittable(name);
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
        if (names(limits, requests, ResourceNames::isHugePages)
                && !names(limits, requests, name -> name.equals("cpu") || name.equals("memory"))) {
            errors.forbidden(path, "HugePages require cpu or memory");
        }
    }

    private static void amount(String name, JsonNode value, FieldPath at, Names names, FieldErrors errors) {
        names.check(name, at, errors);
        value(name, value, at, errors);
        String text = value.asText("");
        String page = ResourceNames.isHugePages(name) ? name.substring("hugepages-".length()) : "";
        if (Quantity.isValid(text) && Quantity.isValid(page)) {
            Quantity quantity = Quantity.parse(text);
            if (!isMultiple(quantity, Quantity.parse(page))) {
                errors.invalid(at, quantity.toString(), quantity + " is not positive integer multiple of " + name);
            }
        }
    }

    private static boolean isMultiple(Quantity quantity, Quantity page) {
        return page.signum() > 0 && quantity.amount().remainder(page.amount()).signum() == 0;
    }

    private static boolean names(JsonNode limits, JsonNode requests, Predicate<String> wanted) {
        return Stream.of(limits, requests)
                .flatMap(list -> list.properties().stream())
                .map(Map.Entry::getKey)
                .anyMatch(wanted);
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
