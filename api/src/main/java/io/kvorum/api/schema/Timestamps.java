package io.kvorum.api.schema;

import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** RFC 3339 times as the API writes them: UTC, in whole seconds or with six decimals. */
final class Timestamps {
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'Z'");
    private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'");

    private Timestamps() {}

    /** The time in the form it is stored in; empty if the text is no RFC 3339 time. */
    static Optional<String> normalize(String text, boolean micros) {
        try {
            OffsetDateTime time = OffsetDateTime.parse(text).withOffsetSameInstant(ZoneOffset.UTC);
            return Optional.of(
                    micros
                            ? MICROS.format(time.truncatedTo(ChronoUnit.MICROS))
                            : SECONDS.format(time.truncatedTo(ChronoUnit.SECONDS)));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** Go's words for the first part of the layout that the text does not match. */
    static String error(String text, boolean micros) {
        String layout = micros ? "2006-01-02T15:04:05.000000Z07:00" : "2006-01-02T15:04:05Z07:00";
        String[] parts = {"2006", "-", "01", "-", "02", "T", "15", ":", "04", ":", "05"};
        int at = 0;
        for (String part : parts) {
            boolean number = Character.isDigit(part.charAt(0));
            boolean fits = text.length() >= at + part.length()
                    && (number
                            ? text.substring(at, at + part.length()).chars().allMatch(Character::isDigit)
                            : text.startsWith(part, at));
            if (!fits) {
                return message(text, layout, text.substring(Math.min(at, text.length())), part);
            }
            at += part.length();
        }
        return message(text, layout, text.substring(at), "Z07:00");
    }

    private static String message(String text, String layout, String rest, String part) {
        return "parsing time \"" + text + "\" as \"" + layout + "\": cannot parse \"" + rest + "\" as \"" + part + "\"";
    }
}
