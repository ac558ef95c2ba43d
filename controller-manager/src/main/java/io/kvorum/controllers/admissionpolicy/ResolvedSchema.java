package io.kvorum.controllers.admissionpolicy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Takes the schema of a kind out of an OpenAPI v3 document, with everything it refers to put in its place. */
final class ResolvedSchema {
    private static final String REFERENCE = "#/components/schemas/";

    private final JsonNode components;
    private final Set<String> path = new LinkedHashSet<>();

    private ResolvedSchema(JsonNode components) {
        this.components = components;
    }

    /** A schema that is part of itself: there is no end to putting it in its place. */
    private static final class Cycle extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** Empty when the document does not have the kind, or its schema is part of itself. */
    static Optional<JsonNode> of(JsonNode document, String group, String version, String kind) {
        JsonNode components = document.at("/components/schemas");
        for (Map.Entry<String, JsonNode> each : components.properties()) {
            for (JsonNode gvk : each.getValue().path("x-kubernetes-group-version-kind")) {
                if (gvk.path("group").asText().equals(group)
                        && gvk.path("version").asText().equals(version)
                        && gvk.path("kind").asText().equals(kind)) {
                    try {
                        return Optional.of(new ResolvedSchema(components).component(each.getKey()));
                    } catch (Cycle e) {
                        return Optional.empty();
                    }
                }
            }
        }
        return Optional.empty();
    }

    private JsonNode component(String name) {
        if (!path.add(name)) {
            throw new Cycle();
        }
        JsonNode resolved = resolve(components.path(name));
        path.remove(name);
        return resolved;
    }

    private JsonNode resolve(JsonNode schema) {
        String reference = schema.path("$ref").asText();
        if (reference.startsWith(REFERENCE)) {
            return component(reference.substring(REFERENCE.length()));
        }
        if (!schema.isObject()) {
            return schema;
        }
        ObjectNode resolved = JsonNodeFactory.instance.objectNode();
        JsonNode only = schema.path("allOf");
        // A reference with a description or default of its own is published as the one member of allOf.
        if (only.size() == 1 && resolve(only.get(0)) instanceof ObjectNode base) {
            resolved.setAll(base);
        }
        for (Map.Entry<String, JsonNode> each : schema.properties()) {
            switch (each.getKey()) {
                case "properties" -> {
                    ObjectNode properties = resolved.putObject("properties");
                    each.getValue()
                            .properties()
                            .forEach(property -> properties.set(property.getKey(), resolve(property.getValue())));
                }
                case "items", "additionalProperties" -> resolved.set(each.getKey(), resolve(each.getValue()));
                case "type", "format" -> resolved.set(each.getKey(), each.getValue());
                default -> {
                    if (each.getKey().startsWith("x-kubernetes-")) {
                        resolved.set(each.getKey(), each.getValue());
                    }
                }
            }
        }
        return resolved;
    }
}
