package io.kvorum.torture.report;

import java.util.Locale;

/** HTML and SVG being written. Text is escaped, tags are not. */
final class Markup {
    private final StringBuilder out = new StringBuilder();

    /** As it is. Its values must not come from a history. */
    Markup tag(String format, Object... values) {
        out.append(values.length == 0 ? format : String.format(Locale.ROOT, format, values));
        return this;
    }

    Markup text(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> {
                    // Control characters are not allowed in HTML, whatever the keys hold.
                    if (c >= ' ' || c == '\n' || c == '\t') {
                        out.append(c);
                    } else {
                        out.append('\uFFFD');
                    }
                }
            }
        }
        return this;
    }

    /** {@code <name>text</name>}. */
    Markup element(String name, String text) {
        int end = name.indexOf(' ');
        return tag("<" + name + ">").text(text).tag("</" + (end < 0 ? name : name.substring(0, end)) + ">");
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
