package io.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.managed.GoValue;
import io.kvorum.api.patch.JsonPatch;
import io.kvorum.api.patch.MergePatch;
import io.kvorum.api.patch.SchemaPatchSchema;
import io.kvorum.api.patch.StrategicMergePatch;
import io.kvorum.api.schema.Decoded;
import io.kvorum.api.schema.Decoder;
import io.kvorum.api.schema.FieldValidation;
import io.kvorum.api.schema.Misfit;
import io.kvorum.api.schema.Schemas;
import io.kvorum.api.validation.FieldErrors;
import io.kvorum.api.validation.FieldPath;
import io.kvorum.apiserver.request.ApiRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A patch as it came: its kind by the media type, its document, how strictly the result is read, and the custom resource it is for. */
record Patch(
        @Nullable ResourceInfo custom,
        String apiVersion,
        String kind,
        String mediaType,
        JsonNode document,
        FieldValidation validation) {
    /** 415 for media types that are no patch this server knows. */
    static Patch of(ResourceInfo info, ApiRequest request, FieldValidation validation) {
        Patch patch = of(info.apiVersion(), info.kind(), request, validation);
        if (info.custom() == null) {
            return patch;
        }
        if (patch.mediaType.equals("application/strategic-merge-patch+json")) {
            throw new ApiException(
                    415,
                    "UnsupportedMediaType",
                    "the body of the request was in an unknown format - accepted media types include: "
                            + "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml",
                    null);
        }
        return new Patch(info, patch.apiVersion, patch.kind, patch.mediaType, patch.document, validation);
    }

    static Patch of(String apiVersion, String kind, ApiRequest request, FieldValidation validation) {
        String type = Bodies.mediaType(request);
        switch (type) {
            case "application/json-patch+json":
            case "application/merge-patch+json":
            case "application/strategic-merge-patch+json":
                return new Patch(
                        null, apiVersion, kind, type, Bodies.json(request.body().getBytes()), validation);
            default:
                throw new ApiException(
                        415,
                        "UnsupportedMediaType",
                        "415: Unsupported Media Type",
                        new ApiException.Details("", "", "", "", List.of(), 0));
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
        return custom == null
                ? Decoder.decode(apiVersion, kind, patched, validation, misfit -> refused(patched, misfit))
                : Decoder.decode(custom, patched, validation, misfit -> refused(patched, misfit));
    }

    /** As upstream, a strategic merge patch is quoted as Go prints it, the others by what they made of the object. */
    private ApiException refused(ObjectNode patched, Misfit misfit) {
        boolean strategic = mediaType.equals("application/strategic-merge-patch+json");
        FieldErrors errors = new FieldErrors();
        errors.invalid(
                FieldPath.of("patch"),
                strategic ? GoValue.plain(document) : patched.toString(),
                strategic ? misfit.conversion() : misfit.decoding());
        return ApiException.invalid("", "", "", errors.causes());
    }
}
