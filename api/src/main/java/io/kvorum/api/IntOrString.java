package io.kvorum.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A number, or a string that is a percentage or a name, as {@code maxSurge} and {@code targetPort} are.
 *
 * @param text null for a number
 */
public record IntOrString(int number, @Nullable String text) {
    private static final Pattern PERCENT = Pattern.compile("[0-9]+%");

    public static IntOrString of(int number) {
        return new IntOrString(number, null);
    }

    public static IntOrString of(String text) {
        return new IntOrString(0, text);
    }

    /** Reads a tree; null where there is neither a number nor a string. */
    public static @Nullable IntOrString from(@Nullable JsonNode node) {
        if (node == null || node.isNull() || node.isMissingNode()) {
            return null;
        }
        if (node.isTextual()) {
            return of(node.textValue());
        }
        return node.isIntegralNumber() ? of(node.intValue()) : null;
    }

    public boolean isNumber() {
        return text == null;
    }

    public boolean isPercent() {
        return text != null && PERCENT.matcher(text).matches();
    }

    /** The percentage without its sign; the greatest number for those that are greater. */
    public int percent() {
        if (text == null || !isPercent()) {
            throw new IllegalArgumentException("not a percentage: " + this);
        }
        int value = 0;
        for (int i = 0; i < text.length() - 1; i++) {
            int digit = text.charAt(i) - '0';
            if (value > (Integer.MAX_VALUE - digit) / 10) {
                return Integer.MAX_VALUE;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    /**
     * The number meant when a percentage is taken of the total.
     *
     * @param roundUp whether a broken result rounds up, as for surge, or down, as for unavailability
     */
    public int scaled(int total, boolean roundUp) {
        if (isNumber()) {
            return number;
        }
        long hundredths = (long) percent() * total;
        return (int) Math.min(Integer.MAX_VALUE, roundUp ? (hundredths + 99) / 100 : hundredths / 100);
    }

    @Override
    public String toString() {
        return text == null ? Integer.toString(number) : text;
    }
}
