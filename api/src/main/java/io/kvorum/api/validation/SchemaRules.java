package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Tree;
import io.kvorum.api.custom.DefaultValues;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Whether a schema of a definition is structural: every field has a type, and values are restricted where it is said. */
final class SchemaRules {
    private static final List<String> TYPES = List.of("array", "boolean", "integer", "number", "object", "string");

    /** What must not be said inside allOf, anyOf, oneOf and not. */
    private static final List<String> STRUCTURE = List.of(
            "type",
            "description",
            "default",
            "nullable",
            "title",
            "x-kubernetes-preserve-unknown-fields",
            "x-kubernetes-embedded-resource",
            "x-kubernetes-int-or-string",
            "x-kubernetes-list-type",
            "x-kubernetes-list-map-keys",
            "x-kubernetes-map-type");

    private enum Place {
        ROOT("at the root"),
        FIELD("for specified object fields"),
        ITEM("for specified array items");

        private final String words;

        Place(String words) {
            this.words = words;
        }
    }

    private final FieldErrors errors;

    SchemaRules(FieldErrors errors) {
        this.errors = errors;
    }

    void root(JsonNode schema, FieldPath path) {
        if (Tree.flag(schema, "nullable")) {
            errors.forbidden(path.child("nullable"), "nullable cannot be true at the root");
        }
        structure(schema, path, Place.ROOT);
    }

