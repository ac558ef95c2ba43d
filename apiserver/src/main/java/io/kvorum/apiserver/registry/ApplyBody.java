package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.schema.FieldValidation;
import java.util.List;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The configuration of a server-side apply, read from YAML (of which JSON is a part).
 *
 * @param warnings one for every field given twice, when the request wants to be warned
 * @param strictError what a strict request is refused for; empty for nothing
 */
record ApplyBody(ObjectNode config, List<String> warnings, String strictError) {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** 400 for what is no YAML object. */
    static ApplyBody read(byte[] body, FieldValidation validation) {
        YamlBody yaml = yaml(body);
        return new ApplyBody(
                config(yaml),
                validation == FieldValidation.WARN ? yaml.duplicates() : List.of(),
                validation == FieldValidation.STRICT ? yaml.strictError() : "");
    }

    /** 400 for fields given twice when the request is strict about it; as upstream, what the merge has to say comes first. */
    void checkStrict() {
        if (!strictError.isEmpty()) {
            throw ApiException.badRequest("error strict decoding YAML: error converting YAML to JSON: " + strictError);
        }
    }

    private static YamlBody yaml(byte[] body) {
        try {
            return YamlBody.read(body);
        } catch (YamlEngineException e) {
            throw ApiException.badRequest(
                    "error decoding YAML: error converting YAML to JSON: " + YamlBody.firstLine(e));
        }
    }

    private static ObjectNode config(YamlBody yaml) {
        if (yaml.tree() instanceof ObjectNode object) {
            return object;
        }
        if (yaml.tree().isNull()) {
            return MAPPER.createObjectNode();
        }
        throw ApiException.badRequest("error decoding YAML: error unmarshaling JSON: while decoding JSON: json: "
                + "cannot unmarshal into Go value of type map[string]interface {}");
    }
}
