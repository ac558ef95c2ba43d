package io.kvorum.api;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Durations as the Gateway API writes them (GEP-2257): {@code 1h30m}, {@code 10s}, {@code 500ms}. */
public final class GatewayDuration {
    private static final Pattern PART = Pattern.compile("([0-9]{1,5})(h|ms|m|s)");

    private GatewayDuration() {}

    /** What the parts of a text that is valid add up to, zero for nothing. */
    public static Duration parse(@Nullable String text) {
        Duration sum = Duration.ZERO;
        Matcher part = PART.matcher(text == null ? "" : text);
        while (part.find()) {
            long number = Long.parseLong(part.group(1));
            sum = sum.plus(
                    switch (part.group(2)) {
                        case "h" -> Duration.ofHours(number);
                        case "m" -> Duration.ofMinutes(number);
                        case "s" -> Duration.ofSeconds(number);
                        default -> Duration.ofMillis(number);
                    });
        }
        return sum;
    }
}
