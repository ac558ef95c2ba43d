package io.kvorum.api.podsecurity;

import java.util.Locale;

/** How much a pod may do. */
public enum Level {
    PRIVILEGED,
    BASELINE,
    RESTRICTED;

    /** @throws IllegalArgumentException for a text that is no level */
    public static Level parse(String text) {
        for (Level level : values()) {
            if (level.toString().equals(text)) {
                return level;
            }
        }
        throw new IllegalArgumentException("must be one of privileged, baseline, restricted");
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
