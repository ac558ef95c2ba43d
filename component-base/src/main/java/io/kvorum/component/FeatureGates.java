package io.kvorum.component;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The flag {@code --feature-gates}: which of Kubernetes' features are on. Gates are known by upstream's names. A process
 * has most features one way only; asked for the other way it does not start, so that nobody believes in what is not
 * there. Those it has both ways are named by the component.
 */
public final class FeatureGates {
    private static final String FLAG = "--feature-gates: ";
    private static final String FILE = "features.tsv";
    private static final int MOST_NAMED = 5;
    private static final Map<String, String> GROUPS = Map.of("AllAlpha", "ALPHA", "AllBeta", "BETA");

    private final Supplier<List<String>> given;
    private final Set<String> choices;
    private @Nullable Map<String, Boolean> values;

    /** @param here how this project has the feature, unless a component has both */
    private record Gate(String stage, boolean byDefault, boolean locked, boolean here) {}

    /** @param choices names of the gates that this component has both ways */
    public FeatureGates(Flags flags, Set<String> choices) {
        this.choices = Set.copyOf(choices);
        given = flags.list(
                "feature-gates",
                List.of(),
                "NAME=true|false of Kubernetes' features, AllAlpha and AllBeta; both ways there are"
                        + (choices.isEmpty()
                                ? " none here"
                                : " "
                                        + String.join(
                                                ", ", choices.stream().sorted().toList())));
    }

    /** Reads the flag. Fails with a UsageException that names the gate, in upstream's words where it has some. */
    public void check() {
        if (given.get().isEmpty() && choices.isEmpty()) {
            // Most processes are started so: what nobody asks about is not read.
            values = Map.of();
            return;
        }
        Map<String, Gate> known = gates();
        Map<String, Boolean> asked = asked(known);
        Map<String, Boolean> all = new HashMap<>();
        known.forEach((name, gate) -> all.put(name, gate.here));
        asked.forEach((name, value) -> {
            String stage = GROUPS.get(name);
            if (stage != null) {
                group(name, value, stage, asked.keySet(), known, all);
            }
        });
        asked.forEach((name, value) -> {
            Gate gate = known.get(name);
            if (gate == null) {
                return;
            }
            if (gate.locked && value != gate.byDefault) {
                throw new UsageException(FLAG + "cannot set feature gate " + name + " to " + value
                        + ", feature is locked to " + gate.byDefault);
            }
            if (value != gate.here && !choices.contains(name)) {
                throw new UsageException(FLAG + "cannot set feature gate " + name + " to " + value
                        + ", this process has it one way only: leave it out");
            }
            all.put(name, value);
        });
        values = Map.copyOf(all);
    }

    /** Fails when the flag was not checked, for a gate there is none of, and where there is neither a choice nor a flag given. */
    public boolean on(String name) {
        if (values == null) {
            throw new IllegalStateException("--feature-gates is asked for before it is checked");
        }
        Boolean value = values.get(name);
        if (value == null) {
            throw new IllegalStateException("no feature gate is called " + name);
        }
        return value;
    }

    /**
     * A gate as upstream's metrics tell of it.
     *
     * @param stage {@code ALPHA}, {@code BETA}, {@code DEPRECATED} or empty for what is generally available
     */
    public record Feature(String name, String stage, boolean on) {}

    /** All gates, in the order of their names. Reads a file. */
    public List<Feature> all() {
        Map<String, Boolean> set = Objects.requireNonNull(values, "--feature-gates is asked for before it is checked");
        List<Feature> all = new ArrayList<>();
        gates().forEach((name, gate) -> all.add(
                new Feature(name, gate.stage.equals("GA") ? "" : gate.stage, set.getOrDefault(name, gate.here))));
        all.sort(Comparator.comparing(Feature::name));
        return all;
    }

    private Map<String, Boolean> asked(Map<String, Gate> known) {
        Map<String, Boolean> asked = new LinkedHashMap<>();
        for (String pair : given.get()) {
            int equals = pair.indexOf('=');
            if (equals < 0) {
                throw new UsageException(FLAG + "missing bool value for " + pair);
            }
            String name = pair.substring(0, equals).strip();
            String value = pair.substring(equals + 1).strip();
            boolean on = switch (value) {
                case "1", "t", "T", "true", "TRUE", "True" -> true;
                case "0", "f", "F", "false", "FALSE", "False" -> false;
                default ->
                    throw new UsageException(FLAG + "invalid value of " + name + "=" + value
                            + ", err: strconv.ParseBool: parsing \"" + value + "\": invalid syntax");
            };
            if (!known.containsKey(name) && !GROUPS.containsKey(name)) {
                throw new UsageException(FLAG + "unrecognized feature gate: " + name);
            }
            asked.put(name, on);
        }
        return asked;
    }

    /** All gates of a stage at once, but for those that are named themselves. */
    private void group(
            String group,
            boolean value,
            String stage,
            Set<String> named,
            Map<String, Gate> known,
            Map<String, Boolean> all) {
        List<String> fixed = new ArrayList<>();
        known.forEach((name, gate) -> {
            if (!gate.stage.equals(stage) || named.contains(name) || value == gate.here) {
                return;
            }
            if (choices.contains(name)) {
                all.put(name, value);
            } else if (value != gate.byDefault) {
                // The default of all of a stage at once asks for nothing: it is what upstream has where nothing is
                // said.
                fixed.add(name);
            }
        });
        if (!fixed.isEmpty()) {
            fixed.sort(null);
            throw new UsageException(FLAG + "cannot set feature gate " + group + " to " + value
                    + ", this process has " + fixed.size() + " of them one way only: "
                    + String.join(", ", fixed.subList(0, Math.min(MOST_NAMED, fixed.size())))
                    + (fixed.size() > MOST_NAMED ? ", ..." : "") + "; name those you mean instead");
        }
    }

    private static Map<String, Gate> gates() {
        Map<String, Gate> gates = new HashMap<>();
        try (InputStream in = FeatureGates.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException("resource " + FILE + " is missing from the class path");
            }
            BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            lines.lines().skip(1).forEach(line -> {
                String[] f = line.split("\t", -1);
                gates.put(f[0], new Gate(f[1], f[2].equals("true"), f[3].equals("true"), f[4].equals("true")));
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return gates;
    }
}
