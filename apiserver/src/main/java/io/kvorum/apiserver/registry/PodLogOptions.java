package io.kvorum.apiserver.registry;

import io.kvorum.api.ApiException;
import io.kvorum.apiserver.request.Query;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The rules of a log's options. */
final class PodLogOptions {
    private static final Set<String> STREAMS = Set.of("All", "Stdout", "Stderr");

    private PodLogOptions() {}

    /** Fails with 422 naming every option that is wrong, or 400 for one that is no number. */
    static void check(String pod, Query query) {
        List<ApiException.Cause> causes = new ArrayList<>();
        if (present(query, "tailLines") && query.number("tailLines", 0) < 0) {
            invalid(causes, "tailLines", query, "must be greater than or equal to 0");
        }
        if (present(query, "limitBytes") && query.number("limitBytes", 1) < 1) {
            invalid(causes, "limitBytes", query, "must be greater than 0");
        }
        if (present(query, "sinceSeconds") && present(query, "sinceTime")) {
            causes.add(new ApiException.Cause(
                    "FieldValueForbidden",
                    "Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified",
                    ""));
        } else if (present(query, "sinceSeconds") && query.number("sinceSeconds", 1) < 1) {
            invalid(causes, "sinceSeconds", query, "must be greater than 0");
        }
        if (present(query, "stream") && !STREAMS.contains(query.text("stream"))) {
            causes.add(new ApiException.Cause(
                    "FieldValueNotSupported",
                    "Unsupported value: \"" + query.text("stream")
                            + "\": supported values: \"All\", \"Stderr\", \"Stdout\"",
                    "stream"));
        }
        if (!causes.isEmpty()) {
            throw ApiException.invalid("", "PodLogOptions", pod, causes);
        }
    }

    private static boolean present(Query query, String name) {
        return !query.text(name).isEmpty();
    }

    private static void invalid(List<ApiException.Cause> causes, String name, Query query, String detail) {
        causes.add(new ApiException.Cause(
                "FieldValueInvalid", "Invalid value: " + query.number(name, 0) + ": " + detail, name));
    }
}
