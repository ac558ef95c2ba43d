package io.kvorum.component;

import io.kvorum.api.GoDuration;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The {@link Flags} of a command line and a configuration file. Messages follow pflag, which Kubernetes uses. */
public final class ComponentFlags implements Flags {
    private final Map<String, Flag<?>> flags = new TreeMap<>();
    private boolean parsed;

    /** Text to value; its IllegalArgumentException says what is wrong. */
    private final class Flag<T extends @Nullable Object> implements Supplier<T> {
        private final String name;
        private final String type;
        private final String defaultText;
        private final String description;
        private final Function<String, T> parser;
        private @Nullable T value;
        private boolean given;

        Flag(
                String name,
                String type,
                @Nullable T defaultValue,
                String defaultText,
                String description,
                Function<String, T> parser) {
            this.name = name;
            this.type = type;
            this.defaultText = defaultText;
            this.description = description;
            this.parser = parser;
            this.value = defaultValue;
        }

        void set(String text, String where) {
            try {
                value = parser.apply(text);
                given = true;
            } catch (IllegalArgumentException e) {
                throw new UsageException("invalid argument \"" + text + "\" for \"" + where + "\": " + e.getMessage());
            }
        }

        /** Null only where {@code T} allows it. */
        @Override
        @SuppressWarnings("NullAway")
        public T get() {
            if (!parsed) {
                throw new IllegalStateException("--" + name + " is asked for before the flags are parsed");
            }
            return value;
        }
    }

    private <T extends @Nullable Object> Supplier<T> add(Flag<T> flag) {
        if (flags.putIfAbsent(flag.name, flag) != null) {
            throw new IllegalStateException("flag --" + flag.name + " is declared twice");
        }
        return flag;
    }

    @Override
    public Supplier<String> text(String name, String defaultValue, String description) {
        return add(new Flag<>(name, "string", defaultValue, defaultValue, description, text -> text));
    }

    @Override
    public Supplier<@Nullable String> optionalText(String name, String description) {
        return add(new Flag<@Nullable String>(name, "string", null, "", description, text -> text));
    }

    @Override
    public Supplier<Integer> integer(String name, int defaultValue, String description) {
        return add(new Flag<>(name, "int", defaultValue, Integer.toString(defaultValue), description, text -> {
            try {
                return Integer.valueOf(text);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("give a whole number");
            }
        }));
    }

    @Override
    public Supplier<Double> decimal(String name, double defaultValue, String description) {
        return add(new Flag<>(name, "float", defaultValue, Double.toString(defaultValue), description, text -> {
            try {
                return Double.valueOf(text);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("give a number");
            }
        }));
    }

    @Override
    public Supplier<Boolean> bool(String name, boolean defaultValue, String description) {
        return add(new Flag<>(
                name, "bool", defaultValue, Boolean.toString(defaultValue), description, ComponentFlags::truth));
    }

    private static boolean truth(String text) {
        return switch (text) {
            case "true", "TRUE", "True", "t", "T", "1" -> true;
            case "false", "FALSE", "False", "f", "F", "0" -> false;
            default -> throw new IllegalArgumentException("give true or false");
        };
    }

    @Override
    public Supplier<Duration> duration(String name, Duration defaultValue, String description) {
        return add(new Flag<>(
                name, "duration", defaultValue, GoDuration.format(defaultValue), description, GoDuration::parse));
    }

    @Override
    public Supplier<Path> path(String name, Path defaultValue, String description) {
        return add(
                new Flag<>(name, "path", defaultValue, defaultValue.toString(), description, ComponentFlags::filePath));
    }

    @Override
    public Supplier<@Nullable Path> optionalPath(String name, String description) {
        return add(new Flag<@Nullable Path>(name, "path", null, "", description, ComponentFlags::filePath));
    }

