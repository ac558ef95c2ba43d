package io.kvorum.cli.cluster;

import java.util.List;
import java.util.Locale;

/** Which garbage collector a component's JVM has, as {@code --store-arg collector=serial} and the like set it. */
public enum Collector {
    /** The smallest. Looks through the whole heap from time to time, while all else waits. */
    SERIAL("-XX:+UseSerialGC"),
    /**
     * Looks through the heap beside the component's work and stops it for some hundredths of a second at most. Takes more
     * memory, and more time until the code is compiled: for what carries load for long.
     */
    G1("-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20");

    /** How an argument begins that is meant for the collector. */
    static final String ARGUMENT = "collector=";

    /** From so much heap on it takes too long to look through it all while everything waits. */
    private static final int LARGE_HEAP_MEGABYTES = 1024;

    private final List<String> flags;

    Collector(String... flags) {
        this.flags = List.of(flags);
    }

    /** For the JVM. */
    public List<String> flags() {
        return flags;
    }

    /** What a component has unless it is told otherwise, by the most heap it may use. */
    static Collector usual(int heapMegabytes) {
        return heapMegabytes < LARGE_HEAP_MEGABYTES ? SERIAL : G1;
    }

    /** @throws CommandFailure when {@code text} is not {@code serial} or {@code g1} */
    static Collector of(Role role, String text) {
        for (Collector collector : values()) {
            if (collector.name().toLowerCase(Locale.ROOT).equals(text)) {
                return collector;
            }
        }
        throw new CommandFailure("--" + role + "-arg " + ARGUMENT + text + ": choose serial or g1", 2);
    }
}
