package io.kvorum.cel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.primitives.UnsignedLong;
import dev.cel.common.values.CelByteString;
import dev.cel.common.values.NullValue;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Values of CEL as the JSON they stand for, as protobuf's mapping to JSON has it. */
final class JsonValues {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private JsonValues() {}

    /** @throws CelProblem for what JSON cannot say */
    static JsonNode of(Object value) throws CelProblem {
        if (value instanceof Initializers.Made made) {
            return object(made.fields());
        } else if (value instanceof Map<?, ?> map) {
            return object(map);
        } else if (value instanceof List<?> list) {
            ArrayNode array = NODES.arrayNode(list.size());
            for (Object element : list) {
                array.add(of(element));
            }
            return array;
        } else if (value instanceof Optional<?> optional && optional.isPresent()) {
            return of(optional.get());
        }
        return scalar(value);
    }

    private static ObjectNode object(Map<?, ?> map) throws CelProblem {
        ObjectNode object = NODES.objectNode();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!(entry.getKey() instanceof String name)) {
                throw new CelProblem("unsupported type of a map's key: " + entry.getKey());
            }
            object.set(name, of(entry.getValue()));
        }
        return object;
    }

    private static JsonNode scalar(Object value) throws CelProblem {
        if (value instanceof String text) {
            return NODES.textNode(text);
        } else if (value instanceof Boolean flag) {
            return NODES.booleanNode(flag);
        } else if (value instanceof Long number) {
            return NODES.numberNode(number);
        } else if (value instanceof UnsignedLong number) {
            return NODES.numberNode(number.bigIntegerValue());
        } else if (value instanceof Double number) {
            return whole(number) ? NODES.numberNode(number.longValue()) : NODES.numberNode(number);
        } else if (value instanceof NullValue) {
            return NODES.nullNode();
        } else if (value instanceof Instant time) {
            return NODES.textNode(time.toString());
        } else if (value instanceof Duration duration) {
            return NODES.textNode(seconds(duration));
        } else if (value instanceof CelByteString bytes) {
            return NODES.textNode(Base64.getEncoder().encodeToString(bytes.toByteArray()));
        }
        throw new CelProblem("a value of type " + value.getClass().getSimpleName() + " cannot be written as JSON");
    }

    private static boolean whole(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1e15;
    }

    private static String seconds(Duration duration) {
        return duration.getNano() == 0
                ? duration.getSeconds() + "s"
                : new java.math.BigDecimal(duration.getSeconds())
                                .add(new java.math.BigDecimal(duration.getNano()).movePointLeft(9))
                                .stripTrailingZeros()
                                .toPlainString()
                        + "s";
    }
}
