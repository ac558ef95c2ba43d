package io.kvorum.kubelet.streaming;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the sizes a client sends, {@code {"Width":80,"Height":24}} one after the other, wherever the bytes are split;
 * of several that came together only the last counts.
 */
final class TerminalSizes {
    /** Such an object has no other within it. */
    private static final Pattern OBJECT = Pattern.compile("\\{([^{}]*)}");

    private static final Pattern WIDTH = Pattern.compile("\"width\"\\s*:\\s*(\\d{1,5})", Pattern.CASE_INSENSITIVE);
    private static final Pattern HEIGHT = Pattern.compile("\"height\"\\s*:\\s*(\\d{1,5})", Pattern.CASE_INSENSITIVE);
    private static final int MAX_TEXT = 4096;
    private static final int MAX_SIZE = 65_535;

    record Size(int columns, int rows) {}

    private String text = "";

    @Nullable
    Size feed(Buffer bytes) {
        text += bytes.toString(StandardCharsets.UTF_8);
        Matcher object = OBJECT.matcher(text);
        Size last = null;
        int end = 0;
        while (object.find()) {
            end = object.end();
            Matcher width = WIDTH.matcher(object.group(1));
            Matcher height = HEIGHT.matcher(object.group(1));
            if (width.find() && height.find()) {
                int columns = Integer.parseInt(width.group(1));
                int rows = Integer.parseInt(height.group(1));
                // What is no size of a terminal, zero too, is left out as upstream's clients do.
                if (columns > 0 && rows > 0 && columns <= MAX_SIZE && rows <= MAX_SIZE) {
                    last = new Size(columns, rows);
                }
            }
        }
        text = text.substring(end);
        if (text.length() > MAX_TEXT) {
            text = "";
        }
        return last;
    }
}
