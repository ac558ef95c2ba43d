package io.kvorum.api.patch;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvorum.api.managed.GoValue;

/** What upstream says of a patch that should be an object and is something else. */
final class NoObject {
    private NoObject() {}

    static String message(JsonNode patch) {
        return "json: cannot unmarshal " + GoValue.json(patch) + " into Go value of type map[string]interface {}";
    }
}
