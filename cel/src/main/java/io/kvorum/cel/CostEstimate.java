package io.kvorum.cel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.cel.common.ast.CelExpr;
import io.kvorum.api.Tree;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What an expression may cost at most, in steps, for the largest object its schema allows (KEP-2876). Lists, maps and strings
 * without a limit are as large as a request of 3 MiB allows. Of upstream's estimate it has comprehensions over what the
 * schema describes and functions that read a whole string; lists that an expression itself makes count as unbounded
 * when they come from such a comprehension.
 */
final class CostEstimate {
    /** Upstream's limit of one expression. */
    static final double LIMIT = 10_000_000;

    private static final double REQUEST_BYTES = 3 << 20;
    private static final double STRING_FACTOR = 0.1;

    private static final Set<String> READ_STRINGS = Set.of(
            "contains",
            "startsWith",
            "endsWith",
            "matches",
            "find",
            "findAll",
            "indexOf",
            "lastIndexOf",
            "replace",
            "split",
            "lowerAscii",
            "upperAscii",
            "trim",
            "isURL",
            "url",
            "isQuantity",
            "quantity");

    private final Map<String, JsonNode> schemas = new HashMap<>();

    private CostEstimate(Map<String, JsonNode> variables) {
        schemas.putAll(variables);
    }

    /** @param variables their schemas */
    static double of(Expression expression, Map<String, JsonNode> variables) {
        return new CostEstimate(variables).cost(expression.tree().getExpr());
    }

    /** The most items or entries, or characters, a value can have. */
    static double mostOf(JsonNode schema) {
        String limit = switch (Tree.text(schema, "type")) {
            case "array" -> "maxItems";
            case "object" -> "maxProperties";
            default -> "maxLength";
        };
        JsonNode told = schema.path(limit);
        if (told.isNumber()) {
            return told.asDouble();
        }
        return switch (Tree.text(schema, "type")) {
            case "array" -> REQUEST_BYTES / (leastBytes(schema.path("items")) + 1);
            case "object" -> REQUEST_BYTES / (leastBytes(schema.path("additionalProperties")) + 6);
            default -> REQUEST_BYTES;
        };
    }

    /** The shortest JSON of a value. */
    private static double leastBytes(JsonNode schema) {
        return switch (Tree.text(schema, "type")) {
            case "string", "array", "object" -> 2;
            case "boolean" -> 4;
            default -> 1;
        };
    }

    private double cost(CelExpr expression) {
        return switch (expression.getKind()) {
            case SELECT -> 1 + cost(expression.select().operand());
            case IDENT -> 1;
            case CALL -> call(expression.call());
            case LIST ->
                10
                        + expression.list().elements().stream()
                                .mapToDouble(this::cost)
                                .sum();
            case MAP ->
                30
                        + expression.map().entries().stream()
                                .mapToDouble(each -> cost(each.key()) + cost(each.value()))
                                .sum();
            case COMPREHENSION -> comprehension(expression.comprehension());
            default -> 0;
        };
    }

    private double call(CelExpr.CelCall call) {
        double sum = call.args().stream().mapToDouble(this::cost).sum();
        double own = 1;
        if (call.target().isPresent()) {
            CelExpr target = call.target().get();
            sum += cost(target);
            JsonNode schema = schema(target);
            if (READ_STRINGS.contains(call.function())
                    && Tree.text(schema, "type").equals("string")) {
                own = Math.max(1, mostOf(schema) * STRING_FACTOR);
            }
        }
        return sum + own;
    }

    private double comprehension(CelExpr.CelComprehension loop) {
        JsonNode range = schema(loop.iterRange());
        boolean list = Tree.text(range, "type").equals("array");
        double times = range.isMissingNode() ? literalSize(loop.iterRange()) : mostOf(range);
        JsonNode element = list ? range.path("items") : MissingNode.getInstance();
        JsonNode hidden = schemas.put(loop.iterVar(), element);
        double once = cost(loop.loopCondition()) + cost(loop.loopStep());
        if (hidden == null) {
            schemas.remove(loop.iterVar());
        } else {
            schemas.put(loop.iterVar(), hidden);
        }
        return cost(loop.iterRange()) + cost(loop.accuInit()) + times * once + cost(loop.result());
    }

    private static double literalSize(CelExpr range) {
        return switch (range.getKind()) {
            case LIST -> range.list().elements().size();
            case MAP -> range.map().entries().size();
            // Of no known size; what nothing is said of is not refused for it, evaluation is bounded anyway.
            default -> 1;
        };
    }

    /** The schema of what an expression stands for; missing when it is not a part of a variable. */
    private JsonNode schema(CelExpr expression) {
        switch (expression.getKind()) {
            case IDENT:
                return schemas.getOrDefault(expression.ident().name(), MissingNode.getInstance());
            case SELECT:
                JsonNode of = schema(expression.select().operand());
                for (Map.Entry<String, JsonNode> each : of.path("properties").properties()) {
                    if (expression.select().field().equals(PropertyNames.escape(each.getKey()))) {
                        return each.getValue();
                    }
                }
                return of.path("additionalProperties");
            case CALL:
                boolean index = expression.call().function().equals("_[_]");
                if (index) {
                    JsonNode list = schema(expression.call().args().get(0));
                    return list.has("items") ? list.path("items") : list.path("additionalProperties");
                }
                return MissingNode.getInstance();
            default:
                return MissingNode.getInstance();
        }
    }
}
