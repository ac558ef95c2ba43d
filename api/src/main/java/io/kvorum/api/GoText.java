package io.kvorum.api;

import java.util.List;

/** Text as Go prints it, which upstream's messages are full of. */
public final class GoText {
    private GoText() {}

    /** In double quotes, as {@code %q} does. */
    public static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\t' -> quoted.append("\\t");
                case '\r' -> quoted.append("\\r");
                default -> {
                    if (c < ' ' || c == 0x7f) {
                        quoted.append(String.format("\\x%02x", (int) c));
                    } else {
                        quoted.append(c);
                    }
                }
            }
        }
        return quoted.append('"').toString();
    }

    /** A list in brackets without commas, as {@code %v} does. */
    public static String list(List<String> items) {
        return "[" + String.join(" ", items) + "]";
    }
}
