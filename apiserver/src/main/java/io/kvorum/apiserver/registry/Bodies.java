package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvorum.api.ApiException;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.schema.Decoded;
import io.kvorum.api.schema.Decoder;
import io.kvorum.api.schema.FieldValidation;
import io.kvorum.apiserver.request.ApiRequest;
import java.io.IOException;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Reads request bodies: JSON as it is, YAML by way of a tree. */
final class Bodies {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Bodies() {}

    /** The media type of the body without its parameters; JSON when the request names none. */
    static String mediaType(ApiRequest request) {
        String type = request.header("Content-Type");
        int semicolon = type.indexOf(';');
        String bare = (semicolon < 0 ? type : type.substring(0, semicolon)).trim();
        return bare.isEmpty() ? "application/json" : bare;
    }

    static Decoded decode(ResourceInfo info, ApiRequest request, FieldValidation mode) {
        return decode(info.apiVersion(), info.kind(), request, mode);
    }

    static Decoded decode(String apiVersion, String kind, ApiRequest request, FieldValidation mode) {
        byte[] body = request.body().getBytes();
        return switch (mediaType(request)) {
            case "application/json" -> Decoder.decode(apiVersion, kind, body, mode);
            case "application/yaml" -> Decoder.decode(apiVersion, kind, yaml(body), mode);
            default -> throw unsupported();
        };
    }

    static JsonNode json(byte[] body) {
        try {
            JsonNode tree = MAPPER.readTree(body);
            if (tree != null && !tree.isMissingNode()) {
                return tree;
            }
        } catch (IOException e) {
            throw ApiException.badRequest("error decoding patch: " + firstLine(e));
        }
        throw ApiException.badRequest("error decoding patch: unexpected end of JSON input");
    }

    static ApiException unsupported() {
        return new ApiException(
                415,
                "UnsupportedMediaType",
                "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml",
                null);
    }

    private static JsonNode yaml(byte[] body) {
        LoadSettings settings = LoadSettings.builder()
                .setAllowDuplicateKeys(false)
                .setMaxAliasesForCollections(50)
                .build();
        try {
            Object value = new Load(settings).loadFromString(new String(body, java.nio.charset.StandardCharsets.UTF_8));
            return MAPPER.valueToTree(value);
        } catch (YamlEngineException e) {
            throw ApiException.badRequest("error converting YAML to JSON: " + firstLine(e));
        }
    }

    private static String firstLine(Exception e) {
        String message = String.valueOf(e.getMessage());
        int line = message.indexOf('\n');
        return line < 0 ? message : message.substring(0, line);
    }
}
