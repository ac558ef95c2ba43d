package io.kvorum.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** {@code metav1.Status}, the API's answer when it is not an object, to and from {@link ApiException}. */
public final class StatusJson {
    private StatusJson() {}

    /** The failure as the server words it; fields in the server's order. */
    public static ObjectNode of(ApiException failure) {
        ObjectNode status = head("Failure");
        if (!failure.continueToken().isEmpty()) {
            status.withObject("metadata").put("continue", failure.continueToken());
        }
        String message = failure.getMessage();
        if (message != null && !message.isEmpty()) {
            status.put("message", message);
        }
        if (!failure.reason().isEmpty()) {
            status.put("reason", failure.reason());
        }
        ApiException.Details details = failure.details();
        if (details != null) {
            status.set("details", details(details));
        }
        status.put("code", failure.code());
        return status;
    }

    /** The answer to a request that succeeded without an object, for example a deletion. */
    public static ObjectNode success(ApiException.Details details) {
        ObjectNode status = head("Success");
        status.set("details", details(details));
        return status;
    }

    /** Whether a tree is a Status that says no. */
    public static boolean isFailure(JsonNode tree) {
        return Tree.text(tree, "kind").equals("Status")
                && Tree.text(tree, "status").equals("Failure");
    }

    /** Reads a Status. What it leaves out is taken from the HTTP code of the answer. */
    public static ApiException parse(JsonNode status, int httpCode) {
        int code = (int) Tree.number(status, "code");
        String reason = Tree.text(status, "reason");
        JsonNode given = status.path("details");
        ApiException.Details details = null;
        if (given.isObject()) {
            List<ApiException.Cause> causes = new ArrayList<>();
            for (JsonNode cause : Tree.items(given, "causes")) {
                causes.add(new ApiException.Cause(
                        Tree.text(cause, "reason"), Tree.text(cause, "message"), Tree.text(cause, "field")));
            }
            details = new ApiException.Details(
                    Tree.text(given, "name"),
                    Tree.text(given, "group"),
                    Tree.text(given, "kind"),
                    Tree.text(given, "uid"),
                    causes,
                    (int) Tree.number(given, "retryAfterSeconds"));
        }
        return new ApiException(
                code == 0 ? httpCode : code,
                reason.isEmpty() ? reasonFor(httpCode) : reason,
                Tree.text(status, "message"),
                details,
                Tree.text(status, "metadata", "continue"));
    }

    private static String reasonFor(int httpCode) {
        return switch (httpCode) {
            case 400 -> "BadRequest";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "NotFound";
            case 405 -> "MethodNotAllowed";
            case 406 -> "NotAcceptable";
            case 409 -> "Conflict";
            case 410 -> "Gone";
            case 413 -> "RequestEntityTooLarge";
            case 415 -> "UnsupportedMediaType";
            case 422 -> "Invalid";
            case 429 -> "TooManyRequests";
            case 500 -> "InternalError";
            case 503 -> "ServiceUnavailable";
            case 504 -> "Timeout";
            default -> "";
        };
    }

    private static ObjectNode head(String outcome) {
        ObjectNode status = Tree.newObject();
        status.put("kind", "Status");
        status.put("apiVersion", "v1");
        status.putObject("metadata");
        status.put("status", outcome);
        return status;
    }

    private static ObjectNode details(ApiException.Details details) {
        ObjectNode tree = Tree.newObject();
        putUnlessEmpty(tree, "name", details.name());
        putUnlessEmpty(tree, "group", details.group());
        putUnlessEmpty(tree, "kind", details.kind());
        putUnlessEmpty(tree, "uid", details.uid());
        if (!details.causes().isEmpty()) {
            ArrayNode causes = tree.putArray("causes");
            for (ApiException.Cause cause : details.causes()) {
                ObjectNode one = causes.addObject();
                putUnlessEmpty(one, "reason", cause.reason());
                putUnlessEmpty(one, "message", cause.message());
                putUnlessEmpty(one, "field", cause.field());
            }
        }
        if (details.retryAfterSeconds() != 0) {
            tree.put("retryAfterSeconds", details.retryAfterSeconds());
        }
        return tree;
    }

    private static void putUnlessEmpty(ObjectNode tree, String field, String value) {
        if (!value.isEmpty()) {
            tree.put(field, value);
        }
    }
}
