package io.kvorum.controllers.loop;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Points in time as the API writes them: RFC 3339 in UTC, whole seconds ({@code metav1.Time}). */
public final class Timestamps {
    private Timestamps() {}

    public static String format(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** @return {@link Instant#EPOCH} for null or an empty text, which the API uses for "never" */
    public static Instant parse(@Nullable String text) {
        return text == null || text.isEmpty()
                ? Instant.EPOCH
                : OffsetDateTime.parse(text).toInstant();
    }
}
