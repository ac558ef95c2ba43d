package io.kvorum.api.custom;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException.Cause;
import java.util.ArrayList;
import java.util.List;

/** Whether the default in a schema is a value the schema allows. */
public final class DefaultValues {
    private DefaultValues() {}

    /**
     * @param schema a {@code JSONSchemaProps} with a default
     * @param path of the default
     */
    public static List<Cause> problems(JsonNode schema, String path) {
        JsonNode value = schema.path("default").deepCopy();
        StructuralSchema structural = StructuralSchema.of(schema);
        List<Cause> problems = new ArrayList<>();
        if (value instanceof ObjectNode object) {
            if (!Pruning.prune(object, structural).isEmpty()) {
                problems.add(new Cause(
                        "FieldValueInvalid",
                        "Invalid value: " + schema.get("default") + ": must not have unknown fields",
                        path));
            }
            CustomDefaults.apply(object, structural);
        }
        problems.addAll(ValueCheck.check(ValueSchema.of(schema), value, null, path));
        return problems;
    }
}