    private void structure(JsonNode schema, FieldPath path, Place place) {
        type(schema, path, place);
        general(schema, path);
        additional(schema, path, place);
        lists(schema, path);
        RuleTextRules.check(schema, path, errors);
        if (place == Place.ROOT || Tree.flag(schema, "x-kubernetes-embedded-resource")) {
            resource(schema, path);
        }
        for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
            structure(property.getValue(), path.child("properties").key(property.getKey()), Place.FIELD);
        }
        if (schema.path("items").isObject()) {
            structure(schema.get("items"), path.child("items"), Place.ITEM);
        }
        if (schema.path("additionalProperties").isObject()) {
            structure(schema.get("additionalProperties"), path.child("additionalProperties"), Place.FIELD);
        }
        for (String field : List.of("allOf", "anyOf", "oneOf")) {
            List<JsonNode> all = Tree.items(schema, field);
            for (int i = 0; i < all.size(); i++) {
                values(all.get(i), schema, path.child(field).index(i));
            }
        }
        if (schema.path("not").isObject()) {
            values(schema.get("not"), schema, path.child("not"));
        }
        if (schema.hasNonNull("default")) {
            errors.addAll(DefaultValues.problems(schema, path.child("default").toString()));
        }
    }

    private void type(JsonNode schema, FieldPath path, Place place) {
        String type = Tree.text(schema, "type");
        boolean embedded = Tree.flag(schema, "x-kubernetes-embedded-resource");
        if (place == Place.ROOT || embedded) {
            String words = place == Place.ROOT ? place.words : "if x-kubernetes-embedded-resource is true";
            if (type.isEmpty()) {
                errors.required(path.child("type"), "must not be empty " + words);
            } else if (!type.equals("object")) {
                errors.invalid(path.child("type"), type, "must be object " + words);
            }
            return;
        }
        boolean intOrString = Tree.flag(schema, "x-kubernetes-int-or-string");
        if (type.isEmpty()) {
            if (!intOrString && !Tree.flag(schema, "x-kubernetes-preserve-unknown-fields")) {
                errors.required(path.child("type"), "must not be empty " + place.words);
            }
        } else if (intOrString) {
            errors.forbidden(path.child("type"), "must be empty if x-kubernetes-int-or-string is true");
        } else if (!TYPES.contains(type)) {
            errors.notSupported(path.child("type"), type, TYPES);
        }
    }

    /** What OpenAPI has and definitions have not. */
    private void unsupported(JsonNode schema, FieldPath path) {
        for (String field :
                List.of("id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref")) {
            JsonNode value = schema.path(field);
            boolean given = value.isTextual() ? !value.textValue().isEmpty() : value.isObject() && !value.isEmpty();
            if (given || field.equals("additionalItems") && schema.hasNonNull(field)) {
                errors.forbidden(path.child(field), field + " is not supported");
            }
        }
        if (Tree.text(schema, "type").equals("null")) {
            errors.forbidden(path.child("type"), "type cannot be set to null, use nullable as an alternative");
        }
    }

    private void general(JsonNode schema, FieldPath path) {
        String type = Tree.text(schema, "type");
        unsupported(schema, path);
        if (type.equals("array") && !schema.path("items").isObject()) {
            errors.required(path.child("items"), "must be specified");
        }
        if (Tree.flag(schema, "uniqueItems")) {
            errors.forbidden(
                    path.child("uniqueItems"),
                    "uniqueItems cannot be set to true since the runtime complexity becomes quadratic");
        }
        JsonNode preserve = schema.path("x-kubernetes-preserve-unknown-fields");
        if (preserve.isBoolean() && !preserve.booleanValue()) {
            errors.invalid(path.child("x-kubernetes-preserve-unknown-fields"), false, "must be true or undefined");
        }
        if (preserve.asBoolean(false) && !type.isEmpty() && !type.equals("object")) {
            errors.invalid(path.child("type"), type, "must be object if x-kubernetes-preserve-unknown-fields is true");
        }
        String pattern = Tree.text(schema, "pattern");
        try {
            Pattern.compile(pattern.replace("(?P<", "(?<"));
        } catch (PatternSyntaxException e) {
            errors.invalid(
                    path.child("pattern"),
                    pattern,
                    "must be a valid regular expression, but isn't: " + e.getDescription());
        }
    }

    private void additional(JsonNode schema, FieldPath path, Place place) {
        JsonNode more = schema.path("additionalProperties");
        if (more.isMissingNode()) {
            return;
        }
        FieldPath at = path.child("additionalProperties");
        if (more.isBoolean() && !more.booleanValue()) {
            errors.forbidden(at, "additionalProperties cannot be set to false");
        }
        if (place == Place.ROOT) {
            errors.forbidden(at, "must not be used at the root");
        }
        boolean any = more.isBoolean() && more.booleanValue();
        if (!any && !schema.path("properties").isEmpty()) {
            errors.forbidden(at, "additionalProperties and properties are mutual exclusive");
        }
        if (Tree.flag(schema, "x-kubernetes-embedded-resource")) {
            errors.forbidden(at, "must not be used if x-kubernetes-embedded-resource is set");
        }
    }

    private void lists(JsonNode schema, FieldPath path) {
        String mapType = Tree.text(schema, "x-kubernetes-map-type");
        String type = Tree.text(schema, "type");
        if (!mapType.isEmpty()) {
            if (!mapType.equals("granular") && !mapType.equals("atomic")) {
                errors.notSupported(path.child("x-kubernetes-map-type"), mapType, List.of("atomic", "granular"));
            }
            ofType("object", type, path, "must be object if x-kubernetes-map-type is specified");
        }
        String listType = Tree.text(schema, "x-kubernetes-list-type");
        List<String> keys = Tree.texts(schema, "x-kubernetes-list-map-keys");
        FieldPath at = path.child("x-kubernetes-list-type");
        if (!keys.isEmpty() && !listType.equals("map")) {
            if (listType.isEmpty()) {
                errors.required(at, "must be map if x-kubernetes-list-map-keys is non-empty");
            } else {
                errors.invalid(at, listType, "must be map if x-kubernetes-list-map-keys is non-empty");
            }
        }
        if (listType.isEmpty()) {
            return;
        }
        ofType("array", type, path, "must be array if x-kubernetes-list-type is specified");
        switch (listType) {
            case "atomic" -> {}
            case "set" -> setItems(schema.path("items"), path.child("items"));
            case "map" -> mapItems(schema.path("items"), keys, path);
            default -> errors.notSupported(at, listType, List.of("atomic", "set", "map"));
        }
    }

    private void ofType(String wanted, String type, FieldPath path, String detail) {
        if (type.isEmpty()) {
            errors.required(path.child("type"), detail);
        } else if (!type.equals(wanted)) {
            errors.invalid(path.child("type"), type, detail);
        }
    }

    private void setItems(JsonNode items, FieldPath path) {
        if (Tree.flag(items, "nullable")) {
            errors.forbidden(path.child("nullable"), "cannot be nullable when x-kubernetes-list-type is set");
        }
        String type = Tree.text(items, "type");
        if (type.equals("object") && !Tree.text(items, "x-kubernetes-map-type").equals("atomic")) {
            errors.invalid(
                    path.child("x-kubernetes-map-type"),
                    items.path("x-kubernetes-map-type"),
                    "must be atomic as item of a list with x-kubernetes-list-type=set");
        } else if (type.equals("array") && !Set.of("", "atomic").contains(Tree.text(items, "x-kubernetes-list-type"))) {
            errors.invalid(
                    path.child("x-kubernetes-list-type"),
                    items.path("x-kubernetes-list-type"),
                    "must be atomic as item of a list with x-kubernetes-list-type=set");
        }
    }

    private void mapItems(JsonNode items, List<String> keys, FieldPath path) {
        FieldPath at = path.child("x-kubernetes-list-map-keys");
        if (keys.isEmpty()) {
            errors.required(at, "must not be empty if x-kubernetes-list-type is map");
        }
        if (!Tree.text(items, "type").equals("object")) {
            errors.invalid(
                    path.child("items", "type"),
                    items.path("type"),
                    "must be object if parent array's x-kubernetes-list-type is map");
        }
        if (Tree.flag(items, "nullable")) {
            errors.forbidden(path.child("items", "nullable"), "cannot be nullable when x-kubernetes-list-type is map");
        }
        ArrayNode shown = Tree.newArray();
        keys.forEach(shown::add);
        Set<String> seen = new HashSet<>();
        for (String key : keys) {
            if (!Tree.at(items, "properties").has(key)) {
                errors.invalid(at, shown, "entries must all be names of item properties");
            } else {
                mapKey(items, key, path.child("items", "properties").key(key));
            }
            if (!seen.add(key)) {
                errors.invalid(at, shown, "must not contain duplicate entries");
            }
        }
    }

    private void mapKey(JsonNode items, String key, FieldPath field) {
        JsonNode property = Tree.at(items, "properties", key);
        if (Set.of("array", "object").contains(Tree.text(property, "type"))) {
            // Upstream shows the type of the items.
            errors.invalid(
                    field.child("type"),
                    Tree.text(items, "type"),
                    "must be a scalar type if parent array's x-kubernetes-list-type is map");
        }
        if (!Tree.texts(items, "required").contains(key) && !property.hasNonNull("default")) {
            errors.required(
                    field.child("default"),
                    "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property");
        }
        if (Tree.flag(property, "nullable")) {
            errors.forbidden(
                    field.child("nullable"),
                    "this property is in x-kubernetes-list-map-keys, so it cannot be nullable");
        }
    }

    /** An object with apiVersion, kind and metadata, of which little may be said. */
    private void resource(JsonNode schema, FieldPath path) {
        for (String field : List.of("apiVersion", "kind")) {
            String type = Tree.text(schema, "properties", field, "type");
            if (!type.isEmpty() && !type.equals("string")) {
                errors.invalid(path.child("properties").key(field).child("type"), type, "must be string");
            }
        }
        JsonNode metadata = Tree.at(schema, "properties", "metadata");
        if (metadata.isMissingNode()) {
            return;
        }
        FieldPath at = path.child("properties").key("metadata");
        if (!Tree.text(metadata, "type").equals("object")) {
            errors.invalid(at.child("type"), metadata.path("type"), "must be object");
        }
        boolean other = metadata.path("properties").properties().stream()
                .anyMatch(entry -> !Set.of("name", "generateName").contains(entry.getKey()));
        if (other) {
            errors.forbidden(
                    at,
                    "must not specify anything other than name and generateName, but metadata is implicitly specified");
        }
    }

    /** A schema inside allOf, anyOf, oneOf or not: restricts values of a structure that is said elsewhere. */
    private void values(JsonNode schema, JsonNode structure, FieldPath path) {
        unsupported(schema, path);
        boolean intOrString = Tree.flag(structure, "x-kubernetes-int-or-string");
        for (String field : STRUCTURE) {
            boolean typeOfIntOrString = field.equals("type") && intOrString;
            if (schema.hasNonNull(field)
                    && !typeOfIntOrString
                    && !(schema.get(field).isBoolean() && !schema.get(field).booleanValue())) {
                errors.forbidden(path.child(field), "must be empty to be structural");
            }
        }
        if (schema.path("additionalProperties") instanceof ObjectNode) {
            errors.forbidden(path.child("additionalProperties"), "must be undefined to be structural");
        }
        for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
            FieldPath at = path.child("properties").key(property.getKey());
            JsonNode below = Tree.at(structure, "properties", property.getKey());
            if (below.isMissingNode() && structure.path("additionalProperties").isObject()) {
                below = structure.get("additionalProperties");
            }
            values(property.getValue(), below, at);
        }
        if (schema.path("items").isObject()) {
            values(schema.get("items"), structure.path("items"), path.child("items"));
        }
        for (String field : List.of("allOf", "anyOf", "oneOf")) {
            List<JsonNode> all = Tree.items(schema, field);
            for (int i = 0; i < all.size(); i++) {
                values(all.get(i), structure, path.child(field).index(i));
            }
        }
        if (schema.path("not").isObject()) {
            values(schema.get("not"), structure, path.child("not"));
        }
    }
}
