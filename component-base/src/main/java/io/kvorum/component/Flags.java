package io.kvorum.component;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The flags of a process: declared with type, default and description, then parsed from the command line
 * ({@code --name=value}, {@code --name value}, {@code --switch}) over a file of {@code name=value} lines ({@code
 * --config}). Durations are Go's ({@code 40s}, {@code 1m30s}). Each declaration returns a supplier that has the value
 * after parsing. Bad input is a {@link UsageException} naming the flag and the remedy.
 */
public interface Flags {
    Supplier<String> text(String name, String defaultValue, String description);

    Supplier<@Nullable String> optionalText(String name, String description);

    Supplier<Integer> integer(String name, int defaultValue, String description);

    Supplier<Double> decimal(String name, double defaultValue, String description);

    Supplier<Boolean> bool(String name, boolean defaultValue, String description);

    Supplier<Duration> duration(String name, Duration defaultValue, String description);

    Supplier<Path> path(String name, Path defaultValue, String description);

    Supplier<@Nullable Path> optionalPath(String name, String description);

    /** Whether a flag was given on the command line or in the file, as opposed to its default. Known after parsing. */
    boolean given(String name);

    /** Comma-separated; may be given several times. */
    Supplier<List<String>> list(String name, List<String> defaultValue, String description);
}