    private static Path filePath(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("give a path");
        }
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(e.getReason());
        }
    }

    @Override
    public Supplier<List<String>> list(String name, List<String> defaultValue, String description) {
        List<String> collected = new ArrayList<>();
        return add(new Flag<>(
                name, "strings", List.copyOf(defaultValue), String.join(",", defaultValue), description, text -> {
                    for (String part : text.split(",")) {
                        if (!part.isBlank()) {
                            collected.add(part.strip());
                        }
                    }
                    return List.copyOf(collected);
                }));
    }

    /**
     * Reads the command line, and below it the file that {@code --config} names.
     *
     * <p>Errors: {@link UsageException} naming the flag and the remedy.
     */
    public void parse(List<String> args) {
        Map<Flag<?>, List<String>> given = new LinkedHashMap<>();
        Path file = null;
        for (int i = 0; i < args.size(); i++) {
            String arg = args.get(i);
            if (!arg.startsWith("-") || arg.equals("-") || arg.equals("--")) {
                throw new UsageException("unexpected argument \"" + arg + "\"; flags are --name=value");
            }
            String body = arg.startsWith("--") ? arg.substring(2) : arg.substring(1);
            int equals = body.indexOf('=');
            String name = equals < 0 ? body : body.substring(0, equals);
            Flag<?> flag = find(name, arg.startsWith("--") ? "--" + name : "-" + name);
            String value;
            if (equals >= 0) {
                value = body.substring(equals + 1);
            } else if (flag.type.equals("bool")) {
                boolean valueFollows = i + 1 < args.size() && args.get(i + 1).matches("true|false");
                value = valueFollows ? args.get(++i) : "true";
            } else if (i + 1 < args.size()) {
                value = args.get(++i);
            } else {
                throw new UsageException("flag needs an argument: --" + name);
            }
            given.computeIfAbsent(flag, f -> new ArrayList<>()).add(value);
            if (name.equals("config")) {
                file = filePath(value);
            }
        }
        if (file != null) {
            parseFile(file, given);
        }
        given.forEach((flag, values) -> values.forEach(value -> flag.set(value, "--" + flag.name)));
        parsed = true;
    }

    private void parseFile(Path file, Map<Flag<?>, List<String>> given) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UsageException("cannot read --config " + file + ": " + e);
        }
        Map<Flag<?>, List<String>> below = new LinkedHashMap<>();
        for (int number = 1; number <= lines.size(); number++) {
            String line = lines.get(number - 1).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            int equals = line.indexOf('=');
            if (equals <= 0) {
                throw new UsageException(file + ":" + number + ": want name=value, not \"" + line + "\"");
            }
            Flag<?> flag = find(line.substring(0, equals).strip(), file + ":" + number);
            below.computeIfAbsent(flag, f -> new ArrayList<>())
                    .add(line.substring(equals + 1).strip());
        }
        below.forEach(given::putIfAbsent);
    }

    private Flag<?> find(String name, String where) {
        Flag<?> flag = flags.get(name);
        if (flag != null) {
            return flag;
        }
        String nearest = null;
        int distance = 3;
        for (String known : flags.keySet()) {
            int edits = edits(name, known);
            if (edits < distance) {
                distance = edits;
                nearest = known;
            }
        }
        throw new UsageException("unknown flag: " + where + (where.endsWith(name) ? "" : " (" + name + ")")
                + (nearest == null ? "; --help lists the flags" : "; did you mean --" + nearest + "?"));
    }

    /** How many characters must be inserted, removed or replaced to turn one text into the other. */
    private static int edits(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }

    @Override
    public boolean given(String name) {
        Flag<?> flag = flags.get(name);
        return flag != null && flag.given;
    }

    /** One line per flag: name, type, description, default. */
    String usage() {
        StringBuilder text = new StringBuilder();
        for (Flag<?> flag : flags.values()) {
            text.append("  --").append(flag.name).append(' ').append(flag.type);
            text.append("\n        ").append(flag.description);
            if (!flag.defaultText.isEmpty()) {
                text.append(" (default ").append(flag.defaultText).append(')');
            }
            text.append('\n');
        }
        return text.toString();
    }
}
