package io.kvorum.component.log;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.slf4j.event.KeyValuePair;

/**
 * One log record as one line: {@code 2026-01-02T03:04:05.678Z INFO component logger message key=value}, or the same as a
 * JSON object. A stack trace follows in text, and is a field in JSON.
 */
final class LineFormatter extends Formatter {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private final boolean json;
    private final String component;

    /** @param component name of the process, on every line */
    LineFormatter(boolean json, String component) {
        this.json = json;
        this.component = component;
    }

    @Override
    public String format(LogRecord record) {
        List<KeyValuePair> pairs = record instanceof PairsRecord with ? with.pairs() : List.of();
        String message = record.getMessage() == null ? "" : formatMessage(record);
        return json ? json(record, message, pairs) : text(record, message, pairs);
    }

    private String text(LogRecord record, String message, List<KeyValuePair> pairs) {
        StringBuilder line = new StringBuilder(160);
        TIME.formatTo(time(record), line);
        line.append(' ')
                .append(level(record.getLevel()))
                .append(' ')
                .append(component)
                .append(' ');
        line.append(shortName(record.getLoggerName())).append(' ');
        oneLine(line, message);
        for (KeyValuePair pair : pairs) {
            line.append(' ').append(pair.key).append('=');
            quoted(line, String.valueOf(pair.value));
        }
        line.append('\n');
        if (record.getThrown() != null) {
            line.append(stackTrace(record.getThrown()));
        }
        return line.toString();
    }

    private String json(LogRecord record, String message, List<KeyValuePair> pairs) {
        StringBuilder line = new StringBuilder(200).append('{');
        field(line, "ts", TIME.format(time(record)));
        field(line, "level", level(record.getLevel()).strip().toLowerCase(Locale.ROOT));
        field(line, "component", component);
        field(line, "logger", String.valueOf(record.getLoggerName()));
        field(line, "msg", message);
        for (KeyValuePair pair : pairs) {
            if (pair.value instanceof Number || pair.value instanceof Boolean) {
                separate(line);
                jsonText(line, pair.key);
                line.append(':').append(pair.value);
            } else {
                field(line, pair.key, String.valueOf(pair.value));
            }
        }
        if (record.getThrown() != null) {
            field(line, "error", String.valueOf(record.getThrown()));
            field(line, "stacktrace", stackTrace(record.getThrown()));
        }
        return line.append("}\n").toString();
    }

    private static Instant time(LogRecord record) {
        return record.getInstant();
    }

    private static String level(Level level) {
        int value = level.intValue();
        if (value >= Level.SEVERE.intValue()) {
            return "ERROR";
        }
        if (value >= Level.WARNING.intValue()) {
            return "WARN ";
        }
        if (value >= Level.INFO.intValue()) {
            return "INFO ";
        }
        return value >= Level.FINE.intValue() ? "DEBUG" : "TRACE";
    }

    private static String shortName(String logger) {
        return logger == null ? "-" : logger.substring(logger.lastIndexOf('.') + 1);
    }

    private static String stackTrace(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }

    private static void oneLine(StringBuilder line, String message) {
        for (int i = 0; i < message.length(); i++) {
            char c = message.charAt(i);
            switch (c) {
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                default -> line.append(c);
            }
        }
    }

    private static void quoted(StringBuilder line, String value) {
        boolean plain = !value.isEmpty();
        for (int i = 0; i < value.length() && plain; i++) {
            char c = value.charAt(i);
            plain = c > ' ' && c != '"' && c != '=' && c != '\\';
        }
        if (plain) {
            line.append(value);
        } else {
            jsonText(line, value);
        }
    }

    private static void field(StringBuilder line, String key, String value) {
        separate(line);
        jsonText(line, key);
        line.append(':');
        jsonText(line, value);
    }

    private static void separate(StringBuilder line) {
        if (line.charAt(line.length() - 1) != '{') {
            line.append(',');
        }
    }

    private static void jsonText(StringBuilder line, String text) {
        line.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> line.append("\\\"");
                case '\\' -> line.append("\\\\");
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                case '\t' -> line.append("\\t");
                default -> {
                    if (c < ' ') {
                        line.append(String.format("\\u%04x", (int) c));
                    } else {
                        line.append(c);
                    }
                }
            }
        }
        line.append('"');
    }
}
