package io.kvorum.apiserver.pipeline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.proto.ProtobufBody;
import io.kvorum.apiserver.cache.ObjectJson;
import io.kvorum.apiserver.request.Accepted;
import io.kvorum.apiserver.request.ApiRequest;
import io.kvorum.apiserver.request.ApiResponse;
import io.kvorum.apiserver.request.Encoding;
import io.kvorum.apiserver.request.ResponseBody;
import java.util.EnumSet;

/**
 * Writes an answer's JSON object anew for those who want it otherwise: as protobuf, where whoever made the answer knows
 * JSON only (failures, reviews, scales); as YAML; or indented, for people.
 */
final class Transcoder {
    private Transcoder() {}

    /** Whether what is known of messages must be loaded for an answer. */
    static boolean needsMessages(ApiRequest request) {
        return request.header("Accept").contains("protobuf");
    }

    static ApiResponse encode(ApiRequest request, ApiResponse response) {
        String accept = request.header("Accept");
        boolean other = accept.contains("protobuf") || accept.contains("yaml");
        boolean pretty = pretty(request);
        if (!(other || pretty)
                || response.stream() != null
                || response.upgrade() != null
                || response.body().length() == 0
                || !ApiResponse.JSON.equals(response.headers().get("Content-Type"))) {
            return response;
        }
        ObjectNode object = ObjectJson.parse(response.body().bytes());
        switch (other ? encoding(accept, object) : Encoding.JSON) {
            case PROTOBUF -> {
                String apiVersion = object.path("apiVersion").asText();
                String kind = object.path("kind").asText();
                return with(response, Encoding.PROTOBUF, ProtobufBody.encode(apiVersion, kind, object));
            }
            case YAML -> {
                return with(response, Encoding.YAML, YamlText.of(object));
            }
            case JSON -> {
                return pretty ? with(response, Encoding.JSON, ObjectJson.pretty(object)) : response;
            }
        }
        throw new IllegalStateException("an encoding that nobody knows");
    }

    private static Encoding encoding(String accept, ObjectNode object) {
        boolean message = accept.contains("protobuf")
                && ProtobufBody.encodes(
                        object.path("apiVersion").asText(), object.path("kind").asText());
        try {
            return Accepted.negotiate(
                            accept, message ? EnumSet.allOf(Encoding.class) : EnumSet.of(Encoding.JSON, Encoding.YAML))
                    .encoding();
        } catch (ApiException none) {
            // What is done is done: who can take nothing of what there is gets JSON.
            return Encoding.JSON;
        }
    }

    /** As upstream: asked for, or for a person at a terminal or a browser. */
    private static boolean pretty(ApiRequest request) {
        String asked = request.query().text("pretty");
        if (!asked.isEmpty()) {
            return asked.equals("true") || asked.equals("1");
        }
        String agent = request.header("User-Agent");
        return agent.startsWith("curl") || agent.startsWith("Wget") || agent.startsWith("Mozilla/5.0");
    }

    private static ApiResponse with(ApiResponse response, Encoding encoding, byte[] body) {
        response.headers().set("Content-Type", encoding.mediaType());
        return new ApiResponse(response.status(), response.headers(), ResponseBody.of(body), null);
    }
}
