package io.kvorum.apiserver.edge;

import io.kvorum.cel.LinearPattern;
import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whose web pages may ask ({@code --cors-allowed-origins}): a browser is told so by headers, before it sends what it was asked
 * to. Nobody else's are told anything. Whether a request is let in is decided by its credentials alone.
 */
public final class CrossOrigin {
    /** No pages but the server's own. */
    public static final CrossOrigin NONE = new CrossOrigin(List.of());

    private static final String ORIGIN = "Access-Control-Allow-Origin";

    private final List<LinearPattern> allowed;

    private CrossOrigin(List<LinearPattern> allowed) {
        this.allowed = allowed;
    }

    /**
     * Reads regular expressions, as Go has them, one of which an origin must match. Each must say where the host begins and
     * ends, so that {@code evil-example.com} is not taken for {@code example.com}.
     *
     * @throws IllegalArgumentException with upstream's words
     */
    public static CrossOrigin of(List<String> expressions) {
        List<LinearPattern> patterns = new ArrayList<>();
        for (String expression : expressions) {
            String problem = "";
            try {
                patterns.add(LinearPattern.compile(expression));
                boolean begins = expression.contains("^") || expression.contains("//");
                boolean ends = expression.contains("$") || expression.contains(":");
                problem = begins && ends
                        ? ""
                        : "regular expression does not pin to start/end of host in the origin header";
            } catch (IllegalArgumentException e) {
                problem = String.valueOf(e.getMessage());
            }
            if (!problem.isEmpty()) {
                throw new IllegalArgumentException(
                        "--cors-allowed-origins has an invalid regular expression: " + expression + ": " + problem);
            }
        }
        return patterns.isEmpty() ? NONE : new CrossOrigin(List.copyOf(patterns));
    }

    /** The origin that an answer is for; null when it is told nothing. */
    @Nullable
    String allowed(MultiMap request) {
        if (allowed.isEmpty()) {
            return null;
        }
        String origin = request.get("Origin");
        return origin != null && !origin.isEmpty() && allowed.stream().anyMatch(pattern -> pattern.find(origin))
                ? origin
                : null;
    }

    /** Tells it, in place of what somebody else, to whom the request was led on, may have told. */
    static void tell(String origin, MultiMap answer) {
        answer.set(ORIGIN, origin);
        answer.set("Access-Control-Allow-Methods", "POST, GET, OPTIONS, PUT, DELETE, PATCH");
        answer.set(
                "Access-Control-Allow-Headers",
                "Content-Type, Content-Length, Accept-Encoding, X-CSRF-Token, Authorization, X-Requested-With,"
                        + " If-Modified-Since");
        answer.set("Access-Control-Expose-Headers", "Date");
        answer.set("Access-Control-Allow-Credentials", "true");
    }
}
