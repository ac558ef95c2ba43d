package io.kvorum.apiserver.registry;

import io.kvorum.apiserver.request.ApiResponse;
import java.util.List;

/** The {@code Warning} header: code 299, quoted text (RFC 7234, 5.5). */
public final class Warnings {
    private Warnings() {}

    public static ApiResponse add(ApiResponse response, List<String> warnings) {
        for (String warning : warnings) {
            String quoted = warning.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("\\p{Cntrl}", " ");
            response.headers().add("Warning", "299 - \"" + quoted + "\"");
        }
        return response;
    }
}
