package io.kvorum.cel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.cel.Initializers.Made;
import java.util.List;
import java.util.Map;

/** What an expression of a MutatingAdmissionPolicy wants done to an object (KEP-3962). Safe for use by several threads. */
public final class Mutation {
    private final Expression expression;

    private Mutation(Expression expression) {
        this.expression = expression;
    }

    /** @param expression ends in {@link Expressions.Result#OBJECT} or {@link Expressions.Result#JSON_PATCH} */
    public static Mutation of(Expression expression) {
        return new Mutation(expression);
    }

    public Expression expression() {
        return expression;
    }

    /**
     * The fields to apply; of their types nothing is known yet but that they are named as their places.
     *
     * @throws CelProblem when the evaluation fails, or an initializer stands at another place than its type says
     */
    public ObjectNode configuration(Map<String, JsonNode> values, Map<String, Object> more) throws CelProblem {
        Object result = evaluated(values, more);
        if (!(result instanceof Made made)) {
            throw new CelProblem("unsupported return type from ApplyConfiguration expression: " + result);
        }
        checkNames(made);
        return (ObjectNode) JsonValues.of(made);
    }

    /** A JSON patch, RFC 6902. */
    public ArrayNode patch(Map<String, JsonNode> values, Map<String, Object> more) throws CelProblem {
        if (!(evaluated(values, more) instanceof List<?> operations)) {
            throw new CelProblem("type mismatch: JSONPatchType.expression should evaluate to array");
        }
        ArrayNode patch = JsonNodeFactory.instance.arrayNode();
        for (Object operation : operations) {
            if (!(operation instanceof Made made) || !made.type().equals(Initializers.JSON_PATCH)) {
                throw new CelProblem("type mismatch: JSONPatchType.expression should evaluate to array of JSONPatch");
            }
            Object value = made.fields().get("value");
            if (value instanceof Made object) {
                checkNames(object);
            }
            patch.add(JsonValues.of(made));
        }
        return patch;
    }

    private Object evaluated(Map<String, JsonNode> values, Map<String, Object> more) throws CelProblem {
        try {
            return expression.evaluate(values, more);
        } catch (CelProblem e) {
            throw new CelProblem("expression '" + expression.text() + "' resulted in error: " + e.getMessage(), e);
        }
    }

    private static void checkNames(Made object) throws CelProblem {
        checkNames(object, object.type());
    }

    private static void checkNames(Object value, String expected) throws CelProblem {
        if (value instanceof Made made) {
            if (!made.type().equals(expected)) {
                throw new CelProblem("type mismatch: unexpected type name \"" + made.type() + "\", expected \""
                        + expected + "\", which matches field name path from root Object type");
            }
            for (Map.Entry<?, ?> field : made.fields().entrySet()) {
                checkNames(field.getValue(), expected + "." + field.getKey());
            }
        } else if (value instanceof Map<?, ?> map) {
            for (Object element : map.values()) {
                checkNames(element, expected);
            }
        } else if (value instanceof List<?> list) {
            for (Object element : list) {
                checkNames(element, expected);
            }
        }
    }
}
