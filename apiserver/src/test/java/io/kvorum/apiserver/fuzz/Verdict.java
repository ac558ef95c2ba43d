package io.kvorum.apiserver.fuzz;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What no answer may be, whatever was asked. */
final class Verdict {
    /** What this server says on purpose: not served, nobody there, too late. */
    private static final Set<Integer> MEANT = Set.of(501, 503, 504);

    /** Upstream's 500s: a node that never told its address, a configuration to apply that is not of its kind. */
    private static final List<String> OF_UPSTREAM = List.of(
            "Internal error occurred: no preferred addresses found for node", "failed to create typed patch object (");

    private static final Pattern INSIDES = Pattern.compile("\\b(?:java|javax|jdk|sun|io\\.netty|io\\.vertx|io\\.kvorum"
            + "|com\\.fasterxml|com\\.google|com\\.nimbusds|org\\.snakeyaml)\\.[a-z]\\w*\\.[\\w.$]+"
            + "|\\b[A-Z][A-Za-z]+(?:Exception|Error)\\b(?=:| at|\\n)|\\n\\s+at [\\w.$]+\\(|because \"<?[\\w.]+\\(?");

    /** As JSON has it, or as a word of a protobuf message. */
    private static final Pattern REASON =
            Pattern.compile("\"reason\":\"|^k8s\\x00(?s:.*)(?:ServiceUnavailable|Timeout|InternalError)");

    private Verdict() {}

    /** What is wrong with the answer; null when nothing is. */
    static @Nullable String of(Wire.Answer answer) {
        int status = answer.status();
        String text = answer.text();
        if (status == 500 && OF_UPSTREAM.stream().anyMatch(text::contains)) {
            return null;
        }
        if (status >= 500 && !MEANT.contains(status)) {
            return "answered " + status + " " + text;
        }
        if (status >= 500 && !REASON.matcher(text).find()) {
            // Another version of HTTP gets no further than the HTTP server; a coding that is not known has no reason
            // upstream.
            boolean meant = answer.head().startsWith("HTTP/1.2") || text.contains("unsupported transfer encoding");
            return meant ? null : "answered " + status + " without a reason: " + text;
        }
        if (status >= 400 && INSIDES.matcher(text).find()) {
            return "told of its insides: " + text;
        }
        return null;
    }
}
