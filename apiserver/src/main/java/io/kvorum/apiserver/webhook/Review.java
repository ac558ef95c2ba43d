package io.kvorum.apiserver.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ApiException;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.StatusJson;
import io.kvorum.api.Tree;
import io.kvorum.apiserver.admission.Admission;
import io.kvorum.apiserver.admission.RequestTree;
import io.kvorum.apiserver.cache.ObjectJson;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The conversation with a webhook: {@code AdmissionReview} of admission.k8s.io, v1 or v1beta1. */
final class Review {
    private static final String GROUP = "admission.k8s.io";
    private static final String KIND = "AdmissionReview";

    private Review() {}

    /**
     * What a webhook says.
     *
     * @param status of the answer; a missing node when it has none
     * @param patch a list of operations; a missing node when there is none
     */
    record Verdict(
            boolean allowed,
            JsonNode status,
            JsonNode patch,
            String patchType,
            List<String> warnings,
            Map<String, String> annotations) {}

    /** The question; objects are in the version {@code as}. */
    static ObjectNode question(
            String version,
            String uid,
            Admission.Attempt attempt,
            ResourceInfo as,
            @Nullable ObjectNode object,
            @Nullable ObjectNode old) {
        ObjectNode review = Tree.newObject();
        review.put("kind", KIND).put("apiVersion", GROUP + "/" + version);
        ObjectNode request = review.putObject("request");
        request.put("uid", uid);
        ObjectNode told = RequestTree.of(attempt, as);
        JsonNode options = told.remove("options");
        JsonNode dryRun = told.remove("dryRun");
        request.setAll(told);
        request.set("object", object);
        request.set("oldObject", old);
        request.set("dryRun", dryRun);
        request.set("options", options);
        return review;
    }

    /**
     * Reads the answer.
     *
     * @throws HookFailure it is none, or not to this question
     */
    static Verdict answer(String version, String uid, boolean mutating, Buffer body) {
        JsonNode review = ObjectJson.parseAny(body.toString(StandardCharsets.UTF_8));
        JsonNode response = review.path("response");
        if (!response.isObject()) {
            throw invalid("webhook response was absent");
        }
        JsonNode patch = Tree.at(response, "patch");
        String patchType = Tree.text(response, "patchType");
        boolean patched = patch.isTextual() && !patch.textValue().isEmpty();
        if (version.equals("v1")) {
            verify(review, response, uid, mutating, patched);
        } else if (patched) {
            patchType = "JSONPatch";
        }
        return new Verdict(
                Tree.flag(response, "allowed"),
                response.path("status"),
                mutating && patched
                        ? operations(patch.textValue())
                        : Tree.newObject().path("patch"),
                patchType,
                Tree.texts(response, "warnings"),
                Tree.map(response, "auditAnnotations"));
    }

    private static void verify(JsonNode review, JsonNode response, String uid, boolean mutating, boolean patched) {
        String said = Tree.text(response, "uid");
        if (!said.equals(uid)) {
            throw invalid("expected response.uid=\"" + uid + "\", got \"" + said + "\"");
        }
        String apiVersion = Tree.text(review, "apiVersion");
        String kind = Tree.text(review, "kind");
        if (!apiVersion.equals(GROUP + "/v1") || !kind.equals(KIND)) {
            throw invalid("expected webhook response of " + GROUP + "/v1, Kind=" + KIND + ", got "
                    + (apiVersion.isEmpty() ? "/" : apiVersion) + ", Kind=" + kind);
        }
        boolean typed = response.hasNonNull("patchType");
        if (!mutating && patched) {
            throw invalid("validating webhook may not return response.patch");
        }
        if (!mutating && typed) {
            throw invalid("validating webhook may not return response.patchType");
        }
        if (patched && !typed) {
            throw invalid("webhook returned response.patch but not response.patchType");
        }
        if (!patched && typed) {
            throw invalid("webhook returned response.patchType but not response.patch");
        }
        if (typed && Tree.text(response, "patchType").isEmpty()) {
            throw invalid("webhook returned invalid response.patchType of \"\"");
        }
    }

    private static JsonNode operations(String base64) {
        String text;
        try {
            text = new String(Base64.getMimeDecoder().decode(base64), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new HookFailure("received undecodable patch in webhook response: " + e.getMessage());
        }
        JsonNode operations = ObjectJson.parseAny(text);
        if (!operations.isArray()) {
            throw new HookFailure("received undecodable patch in webhook response: it is no list of operations");
        }
        return operations;
    }

    private static HookFailure invalid(String why) {
        return new HookFailure("received invalid webhook response: " + why);
    }

    /** What the client is told of a denial: the answer's status, as far as it is one. */
    static ApiException denial(String webhook, JsonNode status) {
        ApiException given = StatusJson.parse(status, 400);
        String by = "admission webhook \"" + webhook + "\" denied the request";
        String reason = Tree.text(status, "reason");
        String message = Tree.text(status, "message");
        String told = !message.isEmpty()
                ? by + ": " + message
                : !reason.isEmpty() ? by + ": " + reason : by + " without explanation";
        return new ApiException(Math.max(400, given.code()), reason, told, given.details());
    }
}
