package io.kvorum.component;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Flags of upstream's about which there is nothing to choose here. They may say what is the case anyway, so that usual
 * command lines start a component; asked for something else it does not start and tells what to do instead.
 */
public final class FixedFlags {
    private final Flags flags;
    private final List<Fixed> all = new ArrayList<>();

    /** @param accepted none: the flag may not be given at all */
    private record Fixed(String name, Supplier<@Nullable String> given, List<String> accepted, String remedy) {}

    public FixedFlags(Flags flags) {
        this.flags = flags;
    }

    /** A switch that has one position. */
    public FixedFlags always(String name, boolean position, String why) {
        Supplier<Boolean> given = flags.bool(name, position, "always " + position + ": " + why);
        all.add(new Fixed(name, () -> Boolean.toString(given.get()), List.of(Boolean.toString(position)), why));
        return this;
    }

    /** A flag with a few values that all mean what is the case anyway; {@code ""} for the empty one. */
    public FixedFlags only(String name, List<String> accepted, String why) {
        String said = accepted.stream()
                .filter(value -> !value.isEmpty())
                .reduce((a, b) -> a + ", " + b)
                .orElse("");
        all.add(new Fixed(name, flags.optionalText(name, "only " + said + ": " + why), List.copyOf(accepted), why));
        return this;
    }

    /** Flags that mean nothing here. */
    public FixedFlags none(String remedy, String... names) {
        for (String name : names) {
            all.add(new Fixed(name, flags.optionalText(name, "not to be given: " + remedy), List.of(), remedy));
        }
        return this;
    }

    /** Those of every component of the control plane. */
    public FixedFlags common() {
        return always("profiling", false, "a JVM is profiled from outside, with jcmd")
                .none("there is no cloud", "cloud-provider", "cloud-config")
                .none("give --log-format=text or json", "logging-format")
                .none("there is one level for all: give --v", "vmodule");
    }

    /** Fails with a UsageException naming the first flag that asks for what there is not, and the remedy. */
    public void check() {
        for (Fixed fixed : all) {
            String value = fixed.given.get();
            if (value == null || fixed.accepted.contains(value)) {
                continue;
            }
            throw new UsageException(
                    fixed.accepted.isEmpty()
                            ? "--" + fixed.name + " has no meaning here: " + fixed.remedy
                            : "--" + fixed.name + ": \"" + value + "\" cannot be had: " + fixed.remedy
                                    + "; leave it out");
        }
    }
}
