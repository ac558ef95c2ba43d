package io.kvorum.apiserver.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;

/**
 * What the variables of expressions stand for.
 *
 * @param json object, oldObject, request, params, namespaceObject; what is not there is null
 * @param others values that are no JSON
 */
record Inputs(Map<String, JsonNode> json, Map<String, Object> others) {
    Inputs with(String variable, JsonNode value) {
        Map<String, JsonNode> more = new HashMap<>(json);
        more.put(variable, value);
        return new Inputs(more, others);
    }

    Inputs with(String variable, Object value) {
        Map<String, Object> more = new HashMap<>(others);
        more.put(variable, value);
        return new Inputs(json, more);
    }
}
