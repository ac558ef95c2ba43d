package io.kvorum.labs;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** The fields of one mapping in {@code lab.yaml}, read with errors that name file and field. */
final class Fields {
    private static final Pattern DURATION = Pattern.compile("(\\d+)(s|m)");

    private final Path file;
    private final String at;
    private final Map<?, ?> values;
    private final Set<String> read = new TreeSet<>();

    Fields(Path file, String at, @Nullable Object value) {
        this.file = file;
        this.at = at;
        if (!(value instanceof Map<?, ?> map)) {
            throw new LabException(file + ": " + (at.isEmpty() ? "the file" : at) + " must be a mapping");
        }
        this.values = map;
    }

    boolean has(String name) {
        return values.get(name) != null;
    }

    String text(String name) {
        return scalar(name, value(name));
    }

    String text(String name, String otherwise) {
        return has(name) ? text(name) : otherwise;
    }

    int number(String name, int least, int otherwise) {
        return has(name) ? (int) decimal(name, least, least, true) : otherwise;
    }

    int number(String name, int least) {
        return (int) decimal(name, least, least, true);
    }

    double decimal(String name, double least, double otherwise) {
        return has(name) ? decimal(name, least, otherwise, false) : otherwise;
    }

    private double decimal(String name, double least, double otherwise, boolean whole) {
        Object value = value(name);
        if (!(value instanceof Number number)
                || number.doubleValue() < least
                || (whole && number.doubleValue() != Math.rint(number.doubleValue()))) {
            throw bad(name, "must be a " + (whole ? "whole " : "") + "number, at least " + least);
        }
        return number.doubleValue();
    }

    Duration duration(String name, Duration otherwise) {
        if (!has(name)) {
            return otherwise;
        }
        Matcher matcher = DURATION.matcher(text(name));
        if (!matcher.matches()) {
            throw bad(name, "must be a duration such as 20s or 2m");
        }
        long amount = Long.parseLong(matcher.group(1));
        return matcher.group(2).equals("s") ? Duration.ofSeconds(amount) : Duration.ofMinutes(amount);
    }

    List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        for (Object item : list(name)) {
            texts.add(scalar(name, item));
        }
        return List.copyOf(texts);
    }

    /** The words of a command, split at blanks. */
    List<String> words(String name) {
        return List.of(text(name).strip().split("\\s+"));
    }

    List<Fields> mappings(String name) {
        List<Fields> all = new ArrayList<>();
        int i = 0;
        for (Object item : list(name)) {
            all.add(new Fields(file, path(name) + "[" + i++ + "]", item));
        }
        return all;
    }

    /** A mapping of names to scalars. */
    Map<String, String> pairs(String name) {
        if (!has(name)) {
            return Map.of();
        }
        Fields mapping = mapping(name);
        return mapping.allPairs();
    }

    Map<String, String> allPairs() {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (Object key : values.keySet()) {
            pairs.put(String.valueOf(key), text(String.valueOf(key)));
        }
        return pairs;
    }

    Fields mapping(String name) {
        return new Fields(file, path(name), value(name));
    }

    Pattern pattern(String name) {
        try {
            return Pattern.compile(text(name));
        } catch (PatternSyntaxException e) {
            throw bad(name, "is no regular expression: " + e.getDescription());
        }
    }

    /** The name of a file of the lab's folder, which must exist. */
    String script(String name) {
        return existing(name, text(name));
    }

    String existing(String name, String text) {
        if (!Files.isRegularFile(file.resolveSibling(text))) {
            throw bad(name, "names " + text + ", which is not in the lab's folder");
        }
        return text;
    }

    /** Refuses what nobody read, so that a misspelt field is not silently left out. */
    void nothingElse() {
        for (Object key : values.keySet()) {
            if (!read.contains(String.valueOf(key))) {
                throw new LabException(file + ": " + path(String.valueOf(key)) + " is not known here; known: "
                        + String.join(", ", read));
            }
        }
    }

    LabException bad(String name, String what) {
        return new LabException(file + ": " + path(name) + " " + what);
    }

    private List<?> list(String name) {
        if (!has(name)) {
            read.add(name);
            return List.of();
        }
        if (!(value(name) instanceof List<?> list)) {
            throw bad(name, "must be a list");
        }
        return list;
    }

    private Object value(String name) {
        read.add(name);
        Object value = values.get(name);
        if (value == null) {
            throw bad(name, "is missing");
        }
        return value;
    }

    private String scalar(String name, @Nullable Object value) {
        if (value == null || value instanceof Map || value instanceof List) {
            throw bad(name, "must be a single value");
        }
        return String.valueOf(value);
    }

    private String path(String name) {
        return at.isEmpty() ? name : at + "." + name;
    }
}
