package io.kvorum.cli.cluster;

import java.util.List;
import java.util.Locale;

/** How far the code of a component's JVM is compiled, as {@code --store-arg compiler=full} and the like set it. */
public enum Compiler {
    /** Soon and simply: starts fast and stays small. */
    QUICK("-XX:TieredStopAtLevel=1"),
    /**
     * Soon and simply at first; what has run very often is compiled again and better. Starts nearly as fast as quick, and is
     * after some seconds of load nearly as fast as full.
     */
    ADAPTIVE(
            "-XX:TieredStopAtLevel=4",
            // Without profiling wherever the second compiler is busy: a start has more to compile than processors to do
            // it.
            "-XX:Tier3DelayOn=0",
            "-XX:Tier4InvocationThreshold=20000",
            "-XX:Tier4MinInvocationThreshold=5000",
            "-XX:Tier4CompileThreshold=50000",
            "-XX:Tier4BackEdgeThreshold=400000"),
    /**
     * What runs often is compiled again and better at once: for what carries much load for long. Costs a second or two of
     * two cores at the start and some 20 MB in each process.
     */
    FULL("-XX:TieredStopAtLevel=4");

    /** How an argument begins that is meant for the compiler. */
    static final String ARGUMENT = "compiler=";

    private final List<String> flags;

    Compiler(String... flags) {
        this.flags = List.of(flags);
    }

    /** For the JVM. */
    public List<String> flags() {
        return flags;
    }

    /** What a role has unless it is told otherwise. All requests pass an API server, most of its work is to encrypt and encode. */
    static Compiler usual(Role role) {
        return role == Role.APISERVER ? ADAPTIVE : QUICK;
    }

    /** @throws CommandFailure when {@code text} is not {@code quick}, {@code adaptive} or {@code full} */
    static Compiler of(Role role, String text) {
        for (Compiler compiler : values()) {
            if (compiler.name().toLowerCase(Locale.ROOT).equals(text)) {
                return compiler;
            }
        }
        throw new CommandFailure("--" + role + "-arg " + ARGUMENT + text + ": choose quick, adaptive or full", 2);
    }
}
