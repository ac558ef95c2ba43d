package io.kvorum.traffic;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads from an answer which version of the server gave it.
 *
 * @param headers names in lower case; the first one that is there counts
 * @param body when set, its first group (or the whole match) in the body counts instead
 */
public record VersionRule(List<String> headers, @Nullable Pattern body) {
    /** The headers servers commonly put their version in. */
    public static final VersionRule DEFAULT =
            new VersionRule(List.of("x-version", "server-version", "x-app-version"), null);

    /** @param headers of the answer, names in lower case */
    String version(Map<String, String> headers, String text) {
        if (body != null) {
            Matcher matcher = body.matcher(text);
            if (!matcher.find()) {
                return "";
            }
            @Nullable String group = matcher.groupCount() > 0 ? matcher.group(1) : matcher.group();
            return group == null ? "" : group.strip();
        }
        for (String name : this.headers) {
            @Nullable String value = headers.get(name);
            if (value != null) {
                return value;
            }
        }
        return "";
    }
}
