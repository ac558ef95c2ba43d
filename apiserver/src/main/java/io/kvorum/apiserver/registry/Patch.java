package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.patch.JsonPatch;
import io.kvorum.api.patch.MergePatch;
import io.kvorum.api.patch.SchemaPatchSchema;
import io.kvorum.api.patch.StrategicMergePatch;
import io.kvorum.api.schema.Decoded;
import io.kvorum.api.schema.Decoder;
import io.kvorum.api.schema.FieldValidation;
import io.kvorum.api.schema.Schemas;
import io.kvorum.apiserver.request.ApiRequest;

/** A patch as it came: its kind by the media type, its document, and how strictly the result is read. */
record Patch(String apiVersion, String kind, String mediaType, JsonNode document, FieldValidation validation) {
    /** 415 for media types that are no patch this server knows. */
    static Patch of(ResourceInfo info, ApiRequest request, FieldValidation validation) {
        return of(info.apiVersion(), info.kind(), request, validation);
    }

    static Patch of(String apiVersion, String kind, ApiRequest request, FieldValidation validation) {
        String type = Bodies.mediaType(request);
        switch (type) {
            case "application/json-patch+json":
            case "application/merge-patch+json":
            case "application/strategic-merge-patch+json":
                return new Patch(
                        apiVersion, kind, type, Bodies.json(request.body().getBytes()), validation);
            default:
                throw new ApiException(
                        415,
                        "UnsupportedMediaType",
                        "415: Unsupported Media Type",
                        new ApiException.Details("", "", "", "", java.util.List.of(), 0));
        }
    }

    /** The patched object, read again as its type. */
    Decoded apply(ObjectNode object) {
        ObjectNode patched = switch (mediaType) {
            case "application/json-patch+json" -> JsonPatch.apply(object, document);
            case "application/merge-patch+json" -> MergePatch.apply(object, document);
            default ->
                StrategicMergePatch.apply(
                        object, document, new SchemaPatchSchema(Schemas.load().of(apiVersion, kind)));
        };
        return Decoder.decode(apiVersion, kind, patched, validation);
    }
}
