package io.kvorum.cel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import io.kvorum.api.Tree;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The expressions that choose devices (KEP-4381). They speak of {@code device}: its driver, whether it may be allocated many
 * times, and its attributes and capacities by domain and name. Safe for use by several threads.
 */
public final class DeviceSelectors {
    private static final String DEVICE = "device";

    /** Upstream's limit of one selector. */
    private static final double LIMIT = 1_000_000;

    private static final int MOST_ATTRIBUTES = 32;
    private static final int MOST_DRIVER = 63;
    private static final JsonNode SCHEMA = schema();
    private static final Expressions EXPRESSIONS = Expressions.with(Map.of(DEVICE, ValueType.of(SCHEMA)));

    private DeviceSelectors() {}

    /** @param cost whether the expression is good but may cost too much */
    public record Problem(String message, boolean cost) {}

    /** What is wrong with an expression, in upstream's words; null when nothing is. */
    public static @Nullable Problem problem(String text) {
        try {
            Expression expression = EXPRESSIONS.compile(text, Expressions.Result.ANY);
            CelType type = expression.tree().getResultType();
            if (!type.equals(SimpleType.BOOL) && !type.equals(SimpleType.DYN)) {
                return new Problem("must evaluate to bool or the unknown type, not " + type.name(), false);
            }
            return CostEstimate.of(expression, Map.of(DEVICE, SCHEMA)) > LIMIT
                    ? new Problem("too complex, exceeds cost limit", true)
                    : null;
        } catch (CelProblem e) {
            return new Problem(String.valueOf(e.getMessage()), false);
        }
    }

    private static JsonNode schema() {
        ObjectNode device = Tree.newObject().put("type", "object");
        ObjectNode fields = device.putObject("properties");
        fields.putObject("driver").put("type", "string").put("maxLength", MOST_DRIVER);
        fields.putObject("allowMultipleAllocations").put("type", "boolean");
        for (String field : new String[] {"attributes", "capacity"}) {
            // By domain and name; what there is may be of several types.
            ObjectNode domains = fields.putObject(field).put("type", "object").put("maxProperties", MOST_ATTRIBUTES);
            ObjectNode names = domains.putObject("additionalProperties")
                    .put("type", "object")
                    .put("maxProperties", MOST_ATTRIBUTES);
            names.putObject("additionalProperties").put("x-kubernetes-preserve-unknown-fields", true);
        }
        return device;
    }
}
