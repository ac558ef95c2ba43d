package io.kvorum.apiserver.aggregation;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A group and version that is part of discovery without being in this server's catalogue.
 *
 * @param resources its APIResourceList; a missing node while it is not known
 * @param openApi path and hash of its OpenAPI v3 document at this server, empty when there is none
 * @param current whether it can be asked just now
 */
public record Contribution(String group, String version, JsonNode resources, String openApi, boolean current) {
    String groupVersion() {
        return group + "/" + version;
    }
}
