package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import java.util.Map;
import java.util.function.Function;

/** What asks for devices as upstream shows it in findings; see {@link InternalForm}. */
final class DeviceForms {
    private DeviceForms() {}

    /** The spec of a claim. */
    static ObjectNode claim(JsonNode spec) {
        JsonNode devices = spec.path("devices");
        ObjectNode form = Tree.newObject();
        ObjectNode shown = form.putObject("Devices");
        shown.set("Requests", list(devices.path("requests"), DeviceForms::request));
        shown.set("Constraints", list(devices.path("constraints"), DeviceForms::constraint));
        shown.set("Config", list(devices.path("config"), DeviceForms::config));
        return form;
    }

    /** The spec of a template: the metadata is embedded in it, with the names it has on the wire. */
    static ObjectNode template(JsonNode spec) {
        ObjectNode form = Tree.object(spec, "metadata").deepCopy();
        form.set("Spec", claim(spec.path("spec")));
        return form;
    }

    private static JsonNode list(JsonNode items, Function<JsonNode, ObjectNode> form) {
        if (!items.isArray()) {
            return NullNode.getInstance();
        }
        ArrayNode shown = Tree.newArray();
        items.forEach(item -> shown.add(form.apply(item)));
        return shown;
    }

    private static JsonNode orNull(JsonNode owner, String field) {
        return owner.hasNonNull(field) ? owner.path(field) : NullNode.getInstance();
    }

    private static ObjectNode request(JsonNode request) {
        ObjectNode form = Tree.newObject().put("Name", DeviceRules.name(request));
        JsonNode exactly = request.path("exactly");
        form.set("Exactly", exactly.isObject() ? wanted(exactly, Tree.newObject(), true) : NullNode.getInstance());
        form.set(
                "FirstAvailable",
                list(
                        request.path("firstAvailable"),
                        each -> wanted(each, Tree.newObject().put("Name", DeviceRules.name(each)), false)));
        return form;
    }

    private static ObjectNode wanted(JsonNode request, ObjectNode form, boolean exactly) {
        form.put("DeviceClassName", Tree.text(request, "deviceClassName"));
        form.set("Selectors", list(request.path("selectors"), DeviceForms::selector));
        form.put("AllocationMode", Tree.text(request, "allocationMode"));
        form.put("Count", Tree.number(request, "count"));
        if (exactly) {
            form.set("AdminAccess", orNull(request, "adminAccess"));
        }
        form.set("Tolerations", list(request.path("tolerations"), InternalForm::toleration));
        JsonNode capacity = request.path("capacity");
        if (capacity.isObject()) {
            form.putObject("Capacity").set("Requests", orNull(capacity, "requests"));
        } else {
            form.putNull("Capacity");
        }
        return form;
    }

    private static ObjectNode selector(JsonNode selector) {
        ObjectNode form = Tree.newObject();
        if (selector.hasNonNull("cel")) {
            form.putObject("CEL").put("Expression", Tree.text(selector, "cel", "expression"));
        } else {
            form.putNull("CEL");
        }
        return form;
    }

    private static ObjectNode constraint(JsonNode constraint) {
        ObjectNode form = Tree.newObject();
        form.set("Requests", orNull(constraint, "requests"));
        form.set("MatchAttribute", orNull(constraint, "matchAttribute"));
        form.set("DistinctAttribute", orNull(constraint, "distinctAttribute"));
        return form;
    }

    private static ObjectNode config(JsonNode config) {
        ObjectNode form = Tree.newObject();
        form.set("Requests", orNull(config, "requests"));
        JsonNode opaque = config.path("opaque");
        if (opaque.isObject()) {
            form.putObject("Opaque")
                    .put("Driver", Tree.text(opaque, "driver"))
                    .set("Parameters", orNull(opaque, "parameters"));
        } else {
            form.putNull("Opaque");
        }
        return form;
    }

    /** An attribute that has more than one value, or none. */
    static ObjectNode attribute(JsonNode attribute) {
        ObjectNode form = Tree.newObject();
        Map<String, String> fields =
                Map.of("IntValue", "int", "BoolValue", "bool", "StringValue", "string", "VersionValue", "version");
        for (String field : new String[] {"IntValue", "BoolValue", "StringValue", "VersionValue"}) {
            form.set(field, orNull(attribute, fields.getOrDefault(field, "")));
        }
        return form;
    }
}
