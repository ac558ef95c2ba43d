package io.kvorum.api.schema;

/** Where a text stops being standard base64 with padding, counted as Go's decoder counts. */
final class Base64Syntax {
    private Base64Syntax() {}

    /** Index of the first byte that does not belong; -1 if all is well. Line breaks are allowed anywhere. */
    static int illegalByte(String text) {
        int inQuantum = 0;
        int length = text.length();
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c == '\n' || c == '\r') {
                continue;
            }
            if (c == '=') {
                return padding(text, i, inQuantum);
            }
            if (!alphabet(c)) {
                return i;
            }
            inQuantum = (inQuantum + 1) % 4;
        }
        return inQuantum == 0 ? -1 : length - inQuantum;
    }

    private static int padding(String text, int at, int inQuantum) {
        if (inQuantum < 2) {
            return at;
        }
        int next = skipLineBreaks(text, at + 1);
        if (inQuantum == 2) {
            if (next == text.length()) {
                return text.length();
            }
            if (text.charAt(next) != '=') {
                return next;
            }
            next = skipLineBreaks(text, next + 1);
        }
        return next == text.length() ? -1 : next;
    }

    private static int skipLineBreaks(String text, int at) {
        int i = at;
        while (i < text.length() && (text.charAt(i) == '\n' || text.charAt(i) == '\r')) {
            i++;
        }
        return i;
    }

    private static boolean alphabet(char c) {
        return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/';
    }
}
