package io.kvorum.api.schema;

import java.util.Set;

/** Whether a text is a quantity: {@code 100m}, {@code 1.5Gi}, {@code 1e3}. */
final class QuantitySyntax {
    static final String ERROR =
            "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

    private static final Set<String> SUFFIXES =
            Set.of("", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei");

    private QuantitySyntax() {}

    static boolean valid(String text) {
        int at = 0;
        if (at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-')) {
            at++;
        }
        int digits = 0;
        boolean point = false;
        for (; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c >= '0' && c <= '9') {
                digits++;
            } else if (c == '.' && !point) {
                point = true;
            } else {
                break;
            }
        }
        return digits > 0 && suffix(text.substring(at));
    }

    private static boolean suffix(String suffix) {
        if (SUFFIXES.contains(suffix)) {
            return true;
        }
        if (suffix.isEmpty() || (suffix.charAt(0) != 'e' && suffix.charAt(0) != 'E')) {
            return false;
        }
        int at = suffix.length() > 1 && (suffix.charAt(1) == '+' || suffix.charAt(1) == '-') ? 2 : 1;
        return at < suffix.length() && suffix.chars().skip(at).allMatch(c -> c >= '0' && c <= '9');
    }
}
