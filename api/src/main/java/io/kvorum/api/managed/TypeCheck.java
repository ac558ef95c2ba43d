package io.kvorum.api.managed;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Checks that a configuration that is to be applied is of its type: shapes, declared fields, keys of lists. */
final class TypeCheck {
    private final List<String> errors = new ArrayList<>();
    private final List<String> path = new ArrayList<>();

    private TypeCheck() {}

    /** @throws TypeMismatchException with everything that is wrong */
    static void check(FieldType type, JsonNode value) {
        TypeCheck check = new TypeCheck();
        check.value(type, value);
        if (check.errors.size() == 1) {
            throw new TypeMismatchException(check.errors.get(0));
        }
        if (!check.errors.isEmpty()) {
            throw new TypeMismatchException("errors:\n  " + String.join("\n  ", check.errors));
        }
    }

    private void value(FieldType type, JsonNode value) {
        if (value.isNull()) {
            return;
        }
        switch (type.form()) {
            case SCALAR -> scalar(type.scalar(), value);
            case LIST -> list(type, value);
            case MAP -> map(type, value);
            default -> {}
        }
    }

    private void scalar(FieldType.Scalar scalar, JsonNode value) {
        switch (scalar) {
            case STRING -> {
                if (!value.isTextual()) {
                    error("expected string, got " + GoValue.verbose(value));
                }
            }
            case NUMERIC -> {
                if (!value.isNumber()) {
                    error("expected numeric (int or float), got " + GoValue.type(value));
                }
            }
            case BOOLEAN -> {
                if (!value.isBoolean()) {
                    error("expected boolean, got " + GoValue.type(value));
                }
            }
            default -> {
                if (value.isContainerNode()) {
                    error("expected any scalar, got " + GoValue.plain(value));
                }
            }
        }
    }

    private void list(FieldType type, JsonNode value) {
        if (!value.isArray()) {
            error("expected list, got &{" + GoValue.plain(value) + "}");
            return;
        }
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < value.size(); i++) {
            String element = PathElement.index(i);
            if (ListItems.associative(type)) {
                try {
                    element = ListItems.element(type, value.get(i));
                } catch (ListItems.UnidentifiableException e) {
                    error("element " + i + ": " + e.why());
                    continue;
                }
                if (!seen.add(element)) {
                    error("duplicate entries for key " + PathElement.display(element));
                }
            }
            step(element, type.elementOrDeduced(), value.get(i));
        }
    }

    private void map(FieldType type, JsonNode value) {
        if (!value.isObject()) {
            error("expected map, got &{" + GoValue.plain(value) + "}");
            return;
        }
        for (Map.Entry<String, JsonNode> entry : value.properties()) {
            String element = PathElement.field(entry.getKey());
            FieldType field = type.field(entry.getKey());
            if (field == null) {
                field = type.element();
            }
            if (field == null) {
                path.add(element);
                error("field not declared in schema");
                path.remove(path.size() - 1);
                return; // upstream says it of the first one only
            }
            step(element, field, entry.getValue());
        }
    }

    private void step(String element, FieldType type, JsonNode value) {
        path.add(element);
        value(type, value);
        path.remove(path.size() - 1);
    }

    private void error(String message) {
        errors.add(path.isEmpty() ? message : PathElement.display(path) + ": " + message);
    }
}
