package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.Tree;
import io.kvorum.api.custom.RuleSet;
import io.kvorum.api.custom.StructuralSchema;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** The rules of what a version of a definition has: schema, subresources, columns, selectable fields. */
final class VersionRules {
    private static final List<String> COLUMN_TYPES = List.of("boolean", "date", "integer", "number", "string");
    private static final Set<String> COLUMN_FORMATS =
            Set.of("int32", "int64", "float", "double", "byte", "date", "date-time", "password");
    private static final Pattern DOTTED = Pattern.compile("(\\.[A-Za-z_][-\\w]*)+");
    private static final int MOST_SELECTABLE = 8;

    private VersionRules() {}

    /** @param field of the version that is to be checked */
    static void check(RuleSet.Compiler rules, String field, JsonNode version, FieldPath path, FieldErrors errors) {
        switch (field) {
            case "schema" -> {
                JsonNode schema = Tree.at(version, "schema", "openAPIV3Schema");
                if (schema.isObject()) {
                    FieldPath at = path.child("openAPIV3Schema");
                    int before = errors.size();
                    new SchemaRules(errors).root(schema, at);
                    // As upstream: what is said of rules in a schema that is wrong itself helps nobody.
                    if (errors.size() == before) {
                        errors.addAll(rules.problems(StructuralSchema.of(schema), at.toString()));
                    }
                }
            }
            case "subresources" -> scale(Tree.at(version, "subresources", "scale"), path.child("scale"), errors);
            case "additionalPrinterColumns" -> columns(version, path, errors);
            default -> selectable(version, path, errors);
        }
    }

    private static void scale(JsonNode scale, FieldPath path, FieldErrors errors) {
        if (!scale.isObject()) {
            return;
        }
        replicas(scale, "specReplicasPath", ".spec.", "should be a json path under .spec", path, errors);
        replicas(scale, "statusReplicasPath", ".status.", "should be a json path under .status", path, errors);
        String selector = Tree.text(scale, "labelSelectorPath");
        FieldPath at = path.child("labelSelectorPath");
        if (!selector.isEmpty()
                && isSimple(selector, at, errors)
                && !selector.startsWith(".spec.")
                && !selector.startsWith(".status.")) {
            errors.invalid(at, selector, "should be a json path under either .spec or .status");
        }
    }

    private static void replicas(
            JsonNode scale, String field, String prefix, String detail, FieldPath path, FieldErrors errors) {
        String value = Tree.text(scale, field);
        if (value.isEmpty()) {
            errors.required(path.child(field));
        } else if (isSimple(value, path.child(field), errors) && !value.startsWith(prefix)) {
            errors.invalid(path.child(field), value, detail);
        }
    }

    private static boolean isSimple(String jsonPath, FieldPath at, FieldErrors errors) {
        boolean simple = jsonPath.startsWith(".");
        if (!simple) {
            errors.invalid(at, jsonPath, "must be a simple json path starting with .");
        }
        return simple;
    }

    private static void columns(JsonNode version, FieldPath path, FieldErrors errors) {
        List<JsonNode> columns = Tree.items(version, "additionalPrinterColumns");
        for (int i = 0; i < columns.size(); i++) {
            JsonNode column = columns.get(i);
            FieldPath at = path.index(i);
            Rules.requiredText(column, at, errors, "name");
            String type = Tree.text(column, "type");
            String types = "must be one of " + String.join(",", COLUMN_TYPES);
            if (type.isEmpty()) {
                errors.required(at.child("type"), types);
            } else if (!COLUMN_TYPES.contains(type)) {
                errors.invalid(at.child("type"), type, types);
            }
            String format = Tree.text(column, "format");
            if (!format.isEmpty() && !COLUMN_FORMATS.contains(format)) {
                errors.invalid(
                        at.child("format"),
                        format,
                        "must be one of byte,date,date-time,double,float,int32,int64,password");
            }
            String jsonPath = Tree.text(column, "jsonPath");
            if (jsonPath.isEmpty()) {
                errors.required(at.child("JSONPath"));
            } else {
                isSimple(jsonPath, at.child("JSONPath"), errors);
            }
        }
    }

    private static void selectable(JsonNode version, FieldPath path, FieldErrors errors) {
        List<JsonNode> fields = Tree.items(version, "selectableFields");
        if (fields.size() > MOST_SELECTABLE) {
            errors.tooMany(path, fields.size(), MOST_SELECTABLE);
        }
        JsonNode schema = Tree.at(version, "schema", "openAPIV3Schema");
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < fields.size(); i++) {
            String jsonPath = Tree.text(fields.get(i), "jsonPath");
            FieldPath at = path.index(i).child("jsonPath");
            if (jsonPath.isEmpty()) {
                errors.required(at);
            } else if (!DOTTED.matcher(jsonPath).matches()) {
                errors.invalid(at, jsonPath, "is an invalid path: must be a simple json path");
            } else if (jsonPath.startsWith(".metadata.")) {
                errors.invalid(at, jsonPath, "must not point to fields in metadata");
            } else {
                pointsAtScalar(schema, jsonPath, at, errors);
                if (!seen.add(jsonPath)) {
                    errors.duplicate(at, jsonPath);
                }
            }
        }
    }

    private static void pointsAtScalar(JsonNode schema, String jsonPath, FieldPath at, FieldErrors errors) {
        JsonNode here = schema;
        for (String step : jsonPath.substring(1).split("\\.")) {
            here = Tree.at(here, "properties", step);
        }
        if (here.isMissingNode()) {
            errors.invalid(at, jsonPath, "is an invalid path: does not refer to a valid field");
        } else if (!Set.of("string", "boolean", "integer").contains(Tree.text(here, "type"))) {
            errors.invalid(
                    at,
                    jsonPath,
                    "must point to a field of type string, boolean or integer. Enum string fields and strings with"
                            + " formats are allowed.");
        }
    }
}
