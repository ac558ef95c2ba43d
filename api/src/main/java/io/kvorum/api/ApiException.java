package io.kvorum.api;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An answer of the API that says no: HTTP code, reason and details of a {@code metav1.Status}. The same object on
 * either side of the wire.
 */
public final class ApiException extends RuntimeException {
    private final int code;
    private final String reason;
    private final @Nullable Details details;
    private final String continueToken;

    public ApiException(int code, String reason, String message, @Nullable Details details) {
        this(code, reason, message, details, "");
    }

    /** @param continueToken how a list that failed may go on nevertheless; empty when it may not */
    public ApiException(int code, String reason, String message, @Nullable Details details, String continueToken) {
        super(message, null, false, false);
        this.code = code;
        this.reason = reason;
        this.details = details;
        this.continueToken = continueToken;
    }

    /** What the answer is about. Empty strings and lists where nothing is known; {@code retryAfterSeconds} 0 for none. */
    public record Details(
            String name, String group, String kind, String uid, List<Cause> causes, int retryAfterSeconds) {}

    /** One finding, for example a field that is invalid: reason ({@code FieldValueRequired}), message and field path. */
    public record Cause(String reason, String message, String field) {}

    public int code() {
        return code;
    }

    /** {@code NotFound}, {@code AlreadyExists}, {@code Conflict}, {@code Invalid}, {@code Expired}, ... */
    public String reason() {
        return reason;
    }

    public @Nullable Details details() {
        return details;
    }

    /** How a list that failed may go on nevertheless; empty when it may not. */
    public String continueToken() {
        return continueToken;
    }

    public boolean notFound() {
        return code == 404;
    }

    public boolean alreadyExists() {
        return code == 409 && reason.equals("AlreadyExists");
    }

    public boolean conflict() {
        return code == 409 && reason.equals("Conflict");
    }

    public static ApiException notFound(String group, String resource, String name) {
        String what = group.isEmpty() ? resource : resource + "." + group;
        return new ApiException(
                404,
                "NotFound",
                what + " \"" + name + "\" not found",
                new Details(name, group, resource, "", List.of(), 0));
    }

    public static ApiException alreadyExists(String group, String resource, String name) {
        String what = group.isEmpty() ? resource : resource + "." + group;
        return new ApiException(
                409,
                "AlreadyExists",
                what + " \"" + name + "\" already exists",
                new Details(name, group, resource, "", List.of(), 0));
    }

    /** @param why for example "the object has been modified; please apply your changes to the latest version and try again" */
    public static ApiException conflict(String group, String resource, String name, String why) {
        String what = group.isEmpty() ? resource : resource + "." + group;
        return new ApiException(
                409,
                "Conflict",
                "Operation cannot be fulfilled on " + what + " \"" + name + "\": " + why,
                new Details(name, group, resource, "", List.of(), 0));
    }

    public static ApiException badRequest(String message) {
        return new ApiException(400, "BadRequest", message, null);
    }

    public static ApiException forbidden(String group, String resource, String name, String why) {
        String what = group.isEmpty() ? resource : resource + "." + group;
        return new ApiException(
                403,
                "Forbidden",
                what + " \"" + name + "\" is forbidden: " + why,
                new Details(name, group, resource, "", List.of(), 0));
    }

    /** @param kind the object's kind, not the resource */
    public static ApiException invalid(String group, String kind, String name, List<Cause> causes) {
        // The message says the same thing once; the causes are complete.
        Set<String> findings = new LinkedHashSet<>();
        for (Cause cause : causes) {
            findings.add(cause.field() + ": " + cause.message());
        }
        String all = String.join(", ", findings);
        String what = group.isEmpty() ? kind : kind + "." + group;
        String list = findings.size() > 1 ? "[" + all + "]" : all;
        return new ApiException(
                422,
                "Invalid",
                what + " \"" + name + "\" is invalid: " + list,
                new Details(name, group, kind, "", List.copyOf(causes), 0));
    }

    public static ApiException expired(String message) {
        return new ApiException(410, "Expired", message, null);
    }

    public static ApiException internal(String message) {
        return new ApiException(500, "InternalError", "Internal error occurred: " + message, null);
    }

    public static ApiException unavailable(String message) {
        return new ApiException(503, "ServiceUnavailable", message, null);
    }

    public static ApiException timeout(String message) {
        return new ApiException(504, "Timeout", message, null);
    }
}
