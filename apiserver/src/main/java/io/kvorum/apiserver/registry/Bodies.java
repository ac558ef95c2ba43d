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
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
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
        if (info.custom() == null) {
            return decode(info.apiVersion(), info.kind(), request, mode);
        }
        byte[] body = request.body().getBytes();
        return switch (mediaType(request)) {
            case "application/json" -> Decoder.decode(info, body, mode);
            case "application/yaml" ->
                yaml(body, info.apiVersion(), info.kind(), mode, (tree, how) -> Decoder.decode(info, tree, how));
            default -> throw unsupported();
        };
    }

    static Decoded decode(String apiVersion, String kind, ApiRequest request, FieldValidation mode) {
        byte[] body = request.body().getBytes();
        return switch (mediaType(request)) {
            case "application/json" -> Decoder.decode(apiVersion, kind, body, mode);
            case "application/yaml" ->
                yaml(body, apiVersion, kind, mode, (tree, how) -> Decoder.decode(apiVersion, kind, tree, how));
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

    /** Fields given twice can only be seen in the YAML itself; who is strict about them hears of all that is wrong at once. */
    private static Decoded yaml(
            byte[] body,
            String apiVersion,
            String kind,
            FieldValidation mode,
            BiFunction<JsonNode, FieldValidation, Decoded> decode) {
        YamlBody yaml;
        try {
            yaml = YamlBody.read(body);
        } catch (YamlEngineException e) {
            throw ApiException.badRequest("error converting YAML to JSON: " + YamlBody.firstLine(e));
        }
        if (yaml.duplicates().isEmpty() || mode == FieldValidation.IGNORE) {
            return decode.apply(yaml.tree(), mode);
        }
        Decoded decoded = decode.apply(yaml.tree(), FieldValidation.WARN);
        List<String> errors = new ArrayList<>();
        if (mode == FieldValidation.WARN) {
            errors.addAll(yaml.duplicates());
            errors.addAll(decoded.warnings());
            return new Decoded(decoded.object(), errors);
        }
        errors.add(yaml.strictError());
        errors.addAll(decoded.warnings());
        throw ApiException.badRequest(kind + " in version \"" + apiVersion.substring(apiVersion.indexOf('/') + 1)
                + "\" cannot be handled as a " + kind + ": strict decoding error: " + String.join(", ", errors));
    }

    private static String firstLine(Exception e) {
        String message = String.valueOf(e.getMessage());
        int line = message.indexOf('\n');
        return line < 0 ? message : message.substring(0, line);
    }
}
