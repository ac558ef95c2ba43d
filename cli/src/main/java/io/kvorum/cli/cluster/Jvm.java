package io.kvorum.cli.cluster;

import java.util.ArrayList;
import java.util.List;

/**
 * How the JVM of a component runs. Arguments of the component that are meant for its JVM set it: {@code heap=2g},
 * {@code compiler=full}, {@code collector=g1}.
 *
 * @param heapMegabytes the most heap it may use
 */
public record Jvm(int heapMegabytes, Compiler compiler, Collector collector) {
    private static final List<String> ARGUMENTS = List.of(HeapSize.ARGUMENT, Compiler.ARGUMENT, Collector.ARGUMENT);

    /** For what runs once and briefly. */
    public static Jvm small(int heapMegabytes) {
        return new Jvm(heapMegabytes, Compiler.QUICK, Collector.SERIAL);
    }

    /** Whether an argument of a component is meant for its JVM. */
    static boolean isFor(String argument) {
        return ARGUMENTS.stream().anyMatch(argument::startsWith);
    }

    /** For the java command. */
    public List<String> flags() {
        List<String> flags = new ArrayList<>(compiler.flags());
        flags.addAll(collector.flags());
        flags.add("-Xmx" + heapMegabytes + "m");
        return flags;
    }
}
