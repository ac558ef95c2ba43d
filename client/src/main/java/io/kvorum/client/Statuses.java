package io.kvorum.client;

import io.kvorum.api.ApiException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Turns the {@code Status} of an answer into the exception it stands for. */
final class Statuses {
    private Statuses() {}

    /** An answer after which the same read may succeed soon. */
    static boolean temporary(Transport.Answer answer) {
        return answer.status() == 429 || answer.status() == 503 || answer.status() == 502;
    }

    /** What the server asked to wait, zero when it did not; at most 10 s are heeded. */
    static Duration retryAfter(Transport.Answer answer) {
        @Nullable String header = answer.retryAfter();
        if (header == null || !header.matches("[0-9]{1,6}")) {
            return Duration.ZERO;
        }
        return Duration.ofSeconds(Math.min(10, Integer.parseInt(header)));
    }

    static ApiException exception(Transport.Answer answer) {
        try {
            JsonNode status = KubernetesJson.mapper().readTree(answer.body().getBytes());
            if ("Status".equals(status.path("kind").asString(""))) {
                return exception(status, answer.status());
            }
        } catch (JacksonException e) {
            // Not from an API server, or from one that broke down; its text is told as it is, below.
        }
        String text = answer.body().toString();
        return new ApiException(
                answer.status(),
                reason(answer.status()),
                "the server answered " + answer.status() + (text.isEmpty() ? "" : ": " + text.strip()),
                null);
    }

    /** @param code what counts when the Status itself has no code */
    static ApiException exception(JsonNode status, int code) {
        int own = status.path("code").asInt(code);
        String reason = status.path("reason").asString("");
        return new ApiException(
                own,
                reason.isEmpty() ? reason(own) : reason,
                status.path("message").asString("unknown"),
                details(status.path("details")));
    }

    private static ApiException.@Nullable Details details(JsonNode details) {
        if (!details.isObject()) {
            return null;
        }
        List<ApiException.Cause> causes = new ArrayList<>();
        for (JsonNode cause : details.path("causes")) {
            causes.add(new ApiException.Cause(
                    cause.path("reason").asString(""),
                    cause.path("message").asString(""),
                    cause.path("field").asString("")));
        }
        return new ApiException.Details(
                details.path("name").asString(""),
                details.path("group").asString(""),
                details.path("kind").asString(""),
                details.path("uid").asString(""),
                List.copyOf(causes),
                details.path("retryAfterSeconds").asInt(0));
    }

    private static String reason(int code) {
        return switch (code) {
            case 400 -> "BadRequest";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "NotFound";
            case 405 -> "MethodNotAllowed";
            case 409 -> "Conflict";
            case 410 -> "Expired";
            case 422 -> "Invalid";
            case 429 -> "TooManyRequests";
            case 503 -> "ServiceUnavailable";
            case 504 -> "Timeout";
            default -> "InternalError";
        };
    }
}
